"""What the bare reference serves: a row as people send one, and a row as wide as a ticket."""

from django.db import models


class Thing(models.Model):
    """A row about as wide as what people send to open an incident."""

    title = models.CharField(max_length=160)
    description = models.TextField(blank=True)
    impact = models.PositiveSmallIntegerField(default=3)
    urgency = models.PositiveSmallIntegerField(default=3)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "floor"

    def __str__(self) -> str:
        return self.title


class Entry(models.Model):
    """A row with a column for each value that a list of incidents shows of one; nothing to join."""

    number = models.CharField(max_length=20, blank=True, db_index=True)
    kind = models.CharField(max_length=20, default="incident")
    kind_label = models.CharField(max_length=40, default="Incident")
    title = models.CharField(max_length=160)
    description = models.TextField(blank=True)
    category = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=20, default="api")
    channel_label = models.CharField(max_length=40, default="API")
    state = models.CharField(max_length=20, default="new")
    state_label = models.CharField(max_length=40, default="New")
    phase = models.CharField(max_length=20, default="open")
    phase_label = models.CharField(max_length=40, default="Open")
    active = models.BooleanField(default=True)
    reason = models.CharField(max_length=40, blank=True)
    impact = models.PositiveSmallIntegerField(default=3)
    impact_label = models.CharField(max_length=40, default="Low")
    urgency = models.PositiveSmallIntegerField(default=3)
    urgency_label = models.CharField(max_length=40, default="Low")
    priority = models.PositiveSmallIntegerField(default=4)
    priority_label = models.CharField(max_length=40, default="Low")
    priority_override_reason = models.CharField(max_length=200, blank=True)
    requester = models.CharField(max_length=60, default="jimin")
    requester_name = models.CharField(max_length=60, default="Jimin Kim")
    group = models.CharField(max_length=60, default="network")
    group_name = models.CharField(max_length=60, default="Network")
    assignee = models.CharField(max_length=60, blank=True)
    assignee_name = models.CharField(max_length=60, blank=True)
    ci = models.CharField(max_length=60, blank=True)
    ci_name = models.CharField(max_length=60, blank=True)
    reassignment_count = models.PositiveIntegerField(default=0)
    reopen_count = models.PositiveIntegerField(default=0)
    last_public_from = models.CharField(max_length=20, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    first_response_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    close_code = models.CharField(max_length=40, blank=True)
    severity = models.PositiveSmallIntegerField(null=True, blank=True)
    major_status = models.CharField(max_length=20, blank=True)
    hold_reason = models.CharField(max_length=20, blank=True)
    hold_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "floor"

    def __str__(self) -> str:
        return self.title
