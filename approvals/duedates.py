"""When a request is due and what happens then, as plain data in ``ApprovalRequest.policy`` (APR-11).

``due`` is ``{"business": "PT16H", "calendar": "requester" | key}``, ``{"business_days": 3, "calendar": …}``
or ``{"after": "PT48H"}``; ``on_due`` is one action or a list, each run one such span after the one before;
``remind:2`` is two reminders.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.dateparse import parse_duration
from django.utils.translation import gettext as _

from approvals.choices import DueAction
from core.errors import invalid
from schedules.selectors import DEFAULT_CALENDAR, business_time

MAX_SECONDS = 366 * 86_400
MAX_DAYS = 366
MAX_ACTIONS = 10
_LENGTHS = frozenset({"business", "business_days", "after"})
_ENDINGS = frozenset({DueAction.APPROVE, DueAction.REJECT, DueAction.CANCEL})


def span_seconds(text: Any) -> int:
    """The seconds that an ISO length such as ``PT16H`` or ``P2D`` stands for. Raises RuleRefusedError."""
    span = parse_duration(text) if isinstance(text, str) and text.startswith("P") else None
    if span is None or not 0 < span.total_seconds() <= MAX_SECONDS:
        raise invalid("due", _("Expected a length of time such as PT16H or P2D, at most a year."))
    return int(span.total_seconds())


def plan(due: Any, on_due: Any, *, zone: str) -> dict[str, Any]:
    """The checked due part of a policy: seconds, calendar, zone and the list of actions.

    ``zone`` is the time zone that ``"calendar": "requester"`` means. Raises RuleRefusedError.
    """
    if not due:
        if on_due:
            raise invalid("on_due", _("Say when it is due before saying what happens then."))
        return {}
    return span(due, zone=zone) | {"actions": actions(on_due)}


def span(due: Any, *, zone: str) -> dict[str, Any]:
    """A checked length of time, business or plain, as ``next_at`` counts it. Raises RuleRefusedError."""
    known = due.keys() & _LENGTHS if isinstance(due, dict) else set()
    if len(known) != 1 or not due.keys() <= {*known, "calendar"}:
        raise invalid("due", _("Say how long in business time, in business days or in plain time."))
    [length] = known
    made: dict[str, Any] = {}
    if length == "business_days":
        made["days"] = _days(due[length])
    else:
        made["seconds"] = span_seconds(due[length])
    if length != "after":
        of_requester = due.get("calendar", "requester") == "requester"
        made["calendar"] = DEFAULT_CALENDAR if of_requester else str(due["calendar"])
        made["zone"] = zone if of_requester else None
    return made


def _days(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_DAYS:
        raise invalid("due", _("Business days are a whole number from 1 to %(max)s.") % {"max": MAX_DAYS})
    return value


def actions(on_due: Any) -> list[str]:
    """The actions in order, reminders written out. Raises RuleRefusedError for an unknown or a late one."""
    listed: list[str] = []
    if not isinstance(on_due, str | list | tuple):
        raise invalid("on_due", _("Expected an action or a list of actions."))
    for each in [on_due] if isinstance(on_due, str) else on_due:
        name, _colon, times = str(each).partition(":")
        if name not in DueAction.values or (times and (name != DueAction.REMIND or not times.isdigit())):
            text = _("“%(action)s” is nothing that can happen when a request is due.")
            raise invalid("on_due", text % {"action": str(each)[:40]}, code="choice")
        listed += [name] * int(times or 1)
    if len(listed) > MAX_ACTIONS or any(each in _ENDINGS for each in listed[:-1]):
        raise invalid("on_due", _("Approve, decline and withdraw come last, after at most nine others."))
    return listed


def next_at(made: dict[str, Any], start: dt.datetime) -> dt.datetime:
    """The instant one span after ``start``. Raises RuleRefusedError when the calendar never opens again."""
    if "calendar" not in made:
        return start + dt.timedelta(seconds=made["seconds"])
    calendar = business_time(made["calendar"], tz=made["zone"])
    count, amount = (
        (calendar.add_business_days, made["days"]) if "days" in made else (calendar.add, made["seconds"])
    )
    at = count(start, amount)
    if at is None:
        raise invalid("due", _("The calendar has no open hours left."))
    return at
