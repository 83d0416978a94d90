"""Schedules of tickets, and each time one of them came due."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import Company, Group, User
from cmdb.models import CI
from core.fields import PublicIdField
from core.models import Record
from core.trail.tracking import RowHistory
from incidents.choices import Category
from scheduled.choices import Failure, Nth, OffDay, Outcome, Repeat
from schedules.models import Calendar
from tickets.choices import Level
from tickets.models import Ticket

MOST_EVERY = 366


class TicketSchedule(Record):
    """An incident to open, and when: on days that a rule names, at a time of the wall clock of a zone.

    ``next_at`` is the instant of the next occurrence, None when there is none; an inactive one has none.
    ``weekdays`` (0 is Monday) are of weekly ones. A monthly one has ``month_day`` (where a month is too short
    its last day), or ``nth`` and ``nth_weekday``. A yearly one has the date of ``starts_on``.
    ``off_day`` says what becomes of a day on which nobody works by ``calendar``, which only then is there.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    key = models.SlugField()
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    title = models.CharField(max_length=160)
    description = models.TextField(blank=True)
    category = models.CharField(max_length=60, choices=Category.choices, blank=True)
    impact = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.LOW)
    urgency = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.LOW)
    requester = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ci = models.ForeignKey(CI, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    tz = models.CharField(max_length=60, default="Asia/Seoul")
    repeat = models.CharField(max_length=10, choices=Repeat.choices, default=Repeat.WEEKLY)
    every = models.PositiveSmallIntegerField(default=1)
    weekdays = models.JSONField(default=list, blank=True)
    month_day = models.PositiveSmallIntegerField(null=True, blank=True)
    nth = models.SmallIntegerField(choices=Nth.choices, null=True, blank=True)
    nth_weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    at = models.TimeField(default=dt.time(9))
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    off_day = models.CharField(max_length=10, choices=OffDay.choices, default=OffDay.OPEN)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    next_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="ticket_schedule_key"),
            models.CheckConstraint(
                condition=Q(repeat__in=Repeat.values, every__range=(1, MOST_EVERY)),
                name="ticket_schedule_step",
            ),
            models.CheckConstraint(
                condition=(Q(month_day__isnull=True) | Q(month_day__range=(1, 31)))
                & (Q(nth__isnull=True) | Q(nth__in=Nth.values, nth_weekday__isnull=False))
                & (Q(nth_weekday__isnull=True) | Q(nth_weekday__range=(0, 6))),
                name="ticket_schedule_day",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="ticket_schedule_end",
            ),
            models.CheckConstraint(
                condition=Q(off_day=OffDay.OPEN, calendar__isnull=True)
                | (Q(off_day__in=OffDay.values, calendar__isnull=False) & ~Q(off_day=OffDay.OPEN)),
                name="ticket_schedule_off_day",
            ),
            models.CheckConstraint(
                condition=Q(is_active=True) | Q(next_at__isnull=True), name="ticket_schedule_off_is_never_due"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="ticket_schedule_due"
            )
        ]
        triggers = [RowHistory(noise=["next_at"])]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        """Whether it is switched on and no day of it is left."""
        return self.is_active and self.next_at is None


class Occurrence(models.Model):
    """One time a schedule came due, or was run by hand: its instant, and the ticket or why there is none."""

    public_id = PublicIdField()
    schedule = models.ForeignKey(TicketSchedule, on_delete=models.CASCADE, related_name="occurrences")
    due_at = models.DateTimeField()
    at = models.DateTimeField(db_default=Now())
    by_hand = models.BooleanField(default=False)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=20, choices=Failure.choices, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    ticket = models.ForeignKey(Ticket, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["schedule", "due_at"], name="occurrence_once"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.OPENED, reason="")
                | (Q(outcome__in=[Outcome.FAILED, Outcome.SKIPPED]) & ~Q(reason="")),
                name="occurrence_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.due_at}"
