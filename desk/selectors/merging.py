"""What went on elsewhere, what goes on here, and what a merge would take along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from accounts.models import User
from core.time import db_now
from desk.selectors.lists import Row, as_rows
from desk.selectors.orders import Related, related
from incidents.likeness import similar_incidents
from incidents.merging import UNDO, Coming, check_merge, coming, target_of
from incidents.models import Incident
from incidents.services import may_unmerge
from tickets import kinds
from tickets.likeness import alike
from tickets.merges import merges_at
from tickets.models import Merge, Ticket
from tickets.policies import may
from tickets.selectors import as_kinds, seen_by

FEW_ERRORS = 5


@dataclass(frozen=True)
class Together:
    """One merge: the ticket at its other end, None when the reader does not see it, and the way back."""

    merge: Merge
    other: Related | None
    can_undo: bool

    @property
    def until(self) -> dt.datetime:
        """Until when it can be taken back."""
        until: dt.datetime = self.merge.at + UNDO
        return until


@dataclass(frozen=True)
class Merged:
    """``into`` says where the ticket goes on; ``here`` what goes on in it, the latest first."""

    into: Together | None = None
    here: list[Together] = field(default_factory=list)

    @property
    def sources(self) -> list[Ticket]:
        """The tickets that go on here."""
        return [each.merge.source for each in self.here]

    @property
    def fresh(self) -> list[Together]:
        """Those here that can still be taken back."""
        return [each for each in self.here if each.can_undo]


@dataclass(frozen=True)
class Similar:
    """Incidents that report much the same, the best first, and known errors with a way around."""

    incidents: list[Row]
    known_errors: Sequence[Any]
    can_merge: bool


def merged_of(actor: User, ticket: Ticket) -> Merged:
    """The merges of a ticket: one query, and two more where there is any."""
    if not kinds.get(ticket.kind).task_kind:
        return Merged()
    rows = list(merges_at(ticket.pk))
    if not rows:
        return Merged()
    ends = {each.main_id if each.source_id == ticket.pk else each.source_id for each in rows}
    seen = {row.pk: row for row in seen_by(actor).filter(pk__in=ends)}
    found, now = [], db_now()
    for each in rows:
        is_source = each.source_id == ticket.pk
        other = seen.get(each.main_id if is_source else each.source_id)
        is_fresh = now <= each.at + UNDO
        can = is_fresh and each.main_id == each.target_id and may_unmerge(actor, each.source, each)
        found.append((is_source, Together(each, related(other) if other else None, can)))
    into = next((each for is_source, each in found if is_source), None)
    return Merged(into, [each for is_source, each in found if not is_source])


def similar_to(actor: User, incident: Incident) -> Similar:
    """What is like the incident, as far as the actor sees it; the same number of queries for any number."""
    errors = alike(actor, incident.title, among=Q(active=True, problem__is_known_error=True), most=FEW_ERRORS)
    can_merge = may(actor, incident, "merge") and not incident.is_closed
    return Similar(as_rows(similar_incidents(actor, incident)), as_kinds(errors), can_merge)


def preview(actor: User, source: Incident, into: Ticket) -> tuple[Incident, Coming]:
    """The incident it would go on in, and what would come along.

    Raises NotAllowedError, RuleRefusedError for a target that cannot be.
    """
    target = target_of(source, into, actor)
    check_merge(source, target, actor)
    return target, coming(source, target, actor)
