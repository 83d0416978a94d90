"""What people choose about their notices: kinds and channels, quiet hours, the digest (NTF-03)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import BadInputError, invalid
from notifications.choices import Channel, Quiet, Rhythm, Way
from notifications.models import NotificationHours, NotificationPreference
from notifications.selectors import hours_of, ways_of
from notifications.topics import BY_KEY, TOPICS, Topic

HOURS_FIELDS = frozenset({"quiet", "quiet_from", "quiet_until", "quiet_days", "rhythm", "digest_hour"})
DAYS, HOURS = range(7), range(24)


@dataclass(frozen=True)
class Choice:
    """How somebody hears of one topic by each channel."""

    topic: Topic
    inapp: str
    mail: str


def choices_of(actor: User) -> list[Choice]:
    """How ``actor`` hears of each topic, in the order of the page. One query."""
    ways = ways_of([actor])

    def way(topic: Topic, channel: str) -> str:
        return str(Way.NOW if topic.fixed else ways.get((actor.pk, topic.key, channel), Way.NOW))

    return [Choice(topic, way(topic, Channel.INAPP), way(topic, Channel.MAIL)) for topic in TOPICS]


def own_hours(actor: User) -> NotificationHours:
    """The quiet hours and digest of ``actor``; what holds without a choice when they made none. One query."""
    return hours_of([actor]).get(actor.pk) or NotificationHours(user=actor)


@transaction.atomic
def choose(*, actor: User, ways: Mapping[tuple[str, str], str]) -> None:
    """Let ``actor`` hear of topics by channels as ``ways`` says: ``{(topic, channel): way}``.

    Raises BadInputError for a topic or channel that is none, RuleRefusedError for a way that cannot be chosen
    there; then nothing is changed.
    """
    for (key, channel), way in ways.items():
        _check(key, channel, way)
    for (key, channel), way in ways.items():
        if not BY_KEY[key].fixed:
            NotificationPreference.objects.update_or_create(
                user=actor, topic=key, channel=channel, defaults={"way": way}
            )


def _check(key: str, channel: str, way: str) -> None:
    if key not in BY_KEY:
        raise BadInputError(_("There is no such kind of notice."))
    if channel not in Channel.values:
        raise BadInputError(_("There is no such channel."))
    topic = BY_KEY[key]
    if way in topic.ways(channel):
        return
    if topic.fixed and way in Way.values:
        text = _("“%(kind)s” always come at once. %(reason)s")
        raise invalid(channel, text % {"kind": topic.label, "reason": topic.fixed}, code="fixed")
    if way == Way.DIGEST:
        raise invalid(channel, _("The digest is a mail: notices in the app come at once or not at all."))
    raise invalid(channel, _("Choose at once, in the digest or not at all."), code="choice")


def set_preference(*, actor: User, channel: str, is_on: bool) -> None:
    """Let ``actor`` get notices by ``channel`` or not: all topics that can be switched off.

    Switched on, what was off comes at once. Raises BadInputError for an unknown channel.
    """
    if channel not in Channel.values:
        raise BadInputError(_("There is no such channel."))
    free = [topic.key for topic in TOPICS if not topic.fixed]
    ways = ways_of([actor])
    if is_on:
        free = [key for key in free if ways.get((actor.pk, key, channel)) == Way.OFF]
    choose(actor=actor, ways={(key, channel): Way.NOW if is_on else Way.OFF for key in free})


def channels_on(choices: Iterable[Choice]) -> dict[str, bool]:
    """Whether anything that can be switched off comes by each channel."""
    free = [each for each in choices if not each.topic.fixed]
    return {
        "inapp": any(each.inapp != Way.OFF for each in free),
        "mail": any(each.mail != Way.OFF for each in free),
    }


@transaction.atomic
def set_hours(*, actor: User, **fields: Any) -> NotificationHours:
    """The quiet hours and digest of ``actor`` with ``fields`` changed; they count from now on.

    Raises BadInputError (unknown field), RuleRefusedError.
    """
    unknown = set(fields) - HOURS_FIELDS
    if unknown:
        raise BadInputError(_("Unknown field: %(names)s") % {"names": ", ".join(sorted(unknown))})
    NotificationHours.objects.get_or_create(user=actor)
    row = NotificationHours.objects.select_for_update(no_key=True).get(user=actor)
    for name, value in fields.items():
        setattr(row, name, value)
    _check_hours(row)
    row.quiet_days = sorted(set(row.quiet_days))
    row.lock_version += 1
    row.save(update_fields=[*fields, "lock_version"])
    return row


def _check_hours(row: NotificationHours) -> None:
    _check_codes(row)
    days = row.quiet_days
    if not isinstance(days, list) or any(type(day) is not int or day not in DAYS for day in days):
        raise invalid("quiet_days", _("Days are numbers from 0, Monday, to 6, Sunday."))
    if len(set(days)) == len(DAYS):
        raise invalid("quiet_days", _("Leave at least one day on which mails may come."))
    if type(row.digest_hour) is not int or row.digest_hour not in HOURS:
        raise invalid("digest_hour", _("Choose an hour from 0 to 23."))
    if row.quiet == Quiet.HOURS and (row.quiet_from is None or row.quiet_until is None):
        missing = "quiet_from" if row.quiet_from is None else "quiet_until"
        raise invalid(missing, _("Say from when until when mails wait."), code="required")
    if row.quiet == Quiet.HOURS and row.quiet_from == row.quiet_until:
        raise invalid("quiet_until", _("The quiet hours must end at another time than they begin."))


def _check_codes(row: NotificationHours) -> None:
    if row.quiet not in Quiet.values:
        raise invalid("quiet", _("Choose when mails wait."), code="choice")
    if row.rhythm not in Rhythm.values:
        raise invalid("rhythm", _("Choose every hour or once a day."), code="choice")
