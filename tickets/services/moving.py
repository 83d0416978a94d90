"""Transitions: the only code that calls a transition method (DOMAIN DT-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.policies import Actor
from core.errors import (
    BadInputError,
    FieldError,
    IllegalTransitionError,
    NotAllowedError,
    RuleRefusedError,
    invalid,
)
from core.text import clean
from tickets import kinds
from tickets.choices import ActivityKind
from tickets.lifecycle import EdgeSpec, Input, lifting
from tickets.models import Activity, Ticket
from tickets.policies import may
from tickets.services.talking import stamp_public_word
from tickets.services.writing import (
    activity,
    instant,
    locked,
    record,
    save_changed,
    settle_owner,
    snapshot,
)
from tickets.transitions import Edge, allowed_names, edges_from, edges_named, narrowing

TicketT = TypeVar("TicketT", bound=Ticket)
_TEXTS = ("comment", "work_note")


@transaction.atomic
def apply_transition(
    model: type[TicketT],
    pk: int,
    name: str,
    *,
    actor: Actor,
    expected_version: int | None = None,
    **inputs: Any,
) -> TicketT:
    """The ticket after transition ``name``. Publishes ``<kind>.moved`` (from, to, transition).

    ``comment`` and ``work_note`` may come with any transition. Nothing changes when it raises:
    NotVisibleError, StaleVersionError, NotAllowedError, IllegalTransitionError, RuleRefusedError (guard,
    company rule, input), BadInputError (unknown input).
    """
    ticket = locked(model, pk, actor=actor, expected_version=expected_version)
    old_state = ticket.state
    chosen = _edge(ticket, name, actor)
    now = instant(ticket)
    given = _checked_inputs(chosen.spec, ticket, actor, inputs)
    _check_guards(chosen, ticket, actor, now)
    before = snapshot(ticket)
    words = {key: given.pop(key, "") for key in _TEXTS}
    getattr(ticket, name)(actor=actor, now=now, **given)
    ticket.set_place()
    settle_owner(ticket, before["group"], before["assignee"], by_hand=False)
    extra = _words(ticket, actor, words, now)
    save_changed(ticket, before, at=now)
    payload = {"from": old_state, "to": ticket.state, "transition": name}
    record(
        ticket,
        before=before,
        actor=actor,
        verb=name,
        event=f"{ticket.kind}.moved",
        at=now,
        payload=payload,
        extra=extra,
    )
    return ticket


@transaction.atomic
def move_to(
    model: type[TicketT],
    pk: int,
    state: str,
    *,
    actor: Actor,
    expected_version: int | None = None,
    **inputs: Any,
) -> TicketT:
    """The ticket after the one edge from its present state to ``state`` (PROCESSES G-02).

    Raises as ``apply_transition``; IllegalTransitionError when no such edge exists for this actor.
    """
    ticket = locked(model, pk, actor=actor, expected_version=expected_version)
    found = [
        e
        for e in edges_from(ticket)
        if e.target == state and not e.spec.system and may(actor, ticket, e.name)
    ]
    if not found:
        raise illegal(ticket, actor, state)
    return apply_transition(model, pk, found[0].name, actor=actor, **inputs)


def run_move(
    ticket: Ticket,
    name: str,
    *,
    actor: Actor,
    expected_version: int | None = None,
    inputs: Mapping[str, Any],
) -> Any:
    """The ticket after transition ``name``, by the service its kind registered for it, if there is one.

    Raises what ``apply_transition`` and that service raise.
    """
    spec = kinds.get(ticket.kind)
    service = spec.moves.get(name)
    if service is not None:
        return service(ticket.pk, actor=actor, expected_version=expected_version, **inputs)
    model: type[Ticket] = spec.model
    return apply_transition(model, ticket.pk, name, actor=actor, expected_version=expected_version, **inputs)


def illegal(ticket: Ticket, actor: Actor, wanted: str) -> IllegalTransitionError:
    """The refusal that names the present state, what was wanted and what is possible (PROCESSES G-01)."""
    allowed = allowed_names(actor, ticket)
    text = _(
        "%(number)s is in state “%(state)s”; “%(wanted)s” is not possible now. Possible: %(allowed)s."
    ) % {
        "number": ticket.number,
        "state": kinds.get(ticket.kind).state_labels.get(ticket.state, ticket.state),
        "wanted": wanted,
        "allowed": ", ".join(allowed) or _("nothing"),
    }
    return IllegalTransitionError(text, current_state=ticket.state, allowed=allowed)


def _edge(ticket: Ticket, name: str, actor: Actor) -> Edge:
    named = edges_named(ticket, name)
    if not named:
        raise illegal(ticket, actor, name)
    if actor is not None and (named[0].spec.system or not may(actor, ticket, name)):
        raise NotAllowedError(_("Your role does not allow “%(name)s” here.") % {"name": named[0].spec.label})
    here = [each for each in named if each.source == ticket.state]
    if not here:
        raise illegal(ticket, actor, name)
    return here[0]


def _check_guards(chosen: Edge, ticket: Ticket, actor: Actor, now: dt.datetime) -> None:
    failed = [test for test in chosen.conditions if not test(ticket)]
    if failed:
        reasons = [
            FieldError(lifting(test, chosen.spec, ticket, actor), "guard", getattr(test, "reason", ""))
            for test in failed
        ]
        raise RuleRefusedError(errors=reasons)
    refusal = narrowing(ticket, chosen.name, actor, now)
    if refusal is not None:
        raise refusal


def _checked_inputs(spec: EdgeSpec, ticket: Ticket, actor: Actor, inputs: dict[str, Any]) -> dict[str, Any]:
    known = {each.name: each for each in spec.inputs}
    for name in _TEXTS:
        known.setdefault(name, Input(name, "text", max_length=20_000))
    unknown = set(inputs) - set(known)
    if unknown:
        raise BadInputError(_("Unknown input: %(names)s") % {"names": ", ".join(sorted(unknown))})
    given: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, each in known.items():
        value = inputs.get(name)
        try:
            value = value if value in (None, "") else _checked(each, value)
        except RuleRefusedError as refusal:
            errors.extend(refusal.errors)
            continue
        if value not in (None, ""):  # of a text that is all blanks nothing is left
            given[name] = value
        elif each.is_required(ticket, actor):
            errors.append(FieldError(name, "required", _("This field is required.")))
    if errors:
        raise RuleRefusedError(errors=errors)
    return given


def _checked(each: Input, value: Any) -> Any:
    if each.kind in {"text", "line"}:
        return clean(each.name, value, max_length=each.max_length, multiline=each.kind == "text")
    if each.kind == "choice" and value not in {code for code, _label in each.choices}:
        raise invalid(
            each.name, _("“%(value)s” is not one of the choices.") % {"value": str(value)[:60]}, code="choice"
        )
    return value


def _words(ticket: Ticket, actor: Actor, words: dict[str, str], now: dt.datetime) -> list[Activity]:
    rows = []
    if words["comment"]:
        stamp_public_word(ticket, actor, now)
        rows.append(activity(ticket, actor, ActivityKind.COMMENT, body=words["comment"], is_public=True))
    if words["work_note"]:
        if not may(actor, ticket, "work_note"):
            raise NotAllowedError
        rows.append(activity(ticket, actor, ActivityKind.WORK_NOTE, body=words["work_note"]))
    return rows
