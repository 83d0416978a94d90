"""Turns as an iCalendar file (RFC 5545), for the calendar programs of people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import icalendar
from django.utils.translation import gettext as _

from schedules.selectors import Duty

BACK, AHEAD = dt.timedelta(weeks=4), dt.timedelta(weeks=26)
CONTENT_TYPE = "text/calendar; charset=utf-8"
EVERY = dt.timedelta(hours=1)  # how often a program should look again


def calendar_of(duties: Iterable[Duty], *, name: str, tz: str, own: bool) -> bytes:
    """The turns as events; ``own``: of one person, who knows their own name.

    Each event keeps its UID from file to file, so a program changes it instead of adding a second one. Times
    are in UTC: the wall time of a zone cannot say which of two equal hours in autumn it means.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Maru//On call//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", tz)
    calendar.add("x-published-ttl", "PT1H")
    for duty in duties:
        calendar.add_component(_event(duty, own=own))
    return bytes(calendar.to_ical())


def uid_of(duty: Duty) -> str:
    """The event's name for ever: the rota, when the turn begins, and the place in the order of calls."""
    start = duty.start.astimezone(dt.UTC)
    return f"{duty.rota.public_id}-{start:%Y%m%dT%H%M%SZ}-{duty.rank}@maru"


def _event(duty: Duty, *, own: bool) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", uid_of(duty))
    changed = max(duty.rota.updated_at, duty.override.updated_at if duty.override else duty.rota.updated_at)
    event.add("dtstamp", changed.astimezone(dt.UTC))
    event.add("dtstart", duty.start.astimezone(dt.UTC))
    event.add("dtend", duty.end.astimezone(dt.UTC))
    event.add("summary", _summary(duty, own=own))
    event.add("description", why(duty))
    event.add("transp", "TRANSPARENT")  # on call is not busy
    return event


def _summary(duty: Duty, *, own: bool) -> str:
    if not own:
        return f"{duty.rota.name}: {duty.person.display_name}"
    if duty.rank == 0:
        return _("On call: %(rota)s") % {"rota": duty.rota.name}
    return _("On call as number %(place)s: %(rota)s") % {"place": duty.rank + 1, "rota": duty.rota.name}


def why(duty: Duty) -> str:
    """What the turn comes from: its layer, or that somebody stands in."""
    return duty.layer.name if duty.layer is not None else _("Stand-in")
