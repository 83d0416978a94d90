"""How and when each person hears of an event: by their preferences, quiet hours and digest (NTF-03)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Protocol

from accounts.models import User
from core.time import db_now
from notifications.choices import Channel, Quiet, Side, Way
from notifications.hours import next_digest, outside_quiet
from notifications.models import NotificationHours
from notifications.selectors import approval_due_at, hours_of, ways_of
from notifications.topics import BY_KEY, REMINDERS, URGENT, URGENT_PRIORITY, URGENT_TOPICS, Topic, topic_of
from schedules.bizcal import BizCal
from schedules.selectors import business_time_of_person
from tickets.models import Ticket

BOTH = (Channel.INAPP, Channel.MAIL)


class Said(Protocol):
    """What the plan reads of a notice."""

    @property
    def template(self) -> str: ...
    @property
    def topic(self) -> str: ...
    @property
    def side(self) -> Side: ...
    @property
    def channels(self) -> Sequence[Channel]: ...
    @property
    def params(self) -> Mapping[str, object]: ...


@dataclass(frozen=True)
class Sending:
    """One notice to one person by one channel; a mail may wait, or go with a digest."""

    person: User
    channel: Channel
    not_before: dt.datetime | None = None
    digest_at: dt.datetime | None = None


@dataclass
class Plan:
    """What each of ``told`` hears how and when; the notice of each is in ``notices`` by primary key.

    Three statements for any number of people, and one more for each whose working time has to be known.
    """

    event_name: str
    ticket: Ticket | None
    told: Sequence[User]
    notices: Mapping[int, Said]

    def sendings(self) -> Iterator[Sending]:
        """One for each person and channel that they want."""
        for channel in BOTH:
            for person in self.told:
                notice = self.notices[person.pk]
                if channel not in notice.channels or (channel == Channel.MAIL and not person.email):
                    continue
                way = self._way(person, notice, channel)
                if way != Way.OFF:
                    yield self._sending(person, notice, channel, way)

    def _way(self, person: User, notice: Said, channel: Channel) -> str:
        topic = self._topic(notice)
        return Way.NOW if topic.fixed else self._ways.get((person.pk, topic.key, channel), Way.NOW)

    def _sending(self, person: User, notice: Said, channel: Channel, way: str) -> Sending:
        if channel == Channel.INAPP or self._is_urgent(notice):
            return Sending(person, channel)
        if way == Way.DIGEST:
            due = next_digest(self._hours.get(person.pk), person.time_zone, self._now)
            return Sending(person, channel, digest_at=self._opening(person, due) or due)
        opening = self._opening(person, self._now)
        if opening is None or opening <= self._now or self._runs_out(notice, opening):
            return Sending(person, channel)
        return Sending(person, channel, not_before=opening)

    def _topic(self, notice: Said) -> Topic:
        return BY_KEY[notice.topic] if notice.topic else topic_of(notice.template)

    def _is_urgent(self, notice: Said) -> bool:
        if notice.template in URGENT:
            return True
        is_first = self.ticket is not None and self.ticket.priority == URGENT_PRIORITY
        return is_first and notice.side == Side.DESK and self._topic(notice).key in URGENT_TOPICS

    def _runs_out(self, notice: Said, opening: dt.datetime) -> bool:
        """Whether the decision that is asked would be due before the mail comes."""
        asked = notice.params.get("approval")
        due = approval_due_at(asked) if isinstance(asked, int) else None
        return due is not None and due <= opening

    def _opening(self, person: User, at: dt.datetime) -> dt.datetime | None:
        """The first moment from ``at`` on when mails may come to this person; None when there is none."""
        calendar = self._calendar(person)
        return at if calendar is None else calendar.next_open(at)

    def _calendar(self, person: User) -> BizCal | None:
        hours = self._hours.get(person.pk)
        if hours is not None and hours.quiet == Quiet.HOURS:
            return outside_quiet(hours, person.time_zone)
        if self._is_reminder or (hours is not None and hours.quiet == Quiet.CALENDAR):
            return business_time_of_person(person.pk, tz=person.time_zone)
        return None

    @cached_property
    def _is_reminder(self) -> bool:
        return any(fnmatchcase(self.event_name, pattern) for pattern in REMINDERS)

    @cached_property
    def _ways(self) -> dict[tuple[int, str, str], str]:
        return ways_of(self.told)

    @cached_property
    def _hours(self) -> dict[int, NotificationHours]:
        return hours_of(self.told)

    @cached_property
    def _now(self) -> dt.datetime:
        return db_now()
