"""What a rota, a layer and an override may hold; each refusal names its field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Group, User
from core.errors import BadInputError, invalid, required
from core.text import clean
from schedules import rules
from schedules.bizcal import Interval
from schedules.choices import TurnUnit
from schedules.models import MOST_CLIMB_MINUTES, is_zone

ROTA_FIELDS = frozenset({"name_ko", "name_en", "tz", "group", "is_active", "climb_minutes"})
LAYER_FIELDS = frozenset(
    {"name", "start_date", "handover_weekday", "handover_time", "unit", "length", "hours", "members"}
)
MOST_LAYERS = 10  # of one rota
MOST_MEMBERS = 50  # of one layer
MOST_OVERRIDES = 1_000  # of one rota that are not over
LONGEST = {TurnUnit.HOURS: 744, TurnUnit.DAYS: 180, TurnUnit.WEEKS: 26}
LONGEST_OVERRIDE = dt.timedelta(days=366)
FIRST, LAST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2098, 1, 1, tzinfo=dt.UTC)
LONGEST_VIEW = dt.timedelta(days=366)


def check_rota(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Names, zone, switch and minutes among ``fields``, clean. Raises BadInputError, RuleRefusedError."""
    _refuse_unknown(fields, ROTA_FIELDS)
    found: dict[str, Any] = {
        name: clean(name, fields[name], max_length=120, multiline=False)
        for name in ("name_ko", "name_en")
        if name in fields
    }
    if "name_ko" in found and not found["name_ko"]:
        raise required("name_ko")
    if "tz" in fields:
        found["tz"] = clean("tz", fields["tz"], max_length=60, multiline=False)
        if not is_zone(found["tz"]):
            raise invalid("tz", _("There is no time zone of that name."), code="choice")
    if "climb_minutes" in fields:
        found["climb_minutes"] = _climb_minutes(fields["climb_minutes"])
    return found | {name: fields[name] for name in ("is_active",) if name in fields}


def check_group(group: Any) -> Group:
    """A group that has a rota. Raises RuleRefusedError."""
    if not isinstance(group, Group):
        raise required("group")
    if not group.is_active:
        raise invalid("group", _("This group is not active."), code="choice")
    return group


def check_layer(given: Mapping[str, Any], *, allowed: Iterable[User]) -> dict[str, Any]:
    """All values of a layer, with ``members`` as people and ``hours`` as they are stored.

    ``allowed`` are the people who may be in it. Raises BadInputError, RuleRefusedError: nobody in it, a
    length of zero or beyond half a year, hours that overlap.
    """
    _refuse_unknown(given, LAYER_FIELDS)
    name = clean("name", given.get("name"), max_length=120, multiline=False)
    if not name:
        raise required("name")
    unit = given.get("unit")
    if unit not in TurnUnit.values:
        raise invalid("unit", _("Choose hours, days or weeks."), code="choice")
    at = given.get("handover_time")
    if not isinstance(at, dt.time) or at.tzinfo is not None:
        raise invalid("handover_time", _("Give the time of day of the hand-over, such as 09:00."))
    return {
        "name": name,
        "start_date": rules.check_date("start_date", given.get("start_date")),
        "handover_weekday": _weekday(given.get("handover_weekday"), unit),
        "handover_time": at.replace(second=0, microsecond=0),
        "unit": unit,
        "length": _length(given.get("length"), unit),
        "hours": _hours(given.get("hours") or {}),
        "members": check_members(given.get("members"), allowed=allowed),
    }


def check_members(given: Any, *, allowed: Iterable[User]) -> list[User]:
    """The people of a layer in their order. Raises RuleRefusedError."""
    people = list(given) if isinstance(given, Sequence) else []
    if not people:
        raise invalid("members", _("A layer needs one person at least."), code="required")
    if len(people) > MOST_MEMBERS:
        raise invalid("members", _("A layer has at most %(most)s people.") % {"most": MOST_MEMBERS})
    known = {person.pk for person in allowed}
    for person in people:
        if person.pk not in known:
            text = _("%(name)s is no active member of the group of this rota.")
            raise invalid("members", text % {"name": person.display_name}, code="does_not_exist")
    return people


def check_override(start: Any, end: Any, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """From when to when somebody stands in. Raises RuleRefusedError."""
    for field, moment in (("start", start), ("end", end)):
        if not isinstance(moment, dt.datetime) or moment.tzinfo is None:
            raise invalid(field, _("Give a day and a time."))
        check_moment(field, moment)
    if end <= start:
        raise invalid("end", _("The end must lie after the start."))
    if end <= now:
        raise invalid("end", _("This is over already."))
    if end - start > LONGEST_OVERRIDE:
        raise invalid("end", _("Somebody stands in for a year at most."))
    return start, end


def check_moment(field: str, moment: dt.datetime) -> None:
    """Refuse an instant for which nothing is counted. Raises RuleRefusedError."""
    if not FIRST <= moment <= LAST:
        raise invalid(field, _("Give a time between 2000 and 2097."))


def check_view(start: dt.datetime, end: dt.datetime) -> None:
    """Refuse a stretch of time that is not shown at once. Raises RuleRefusedError."""
    check_moment("?from", start)
    check_moment("?to", end)
    if end <= start:
        raise invalid("?to", _("The end must lie after the start."))
    if end - start > LONGEST_VIEW:
        raise invalid("?to", _("Ask for a year at most."))


def _climb_minutes(given: Any) -> int:
    if type(given) is not int or not 1 <= given <= MOST_CLIMB_MINUTES:
        text = _("Give 1 to %(most)s minutes.") % {"most": MOST_CLIMB_MINUTES}
        raise invalid("climb_minutes", text)
    return given


def _weekday(given: Any, unit: str) -> int | None:
    """Turns of weeks begin on a day of the week, others on the first day."""
    if unit != TurnUnit.WEEKS or given is None:
        return None
    if type(given) is not int or not 0 <= given <= 6:
        raise invalid("handover_weekday", _("Choose a day of the week."), code="choice")
    return given


def _length(given: Any, unit: str) -> int:
    most = LONGEST[TurnUnit(unit)]
    if type(given) is not int or not 1 <= given <= most:
        raise invalid("length", _("A turn has a length of 1 to %(most)s here.") % {"most": most})
    return given


def _hours(given: Any) -> dict[str, list[list[int]]]:
    """The hours in which a layer counts, as they are stored; none is always."""
    if not isinstance(given, Mapping):
        raise invalid("hours", _("Give the hours of the days 0 (Monday) to 6."))
    if not any(given.values()):
        return {}
    checked: Mapping[int, tuple[Interval, ...]] = rules.check_hours(given)
    return {str(day): [list(span) for span in spans] for day, spans in checked.items()}


def _refuse_unknown(fields: Mapping[str, Any], known: frozenset[str]) -> None:
    strange = sorted(set(fields) - known)
    if strange:
        raise BadInputError(_("Unknown field: %(names)s") % {"names": ", ".join(strange)})
