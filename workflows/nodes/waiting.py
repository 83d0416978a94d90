"""Waiting: for a length of time, for an instant, until something holds, or for a signal."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from approvals import duedates
from workflows import names
from workflows.conditions import compiled
from workflows.graph import Node
from workflows.nodes.base import Check, Context, Done, NodeError, NodeKind, Result, Wait, text_of, ticket_of
from workflows.selectors.claims import hold_ticket
from workflows.starting import CHANGED, MAX_KEY, SIGNAL_PREFIX, signal_key

TIMEOUT_FIELDS = frozenset({"timeout", "on_timeout"})
_SIGNAL_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,29}")


def _zone(ctx: Context) -> str:
    return ctx.ticket.requester.time_zone if ctx.ticket else "UTC"


def _duration(ctx: Context) -> Result:
    return Wait("timer", due_at=duedates.next_at(duedates.span(ctx.node["for"], zone=_zone(ctx)), ctx.now))


def _after_timer(ctx: Context, signal: dict[str, Any]) -> Result:
    """The stored due time counts, whatever woke the step."""
    if ctx.step.due_at is not None and ctx.step.due_at > ctx.now:
        return Wait("timer", due_at=ctx.step.due_at, output=ctx.step.output)
    return Done()


def _check_duration(check: Check, where: str, node: Node) -> None:
    check.need(where, node, "for")
    if node.get("for"):
        check.tried(f"{where}.for", lambda: duedates.span(node["for"], zone="UTC"))


def _timeout(ctx: Context) -> dt.datetime | None:
    if not ctx.node.get("timeout"):
        return None
    return duedates.next_at(duedates.span(ctx.node["timeout"], zone=_zone(ctx)), ctx.now)


def _late(ctx: Context) -> Result | None:
    """What follows when the time is over; None while it is not."""
    if ctx.step.due_at is None or ctx.step.due_at > ctx.now:
        return None
    if ctx.node.get("on_timeout"):
        return Done({"outcome": "timeout"}, to=ctx.node["on_timeout"])
    raise NodeError(_("What this step waits for did not come in time."), code="timeout")


def check_timeout(check: Check, where: str, node: Node) -> None:
    """A way on after a time needs the time."""
    if node.get("timeout"):
        check.tried(f"{where}.timeout", lambda: duedates.span(node["timeout"], zone="UTC"))
    elif node.get("on_timeout"):
        check.say(f"{where}.timeout", "required", _("Say how long it waits before it goes this way."))


def _until(ctx: Context) -> Result:
    """The instant is read anew whenever the ticket changes, so a moved date moves the wait."""
    _hold_ticket(ctx)
    at = _instant(ctx)
    if at is None:
        if ctx.node.get("on_missing"):
            return Done({"outcome": "empty"}, to=ctx.node["on_missing"])
        raise NodeError(_("The date this step waits for is empty."), code="no_date")
    if at <= ctx.now:
        return Done({"outcome": "reached", "at": at.isoformat()})
    key = ctx.ticket.number if ctx.ticket else ""
    return Wait(CHANGED if key else "timer", key, due_at=at)


def _until_again(ctx: Context, signal: dict[str, Any]) -> Result:
    return _until(ctx)


def _instant(ctx: Context) -> dt.datetime | None:
    """The date or instant that is named, moved by the offset; a bare date is its first moment."""
    value = names.filled(ctx.node["at"], ctx.names)
    if value in (None, ""):
        return None
    try:
        found: dt.datetime | None = parse_datetime(str(value))
        day = parse_date(str(value)) if found is None else None
    except ValueError:
        found = day = None
    if found is None and day is not None:
        found = dt.datetime.combine(day, dt.time())
    if found is None:
        raise NodeError(_("“%(value)s” is no date.") % {"value": str(value)[:60]}, code="no_date")
    aware = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(_zone(ctx)))
    return aware + _offset(ctx.node.get("offset"))


def _offset(text: Any) -> dt.timedelta:
    if not text:
        return dt.timedelta(0)
    seconds = duedates.span_seconds(str(text).removeprefix("-"))
    return dt.timedelta(seconds=-seconds if str(text).startswith("-") else seconds)


def _check_until(check: Check, where: str, node: Node) -> None:
    check.need(where, node, "at")
    check.texts(f"{where}.at", node.get("at"))
    if node.get("offset"):
        check.tried(f"{where}.offset", lambda: _offset(node["offset"]))


def _hold_ticket(ctx: Context) -> None:
    """Nobody changes the ticket between the look at it and the commit that tells everybody of the wait."""
    if ctx.ticket is not None:
        hold_ticket(ctx.ticket.pk)
        ctx.forget()


def _condition(ctx: Context) -> Result:
    return _look(ctx, _timeout(ctx))


def _look(ctx: Context, due_at: dt.datetime | None) -> Result:
    ticket_of(ctx)
    _hold_ticket(ctx)
    if compiled(ctx.node["if"]).test(ctx.names, now=ctx.now):
        return Done({"outcome": "met"})
    return Wait(CHANGED, ticket_of(ctx).number, due_at=due_at)


def _condition_again(ctx: Context, signal: dict[str, Any]) -> Result:
    result = _look(ctx, ctx.step.due_at)
    return result if isinstance(result, Done) else (_late(ctx) or result)


def _check_condition(check: Check, where: str, node: Node) -> None:
    check.need(where, node, "if")
    if node.get("if"):
        check.condition(f"{where}.if", node["if"])
    check_timeout(check, where, node)


def _signal(ctx: Context) -> Result:
    return Wait(SIGNAL_PREFIX + ctx.node["name"], _key(ctx), due_at=_timeout(ctx))


def _key(ctx: Context) -> str:
    key = text_of(ctx, ctx.node["key"]).strip()
    if not key or len(key) > MAX_KEY:
        raise NodeError(_("The key of this signal is empty or too long."), code="no_key")
    return signal_key(ctx.ticket.company_id if ctx.ticket else None, key)


def _signal_again(ctx: Context, signal: dict[str, Any]) -> Result:
    if str(signal.get("signal", "")).startswith(SIGNAL_PREFIX):
        given = {name: value for name, value in signal.items() if name != "signal"}
        return Done({"outcome": "received", "payload": given})
    late = _late(ctx)
    return late or Wait(ctx.step.wait_kind, ctx.step.wait_key, due_at=ctx.step.due_at)


def _check_signal(check: Check, where: str, node: Node) -> None:
    check.need(where, node, "name", "key")
    if node.get("name") and not _SIGNAL_NAME.fullmatch(str(node["name"])):
        check.say(f"{where}.name", "name", _("A signal's name is made of small letters, digits and dots."))
    check.text(f"{where}.key", node.get("key", ""))
    check_timeout(check, where, node)


DURATION = NodeKind(
    key="wait_duration",
    fields=frozenset({"for"}),
    enter=_duration,
    resume=_after_timer,
    check=_check_duration,
    pure=True,
)
UNTIL = NodeKind(
    key="wait_until",
    fields=frozenset({"at", "offset", "on_missing"}),
    enter=_until,
    resume=_until_again,
    check=_check_until,
)
CONDITION = NodeKind(
    key="wait_condition",
    fields=frozenset({"if"}) | TIMEOUT_FIELDS,
    enter=_condition,
    resume=_condition_again,
    check=_check_condition,
)
SIGNAL = NodeKind(
    key="wait_signal",
    fields=frozenset({"name", "key"}) | TIMEOUT_FIELDS,
    enter=_signal,
    resume=_signal_again,
    check=_check_signal,
    pure=True,
)
