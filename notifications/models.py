"""Notices, their texts, what each person wants to get; pages to who is on call."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import User
from core.fields import PublicIdField
from core.models import Record
from core.trail.tracking import RowHistory
from notifications.choices import Channel, PageEnd, Quiet, Rhythm, Side, Way
from schedules.models import Rota
from tickets.models import Ticket


class NotificationTemplate(Record):
    """The text of one kind of notice in Korean and English, with ``{{ }}`` placeholders.

    ``key`` is what handlers and flows name; what the text may name is in ``notifications.reference``.
    """

    key = models.SlugField(unique=True)
    subject_ko = models.CharField(max_length=200)
    subject_en = models.CharField(max_length=200)
    body_ko = models.TextField(blank=True)
    body_en = models.TextField(blank=True)

    class Meta:
        triggers = [RowHistory()]

    def __str__(self) -> str:
        return self.key


class Notification(models.Model):
    """One notice to one person by one channel, written with its cause (PROCESSES NTF-01).

    ``title_params`` holds ids and codes: what is shown is looked up when it is read or sent, with the rights
    its reader has at that moment. A mail has ``sent_at`` or ``skipped`` (why it was not sent any more). One
    that goes with a digest has ``digest_at``, when that is due, and ``digest`` from then on.
    """

    public_id = PublicIdField()
    event_id = models.BigIntegerField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    template = models.CharField(max_length=50)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, null=True)
    title_params = models.JSONField(default=dict)
    side = models.CharField(max_length=10, choices=Side.choices, default=Side.PORTAL)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    skipped = models.CharField(max_length=40, blank=True)
    digest_at = models.DateTimeField(null=True)
    digest = models.ForeignKey(
        "Digest", on_delete=models.SET_NULL, null=True, related_name="notices", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(digest=None) | Q(digest_at__isnull=False), name="notice_in_a_digest_has_its_time"
            ),
            models.UniqueConstraint(fields=["event_id", "user", "channel"], name="notice_once"),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(skipped=""), name="notice_is_sent_or_skipped_not_both"
            ),
        ]
        indexes = [
            models.Index("user", F("id").desc(), condition=Q(channel=Channel.INAPP), name="notice_list"),
            models.Index(
                fields=["user"], condition=Q(channel=Channel.INAPP, read_at=None), name="notice_unread"
            ),
            models.Index(
                fields=["digest_at", "id"],
                condition=Q(digest=None, digest_at__isnull=False),
                name="notice_for_digest",
            ),
            models.Index(fields=["digest", "id"], condition=Q(digest__isnull=False), name="notice_of_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.template} to {self.user_id} by {self.channel}"


class NotificationPreference(Record):
    """How a person wants to hear of one kind of notice by one channel; without a row at once.

    ``topic`` is a key of ``notifications.topics``.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False)
    topic = models.SlugField(max_length=20, db_index=False)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    way = models.CharField(max_length=10, choices=Way.choices, default=Way.NOW)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "topic", "channel"], name="preference_once"),
            models.CheckConstraint(
                condition=~Q(channel=Channel.INAPP) | ~Q(way=Way.DIGEST), name="digest_is_a_mail"
            ),
        ]
        triggers = [RowHistory(part_of="user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.topic} {self.channel} {self.way}"


class NotificationHours(Record):
    """When a person's mails wait and when their digest comes, in their own time zone.

    ``quiet_days`` are days without mail, 0 is Monday. On the others mails wait from ``quiet_from`` until
    ``quiet_until``, which may lie on the next day.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="notification_hours")
    quiet = models.CharField(max_length=10, choices=Quiet.choices, default=Quiet.NEVER)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    quiet_days = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices, default=Rhythm.DAILY)
    digest_hour = models.PositiveSmallIntegerField(default=9)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(quiet=Quiet.HOURS)
                | (Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until"))),
                name="quiet_hours_have_an_end",
            ),
            models.CheckConstraint(
                condition=Q(quiet_days__contained_by=list(range(7)), quiet_days__len__lte=6),
                name="quiet_days_leave_a_day",
            ),
            models.CheckConstraint(condition=Q(digest_hour__lte=23), name="digest_hour_of_a_day"),
        ]
        triggers = [RowHistory(part_of="user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.quiet} {self.rhythm}"


class Digest(models.Model):
    """One mail with the notices of one period; ``due_at`` is the end of that period (NTF-03).

    A person has one per period: notices that were written too late for it are in the next one.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "due_at"], name="digest_once")]

    def __str__(self) -> str:
        return f"digest of {self.user_id}"


class OnCallPage(models.Model):
    """A call to who is on call by a rota about a ticket; it climbs at ``next_at`` until somebody answers.

    ``mark`` names what set it going and is there once. ``level`` is how many people were called so far.
    ``percent`` is how much of the promise's time was used.
    """

    public_id = PublicIdField()
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="pages", db_index=False)
    rota = models.ForeignKey(Rota, on_delete=models.PROTECT, related_name="pages")
    mark = models.CharField(max_length=60, unique=True)
    percent = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    next_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=12, choices=PageEnd.choices, blank=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, end="", next_at__isnull=False)
                | (Q(ended_at__isnull=False, next_at=None) & ~Q(end="")),
                name="page_climbs_or_has_ended",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_by=None) | Q(end=PageEnd.ACKNOWLEDGED),
                name="page_acknowledged_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(ended_at=None), name="page_due"),
            models.Index(fields=["ticket", "-id"], name="page_of_ticket"),
        ]

    def __str__(self) -> str:
        return f"{self.rota_id} about {self.ticket_id}"


class PagedPerson(models.Model):
    """Somebody who was called by a page: the proof that nobody is called twice, and no level has two."""

    page = models.ForeignKey(OnCallPage, on_delete=models.CASCADE, related_name="calls", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page", "user"], name="paged_once"),
            models.UniqueConstraint(fields=["page", "level"], name="one_paged_per_level"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.user_id} at level {self.level}"
