"""Jobs: work that was accepted and is done piece by piece by the sweep."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import ApiToken, User
from api.choices import LIVE_JOBS, JobState, StopReason
from core.fields import PublicIdField

_LIVE = Q(state__in=list(LIVE_JOBS))


class Job(models.Model):
    """Operations that somebody handed over, done in order; it belongs to its maker alone (API A-33).

    ``token`` is the credential it was made with, None for a browser's session, and ``scopes`` what that token
    had then. ``done`` operations have a result, ``failed`` of them a refusal; ``tries`` counts the processes
    that began with the next one and did not come back.
    """

    public_id = PublicIdField()
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    token = models.ForeignKey(ApiToken, on_delete=models.PROTECT, null=True, related_name="+")
    scopes = models.JSONField(default=list)
    language = models.CharField(max_length=10)
    request_id = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    reason = models.CharField(max_length=20, choices=StopReason.choices, blank=True)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["not_before", "id"], condition=_LIVE, name="job_due"),
            models.Index(fields=["owner", "-id"], name="job_of_owner"),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="job_ended"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done__lte=F("total")) & Q(failed__lte=F("done")), name="job_counts_add_up"
            ),
            models.CheckConstraint(
                condition=(_LIVE & Q(ended_at=None)) | (~_LIVE & Q(ended_at__isnull=False)),
                name="job_has_ended_when_it_says_so",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.done}/{self.total}"


class JobItem(models.Model):
    """One operation of a job and, once it was done, what came of it.

    ``body`` is encrypted, and emptied when it is no longer needed. (job, no) is the key by which an operation
    is done once: its row gets a ``status`` in the transaction of the effect.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="items", db_index=False)
    no = models.PositiveIntegerField()
    ref = models.CharField(max_length=100)
    method = models.CharField(max_length=6)
    path = models.CharField(max_length=2000)
    if_match = models.CharField(max_length=500, blank=True)
    idempotency_key = models.CharField(max_length=255, blank=True)
    body = models.TextField(blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    etag = models.CharField(max_length=100, blank=True)
    location = models.CharField(max_length=2000, blank=True)
    problem = models.JSONField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "no"], name="job_item_once")]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
