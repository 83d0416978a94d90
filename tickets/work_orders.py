"""The machine that the tasks of teams share, and what every final edge sets (PROCESSES INC-09, REQ-02)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from accounts.policies import group_ids
from tickets.choices import Phase, TaskState
from tickets.lifecycle import WORK_NOTE, Input, edge

OPEN_TASK = (TaskState.OPEN, TaskState.WORK_IN_PROGRESS)
NOTES = Input("close_notes", "text", label=_("Notes"), max_length=20_000)
NEEDED_NOTES = Input("close_notes", "text", required=True, label=_("Notes"), max_length=20_000)


class Ending:
    """What an edge to an end sets, once, whoever takes it."""

    if TYPE_CHECKING:  # the columns that edges set; the model brings them
        assignee: Any
        assignee_id: Any
        close_notes: Any
        closed_at: Any
        closed_by: Any
        group_id: Any
        reopen_count: Any
        resolved_at: Any
        resolved_by: Any

    def end(self, actor: Any, now: dt.datetime, notes: str = "") -> None:
        """It is over now, by this person or by the platform."""
        self.closed_at, self.closed_by = now, actor
        self.resolved_at = self.resolved_at or now
        self.resolved_by = self.resolved_by or actor
        self.close_notes = notes or self.close_notes


class TaskLifecycle(Ending):
    """What one team does for something larger: opened, begun, and ended in one of three ways."""

    RANKS: ClassVar[dict[str, int]] = {
        TaskState.OPEN: 10,
        TaskState.WORK_IN_PROGRESS: 20,
        TaskState.CLOSED_COMPLETE: 90,
        TaskState.CLOSED_INCOMPLETE: 91,
        TaskState.CLOSED_SKIPPED: 92,
    }
    PHASES: ClassVar[dict[str, Phase]] = {
        TaskState.OPEN: Phase.OPEN,
        TaskState.WORK_IN_PROGRESS: Phase.OPEN,
        TaskState.CLOSED_COMPLETE: Phase.DONE,
        TaskState.CLOSED_INCOMPLETE: Phase.DONE,
        TaskState.CLOSED_SKIPPED: Phase.DONE,
    }

    @edge(
        source=TaskState.OPEN,
        target=TaskState.WORK_IN_PROGRESS,
        label=_("Start work"),
        inputs=[WORK_NOTE],
        tone="primary",
    )
    def start(self, *, actor: Any, now: dt.datetime) -> None:
        """Somebody works on it now: the acting person, when nobody was named and they are in the group."""
        self._own(actor)

    @edge(
        source=OPEN_TASK,
        target=TaskState.CLOSED_COMPLETE,
        label=_("Complete"),
        inputs=[NOTES, WORK_NOTE],
        tone="primary",
    )
    def complete(self, *, actor: Any, now: dt.datetime, close_notes: str = "") -> None:
        """It is done."""
        self.own_and_end(actor, now, close_notes)

    @edge(
        source=OPEN_TASK,
        target=TaskState.CLOSED_INCOMPLETE,
        label=_("Could not be done"),
        inputs=[NEEDED_NOTES, WORK_NOTE],
    )
    def incomplete(self, *, actor: Any, now: dt.datetime, close_notes: str) -> None:
        """It could not be done; the notes say why."""
        self.own_and_end(actor, now, close_notes)

    @edge(
        source=OPEN_TASK,
        target=TaskState.CLOSED_SKIPPED,
        label=_("Skip"),
        inputs=[NEEDED_NOTES, WORK_NOTE],
    )
    def skip(self, *, actor: Any, now: dt.datetime, close_notes: str) -> None:
        """It was not needed; the notes say why."""
        self.end(actor, now, close_notes)

    def own_and_end(self, actor: Any, now: dt.datetime, notes: str) -> None:
        """It is over, and whoever ended it did it, when nobody was named."""
        self._own(actor)
        self.end(actor, now, notes)

    def _own(self, actor: Any) -> None:
        if self.assignee_id is None and actor is not None and self.group_id in {None, *group_ids(actor)}:
            self.assignee = actor
