"""A major incident that is under way, with its room, made through the services."""

from __future__ import annotations

from accounts.models import User
from incidents import services
from incidents.choices import Audience, Part, UpdateChannel
from incidents.models import Incident
from tickets.services import update_ticket

TITLE = "사내 메일이 전 지점에서 늦게 도착해요"
CHILD = "메일이 한 시간째 안 와요"
TODOS = ("메일 게이트웨이 대기열 확인", "통신사에 회선 점검 요청")


def load(people: dict[str, User]) -> None:
    """Make it, unless there is one already."""
    if Incident.objects.filter(title=TITLE).exists():
        return
    manager, agent, reporter = people["jiwoo"], people["seojin"], people["minho"]
    incident = services.open_incident(
        actor=reporter, title=TITLE, description="오전 9시부터 메일이 30분 이상 늦습니다.", category="mail"
    )
    child = services.open_incident(actor=people["doyun"], title=CHILD, category="mail")
    services.propose_major(
        incident.pk,
        actor=agent,
        reason="지점 네 곳에서 같은 신고가 들어왔습니다.",
        business_impact="주문 확인 메일이 늦어 고객 문의가 늘고 있습니다.",
    )
    services.accept_major(
        incident.pk,
        actor=manager,
        work_note="네트워크 팀과 함께 게이트웨이부터 확인합니다.",
        business_impact="주문 확인 메일이 늦어 고객 문의가 늘고 있습니다.",
    )
    services.seat_major(incident.pk, Part.COMMUNICATIONS, actor=manager, person=agent)
    update_ticket(child.pk, actor=agent, parent=incident)
    for text in TODOS:
        services.add_major_todo(incident.pk, actor=agent, text=text, owner=agent)
    services.send_major_update(
        incident.pk,
        actor=manager,
        audience=Audience.PUBLIC,
        channel=UpdateChannel.PAGE,
        text_ko="메일이 늦게 도착하는 원인을 찾고 있어요. 보낸 메일은 사라지지 않아요.",
        text_en="We are looking for the cause of the delays. No mail is lost.",
    )
