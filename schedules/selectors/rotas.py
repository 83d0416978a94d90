"""Rotas ready to count with: who is on call, whose turns come, and what is odd about them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q, QuerySet

from accounts.models import Group, Membership, User
from accounts.policies import Actor
from core.errors import NotVisibleError
from schedules import rota_math
from schedules.models import CalendarLink, Rota, RotaLayer, RotaMember, RotaOverride, intervals_of
from schedules.policies import may, may_read_rota, visible_rotas

MARGIN = dt.timedelta(days=400)  # overrides this far around decide where a turn begins and ends
AHEAD = dt.timedelta(weeks=8)  # of turns that are announced


@dataclass(frozen=True)
class Duty:
    """A stretch of time in which a person is called: ``rank`` 0 first; ``override`` or ``layer`` says why."""

    rota: Rota
    person: User
    start: dt.datetime
    end: dt.datetime
    rank: int = 0
    layer: RotaLayer | None = None
    override: RotaOverride | None = None


@dataclass(frozen=True)
class Read:
    """A rota with all that is asked of it: ``people`` by primary key; ``counted`` answers."""

    row: Rota
    layers: list[RotaLayer]
    order: dict[int, list[User]]
    overrides: dict[int, RotaOverride]
    people: dict[int, User]
    counted: rota_math.Rota

    def duty(self, turn: rota_math.Turn, rank: int = 0) -> Duty:
        """The turn with people and places instead of numbers."""
        place = turn.duty.place
        override = self.overrides[turn.duty.turn] if place == rota_math.OVERRIDE else None
        layer = None if override is not None else self.layers[place]
        person = self.people[turn.duty.person]
        return Duty(self.row, person, turn.start, turn.end, rank, layer, override)

    def on_call(self, at: dt.datetime) -> list[User]:
        """Who is called at an instant, the first to call first."""
        return [self.people[duty.person] for duty in rota_math.on_call(self.counted, at)]

    def turns(self, since: dt.datetime, until: dt.datetime) -> list[Duty]:
        """Who is called first, turn by turn, cut at the ends."""
        return [self.duty(turn) for turn in rota_math.turns(self.counted, since, until)]

    def whole_turns(self, since: dt.datetime, until: dt.datetime) -> list[Duty]:
        """As ``turns``, each whole; wants a rota that was read with overrides from around."""
        return [self.duty(turn) for turn in rota_math.whole_turns(self.counted, since, until)]

    def turns_of(self, person: User, since: dt.datetime, until: dt.datetime) -> list[Duty]:
        """The turns of one person, with their ranks."""
        found = rota_math.turns_of(self.counted, person.pk, since, until)
        return [self.duty(turn, rank) for rank, turn in found]


@dataclass(frozen=True)
class RotaNow:
    """Who is on call of a rota now, until when, and whose turn comes then."""

    row: Rota
    people: list[User]
    now: Duty | None = None
    then: Duty | None = None
    coming: list[Duty] = field(default_factory=list)


def rotas_for(actor: Actor) -> QuerySet[Rota]:
    """The rotas ``actor`` may read, by key, with their groups."""
    return Rota.objects.filter(visible_rotas(actor)).select_related("group").order_by("key")


def rota_keyed(actor: Actor, key: str) -> Rota:
    """The rota with that key. Raises NotVisibleError."""
    row = rotas_for(actor).filter(key=key).first()
    if row is None:
        raise NotVisibleError
    return row


def layer_of(rota: Rota, public_id: Any) -> RotaLayer:
    """The layer of that rota with that public id. Raises NotVisibleError."""
    row = RotaLayer.objects.filter(rota=rota, public_id=public_id).first()
    if row is None:
        raise NotVisibleError
    return row


def override_of(rota: Rota, public_id: Any) -> RotaOverride:
    """The override of that rota with that public id, with its people. Raises NotVisibleError."""
    rows = RotaOverride.objects.select_related("rota__group", "person", "made_by")
    row = rows.filter(rota=rota, public_id=public_id).first()
    if row is None:
        raise NotVisibleError
    return row


def people_of(group: Group) -> QuerySet[User]:
    """Who may be on call for a group, by name: its active members and its manager."""
    within = Membership.objects.filter(group=group.pk).values("user")
    rows = User.objects.filter(Q(pk__in=within) | Q(pk=group.manager_id), is_active=True)
    return rows.order_by("name_ko", "pk")


def on_call_now(rota_key: str, at: dt.datetime) -> list[User]:
    """Who is on call of the rota with that key at an instant, the first to call first.

    The person of an override, then those of the layers from the top; nobody for a rota that is switched off
    or is not there. Costs five queries, however large the rota.
    """
    rows = Rota.objects.filter(key=rota_key, is_active=True).select_related("group")
    found = read(rows, at, at)
    return found[0].on_call(at) if found else []


def on_call_for_group(group_id: int, at: dt.datetime) -> list[User]:
    """Who is on call for a group at an instant: by all its rotas, the first to call first, each person once.

    Costs one query for a group without a rota, else five.
    """
    rows = Rota.objects.filter(group=group_id, is_active=True).select_related("group").order_by("key")
    people = {person.pk: person for each in read(rows, at, at) for person in each.on_call(at)}
    return list(people.values())


def rotas_now(actor: Actor, at: dt.datetime) -> list[RotaNow]:
    """The active rotas ``actor`` may read with who is on call now and whose turns come, by key."""
    until = at + AHEAD
    found = []
    for each in read(rotas_for(actor).filter(is_active=True), at - MARGIN, until + MARGIN):
        coming = each.whole_turns(at, until)
        now = next((duty for duty in coming if duty.start <= at), None)
        later = [duty for duty in coming if duty.start > at]
        found.append(RotaNow(each.row, each.on_call(at), now, later[0] if later else None, later))
    return found


def next_turns(person: User, since: dt.datetime, until: dt.datetime | None = None) -> list[Duty]:
    """The turns of a person that end after ``since`` and begin before ``until`` (eight weeks), in order.

    Of all active rotas, with the place in the order of calls. Costs five queries.
    """
    until = until or since + AHEAD
    mine = RotaMember.objects.filter(user=person.pk).values("layer__rota")
    handed = RotaOverride.objects.filter(person=person.pk, during__overlap=_span(since, until)).values("rota")
    rows = Rota.objects.filter(
        Q(pk__in=mine) | Q(pk__in=handed), is_active=True, group__company=person.company_id
    )
    found = [
        duty
        for each in read(rows.select_related("group").order_by("key"), since - MARGIN, until + MARGIN)
        for duty in each.turns_of(person, since, until)
    ]
    return sorted(found, key=lambda duty: (duty.start, duty.rota.key, duty.rank))


def read(rows: Iterable[Rota], since: dt.datetime, until: dt.datetime) -> list[Read]:
    """The rotas with layers, people, and the overrides in ``[since, until]``; four queries for any number.

    The rows bring their groups along.
    """
    rotas = list(rows)
    if not rotas:
        return []
    keys = [row.pk for row in rotas]
    layers = list(RotaLayer.objects.filter(rota__in=keys).order_by("rota", "order"))
    members = list(
        RotaMember.objects.filter(layer__rota__in=keys).select_related("user").order_by("layer", "position")
    )
    overrides = list(
        RotaOverride.objects.filter(rota__in=keys, during__overlap=_span(since, until, "[]")).select_related(
            "person", "made_by"
        )
    )
    people = {row.user_id: row.user for row in members} | {row.person_id: row.person for row in overrides}
    groups = {row.group_id for row in rotas}
    there = set(
        Membership.objects.filter(group__in=groups, user__in=list(people)).values_list("group_id", "user_id")
    )
    order: dict[int, list[User]] = {}
    for row in members:
        order.setdefault(row.layer_id, []).append(row.user)
    found = []
    for rota in rotas:
        own = [layer for layer in layers if layer.rota_id == rota.pk]
        shifts = {row.pk: row for row in overrides if row.rota_id == rota.pk}
        named = {person.pk: person for layer in own for person in order.get(layer.pk, [])}
        named |= {row.person_id: row.person for row in shifts.values()}
        counted = rota_math.Rota(
            rota.tz,
            tuple(_layer(layer, order.get(layer.pk, [])) for layer in own),
            tuple(_override(row) for row in shifts.values()),
            frozenset(pk for pk, person in named.items() if not _is_there(person, rota, there)),
        )
        found.append(Read(rota, own, order, shifts, people, counted))
    return found


def _is_there(person: User, rota: Rota, there: set[tuple[int, int]]) -> bool:
    """Whether the person still works here and for the group."""
    works = (rota.group_id, person.pk) in there or person.pk == rota.group.manager_id
    return person.is_active and works


def warnings_of(found: Read, at: dt.datetime) -> list[User]:
    """People of the rota who are passed over from ``at`` on: they left, or are no longer in its group."""
    named: dict[int, User] = {}
    for layer in found.layers:
        named |= {person.pk: person for person in found.order.get(layer.pk, [])}
    ahead = [row for row in found.overrides.values() if row.during.upper > at]
    named |= {row.person_id: row.person for row in ahead}
    return [person for pk, person in named.items() if pk in found.counted.absent]


def links_of(actor: User) -> QuerySet[CalendarLink]:
    """The secret addresses of a person that still work, newest first."""
    rows = CalendarLink.objects.filter(owner=actor.pk, revoked_at=None).select_related("rota__group")
    return rows.order_by("-pk")


def calendar_link(token: str) -> CalendarLink:
    """The living link that ``token`` is, with its owner and rota. Raises NotVisibleError.

    A link whose owner left, or may no longer read the rota, is as one that never was.
    """
    rows = CalendarLink.objects.filter(token_hash=hash_of(token), revoked_at=None, owner__is_active=True)
    row = rows.select_related("owner", "rota__group").first()
    if row is None or not may(row.owner, "read"):
        raise NotVisibleError
    if row.rota is not None and not may_read_rota(row.owner, row.rota):
        raise NotVisibleError
    return row


def hash_of(token: str) -> str:
    """What is stored of a link's secret: its 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _span(since: dt.datetime, until: dt.datetime, bounds: str = "[)") -> DateTimeTZRange:
    return DateTimeTZRange(since, until, bounds)


def _layer(row: RotaLayer, people: list[User]) -> rota_math.Layer:
    hours = tuple((int(day), intervals_of(spans) or ()) for day, spans in sorted(row.hours.items()))
    return rota_math.Layer(
        start=row.start_date,
        handover=row.handover_time,
        unit=row.unit,
        length=row.length,
        people=tuple(person.pk for person in people),
        weekday=row.handover_weekday,
        hours=hours or None,
    )


def _override(row: RotaOverride) -> rota_math.Override:
    return rota_math.Override(row.pk, row.person_id, row.during.lower, row.during.upper)
