"""Tickets as something that access is explained of (``accounts.access``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts.access.decisions import Decision, no, yes
from accounts.access.subjects import Subject, askable, field_decision, named
from accounts.models import User
from accounts.policies import company_wall
from core.api.fieldrules import FieldSet, fields_for
from core.errors import Text
from tickets import kinds
from tickets.models import Ticket
from tickets.policies import visible_to, why, why_change, why_internal, why_seen
from tickets.selectors import child_of
from tickets.transitions import all_edges, available

_SHARED = named("read", "read_internal", "update", "comment", "work_note", "attach", "watch", "link")
_OPEN = yes("state", _("Its state, its guards and the rules of the company allow it now."))
_WRONG_STATE = no("wrong_state", _("Not possible in the present state"))


def find(asker: User, reference: str) -> Ticket | None:
    """The ticket with that number, as its kind, if ``asker`` may ask about it."""
    rows = askable(asker, company_wall(asker), visible_to(asker))
    row = Ticket.objects.filter(rows, number=reference.upper()).select_related("group").first()
    return None if row is None else child_of(row)


def actions(ticket: Ticket) -> dict[str, Text]:
    """What all tickets share, and the moves of its kind that people make."""
    return _SHARED | _moves(ticket)


def _moves(ticket: Ticket) -> dict[str, Text]:
    return {edge.name: edge.spec.label for edge in all_edges(type(ticket)) if not edge.spec.system}


def decisions(person: User, ticket: Ticket, action: str) -> Iterator[Decision]:
    """Whether the person sees it; whether they may do this with it; whether it is possible now."""
    yield why_seen(person, ticket)
    if action == "read":
        return
    if action == "read_internal":
        yield why_internal(person)
        return
    yield why(person, ticket, action)
    if action in _moves(ticket):
        yield _move(person, ticket, action)


def _move(person: User, ticket: Any, action: str) -> Decision:
    move = next((each for each in available(person, ticket, blocked=True) if each.name == action), None)
    if move is None:
        return _WRONG_STATE
    return no(move.closed_by, move.reason) if move.closed_by else _OPEN


def fields(ticket: Ticket) -> FieldSet:
    """The fields of its kind, for who reads all of them."""
    return fields_for(_resource(ticket), internal=True)


def field_decisions(person: User, ticket: Ticket, action: str, field: str) -> Iterator[Decision]:
    """Whether the person sees the ticket; whether the field is there for them; whether they may change it."""
    yield why_seen(person, ticket)
    yield field_decision(_resource(ticket), why_internal(person), action, field)
    if action == "update":
        yield why_change(person, ticket, field)


def _resource(ticket: Ticket) -> Any:
    return import_string(kinds.get(ticket.kind).resource)


SUBJECT = Subject(
    "ticket", _("Ticket"), lambda row: row.number, find, actions, decisions, fields, field_decisions
)
