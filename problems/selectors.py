"""Reading problems and what hangs on them."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.policies import Actor
from problems.models import Problem, ProblemTask
from tickets.choices import LinkType
from tickets.models import Ticket, TicketLink
from tickets.policies import visible_to


def incidents_of(problem_pk: int) -> QuerySet[Ticket]:
    """The incidents that the problem causes, whoever may see them; oldest first."""
    links = TicketLink.objects.filter(target=problem_pk, type=LinkType.CAUSED_BY)
    return Ticket.objects.filter(kind="incident", pk__in=links.values("source")).order_by("pk")


def seen_incidents_of(actor: Actor, problem_pk: int) -> QuerySet[Ticket]:
    """The incidents that the problem causes, as far as ``actor`` sees them; oldest first."""
    return incidents_of(problem_pk).filter(visible_to(actor))


def open_tasks(problem_pk: int) -> QuerySet[ProblemTask]:
    """The tasks of the problem that have come to no end yet."""
    return ProblemTask.objects.filter(parent=problem_pk, active=True).order_by("pk")


def main_problem(problem: Problem) -> Problem:
    """The problem itself, or the one that it is a duplicate of, however long the chain."""
    known = {problem.pk}
    while problem.state == "closed" and problem.close_code == "duplicate":
        link = TicketLink.objects.filter(source=problem.pk, type=LinkType.DUPLICATE).order_by("-pk").first()
        if link is None or link.target_id in known:
            return problem
        known.add(link.target_id)
        problem = Problem.objects.get(pk=link.target_id)
    return problem
