"""Opening problems and their tasks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Grant
from accounts.models import Group, User
from accounts.policies import Actor, has_grant
from cmdb.models import CI
from core.errors import NotAllowedError, NotVisibleError, WrongStateError, invalid
from core.settings_store import value
from problems.choices import State, TaskState, TaskType
from problems.models import Problem, ProblemTask
from tickets.choices import Channel, Level, LinkType, Phase
from tickets.models import Ticket, TicketLink
from tickets.policies import may, reads_internal
from tickets.selectors import seen_by
from tickets.services import link, locked, open_ticket, part_of


@transaction.atomic
def open_problem(
    *,
    actor: Actor,
    title: str = "",
    description: str = "",
    impact: int | None = None,
    urgency: int | None = None,
    category: str = "",
    ci: CI | None = None,
    requester: User | None = None,
    incident: Ticket | None = None,
    channel: str = Channel.AGENT,
    **more: Any,
) -> Problem:
    """A new problem in state ``new``, numbered, prioritised and routed by the assignment rules.

    From an ``incident`` it takes over what is not given (title, text, impact, urgency, category, item), and
    the incident is linked as caused by it. Publishes ``problem.opened``. Raises NotAllowedError for who
    does not work problems, NotVisibleError for a hidden incident, RuleRefusedError for unfit values.
    """
    if not (has_grant(actor, Grant.PROBLEM_WRITE) and reads_internal(actor)):
        raise NotAllowedError
    given: dict[str, Any] = {"title": title, "description": description, "category": category, "ci": ci}
    given |= {"impact": impact, "urgency": urgency}
    if incident is not None:
        given = _taken_over(actor, incident, given)
        more["group"] = more.get("group") or _kept_group(incident)
    owner = requester or actor or (incident.requester if incident is not None else None)
    if owner is None:
        raise invalid("requester", _("Say who reports this."), code="required")
    problem = Problem(
        kind="problem",
        state=State.NEW,
        requester=owner,
        channel=channel,
        **{name: each for name, each in given.items() if each is not None},
        **more,
    )
    for name in ("impact", "urgency"):
        if getattr(problem, name) not in Level.values:
            raise invalid(name, _("Choose 1 (high), 2 (medium) or 3 (low)."), code="choice")
    if incident is not None and actor is None:
        problem.company_id = incident.company_id
    open_ticket(problem, actor=actor)
    if incident is not None:
        link(incident.pk, actor=actor, target=problem, type=LinkType.CAUSED_BY)
    return problem


@transaction.atomic
def open_problem_for_major(pk: int) -> Problem | None:
    """A problem for a major incident that was resolved, linked as its cause; run twice it acts once.

    None where one was opened for it before, where a problem explains it already, or when it is open again.
    Publishes ``problem.opened`` and ``ticket.linked``.
    """
    incident = Ticket.objects.select_for_update(no_key=True).filter(pk=pk, phase=Phase.DONE).first()
    if incident is None or incident.kind != "incident" or Problem.objects.filter(opened_for=pk).exists():
        return None
    causes = TicketLink.objects.filter(source=pk, type=LinkType.CAUSED_BY, target__kind="problem")
    if causes.exists():
        return None
    return open_problem(actor=None, incident=incident, channel=Channel.SYSTEM, opened_for=incident)


def _kept_group(incident: Ticket) -> Group | None:
    """The group of a restricted incident: without it what the incident says would be for all agents."""
    group = incident.group
    return group if group is not None and group.is_restricted else None


def _taken_over(actor: Actor, incident: Ticket, given: dict[str, Any]) -> dict[str, Any]:
    if incident.kind != "incident":
        raise invalid("incident", _("A problem is opened from an incident."))
    if not seen_by(actor).filter(pk=incident.pk).exists():
        raise NotVisibleError
    return {name: each or getattr(incident, name) for name, each in given.items()}


@transaction.atomic
def open_problem_task(
    *,
    parent: Ticket,
    title: str,
    actor: Actor = None,
    group: Group | None = None,
    assignee: User | None = None,
    type: str = TaskType.GENERAL,
    flow_step: int | None = None,
    due_at: dt.datetime | None = None,
    description: str = "",
) -> ProblemTask:
    """A new task for the problem ``parent``, which stays locked until the commit. Publishes ``ptask.opened``.

    With an assignee it is being assessed at once (PRB-04). Raises NotVisibleError, NotAllowedError,
    WrongStateError when the problem is closed (``problem.tasks_on_closed``), RuleRefusedError when ``parent``
    is no problem or the person is not in the group.
    """
    if parent.kind != "problem":
        raise invalid("parent", _("A problem task belongs to a problem."))
    problem = locked(Problem, parent.pk, actor=actor)
    if not may(actor, problem, "add_task"):
        raise NotAllowedError
    if problem.is_closed and not value("problem.tasks_on_closed"):
        text = _("%(number)s is closed; it gets no new tasks.") % {"number": problem.number}
        raise WrongStateError(text, current_state=problem.state, allowed=[])
    task = ProblemTask(
        kind="ptask",
        state=TaskState.ASSESS if assignee is not None else TaskState.NEW,
        type=type,
        title=title,
        description=description,
        flow_step=flow_step,
        due_at=due_at,
        **part_of(problem, actor=actor, group=group, assignee=assignee),
    )
    return open_ticket(task, actor=actor)
