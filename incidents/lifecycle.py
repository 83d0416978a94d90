"""The state machines of incidents and their tasks: PROCESSES INC-01 and INC-09, binding."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.time import db_now
from incidents.choices import CloseCode, HoldReason, MajorStatus, State
from tickets.choices import Phase
from tickets.lifecycle import COMMENT, WORK_NOTE, Input, edge, guard
from tickets.policies import is_requester_side, may
from tickets.selectors import has_open_task
from tickets.work_orders import TaskLifecycle

OPEN_STATES = (State.NEW, State.IN_PROGRESS, State.ON_HOLD)


@guard(_("An incident task is still open. Close it first."), lifted_by="close_tasks")
def has_no_open_task(incident: Any) -> bool:
    """Resolving is refused while a task of the incident is open (INC-09)."""
    return not has_open_task(incident)


@guard(_("The time for reopening is over. Report a new problem instead."))
def is_inside_reopen_window(incident: Any) -> bool:
    """Reopening is possible for ``incident.reopen_days`` after the resolution."""
    return incident.reopen_deadline is None or db_now() <= incident.reopen_deadline


def _caller_must_write(ticket: Any, actor: Any) -> bool:
    return bool(is_requester_side(actor, ticket))


def _agent_must_say(ticket: Any, actor: Any) -> bool:
    return not is_requester_side(actor, ticket)


def _works_on_tasks(ticket: Any, actor: Any) -> bool:
    return may(actor, ticket, "add_task")


class IncidentLifecycle:
    """States with rank and phase, and the edges between them."""

    RANKS: ClassVar[dict[str, int]] = {
        State.NEW: 10,
        State.IN_PROGRESS: 20,
        State.ON_HOLD: 30,
        State.RESOLVED: 60,
        State.CLOSED: 90,
        State.CANCELLED: 95,
    }
    PHASES: ClassVar[dict[str, Phase]] = {
        State.NEW: Phase.OPEN,
        State.IN_PROGRESS: Phase.OPEN,
        State.ON_HOLD: Phase.WAITING,
        State.RESOLVED: Phase.DONE,
        State.CLOSED: Phase.DONE,
        State.CANCELLED: Phase.DONE,
    }
    if TYPE_CHECKING:  # the columns that edges set; the model brings them
        assignee: Any
        close_code: Any
        close_notes: Any
        closed_at: Any
        closed_by: Any
        hold_reason: Any
        hold_until: Any
        last_reopened_at: Any
        last_reopened_by: Any
        major_status: Any
        reopen_count: Any
        resolved_at: Any
        resolved_by: Any

    @edge(source=State.NEW, target=State.IN_PROGRESS, label=_("Start work"), tone="primary")
    def start(self: Any, *, actor: Any, now: dt.datetime) -> None:
        """Somebody owns it now; if neither group nor person did, the acting agent does."""
        if self.group_id is None and self.assignee_id is None:
            self.assignee = actor

    @edge(
        source=[State.NEW, State.IN_PROGRESS],
        target=State.ON_HOLD,
        label=_("Put on hold"),
        inputs=[
            Input(
                "hold_reason", "choice", required=True, label=_("Reason"), choices=tuple(HoldReason.choices)
            ),
            Input("hold_until", "datetime", label=_("Until")),
            COMMENT,
        ],
    )
    def hold(self: Any, *, actor: Any, now: dt.datetime, hold_reason: str, hold_until: dt.datetime) -> None:
        """Work waits; what ends it follows from the reason (INC-03). ``hold_until`` is always set."""
        self.hold_reason, self.hold_until = hold_reason, hold_until

    @edge(
        source=State.ON_HOLD, target=State.IN_PROGRESS, label=_("Resume"), inputs=[WORK_NOTE], tone="primary"
    )
    def resume(self: Any, *, actor: Any, now: dt.datetime) -> None:
        """The waiting is over."""
        self.hold_reason, self.hold_until = "", None

    @edge(
        source=OPEN_STATES,
        target=State.RESOLVED,
        label=_("Resolve"),
        inputs=[
            Input(
                "close_code",
                "choice",
                required=_agent_must_say,
                label=_("Close code"),
                choices=tuple(CloseCode.choices),
            ),
            Input("close_notes", "text", required=_agent_must_say, label=_("Close notes"), max_length=20_000),
            Input(
                "close_tasks", "boolean", label=_("Close its open tasks as incomplete"), lifts=_works_on_tasks
            ),
            COMMENT,
        ],
        conditions=[has_no_open_task],
        tone="primary",
    )
    def resolve(
        self: Any,
        *,
        actor: Any,
        now: dt.datetime,
        close_code: str = CloseCode.RESOLVED_BY_CALLER,
        close_notes: str = "",
        close_tasks: bool = False,
    ) -> None:
        """Service is restored; the requester may still reopen. Open tasks were closed before, if so asked."""
        by_caller = is_requester_side(actor, self)
        self.close_code = CloseCode.RESOLVED_BY_CALLER if by_caller else close_code
        self.close_notes = close_notes or str(_("Resolved by the requester."))
        self.resolved_at, self.resolved_by = now, actor
        self.hold_reason, self.hold_until = "", None
        if self.assignee_id is None and not by_caller:
            self.assignee = actor

    @edge(
        source=State.RESOLVED,
        target=State.IN_PROGRESS,
        label=_("Reopen"),
        inputs=[Input("comment", "text", required=_caller_must_write, label=_("What is still wrong?"))],
        conditions=[is_inside_reopen_window],
    )
    def reopen(self: Any, *, actor: Any, now: dt.datetime) -> None:
        """It was not solved; what closed it stays in the activity."""
        self.reopen_count += 1
        self.last_reopened_at, self.last_reopened_by = now, actor
        self.close_code, self.close_notes = "", ""
        self.resolved_at, self.resolved_by = None, None

    @edge(source=State.RESOLVED, target=State.CLOSED, label=_("Close"))
    def close(self: Any, *, actor: Any, now: dt.datetime) -> None:
        """The requester accepted, or the time for objections is over."""
        self.closed_at, self.closed_by = now, actor

    @edge(
        source=OPEN_STATES,
        target=State.CANCELLED,
        label=_("Cancel"),
        inputs=[Input("reason_text", "text", required=True, label=_("Reason"), max_length=2000)],
        tone="danger",
    )
    def cancel(self: Any, *, actor: Any, now: dt.datetime, reason_text: str) -> None:
        """It is not to be worked on."""
        self.closed_at, self.closed_by = now, actor
        self.close_notes = reason_text
        self.hold_reason, self.hold_until = "", None
        if self.major_status in {MajorStatus.PROPOSED, MajorStatus.ACCEPTED}:
            self.major_status = MajorStatus.CANCELLED

    @edge(
        source=(*OPEN_STATES, State.RESOLVED),
        target=State.CANCELLED,
        label=_("Merge into another"),
        inputs=[Input("into", "ticket", required=True, label=_("Merge into")), WORK_NOTE],
    )
    def merge(self: Any, *, actor: Any, now: dt.datetime, into: Any) -> None:
        """It goes on in another incident; what hangs on it goes there with the service (INC-12).

        Which one is said by the merge alone: not everybody who reads this one may know that one's number.
        """
        self.closed_at, self.closed_by = now, actor
        self.close_code = CloseCode.DUPLICATE
        with override(self.requester.language):  # who asked reads it, not who merges
            self.close_notes = str(
                _("This was reported more than once. It goes on together with the others.")
            )
        self.hold_reason, self.hold_until = "", None

    def _stand_alone(self: Any, close_code: str = "", close_notes: str = "") -> None:
        self.closed_at, self.closed_by = None, None
        self.close_code, self.close_notes = close_code, close_notes

    @edge(source=State.CANCELLED, target=State.NEW, label=_("Merge taken back"), system=True)
    def unmerge_new(self: Any, *, actor: Any, now: dt.datetime) -> None:
        """The merge of a new incident is undone."""
        self._stand_alone()

    @edge(source=State.CANCELLED, target=State.IN_PROGRESS, label=_("Merge taken back"), system=True)
    def unmerge_in_progress(self: Any, *, actor: Any, now: dt.datetime) -> None:
        """The merge of an incident that was worked on is undone."""
        self._stand_alone()

    @edge(
        source=State.CANCELLED,
        target=State.ON_HOLD,
        label=_("Merge taken back"),
        inputs=[
            Input("hold_reason", "choice", required=True, choices=tuple(HoldReason.choices)),
            Input("hold_until", "datetime", required=True),
        ],
        system=True,
    )
    def unmerge_on_hold(
        self: Any, *, actor: Any, now: dt.datetime, hold_reason: str, hold_until: dt.datetime
    ) -> None:
        """The merge of an incident that waited is undone: it waits for the same."""
        self._stand_alone()
        self.hold_reason, self.hold_until = hold_reason, hold_until

    @edge(
        source=State.CANCELLED,
        target=State.RESOLVED,
        label=_("Merge taken back"),
        inputs=[
            Input("close_code", "choice", required=True, choices=tuple(CloseCode.choices)),
            Input("close_notes", "text", required=True, max_length=20_000),
        ],
        system=True,
    )
    def unmerge_resolved(
        self: Any, *, actor: Any, now: dt.datetime, close_code: str, close_notes: str
    ) -> None:
        """The merge of a resolved incident is undone: it is solved as it was."""
        self._stand_alone(close_code, close_notes)


class IncidentTaskLifecycle(TaskLifecycle):
    """What one team does for an incident (INC-09): as all tasks of teams, never pending."""
