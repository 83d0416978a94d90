"""How a bulk went: for each ticket what was done, or in words why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import NotVisibleError
from core.time import db_now
from desk import queues
from desk.bulk import jobs
from desk.bulk.acts import LABELS, moves_named
from desk.bulk.services import UNDO, undo_time
from desk.models import BulkChange
from tickets.selectors import seen_by

STALE = 412
MOST_LINES = 100  # of tickets that were changed; those that were not are all told


@dataclass(frozen=True)
class Line:
    """One ticket of a bulk. ``title`` and ``url`` are empty for one the reader does not see."""

    number: str
    title: str
    url: str
    status: int | None
    words: str
    can_go_back: bool


@dataclass(frozen=True)
class Result:
    """A bulk as it stands. ``can_undo``: whether its page offers the way back, ``is_brief``: for a moment."""

    change: BulkChange
    label: str
    progress: jobs.Progress
    lines: list[Line]
    can_undo: bool
    undone_by: BulkChange | None
    is_brief: bool

    def shown(self, *, everything: bool) -> list[Line]:
        """What was refused, always; what was done as far as a page holds it, or with ``everything`` all."""
        refused = [line for line in self.lines if line.words]
        others = [line for line in self.lines if not line.words]
        if everything:
            return refused + others
        return refused + others[: MOST_LINES if self.progress.ended_at else 0]

    @property
    def done(self) -> int:
        """How many tickets were changed."""
        return self.progress.done - self.progress.failed

    @property
    def kept(self) -> int:
        """Of these, how many cannot be taken back."""
        return sum(
            line.words == "" and line.status is not None and not line.can_go_back for line in self.lines
        )


def result_of(actor: User, public_id: UUID) -> Result:
    """The bulk of that id, if ``actor`` made it. Raises NotVisibleError, also when it was forgotten."""
    change = BulkChange.objects.filter(owner=actor, public_id=public_id).select_related("undoes").first()
    if change is None:
        raise NotVisibleError
    progress = jobs.machine().progress(actor, change.job)
    outcomes = jobs.machine().outcomes(actor, change.job)
    seen = _seen(actor, [row["number"] for row in change.rows])
    lines = [
        _line(row, outcome, seen.get(row["number"]))
        for row, outcome in zip(change.rows, outcomes, strict=True)
    ]
    undone_by = BulkChange.objects.filter(undoes=change).first()
    return Result(
        change,
        label_of(change),
        progress,
        lines,
        can_undo=(
            change.undoes_id is None
            and undone_by is None
            and progress.ended_at is not None
            and progress.ended_at > db_now() - undo_time(change.action)
            and any(line.can_go_back for line in lines)
        ),
        undone_by=undone_by,
        is_brief=undo_time(change.action) == UNDO,
    )


def label_of(change: BulkChange) -> str:
    """What was done, in words."""
    if change.action == "move":
        return moves_named(change.given["name"])
    return str(LABELS[change.action])


def _seen(actor: User, numbers: list[str]) -> dict[str, Mapping[str, Any]]:
    rows = seen_by(actor).filter(number__in=numbers)
    return {row["number"]: row for row in rows.values("number", "title", kind_of=F("kind"))}


def _line(row: Mapping[str, Any], outcome: jobs.Outcome, seen: Mapping[str, Any] | None) -> Line:
    number = row["number"]
    return Line(
        number,
        seen["title"] if seen else "",
        reverse("desk:ticket", args=[queues.path_of(seen["kind_of"]), number]) if seen else "",
        outcome.status,
        _words(outcome),
        can_go_back=outcome.is_done and bool(row["back"]),
    )


def _words(outcome: jobs.Outcome) -> str:
    """Why the ticket was not changed; empty when it was, or waits for its turn."""
    if outcome.problem is None:
        return ""
    if outcome.status == STALE:
        return _("Somebody changed it meanwhile. Open it and decide anew.")
    told = [str(error.get("detail", "")) for error in outcome.problem.get("errors", [])]
    return " ".join(filter(None, told)) or str(outcome.problem.get("detail") or outcome.problem.get("title"))
