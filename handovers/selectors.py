"""Reading hand-overs through their gate, and what one is begun with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Group, User
from accounts.policies import group_ids, managed_group_ids
from accounts.selectors import groups_for, members_of
from core.errors import NotVisibleError
from handovers.choices import Why
from handovers.models import HandOver, HandOverNote
from handovers.policies import acceptable_by, visible_to
from incidents.choices import MajorStatus
from schedules.selectors import next_turns, on_call_for_group
from sla.selectors import at_risk
from tickets.choices import Phase
from tickets.models import Activity, Ticket
from tickets.selectors import listed, seen_by

MOST_PROPOSED = 40
USUAL_SHIFT = dt.timedelta(hours=12)
LONGEST_SHIFT = dt.timedelta(days=7)
NEXT_SHIFT = dt.timedelta(hours=16)  # what waits until then goes on in the next shift
SOON = dt.timedelta(hours=1)  # who comes on call until then is of the next shift
_MAJOR = (MajorStatus.PROPOSED, MajorStatus.ACCEPTED)


@dataclass(frozen=True)
class Proposed:
    """A ticket that a hand-over may speak of, and why; ``ticket`` is a plain row."""

    ticket: Any
    reasons: tuple[Why, ...]

    @property
    def is_chosen(self) -> bool:
        """Whether it is in unless it is taken out: all but what was only worked on."""
        return self.reasons != (Why.TOUCHED,)


def hand_overs_for(actor: User) -> QuerySet[HandOver]:
    """The hand-overs ``actor`` reads, newest first, with their people and groups."""
    rows = HandOver.objects.filter(visible_to(actor))
    return rows.select_related("group", "written_by", "taken_by").order_by("-written_at", "-pk")


def with_notes(actor: User, rows: QuerySet[HandOver]) -> QuerySet[HandOver]:
    """The same with the notes that ``actor`` reads in ``seen_notes``: those of tickets they see now.

    Nothing tells that there are others. One query for any number of rows.
    """
    notes = HandOverNote.objects.filter(ticket__in=seen_by(actor).values("pk"))
    notes = notes.select_related("ticket").order_by("place", "pk")
    return rows.prefetch_related(Prefetch("notes", queryset=notes, to_attr="seen_notes"))


def hand_over_of(actor: User, public_id: Any, *, lock: bool = False) -> HandOver:
    """One of them. Raises NotVisibleError."""
    rows = hand_overs_for(actor).filter(public_id=public_id)
    row = (rows.select_for_update(of=("self",), no_key=True) if lock else with_notes(actor, rows)).first()
    if row is None:
        raise NotVisibleError
    return row


def waiting_for(actor: User) -> QuerySet[HandOver]:
    """What waits for ``actor``, as a member of its team, to say that they have it; newest first."""
    rows = HandOver.objects.filter(acceptable_by(actor)).select_related("group", "written_by")
    return with_notes(actor, rows.order_by("-written_at", "-pk"))


def groups_read(actor: User) -> list[Group]:
    """The groups whose hand-overs ``actor`` reads, by name."""
    return list(groups_for(actor).filter(pk__in=group_ids(actor) | managed_group_ids(actor)))


def groups_written(actor: User) -> list[Group]:
    """The groups whose shifts ``actor`` may hand over, by name."""
    return list(groups_for(actor).filter(pk__in=group_ids(actor)))


def shift_began(actor: User, group: Group, now: dt.datetime) -> dt.datetime:
    """When the shift of ``actor`` began: their present turn by a rota of the group, else twelve hours ago."""
    begun = [duty.start for duty in next_turns(actor, now, now) if duty.rota.group_id == group.pk]
    present = [start for start in begun if start <= now]
    return max(min(present), now - LONGEST_SHIFT) if present else now - USUAL_SHIFT


def proposed(actor: User, group: Group, since: dt.datetime, now: dt.datetime) -> list[Proposed]:
    """The open tickets of the group that the next shift should know of, as far as ``actor`` sees them.

    Majors first, then promises at risk, what waits until the next shift, what people worked on ``since``;
    at most MOST_PROPOSED. Two queries.
    """
    touched = Activity.objects.filter(ticket=OuterRef("pk"), at__gte=since, actor__isnull=False)
    flags = {
        Why.MAJOR: Q(priority=1) | Q(incident__major_status__in=_MAJOR),
        Why.SLA: at_risk(),
        Why.HOLD: Q(phase=Phase.WAITING, incident__hold_until__lte=now + NEXT_SHIFT),
        Why.TOUCHED: Q(Exists(touched)),
    }
    rows = seen_by(actor).filter(active=True, phase__in=[Phase.OPEN, Phase.WAITING], group=group)
    rows = rows.annotate(
        **{f"is_{why}": ExpressionWrapper(condition, BooleanField()) for why, condition in flags.items()}
    )
    rows = rows.filter(Q(is_major=True) | Q(is_sla=True) | Q(is_hold=True) | Q(is_touched=True))
    order = [F(f"is_{why}").desc(nulls_last=True) for why in flags]
    found = list(rows.order_by(*order, "priority", "pk").values_list("pk", *(f"is_{why}" for why in flags)))
    reasons = {
        pk: tuple(why for why, holds in zip(flags, given, strict=True) if holds)
        for pk, *given in found[:MOST_PROPOSED]
    }
    return [Proposed(ticket, reasons[ticket.pk]) for ticket in listed(list(reasons))]


def tickets_named(actor: User, numbers: Iterable[str]) -> dict[str, Ticket]:
    """The tickets with these numbers that ``actor`` sees, by number."""
    rows = seen_by(actor).filter(number__in=list(numbers)).only("number", "title", "priority", "kind")
    return {row.number: row for row in rows}


def seen_keys(actor: User, tickets: Sequence[Ticket]) -> set[int]:
    """The keys of those of ``tickets`` that ``actor`` sees."""
    rows = seen_by(actor).filter(pk__in=[ticket.pk for ticket in tickets])
    return set(rows.values_list("pk", flat=True))


def told_of(row: HandOver, now: dt.datetime) -> list[int]:
    """Who is told that a hand-over waits: who is on call for the group now or within the hour.

    All its members where that is nobody but who wrote it.
    """
    members = {person.pk for person in members_of(row.group_id)} - {row.written_by_id}
    on_shift = {person.pk for at in (now, now + SOON) for person in on_call_for_group(row.group_id, at)}
    return sorted(members & on_shift or members)


def hand_over_told(public_id: Any) -> HandOver | None:
    """The hand-over with that id, for telling people of it; None when it is gone."""
    rows = HandOver.objects.filter(public_id=public_id)
    return rows.select_related("group", "written_by", "taken_by").first()
