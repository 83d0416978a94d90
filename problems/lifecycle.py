"""The state machines of problems and their tasks: PROCESSES PRB-01 and PRB-04, binding."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from problems.choices import Resolution, State, TaskCode, TaskState
from tickets.choices import LinkType, Phase
from tickets.lifecycle import WORK_NOTE, Input, edge, guard
from tickets.models import TicketLink

_GOOD_ENDS = ("successful", "successful_issues")
OPEN_TASK = (TaskState.NEW, TaskState.ASSESS, TaskState.WORK_IN_PROGRESS)


def _nobody_has_it(ticket: Any, _actor: Any) -> bool:
    return ticket.assignee_id is None


def _no_cause_yet(problem: Any, _actor: Any) -> bool:
    return not problem.cause_notes


def _no_fix_yet(problem: Any, _actor: Any) -> bool:
    return not problem.fix_notes


ASSIGNEE = Input("assignee", "user", required=_nobody_has_it, label=_("Assignee"))
CAUSE = Input("cause_notes", "text", required=_no_cause_yet, label=_("Cause"), max_length=20_000)
FIX = Input("fix_notes", "text", required=_no_fix_yet, label=_("Fix"), max_length=20_000)
RISK = Input("risk_reason", "text", required=True, label=_("Why the risk is accepted"), max_length=4000)
REVIEW = Input("risk_review_date", "date", label=_("To be reviewed on"))
REASON = Input("reason_text", "text", required=True, label=_("Reason"), max_length=2000)
AGAIN = Input("work_note", "text", required=True, label=_("Reason"), max_length=20_000)


@guard(_("A change that is to fix it is not closed yet, or was not successful."))
def has_no_unfinished_fix(problem: Any) -> bool:
    """Every change that fixes it is closed as successful, or cancelled."""
    fixes = TicketLink.objects.filter(source=problem.pk, type=LinkType.FIXED_BY, target__kind="change")
    done = fixes.filter(target__state="closed", target__close_code__in=_GOOD_ENDS).values("pk")
    return not fixes.exclude(target__state="cancelled").exclude(pk__in=done).exists()


@guard(_("It is a duplicate: go on with the problem that it repeats."))
def is_no_duplicate(problem: Any) -> bool:
    """A duplicate is not taken up again."""
    return bool(problem.close_code != Resolution.DUPLICATE)


class ProblemLifecycle:
    """States with rank and phase, and the edges between them. How it ended is its close code."""

    RANKS: ClassVar[dict[str, int]] = {
        State.NEW: 10,
        State.ASSESS: 20,
        State.RCA: 30,
        State.FIX_IN_PROGRESS: 40,
        State.RESOLVED: 60,
        State.CLOSED: 90,
    }
    PHASES: ClassVar[dict[str, Phase]] = {
        State.NEW: Phase.OPEN,
        State.ASSESS: Phase.OPEN,
        State.RCA: Phase.OPEN,
        State.FIX_IN_PROGRESS: Phase.OPEN,
        State.RESOLVED: Phase.DONE,
        State.CLOSED: Phase.DONE,
    }
    if TYPE_CHECKING:  # the columns that edges set; the model brings them
        assignee: Any
        cause_notes: Any
        close_code: Any
        close_notes: Any
        closed_at: Any
        closed_by: Any
        fix_notes: Any
        reopen_count: Any
        resolved_at: Any
        resolved_by: Any
        risk_reason: Any
        risk_review_date: Any

    @edge(
        source=State.NEW, target=State.ASSESS, label=_("Assess"), inputs=[ASSIGNEE, WORK_NOTE], tone="primary"
    )
    def assess(self, *, actor: Any, now: dt.datetime, assignee: Any = None) -> None:
        """Somebody looks whether it is a problem worth an analysis."""
        self.assignee = assignee or self.assignee

    @edge(
        source=[State.NEW, State.ASSESS],
        target=State.RCA,
        label=_("Confirm"),
        inputs=[ASSIGNEE, WORK_NOTE],
        tone="primary",
    )
    def confirm(self, *, actor: Any, now: dt.datetime, assignee: Any = None) -> None:
        """It is one: its root cause is looked for. From new it was assessed in the same breath."""
        self.assignee = assignee or self.assignee

    @edge(
        source=State.RCA,
        target=State.FIX_IN_PROGRESS,
        label=_("Begin the fix"),
        inputs=[CAUSE, WORK_NOTE],
        tone="primary",
    )
    def fix(self, *, actor: Any, now: dt.datetime, cause_notes: str = "") -> None:
        """The cause is known, what removes it is in work."""
        self.cause_notes = cause_notes or self.cause_notes

    @edge(
        source=[State.RCA, State.FIX_IN_PROGRESS],
        target=State.RESOLVED,
        label=_("Resolve"),
        inputs=[CAUSE, FIX, WORK_NOTE],
        conditions=[has_no_unfinished_fix],
        tone="primary",
    )
    def resolve(self, *, actor: Any, now: dt.datetime, cause_notes: str = "", fix_notes: str = "") -> None:
        """The cause is gone. Incidents that waited for it are resolved, by a handler (PRB-08)."""
        self.cause_notes = cause_notes or self.cause_notes
        self.fix_notes = fix_notes or self.fix_notes
        self._settle(Resolution.FIX_APPLIED, actor, now, self.fix_notes)

    @edge(
        source=[State.RCA, State.FIX_IN_PROGRESS],
        target=State.CLOSED,
        label=_("Accept the risk"),
        inputs=[RISK, CAUSE, REVIEW, WORK_NOTE],
    )
    def accept_risk(
        self,
        *,
        actor: Any,
        now: dt.datetime,
        risk_reason: str,
        cause_notes: str = "",
        risk_review_date: dt.date | None = None,
    ) -> None:
        """The cause stays, knowingly; the reason is told to who works on its incidents (PRB-08)."""
        self._accept(actor, now, risk_reason, cause_notes, risk_review_date)
        self.closed_at, self.closed_by = now, actor

    @edge(
        source=[State.RCA, State.FIX_IN_PROGRESS],
        target=State.RESOLVED,
        label=_("Accept the risk, close later"),
        inputs=[RISK, CAUSE, REVIEW, WORK_NOTE],
    )
    def accept_risk_for_now(
        self,
        *,
        actor: Any,
        now: dt.datetime,
        risk_reason: str,
        cause_notes: str = "",
        risk_review_date: dt.date | None = None,
    ) -> None:
        """As ``accept_risk``, but it stays open to be looked at again."""
        self._accept(actor, now, risk_reason, cause_notes, risk_review_date)

    @edge(
        source=[State.NEW, State.ASSESS, State.RCA],
        target=State.CLOSED,
        label=_("Mark as duplicate"),
        inputs=[Input("duplicate_of", "ticket", required=True, label=_("Duplicate of")), WORK_NOTE],
    )
    def mark_duplicate(self, *, actor: Any, now: dt.datetime, duplicate_of: Any) -> None:
        """Another problem is the same; what hangs on this one goes there, by a handler (PRB-03).

        Which one is said by the link alone: not everybody who reads this one may know that one's number.
        """
        self._settle(Resolution.DUPLICATE, actor, now, "")
        self.closed_at, self.closed_by = now, actor

    @edge(
        source=[State.NEW, State.ASSESS, State.RCA, State.FIX_IN_PROGRESS],
        target=State.CLOSED,
        label=_("Cancel"),
        inputs=[REASON],
        tone="danger",
    )
    def cancel(self, *, actor: Any, now: dt.datetime, reason_text: str) -> None:
        """It is none, or is not to be worked on."""
        self._settle(Resolution.CANCELED, actor, now, reason_text)
        self.closed_at, self.closed_by = now, actor

    @edge(source=State.RESOLVED, target=State.CLOSED, label=_("Close"), inputs=[WORK_NOTE], tone="primary")
    def complete(self, *, actor: Any, now: dt.datetime) -> None:
        """It has held; nothing is left to be done."""
        self.closed_at, self.closed_by = now, actor

    @edge(
        source=[State.FIX_IN_PROGRESS, State.RESOLVED, State.CLOSED],
        target=State.RCA,
        label=_("Analyse again"),
        inputs=[AGAIN],
        conditions=[is_no_duplicate],
    )
    def re_analyze(self, *, actor: Any, now: dt.datetime) -> None:
        """It is back, or the cause was another. What closed it stays in the activity."""
        self.reopen_count += 1
        self.close_code, self.close_notes = "", ""
        self.resolved_at, self.resolved_by = None, None
        self.closed_at, self.closed_by = None, None
        self.risk_reason, self.risk_review_date = "", None

    def _accept(self, actor: Any, now: dt.datetime, reason: str, cause: str, review: dt.date | None) -> None:
        self.cause_notes = cause or self.cause_notes
        self.risk_reason, self.risk_review_date = reason, review
        self._settle(Resolution.RISK_ACCEPTED, actor, now, reason)

    def _settle(self, code: str, actor: Any, now: dt.datetime, notes: str) -> None:
        self.close_code, self.close_notes = code, notes
        self.resolved_at, self.resolved_by = now, actor


class ProblemTaskLifecycle:
    """A piece of work for a problem: looked at, worked on, closed as complete or canceled."""

    RANKS: ClassVar[dict[str, int]] = {
        TaskState.NEW: 10,
        TaskState.ASSESS: 20,
        TaskState.WORK_IN_PROGRESS: 30,
        TaskState.CLOSED: 90,
    }
    PHASES: ClassVar[dict[str, Phase]] = {
        TaskState.NEW: Phase.OPEN,
        TaskState.ASSESS: Phase.OPEN,
        TaskState.WORK_IN_PROGRESS: Phase.OPEN,
        TaskState.CLOSED: Phase.DONE,
    }
    if TYPE_CHECKING:
        assignee: Any
        close_code: Any
        close_notes: Any
        closed_at: Any
        closed_by: Any
        resolved_at: Any
        resolved_by: Any

    @edge(
        source=TaskState.NEW,
        target=TaskState.ASSESS,
        label=_("Assess"),
        inputs=[ASSIGNEE, WORK_NOTE],
        tone="primary",
    )
    def assess(self, *, actor: Any, now: dt.datetime, assignee: Any = None) -> None:
        """Somebody has it and looks what is to be done."""
        self.assignee = assignee or self.assignee

    @edge(
        source=TaskState.ASSESS,
        target=TaskState.WORK_IN_PROGRESS,
        label=_("Start work"),
        inputs=[WORK_NOTE],
        tone="primary",
    )
    def start(self, *, actor: Any, now: dt.datetime) -> None:
        """It is being done."""

    @edge(
        source=TaskState.WORK_IN_PROGRESS,
        target=TaskState.CLOSED,
        label=_("Complete"),
        inputs=[Input("close_notes", "text", label=_("Notes"), max_length=20_000), WORK_NOTE],
        tone="primary",
    )
    def complete(self, *, actor: Any, now: dt.datetime, close_notes: str = "") -> None:
        """It is done."""
        self._end(TaskCode.COMPLETE, actor, now, close_notes)

    @edge(source=OPEN_TASK, target=TaskState.CLOSED, label=_("Cancel"), inputs=[REASON], tone="danger")
    def cancel(self, *, actor: Any, now: dt.datetime, reason_text: str) -> None:
        """It is not needed."""
        self._end(TaskCode.CANCELED, actor, now, reason_text)

    @edge(
        source=[TaskState.WORK_IN_PROGRESS, TaskState.CLOSED],
        target=TaskState.ASSESS,
        label=_("Assess again"),
        inputs=[AGAIN],
    )
    def re_assess(self, *, actor: Any, now: dt.datetime) -> None:
        """It was not what was needed, or not enough."""
        self.close_code, self.close_notes = "", ""
        self.resolved_at, self.resolved_by = None, None
        self.closed_at, self.closed_by = None, None

    def _end(self, code: str, actor: Any, now: dt.datetime, notes: str) -> None:
        self.close_code, self.close_notes = code, notes
        self.closed_at, self.closed_by = now, actor
        self.resolved_at, self.resolved_by = now, actor
