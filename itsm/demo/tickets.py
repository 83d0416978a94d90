"""Some incidents in all states, made through the services as people would make them."""

from __future__ import annotations

from accounts.models import User
from cmdb.models import CI
from incidents import services
from incidents.models import Incident
from tickets.services import (
    add_checklist_items,
    add_comment,
    add_time,
    add_work_note,
    change_checklist_item,
    update_ticket,
)

# The titles of a parent and its child.
JOINED = ("판교 3층 전체 와이파이 끊김", "3층 회의실 노트북이 무선에 안 붙어요")
# What is ticked off on the first of them, and what is not yet.
WORKED_ON = "결제 화면이 응답하지 않아요"
CHECKLIST = ("결제 서버 로그 확인", "DB 연결 수 확인", "결제 서버 다시 시작", "매장 세 곳에 결과 알림")
# Requester, title, description, impact, urgency, category, CI name, how far it came.
INCIDENTS = [
    (
        "jimin",
        "결제 화면이 응답하지 않아요",
        "주문 결제 버튼을 누르면 화면이 멈춥니다. 매장 세 곳에서 같은 증상이에요.",
        1,
        1,
        "software",
        "payment-api",
        "answered",
    ),
    (
        "minho",
        "판교 3층 전체 와이파이 끊김",
        "10분마다 끊깁니다. 회의를 할 수 없어요.",
        2,
        1,
        "network",
        "pangyo-3f-ap-12",
        "new",
    ),
    ("yeonwoo", "급여 명세서가 열리지 않습니다", "인사 포털 오류", 3, 1, "software", "hr-web", "started"),
    (
        "jimin",
        "회의실 화면이 안 나와요",
        "3층 회의실 모니터가 검게만 나옵니다.",
        3,
        2,
        "hardware",
        "",
        "waiting",
    ),
    (
        "minho",
        "프린터에서 출력물이 흐리게 나옴",
        "글자가 흐립니다.",
        3,
        3,
        "hardware",
        "pangyo-3f-printer",
        "new",
    ),
    (
        "doyun",
        "Question about monitor resolution",
        "The external screen shows only 1080p.",
        3,
        3,
        "hardware",
        "",
        "new",
    ),
    (
        "doyun",
        "VPN drops every hour",
        "It started this morning at home.",
        2,
        2,
        "network",
        "vpn-gateway-01",
        "started",
    ),
    ("seoyeon", "메일이 늦게 도착해요", "외부 메일이 30분쯤 늦습니다.", 2, 3, "mail", "", "resolved"),
    ("yeonwoo", "3층 회의실 노트북이 무선에 안 붙어요", "", 3, 2, "network", "pangyo-3f-ap-12", "new"),
]


def load(people: dict[str, User]) -> None:
    """Make the incidents, unless there are some already."""
    if Incident.objects.exists():
        return
    items = {row.name: row for row in CI.objects.all()}
    for username, title, description, impact, urgency, category, item, progress in INCIDENTS:
        incident = services.open_incident(
            actor=people[username],
            title=title,
            description=description,
            impact=impact,
            urgency=urgency,
            category=category,
            ci=items.get(item),
        )
        _advance(incident.pk, progress, people)
    _join(people)
    _work_on(people["seojin"])


def _join(people: dict[str, User]) -> None:
    """The wireless network is out: one report stands below the other, and its team has a task."""
    agent = people["seojin"]
    parent, child = (Incident.objects.get(title=title) for title in JOINED)
    update_ticket(child.pk, actor=agent, parent=parent)
    services.open_incident_task(
        parent=parent, title="AP 전원과 스위치 포트 확인", actor=agent, group=parent.group
    )


def _work_on(agent: User) -> None:
    """Two of four lines are done, and it took an hour and a quarter so far."""
    pk = Incident.objects.get(title=WORKED_ON).pk
    items = add_checklist_items(pk, actor=agent, texts=CHECKLIST)
    for item in items[:2]:
        change_checklist_item(pk, item.public_id, actor=agent, is_done=True)
    add_time(pk, actor=agent, minutes=45, note="로그와 연결 수 확인")
    add_time(pk, actor=agent, minutes=30, note="매장과 통화")


def _advance(pk: int, progress: str, people: dict[str, User]) -> None:
    agent = people["seojin"]
    if progress == "new":
        return
    services.start_incident(pk, actor=agent)
    if progress == "answered":
        add_comment(
            pk, actor=agent, body="확인했습니다. 결제 DB 연결이 가득 찬 것으로 보이며 곧 다시 알려드릴게요."
        )
        add_work_note(pk, actor=people["jiwoo"], body="어제 이후 풀 크기가 200 → 50으로 바뀌었어요.")
    elif progress == "waiting":
        services.hold_incident(pk, actor=agent, hold_reason="awaiting_caller", comment="어느 회의실인가요?")
    elif progress == "resolved":
        services.resolve_incident(
            pk, actor=agent, close_code="solution_provided", close_notes="메일 중계 서버를 다시 시작했습니다."
        )
