"""One ticket: head, clocks, timeline, properties and what hangs on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from accounts.choices import Grant
from accounts.models import Group, User
from accounts.policies import has_grant
from accounts.selectors import people
from cmdb.models import CI
from desk import promises, queues, timeline
from desk.properties import Property, properties_of, property_of, rule_behind
from desk.selectors.causes import Cause, cause_of
from desk.selectors.families import Family, family_of
from desk.selectors.merging import Merged, merged_of
from desk.selectors.orders import Order, order_of
from desk.selectors.worklog import Worklog, worklog_of
from desk.words import GROUPS, INCOMING, ITEMS, PEOPLE, TICKETS, Names, references
from notifications.models import PagedPerson
from notifications.policies import may_acknowledge
from notifications.selectors import awaited
from tickets import kinds, transitions
from tickets.choices import LinkType, Phase
from tickets.models import Activity, Survey, Ticket
from tickets.policies import may
from tickets.selectors import (
    drafts_of,
    kind_numbered,
    links_for,
    seen_by,
    survey_of,
    ticket_numbered,
    timeline_for,
    watchers_of,
)
from workflows.selectors import RunRow, runs_of_ticket

BESIDE_THE_PATH = {"on_hold", "draft", "pending"}
FINAL_RANK = 90
MANY_OPEN = 100


@dataclass(frozen=True)
class Step:
    """One state on the path of the record: done, now, todo or stopped."""

    label: str | Promise
    state: str
    icon: str


@dataclass(frozen=True)
class Link:
    """Another ticket and how this one relates to it."""

    pk: int
    label: str | Promise
    ticket: Ticket
    icon: str
    state_label: str | Promise

    @property
    def url(self) -> str:
        """The other ticket's own address."""
        return reverse("desk:ticket", args=[queues.path_of(self.ticket.kind), self.ticket.number])


@dataclass(frozen=True)
class TicketPage:
    """All that a ticket's page shows to one reader."""

    ticket: Any
    spec: kinds.KindSpec
    state_label: str | Promise
    tone: str
    steps: list[Step]
    main_moves: list[transitions.Move]
    more_moves: list[transitions.Move]
    clocks: list[promises.Strip]
    blocks: list[timeline.Block]
    shown: str
    title: Property
    properties: list[Property]
    open_count: str
    links: list[Link]
    watchers: list[User]
    drafts: dict[str, str]
    order: Order | None
    family: Family
    merged: Merged
    cause: Cause | None
    runs: list[RunRow]
    awaited: list[PagedPerson]
    survey: Survey | None
    work: Worklog
    can: dict[str, bool]

    @property
    def is_closed(self) -> bool:
        """Whether nothing but notes can be added."""
        return bool(self.ticket.is_closed)

    @property
    def can_wait(self) -> bool:
        """Whether a reply can also put the ticket on hold for its requester."""
        return self.spec.key == "incident" and self.move("hold") is not None

    def property(self, key: str) -> Property | None:
        """The property of that key, if the page shows it."""
        return next((each for each in [self.title, *self.properties] if each.key == key), None)

    def move(self, name: str) -> transitions.Move | None:
        """The move of that name, if it is possible now."""
        return next((each for each in [*self.main_moves, *self.more_moves] if each.name == name), None)


def desk_ticket(actor: User, number: str) -> Any:
    """The child row (incident, request …) of that number. Raises NotVisibleError."""
    parent = ticket_numbered(actor, number)
    return kind_numbered(actor, parent.kind, number)


def ticket_page(actor: User, ticket: Any, *, shown: str = "all") -> TicketPage:
    """The page of a ticket the actor may see; the same number of queries for any length of its timeline."""
    spec = kinds.get(ticket.kind)
    moves = [m for m in transitions.available(actor, ticket, blocked=True) if m.closed_by != "role"]
    main = [move for move in moves if move.tone == "primary"]
    rows = timeline_for(actor, ticket)
    can = {
        action: may(actor, ticket, action)
        for action in ("comment", "work_note", "update", "watch", "link", "add_task", "tell", "split")
    }
    merged = merged_of(actor, ticket)
    waiting = awaited(ticket)
    can["acknowledge"] = bool(waiting) and may_acknowledge(actor, ticket)
    editable = can["update"] and not ticket.is_closed
    can["add_task"] &= ticket.phase != Phase.DONE
    can["comment"] &= bool(spec.employee_word)  # who asked sees no work order: nobody would read it (P-42)
    can["open_problem"] = ticket.kind == "incident" and has_grant(actor, Grant.PROBLEM_WRITE)
    can["join"] = editable and "parent" in spec.editable
    can["similar"] = ticket.kind == "incident"
    return TicketPage(
        ticket=ticket,
        spec=spec,
        state_label=spec.state_labels.get(ticket.state, ticket.state),
        tone=_tone(ticket),
        steps=steps_of(ticket),
        main_moves=main,
        more_moves=sorted((m for m in moves if m not in main), key=lambda move: move.tone == "danger"),
        clocks=promises.strip_of(promises.clocks_of([ticket.pk]).get(ticket.pk, [])),
        blocks=timeline.blocks(
            ticket,
            rows,
            names_in(actor, rows),
            shown=shown,
            merged=merged.sources,
            split_at=_splits(ticket) if can["split"] else None,
        ),
        shown=shown,
        title=property_of(ticket, "title", can_update=editable),
        properties=properties_of(ticket, can_update=editable, rule=rule_behind(rows)),
        open_count=open_tickets_of(actor, ticket),
        links=links_of(actor, ticket),
        watchers=list(watchers_of(ticket)),
        drafts=drafts_of(actor, ticket),
        order=order_of(actor, ticket),
        family=family_of(actor, ticket),
        merged=merged,
        cause=cause_of(actor, ticket),
        runs=runs_of_ticket(actor, ticket),
        awaited=waiting,
        survey=survey_of(actor, ticket) if ticket.is_closed else None,
        work=worklog_of(actor, ticket),
        can=can,
    )


def _splits(ticket: Ticket) -> Callable[[Activity], str]:
    path = queues.path_of(ticket.kind)
    return lambda row: reverse("desk:split", args=[path, ticket.number, row.public_id])


def _tone(ticket: Any) -> str:
    if ticket.phase == Phase.WAITING:
        return "warn"
    if ticket.phase == Phase.DONE:
        return "good" if ticket.state_rank <= FINAL_RANK else "neutral"
    return "info"


def steps_of(ticket: Any) -> list[Step]:
    """The states of the kind in order, and where the ticket stands; side ways only when it is there."""
    spec, ranks = kinds.get(ticket.kind), type(ticket).RANKS
    here = ranks[ticket.state]
    if here > FINAL_RANK:
        first = min(ranks, key=lambda state: ranks[state])
        return [
            Step(spec.state_labels[first], "done", icon="check"),
            Step(spec.state_labels[ticket.state], "stopped", icon="circle-x"),
        ]
    path = sorted((rank, state) for state, rank in ranks.items() if rank <= FINAL_RANK)
    kept = [(rank, state) for rank, state in path if state == ticket.state or state not in BESIDE_THE_PATH]
    return [_step(spec.state_labels[state], rank, here) for rank, state in kept]


def _step(label: str | Promise, rank: int, here: int) -> Step:
    if rank == here:
        return Step(label, "now", icon="circle-dot")
    return Step(label, "done", icon="check") if rank < here else Step(label, "todo", icon="circle")


def names_in(actor: User, rows: Sequence[Activity]) -> Names:
    """What the people, groups, items and tickets are called that the rows name, as far as the actor sees."""
    wanted = references(row.changes for row in rows)
    known: dict[str, dict[int, str]] = {}
    if wanted.get(PEOPLE):
        known[PEOPLE] = {key: person.display_name for key, person in people(wanted[PEOPLE]).items()}
    if wanted.get(GROUPS):
        known[GROUPS] = {key: group.name for key, group in Group.objects.in_bulk(wanted[GROUPS]).items()}
    if wanted.get(ITEMS):
        known[ITEMS] = {key: item.name for key, item in CI.objects.in_bulk(wanted[ITEMS]).items()}
    if wanted.get(TICKETS):
        rows_found = seen_by(actor).filter(pk__in=wanted[TICKETS])
        known[TICKETS] = dict(rows_found.values_list("pk", "number"))
    return Names(known)


def open_tickets_of(actor: User, ticket: Any) -> str:
    """How many tickets of the requester are open, as far as the actor sees them; "100+" at most."""
    rows = seen_by(actor).filter(requester=ticket.requester_id, active=True)
    count = len(rows.exclude(phase=Phase.DONE).values_list("pk", flat=True)[: MANY_OPEN + 1])
    return f"{MANY_OPEN}+" if count > MANY_OPEN else str(count)


def links_of(actor: User, ticket: Any) -> list[Link]:
    """The tickets that this one is tied to, as far as the actor sees them, worded from this end."""
    links = []
    for row in links_for(actor, ticket):
        outgoing = row.source_id == ticket.pk
        other = row.target if outgoing else row.source
        label = LinkType(row.type).label if outgoing else INCOMING[row.type]
        links.append(Link(row.pk, label, other, kinds.get(other.kind).icon, state_words(other)))
    return links


def state_words(ticket: Ticket) -> str | Promise:
    """The state of a ticket as agents call it."""
    return kinds.get(ticket.kind).state_labels.get(ticket.state) or ticket.state
