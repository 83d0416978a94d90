"""What people find out about the cause of a problem, as its page and its text show it (PROCESSES PRB-11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import formats
from desk import queues
from problems.models import Factor, Why
from problems.rootcause import Node, Rib, flat, ribs, tree
from problems.selectors import MOST_STORY, bone_names_of, factors_of, story_of, whys_of
from tickets import kinds
from tickets.models import Activity
from tickets.policies import may


@dataclass(frozen=True)
class Moved:
    """A move of a ticket around the problem, in words."""

    at: dt.datetime
    number: str
    title: str
    icon: str
    words: str
    url: str
    is_own: bool

    @property
    def day(self) -> dt.date:
        """The day of the active time zone, by which the page groups."""
        return timezone.localtime(self.at).date()


@dataclass(frozen=True)
class RootCause:
    """Tree, diagram and story of a problem, and whether the reader may work on them."""

    nodes: tuple[Node, ...]
    ribs: list[Rib]
    story: list[Moved]
    has_more: bool
    can_edit: bool

    @property
    def root(self) -> Why | None:
        """The answer that is marked as the root cause."""
        return next((each.why for each in flat(self.nodes) if each.why.is_root), None)

    def node(self, public_id: Any) -> Node | None:
        """The answer of that id."""
        return next((each for each in flat(self.nodes) if str(each.why.public_id) == str(public_id)), None)

    def factor(self, public_id: Any) -> Factor | None:
        """The possible cause of that id."""
        found = (row for rib in self.ribs for row in rib.factors if str(row.public_id) == str(public_id))
        return next(found, None)

    def rib(self, bone: Any) -> Rib | None:
        """The category of that key."""
        return next((each for each in self.ribs if each.bone == bone), None)


def root_cause_of(actor: User, problem: Any) -> RootCause:
    """What the page of a problem's root cause shows: the same number of queries however much it is."""
    rows = story_of(actor, problem)
    return RootCause(
        nodes=tree(whys_of(problem.pk)),
        ribs=ribs(bone_names_of(problem.pk), factors_of(problem.pk)),
        story=[_moved(row, problem.pk) for row in rows[:MOST_STORY]],
        has_more=len(rows) > MOST_STORY,
        can_edit=may(actor, problem, "update") and not problem.is_closed,
    )


def _moved(row: Activity, own: int) -> Moved:
    spec = kinds.get(row.ticket.kind)
    state = row.changes["state"][1]
    return Moved(
        at=row.at,
        number=row.ticket.number,
        title=row.ticket.title,
        icon=spec.icon,
        words=f"{spec.label}: {spec.state_labels.get(state, state)}",
        url=reverse("desk:ticket", args=[queues.path_of(row.ticket.kind), row.ticket.number]),
        is_own=row.ticket_id == own,
    )


def as_text(problem: Any, found: RootCause) -> str:
    """The same as a text to be kept elsewhere: headings, nested lists, one line for each move."""
    return "\n".join(_lines(problem, found)) + "\n"


def _lines(problem: Any, found: RootCause) -> Iterator[str]:
    yield f"# {problem.number} {problem.title}"
    yield from ("", f"## {_('Five whys')}", "")
    for node in flat(found.nodes):
        root = f" ({_('Root cause')})" if node.why.is_root else ""
        indent = "  " * (node.level - 1)
        yield f"{indent}- {node.why.answer}{root}"
        for line in node.why.evidence.splitlines():
            yield f"{indent}  {line}"
    yield from ("", f"## {_('Cause and effect')}", "")
    for rib in found.ribs:
        yield f"- {rib.name}"
        yield from (f"  - {row.text} ({row.get_standing_display()})" for row in rib.factors)
    yield from ("", f"## {_('What happened')}", "")
    for moved in found.story:
        at = formats.exact(moved.at)
        yield f"- {at} · {moved.number} {moved.title} · {moved.words}"
    yield from ("", f"## {_('Cause')}", "", problem.cause_notes or "–")
