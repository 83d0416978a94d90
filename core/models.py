"""Tables that every app uses: outbox, audit, attachments, idempotency, ticks, heartbeats, settings."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.fields import PublicIdField
from core.trail.tracking import AppendOnly, NoTruncate, RowHistory


class Record(models.Model):
    """Base of every editable table: public id, times and the version of the optimistic lock."""

    public_id = PublicIdField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    lock_version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class OutboxEvent(models.Model):
    """A domain fact, written in the transaction that made it true; the relay hands it to its handlers."""

    public_id = PublicIdField()
    name = models.CharField(max_length=80)
    payload = models.JSONField()
    actor_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=10, default="system")
    cause_chain = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now())
    relayed_at = models.DateTimeField(null=True)
    # Its place in the event log, given by ``core.eventlog`` after the commit.
    position = models.BigIntegerField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(relayed_at=None), name="outbox_unrelayed"),
            models.Index(fields=["id"], condition=Q(position=None), name="outbox_unnumbered"),
            models.Index(fields=["position"], condition=Q(position__isnull=False), name="outbox_position"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class Delivery(models.Model):
    """One handing-over of an event to one handler or channel; ``idem_key`` makes repeats harmless (RL-18)."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.PROTECT, null=True)
    channel = models.CharField(max_length=20)
    target = models.CharField(max_length=120, blank=True)
    idem_key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(default=dict)
    not_before = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(
                fields=["channel", "not_before", "id"],
                condition=Q(done_at=None, dead_at=None),
                name="delivery_due",
            ),
            models.Index(fields=["dead_at"], condition=Q(dead_at__isnull=False), name="delivery_dead"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(dead_at=None), name="delivery_is_done_or_dead_not_both"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="done_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__done_at__isnull=False, new__done_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.idem_key


class AuditLog(models.Model):
    """Who changed what, when, from where and why; written beside the change, never edited (SECURITY AU-1)."""

    at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField(null=True)
    table = models.CharField(max_length=60)
    object_ref = models.CharField(max_length=80)
    action = models.CharField(max_length=40)
    diff = models.JSONField(default=dict)
    channel = models.CharField(max_length=10)
    cause_chain = models.JSONField(default=list)
    request_id = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["table", "object_ref", "-id"], name="audit_of_object")]
        triggers = [AppendOnly(), NoTruncate()]

    def __str__(self) -> str:
        return f"{self.action} {self.object_ref}"


class RowChange(models.Model):
    """A row that was inserted, changed or deleted, written by the trigger ``core.trail.tracking.RowHistory``.

    ``changed`` is the whole row by column for op I and D, ``{column: [old, new]}`` for U. ``record`` and
    ``record_id`` name the record whose history it is part of. ``channel`` is ``sql`` when nothing of Maru
    wrote it.
    """

    public_id = PublicIdField()
    at = models.DateTimeField()  # when the transaction began
    txid = models.BigIntegerField()
    table = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    record = models.CharField(max_length=63)
    record_id = models.BigIntegerField()
    op = models.CharField(max_length=1)
    changed = models.JSONField()
    actor_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=10)
    request_id = models.CharField(max_length=40, blank=True)
    cause_chain = models.JSONField(default=list)
    db_user = models.CharField(max_length=63)
    application = models.CharField(max_length=63, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["record", "record_id", "-id"], name="rowchange_of_record"),
            models.Index(fields=["actor_id", "-id"], name="rowchange_of_actor"),
        ]
        triggers = [AppendOnly(), NoTruncate()]

    def __str__(self) -> str:
        return f"{self.op} {self.table} {self.row_id}"


class Seal(models.Model):
    """A block of rows of one table, chained to the block before it (``core.trail.sealing``).

    ``digests`` holds 16 bytes for each of ``ids``. ``high`` is the highest id in this table's blocks so far,
    ``settled`` the id up to which every row there will ever be is in a block, ``horizon`` the first
    transaction that had not begun when the block was made.
    """

    no = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    table = models.CharField(max_length=63)
    form = models.PositiveSmallIntegerField()
    ids = ArrayField(models.BigIntegerField())
    digests = models.BinaryField()
    high = models.BigIntegerField()
    settled = models.BigIntegerField()
    horizon = models.BigIntegerField()
    previous = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["table", "-no"], name="seal_of_table")]
        triggers = [AppendOnly(), NoTruncate()]

    def __str__(self) -> str:
        return f"{self.no} {self.table}"


class Attachment(models.Model):
    """A stored file. ``storage_key`` is its content hash; ``mime`` is what we sniffed."""

    public_id = PublicIdField()
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    mime = models.CharField(max_length=100)
    name = models.CharField(max_length=255)
    uploader_id = models.BigIntegerField(null=True, db_index=True)
    scan_status = models.CharField(max_length=10, default="skipped")
    attached = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [RowHistory(noise=["attached", "scan_status"])]

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """One accepted POST and its answer; inserted first, in the transaction of the effect (RL-20)."""

    caller = models.CharField(max_length=60)
    scope = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "scope", "key"], name="idempotency_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class ScheduleTick(models.Model):
    """One run of a periodic job; whoever inserts the row does the work (RL-30)."""

    schedule = models.CharField(max_length=60)
    tick_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule", "tick_at"], name="tick_once")]

    def __str__(self) -> str:
        return f"{self.schedule} {self.tick_at}"


class ProcessHeartbeat(models.Model):
    """A live process, written by its own work loop; role ``sweep`` has one row: the last sweep by anybody."""

    role = models.CharField(max_length=10)
    host = models.CharField(max_length=100, blank=True)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(db_default=Now())
    beat_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "host", "pid"], name="heartbeat_of_process")]

    def __str__(self) -> str:
        return f"{self.role} {self.host}:{self.pid}"


class Revision(models.Model):
    """A stamp that changes with each change of some configuration, so that a process knows its copy is old.

    Random, not counted: an edit that was rolled back must never share its stamp with one that was not.
    """

    key = models.CharField(max_length=40, primary_key=True)
    stamp = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.key} {self.stamp}"


class Setting(models.Model):
    """A company's value for a declared setting (``core.settings_store``)."""

    key = models.CharField(max_length=80, unique=True)
    value = models.JSONField()
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [RowHistory()]

    def __str__(self) -> str:
        return self.key
