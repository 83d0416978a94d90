"""A problem behind one of the incidents, with a workaround and a task, made through the services."""

from __future__ import annotations

from accounts.models import User
from incidents.models import Incident
from problems import services
from problems.choices import TaskType
from problems.models import Problem
from tickets.services import update_ticket

INCIDENT = "결제 화면이 응답하지 않아요"


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
