"""A problem behind one of the incidents, with a workaround and a task, made through the services."""

from __future__ import annotations

from accounts.models import User
from incidents.models import Incident
from problems import services
from problems.choices import Bone, Standing, TaskType
from problems.models import Problem
from tickets.services import update_ticket

INCIDENT = "결제 화면이 응답하지 않아요"
WHYS = (
    ("결제 서버가 DB 연결을 얻지 못했습니다.", "로그에 연결 대기 시간 초과가 09:10부터 이어집니다."),
    ("정산 보고서가 연결을 몇 분씩 붙들고 있었습니다.", "DB 세션 목록에서 보고서 계정이 42개였습니다."),
    ("보고서 조회에 시간 제한이 없었습니다.", ""),
)
FACTORS = (
    (Bone.PEOPLE, "월말에 보고서 담당자가 한꺼번에 조회함", Standing.SUSPECTED),
    (Bone.PROCESS, "보고서 조회문은 검토 없이 바뀜", Standing.CONFIRMED),
    (Bone.TECHNOLOGY, "연결 풀 크기가 20으로 남아 있음", Standing.CONFIRMED),
    (Bone.TECHNOLOGY, "DB 서버의 디스크가 느림", Standing.RULED_OUT),
    (Bone.PARTNERS, "결제 대행사의 재시도가 늘어남", Standing.SUSPECTED),
)


def load(people: dict[str, User]) -> None:
    """Make the problem, unless there is one already."""
    incident = Incident.objects.filter(title=INCIDENT).first()
    if incident is None or Problem.objects.exists():
        return
    agent = people["seojin"]
    problem = services.open_problem(actor=agent, incident=incident, title="결제 DB 연결이 모자랍니다")
    services.confirm_problem(problem.pk, actor=agent, assignee=agent)
    update_ticket(
        problem.pk,
        actor=agent,
        workaround="결제 서버를 다시 시작하면 한두 시간은 정상으로 동작합니다.",
        is_known_error=True,
    )
    services.open_problem_task(
        parent=problem,
        title="연결 풀 크기를 바꾼 기록 찾기",
        actor=agent,
        assignee=people["jiwoo"],
        type=TaskType.ROOT_CAUSE,
    )
    above = None
    for answer, evidence in WHYS:
        above = services.add_why(
            problem.pk, actor=agent, answer=answer, evidence=evidence, above=above
        ).public_id
    for bone, text, standing in FACTORS:
        services.add_factor(problem.pk, actor=agent, bone=bone, text=text, standing=standing)
