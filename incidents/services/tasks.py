"""Tasks of incidents: opening them, and ending those that are left when their incident ends (INC-09)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Group, User
from accounts.policies import Actor
from core.errors import NotAllowedError, WrongStateError, invalid
from incidents.models import Incident, IncidentTask
from tickets.choices import Phase, TaskState
from tickets.hooks import Change
from tickets.models import Ticket
from tickets.policies import may
from tickets.services import apply_transition, locked, open_ticket, part_of

# What becomes of open tasks when their incident takes one of these moves.
_ENDS = {"cancel": "skip", "close": "incomplete"}


@transaction.atomic
def open_incident_task(
    *,
    parent: Ticket,
    title: str,
    actor: Actor = None,
    group: Group | None = None,
    assignee: User | None = None,
    flow_step: int | None = None,
    due_at: dt.datetime | None = None,
    description: str = "",
) -> IncidentTask:
    """A new open task for the incident ``parent``, which stays locked until the commit: none is opened while
    it is being resolved. Publishes ``itask.opened``.

    Without group and person the assignment rules choose. Raises NotVisibleError, NotAllowedError,
    WrongStateError when the incident is resolved or ended, RuleRefusedError when ``parent`` is no incident or
    the person is not in the group.
    """
    if parent.kind != "incident":
        raise invalid("parent", _("An incident task belongs to an incident."))
    incident = locked(Incident, parent.pk, actor=actor)
    if not may(actor, incident, "add_task"):
        raise NotAllowedError
    if incident.phase == Phase.DONE:
        text = _("%(number)s is resolved or closed; it gets no new tasks.") % {"number": incident.number}
        raise WrongStateError(text, current_state=incident.state, allowed=[])
    task = IncidentTask(
        kind="itask",
        state=TaskState.OPEN,
        title=title,
        description=description,
        flow_step=flow_step,
        due_at=due_at,
        **part_of(incident, actor=actor, group=group, assignee=assignee),
    )
    return open_ticket(task, actor=actor)


def end_open_tasks(incident: Incident, move: str, notes: str) -> None:
    """Close each open task of a locked incident by that move, in the caller's transaction.

    It is the platform's doing: who ends an incident need not see the tasks of every group.
    """
    rows = IncidentTask.objects.filter(parent=incident.pk, active=True).order_by("pk")
    for pk in rows.values_list("pk", flat=True):
        apply_transition(IncidentTask, pk, move, actor=None, close_notes=notes)


def end_tasks_with(change: Change) -> None:
    """A hook: an incident that is cancelled or closed leaves no open task, whichever way it came to that."""
    if change.before is None or change.ticket.kind != "incident" or change.verb not in _ENDS:
        return
    notes = _("%(number)s ended before this task was done.") % {"number": change.ticket.number}
    incident: Incident = change.ticket  # type: ignore[assignment] # of its kind
    end_open_tasks(incident, _ENDS[change.verb], notes)
