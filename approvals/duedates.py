"""When a request is due and what happens then, as plain data in ``ApprovalRequest.policy`` (APR-11).

``due`` is ``{"business": "PT16H", "calendar": "requester" | key}`` or ``{"after": "PT48H"}``; ``on_due`` is
one action or a list, each run one such span after the one before; ``remind:2`` is two reminders.
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
MAX_ACTIONS = 10
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
    if not isinstance(due, dict) or not due.keys() <= {"business", "after", "calendar"}:
        raise invalid("due", _("Say when it is due in business time or in plain time."))
    if ("business" in due) == ("after" in due):
        raise invalid("due", _("Say when it is due in business time or in plain time."))
    made: dict[str, Any] = {"seconds": span_seconds(due.get("business") or due.get("after"))}
    if "business" in due:
        of_requester = due.get("calendar", "requester") == "requester"
        made["calendar"] = DEFAULT_CALENDAR if of_requester else str(due["calendar"])
        made["zone"] = zone if of_requester else None
    made["actions"] = actions(on_due)
    return made


def actions(on_due: Any) -> list[str]:
    """The actions in order, reminders written out. Raises RuleRefusedError for an unknown or a late one."""
    listed: list[str] = []
    for each in [on_due] if isinstance(on_due, str) else list(on_due or []):
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
    at = business_time(made["calendar"], tz=made["zone"]).add(start, made["seconds"])
    if at is None:
        raise invalid("due", _("The calendar has no open hours left."))
    return at
