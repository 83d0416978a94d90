"""What a ticket was like after each of its writes, told again from its activity (PROCESSES SLA-13).

A write's row of activity says which columns it changed and what they held before, so the present row is
undone step by step up to the opening and then walked forward. Two columns are told by words alone: a comment
sets who spoke last in public and the first response. What is behind a reference (the key of the group) is
taken from what the clocks recorded then, else as it is now; such names are in ``assumed``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from accounts.choices import Grant
from accounts.models import Company, Group, Location, Role, User
from cmdb.models import CI
from sla.models import ClockEvent
from tickets import kinds
from tickets.choices import ActivityKind
from tickets.hooks import Change
from tickets.models import Activity, Ticket

_TOLD = (ActivityKind.STATE, ActivityKind.FIELD, ActivityKind.COMMENT)
_FIELDS: dict[str, Any] = {each.name: each for each in Ticket._meta.concrete_fields if not each.generated}
_BY_WORDS = frozenset({"last_public_from", "first_response_at"})
_REFERENCES = ("company", "requester", "group", "assignee", "ci", "location")
Values = dict[str, Any]


@dataclass(frozen=True)
class Write:
    """One write as it was recorded: ``before`` and ``after`` by column; an opening has no ``before``."""

    at: dt.datetime
    verb: str
    actor_id: int | None
    before: Values | None
    after: Values
    changes: dict[str, list[Any]]


@dataclass
class History:
    """All writes to one ticket, oldest first. ``assumed``: not recorded, so taken as it is now."""

    ticket: Ticket
    writes: list[Write] = field(default_factory=list)
    assumed: set[str] = field(default_factory=set)
    values_then: dict[str, list[tuple[dt.datetime, Any]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Related:
    """The rows that tickets refer to, as they are now, by the name of the reference."""

    rows: Mapping[str, Mapping[int, Any]]

    def of(self, name: str, key: int | None) -> Any:
        """The row, or None."""
        return None if key is None else self.rows[name].get(key)


def histories_of(tickets: Sequence[Ticket]) -> dict[int, History]:
    """The history of each ticket by its key. Three queries for any number of them."""
    ids = [ticket.pk for ticket in tickets]
    rows = Activity.objects.filter(ticket__in=ids, kind__in=_TOLD).order_by("ticket", "pk")
    rows = rows.only("ticket", "at", "actor", "kind", "is_public", "verb", "changes")
    by_ticket = {pk: list(each) for pk, each in groupby(rows, key=lambda row: row.ticket_id)}
    agents = _agents_among({row.actor_id for each in by_ticket.values() for row in each if row.actor_id})
    found = {ticket.pk: _Walk(ticket, by_ticket.get(ticket.pk, []), agents).history() for ticket in tickets}
    recorded = ClockEvent.objects.filter(clock__ticket__in=ids, cause__has_key="values").order_by("pk")
    for ticket_id, at, cause in recorded.values_list("clock__ticket", "at", "cause"):
        for path, value in cause["values"].items():
            found[ticket_id].values_then.setdefault(path, []).append((at, value))
    return found


def related_of(histories: Iterable[History]) -> Related:
    """What the tickets referred to at any time. One query for each sort of thing."""
    wanted: dict[str, set[int]] = {name: set() for name in _REFERENCES}
    for history in histories:
        for write in history.writes:
            for name in _REFERENCES:
                key = write.after[f"{name}_id"]
                if key is not None:
                    wanted[name].add(key)
    people = User.objects.select_related("department", "location")
    known = people.in_bulk(wanted["requester"] | wanted["assignee"])
    return Related(
        {
            "company": Company.objects.in_bulk(wanted["company"]),
            "requester": known,
            "assignee": known,
            "group": Group.objects.in_bulk(wanted["group"]) if wanted["group"] else {},
            "ci": CI.objects.in_bulk(wanted["ci"]) if wanted["ci"] else {},
            "location": Location.objects.in_bulk(wanted["location"]) if wanted["location"] else {},
        }
    )


def changes_of(history: History, related: Related, paths: Iterable[str] = ()) -> list[Change]:
    """The writes as the clocks saw them. ``paths`` are the dotted fields that matter: those that nobody
    recorded are noted as assumed."""
    dotted = [path for path in paths if "." in path]
    return [_change(history, write, related, dotted) for write in history.writes]


def _change(history: History, write: Write, related: Related, dotted: list[str]) -> Change:
    ticket = _ticket(write.after, related)
    for path in dotted:
        _as_then(history, write, ticket, path)
    actor = None if write.actor_id is None else User(pk=write.actor_id)
    before = None if write.before is None else _named(write.before)
    return Change(ticket, before, _named(write.after), write.changes, actor, write.verb, write.at)


def _ticket(values: Values, related: Related) -> Ticket:
    made = Ticket(**values)
    made._state.adding = False
    for name in _REFERENCES:
        row = related.of(name, values[f"{name}_id"])
        if row is not None:
            setattr(made, name, row)
    return made


def _as_then(history: History, write: Write, ticket: Ticket, path: str) -> None:
    """Let the ticket answer for ``path`` as was recorded nearest to this write under the same reference."""
    root, *hops = path.split(".")
    key = write.after.get(f"{root}_id")
    if key is None:
        return
    second = write.at.replace(microsecond=0)
    told = [
        (at, value)
        for at, value in history.values_then.get(path, ())
        if _reference_at(history, root, at) == key
    ]
    if not told:
        history.assumed.add(path)
        return
    past = [value for at, value in told if at <= second]
    setattr(ticket, root, _with(getattr(ticket, root), hops, past[-1] if past else told[0][1]))


def _reference_at(history: History, root: str, at: dt.datetime) -> Any:
    keys = [write.after[f"{root}_id"] for write in history.writes if write.at.replace(microsecond=0) <= at]
    return keys[-1] if keys else None


def _with(row: Any, hops: list[str], value: Any) -> Any:
    """A copy of the row whose value at the end of the hops is another."""
    if row is None:
        return None
    made, (hop, *rest) = copy(row), hops
    made._state = copy(row._state)
    made._state.fields_cache = dict(row._state.fields_cache)
    setattr(made, hop, _with(getattr(row, hop), rest, value) if rest else value)
    return made


def _named(values: Values) -> Values:
    return {name: values[each.attname] for name, each in _FIELDS.items()}


def _agents_among(people: set[int]) -> frozenset[int]:
    """Those of them who read all tickets: what they say is an agent's word."""
    roles = Role.objects.filter(grants__contains=[Grant.TICKET_READ_ALL], holders__in=people)
    return frozenset(roles.values_list("holders", flat=True))


class _Walk:
    """The history of one ticket in the making."""

    def __init__(self, ticket: Ticket, rows: list[Activity], agents: frozenset[int]) -> None:
        self.rows, self.agents = rows, agents
        self.made = History(ticket)
        self.now = {each.attname: getattr(ticket, each.attname) for each in _FIELDS.values()}
        self.values = dict(self.now)

    def history(self) -> History:
        """Back to the opening, then forward write by write."""
        groups = _grouped(self.rows)
        begun = next((at for at, rows in enumerate(groups) if _opens(rows[0])), None)
        later = groups if begun is None else groups[begun + 1 :]
        self._undo([row for rows in later for row in rows])
        if begun is not None:  # nobody has spoken yet
            self.values |= {"last_public_from": "", "first_response_at": None}
        self._place()
        self._open(None if begun is None else groups[begun][0])
        for at, rows in enumerate(later):
            if rows[0].kind == ActivityKind.COMMENT:
                self._hear(rows[0], later[at + 1] if at + 1 < len(later) else [])
            else:
                changes = {name: pair for row in rows for name, pair in row.changes.items()}
                self._write(rows[0], rows[0].verb, changes)
        self.made.assumed |= {name for name in _BY_WORDS if self.values[name] != self.now[name]}
        return self.made

    def _undo(self, rows: list[Activity]) -> None:
        for row in reversed(rows):
            for name, (old, new) in row.changes.items():
                each = _FIELDS.get(name)
                if each is None or name in _BY_WORDS:
                    continue
                if self.values[each.attname] != each.to_python(new):
                    self.made.assumed.add(name)
                self.values[each.attname] = each.to_python(old)

    def _open(self, row: Activity | None) -> None:
        """The first write; a ticket that came without one began as it was when it was opened."""
        if row is None:
            self.made.assumed.add("opened")
        at = self.made.ticket.opened_at if row is None else row.at
        actor = self.made.ticket.opened_by_id if row is None else row.actor_id
        self.made.writes.append(
            Write(at, "opened" if row is None else row.verb, actor, None, dict(self.values), {})
        )

    def _write(self, row: Activity, verb: str, changes: dict[str, list[Any]]) -> None:
        before = dict(self.values)
        for name, (_old, new) in changes.items():
            if name in _FIELDS:
                self.values[_FIELDS[name].attname] = _FIELDS[name].to_python(new)
        self._place()
        self.made.writes.append(Write(row.at, verb, row.actor_id, before, dict(self.values), changes))

    def _place(self) -> None:
        """Rank and phase follow from the state."""
        ticket, state = self.made.ticket, self.values["state"]
        try:
            model = kinds.get(ticket.kind).model
        except KeyError:
            return
        if state in model.RANKS:
            self.values |= {"state_rank": model.RANKS[state], "phase": str(model.PHASES[state])}

    def _hear(self, row: Activity, after: list[Activity]) -> None:
        """A public word; one that came with the write after it is told by that."""
        said = self._said(row)
        told = {name: pair for each in after if _is_one(row, each) for name, pair in each.changes.items()}
        if not said or any(
            name in told and _FIELDS[name].to_python(told[name][0]) == self.values[name] for name in said
        ):
            return
        self._write(row, str(ActivityKind.COMMENT), said)

    def _said(self, row: Activity) -> dict[str, list[Any]]:
        asks = self._speaks_for_the_requester(row)
        new: Values = {"last_public_from": "requester" if asks else "agent"}
        if not asks and row.actor_id is not None and self.values["first_response_at"] is None:
            new["first_response_at"] = self.now["first_response_at"] or row.at
        return {name: [self.values[name], value] for name, value in new.items() if self.values[name] != value}

    def _speaks_for_the_requester(self, row: Activity) -> bool:
        if row.actor_id is None:
            return False
        if row.actor_id in {self.values["requester_id"], self.values["on_behalf_of_id"]}:
            return True
        return row.actor_id == self.values["opened_by_id"] and row.actor_id not in self.agents


def _grouped(rows: list[Activity]) -> list[list[Activity]]:
    """The rows of each write together: its change of state, then its changes of fields."""
    groups: list[list[Activity]] = []
    for row in rows:
        last = groups[-1][-1] if groups else None
        follows = last is not None and last.kind == ActivityKind.STATE and row.kind == ActivityKind.FIELD
        if last is not None and follows and last.verb == row.verb and _is_one(last, row):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _is_one(first: Activity, second: Activity) -> bool:
    return first.at == second.at and first.actor_id == second.actor_id


def _opens(row: Activity) -> bool:
    return row.kind == ActivityKind.STATE and row.changes.get("state", [""])[0] is None
