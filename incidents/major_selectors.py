"""Reading major incidents: what makes a candidate, whom an outage concerns, what the room holds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q, QuerySet

from accounts.choices import Grant
from accounts.models import Group, User
from accounts.policies import Actor
from accounts.selectors import holders_of_grant
from core.settings_store import value
from incidents.choices import Audience, MajorStatus, Part, State
from incidents.major import Edge, edges_for
from incidents.models import (
    Incident,
    MajorProposal,
    MajorReview,
    MajorRoom,
    MajorRule,
    MajorSeat,
    MajorTodo,
    MajorUpdate,
)
from incidents.selectors import incidents_for, line_above
from tickets.choices import ActivityKind
from tickets.models import Activity, Ticket

MOST_UPDATES = 200


def same_report(incident: Incident, *, since: dt.datetime) -> QuerySet[Incident]:
    """Open incidents on the same item that came in since then, oldest first; none for one without an item.

    Those of a restricted group are put together only with others of that group: how many there are would
    else be told to people who may not know of them.
    """
    if incident.ci_id is None:
        return Incident.objects.none()
    group = incident.group
    realm = Q(group=group) if group is not None and group.is_restricted else ~Q(group__is_restricted=True)
    found = Incident.objects.filter(realm, ci=incident.ci_id, company=incident.company_id)
    return found.filter(opened_at__gte=since, state_rank__lt=60).order_by("opened_at", "pk")


def people_reporting(incident: Incident, rule: MajorRule, now: dt.datetime) -> int:
    """How many people reported something on the same item within the minutes of the rule."""
    since = now - dt.timedelta(minutes=rule.people_minutes)
    return same_report(incident, since=since).order_by().values("requester").distinct().count()


def has_major_on_item(incident: Incident) -> bool:
    """Whether another incident on its item, or one above that, is proposed or accepted as a major one."""
    counts = {"major_status__in": [MajorStatus.PROPOSED, MajorStatus.ACCEPTED], "state_rank__lt": 60}
    others = Incident.objects.filter(ci=incident.ci_id, **counts).exclude(pk=incident.pk)
    return incident.ci_id is not None and others.exists()


def children_of(pk: int) -> QuerySet[Incident]:
    """The incidents right below that were not withdrawn."""
    return Incident.objects.filter(parent=pk, kind="incident").exclude(state=State.CANCELLED)


def major_above(ticket: Ticket) -> Incident | None:
    """The accepted major incident that the ticket is, or that it hangs on at any level; None without one."""
    if ticket.kind != "incident":
        return None
    line = line_above(ticket) if ticket.parent_id is not None else [ticket.pk]
    return Incident.objects.filter(pk__in=line, major_status=MajorStatus.ACCEPTED).first()


def major_group(company_id: int) -> Group | None:
    """The group that has major incidents (``major.group``), if it is one of that company."""
    key = value("major.group")
    return Group.objects.filter(key=key, company=company_id, is_active=True).first() if key else None


def major_managers(incident: Incident) -> list[int]:
    """Who is told of proposals: the active people who lead major incidents."""
    return list(holders_of_grant(Grant.INCIDENT_MAJOR, incident.company_id).values_list("pk", flat=True))


def room_staff(incident: Incident) -> list[int]:
    """Who works in the room: the assignee and everybody with a part, each once."""
    seats = MajorSeat.objects.filter(incident=incident.pk).order_by("pk").values_list("person", flat=True)
    people = [incident.assignee_id, *seats]
    return list(dict.fromkeys(pk for pk in people if pk))


class Concerned(NamedTuple):
    """A ticket of the family of an outage, and the people it is for who stand at no ticket before it."""

    pk: int
    number: str
    people: list[int]


def affected(incident: Incident) -> list[Concerned]:
    """Whom an outage concerns: the people for whom the tickets of its family are that are not closed.

    Each person once, at the first of their tickets; who only opened one for somebody else is not concerned.
    """
    family = Q(pk=incident.pk) | Q(pk__in=descendants(incident.pk))
    rows = Ticket.objects.filter(family, active=True).order_by("pk")
    told: list[Concerned] = []
    seen: set[int] = set()
    for pk, number, *people in rows.values_list("pk", "number", "requester", "on_behalf_of"):
        new = [each for each in dict.fromkeys(people) if each and each not in seen]
        seen.update(new)
        told.append(Concerned(pk, number, new))
    return told


def descendants(pk: int) -> list[int]:
    """The incidents below it at any level."""
    found: list[int] = []
    level = [pk]
    while level:
        level = list(Ticket.objects.filter(kind="incident", parent__in=level).values_list("pk", flat=True))
        level = [each for each in level if each not in found]
        found += level
    return found


def public_updates(incident: Incident) -> QuerySet[MajorUpdate]:
    """What was said of a major incident to who is affected, newest first."""
    rows = MajorUpdate.objects.filter(incident=incident.pk, audience=Audience.PUBLIC)
    return rows.order_by("-sent_at", "-pk")


def major_incidents(actor: Actor) -> QuerySet[Incident]:
    """Incidents that are, were or may be major ones, as far as ``actor`` sees them."""
    return incidents_for(actor).exclude(major_status=MajorStatus.NONE)


_MOST_TOLD = 200
_WORDED = {ActivityKind.COMMENT, ActivityKind.WORK_NOTE, ActivityKind.SYSTEM}


def story_of_major(incident: Incident) -> list[tuple[dt.datetime, str]]:
    """What happened to a major incident, oldest first, as lines of its review; at most 200."""
    rows = Activity.objects.filter(ticket=incident.pk).select_related("actor").order_by("pk")
    labels = dict(State.choices)
    told: list[tuple[dt.datetime, str]] = []
    for row in rows.iterator():
        words = row.body.replace("\n", " · ") if row.kind in _WORDED else ""
        if row.kind == ActivityKind.STATE:
            words = str(labels.get(row.changes["state"][1], ""))
        if words:
            name = f"{row.actor.display_name}: " if row.actor is not None else ""
            told.append((row.at, f"{name}{words[:300]}"))
        if len(told) == _MOST_TOLD:
            break
    return told


@dataclass(frozen=True)
class Seat:
    """A part of the work and who does it, if anybody."""

    role: str
    person: User | None
    since: dt.datetime | None

    def get_role_display(self) -> str:
        """The part in words."""
        return str(Part(self.role).label)


def seats_of(pk: int) -> list[Seat]:
    """Every part of a major incident in its order: one query."""
    rows = {row.part: row for row in MajorSeat.objects.filter(incident=pk).select_related("person")}
    return [
        Seat(part, rows[part].person, rows[part].since) if part in rows else Seat(part, None, None)
        for part in Part.values
    ]


def updates_of(pk: int) -> QuerySet[MajorUpdate]:
    """What was said of a major incident, newest first; at most 200."""
    rows = MajorUpdate.objects.filter(incident=pk).select_related("author")
    return rows.order_by("-sent_at", "-pk")[:MOST_UPDATES]


def todos_of(pk: int) -> QuerySet[MajorTodo]:
    """What is to be done about a major incident, oldest first."""
    return MajorTodo.objects.filter(incident=pk).select_related("owner", "done_by").order_by("pk")


def review_of(pk: int) -> MajorReview | None:
    """The review of a major incident; None before it was resolved."""
    return MajorReview.objects.filter(incident=pk).select_related("finished_by").first()


def room_of(pk: int) -> MajorRoom | None:
    """What is particular to a major incident; None for one that never was."""
    return MajorRoom.objects.filter(incident=pk).select_related("accepted_by").first()


def proposals_of(pk: int) -> list[MajorProposal]:
    """How an incident was proposed, newest first."""
    rows = MajorProposal.objects.filter(incident=pk).select_related("rule", "proposed_by", "decided_by")
    return list(rows.order_by("-proposed_at", "-pk"))


@dataclass(frozen=True)
class MajorFacts:
    """How an incident stands as a major one, and how far it reaches."""

    number: str
    major_status: str
    business_impact: str
    started_at: dt.datetime | None
    next_update_at: dt.datetime | None
    late_updates: int
    children: int
    people: int
    moves: list[Edge]
    proposals: list[MajorProposal]

    def get_major_status_display(self) -> str:
        """The standing in words."""
        return str(MajorStatus(self.major_status).label)


def major_facts(actor: Actor, incident: Incident) -> MajorFacts:
    """The standing of an incident for ``actor``; its children and people are counted for who reads it."""
    room, proposals = room_of(incident.pk), proposals_of(incident.pk)
    told = affected(incident)
    impact = room.business_impact if room is not None else next((p.business_impact for p in proposals), "")
    return MajorFacts(
        number=incident.number,
        major_status=incident.major_status,
        business_impact=impact,
        started_at=room.started_at if room is not None else None,
        next_update_at=room.next_update_at if room is not None else None,
        late_updates=room.late_updates if room is not None else 0,
        children=children_of(incident.pk).count(),
        people=sum(len(each.people) for each in told),
        moves=edges_for(actor, incident),
        proposals=proposals,
    )
