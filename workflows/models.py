"""Flows as versioned data, and their runs: one row per step (DOMAIN 3.1)."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import Group, Named, User
from core.models import Record
from core.trail.tracking import RowHistory
from core.versions import VersionStatus, published_is_immutable
from tickets.models import Ticket
from workflows.choices import (
    OPEN_RUNS,
    OPEN_STEPS,
    Once,
    Outcome,
    RunStatus,
    StepStatus,
    TriggerKind,
    TriggerOn,
)


def _absorbing(name: str, statuses: str) -> pgtrigger.Trigger:
    """Final states absorb: no restart overwrites what has ended (DOMAIN DF-1)."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF OLD.status IN ({statuses}) AND NEW.status <> OLD.status THEN
                RAISE EXCEPTION '% is final', OLD.status USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


class Flow(Named, Record):
    """A way of handling something, in versions."""

    key = models.SlugField(max_length=60, unique=True)
    owner_group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    trigger_kind = models.CharField(max_length=16, choices=TriggerKind.choices)
    enabled = models.BooleanField(default=True)

    class Meta:
        triggers = [RowHistory()]


class FlowVersion(Record):
    """One edition of a flow. Runs stay on the edition they began with (DOMAIN DF-30)."""

    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="versions")
    no = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    graph = models.JSONField()
    graph_sha256 = models.CharField(max_length=64)
    schema_ver = models.PositiveSmallIntegerField(default=1)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    notes = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flow", "no"], name="flow_version_no"),
            models.UniqueConstraint(
                fields=["flow"],
                condition=Q(status=VersionStatus.PUBLISHED),
                name="one_published_flow_version",
            ),
            models.UniqueConstraint(
                fields=["flow"], condition=Q(status=VersionStatus.DRAFT), name="one_draft_of_a_flow"
            ),
        ]
        triggers = [RowHistory(part_of="flow"), published_is_immutable("a flow")]

    def __str__(self) -> str:
        return f"{self.flow_id} v{self.no}"


class FlowTrigger(models.Model):
    """When a published version starts by itself; made from its graph when it is published.

    ``source`` says what it listens to and ``key`` to which: the kind of ticket of a record trigger, the name
    of an event or signal, the threshold of a service level. ``next_at`` is when a schedule is due.
    """

    flow_version = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="triggers")
    source = models.CharField(max_length=16, choices=TriggerKind.choices, default=TriggerKind.RECORD)
    key = models.CharField(max_length=60)
    on = models.CharField(max_length=6, choices=TriggerOn.choices, default=TriggerOn.BOTH)
    condition = models.JSONField(default=dict)
    order = models.PositiveIntegerField(default=100)
    run_once_per = models.CharField(max_length=12, choices=Once.choices, default=Once.RECORD)
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["order", "id"], name="flow_trigger_order"),
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="flow_trigger_next"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"


class FlowHook(Record):
    """What calls that start a flow are signed with (API A-47): a secret, kept encrypted.

    After a change the secret before is good until ``previous_until``.
    """

    flow = models.OneToOneField(Flow, on_delete=models.PROTECT, related_name="hook")
    sealed = models.TextField()
    changed_at = models.DateTimeField(db_default=Now())
    previous_sealed = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(previous_sealed="", previous_until=None)
                | (~Q(previous_sealed="") & Q(previous_until__isnull=False)),
                name="flow_hook_previous",
            )
        ]
        triggers = [RowHistory(part_of="flow", secret=["sealed", "previous_sealed"])]

    def __str__(self) -> str:
        return f"hook of flow {self.flow_id}"


class FlowRun(Record):
    """One walk through a version, about one ticket or none. ``stage`` is where the requester sees it.

    ``parent_step`` is the step of another run that started this one, ``depth`` how many such runs are above.
    ``ending`` is the outcome a run is on its way to while its compensations still run.
    """

    flow_version = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="runs")
    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="flow_runs", db_index=False
    )
    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.RUNNING)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    parent_step = models.ForeignKey(
        "FlowStep", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    depth = models.PositiveSmallIntegerField(default=0)
    ending = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    stage = models.CharField(max_length=60, blank=True)
    vars = models.JSONField(default=dict)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cause_chain = models.JSONField(default=list)
    dedupe_key = models.CharField(max_length=120, blank=True)
    step_count = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)
    error = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["flow_version", "dedupe_key"], condition=~Q(dedupe_key=""), name="flow_run_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=OPEN_RUNS, ended_at=None)
                | (~Q(status__in=OPEN_RUNS) & Q(ended_at__isnull=False)),
                name="flow_run_end",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "id"], condition=Q(status__in=OPEN_RUNS), name="flow_run_open"),
            models.Index("ticket", F("id").desc(), name="flow_run_of_ticket"),
        ]
        triggers = [_absorbing("run_end_is_final", "'completed', 'failed', 'cancelled'")]

    def __str__(self) -> str:
        return f"run {self.pk}"


class FlowStep(models.Model):
    """One node of one run. (run, node, path, iter) is its identity: a repeat finds it there (RL-18).

    ``path`` says in which passes of which blocks (``each[3]/loop[0]``); ``iter`` counts the jumps back of an
    operator. ``wait_kind`` and ``wait_key`` say what it waits for; ``resume`` is what ended the waiting,
    until the executor has dealt with it. ``input`` is what the node read, for the run view and for replays.
    A call to another system holds ``lease_token`` until ``lease_until`` (RELIABILITY RL-13).
    """

    run = models.ForeignKey(FlowRun, on_delete=models.PROTECT, related_name="steps", db_index=False)
    node_id = models.CharField(max_length=60)
    path = models.CharField(max_length=400, blank=True)
    iter = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=StepStatus.choices, default=StepStatus.READY)
    attempt = models.PositiveSmallIntegerField(default=0)
    run_at = models.DateTimeField(db_default=Now())
    wait_kind = models.CharField(max_length=40, blank=True)
    wait_key = models.CharField(max_length=80, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    resume = models.JSONField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    input = models.JSONField(default=dict)
    output = models.JSONField(default=dict)
    error = models.JSONField(null=True, blank=True)
    started_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "node_id", "path", "iter"], name="flow_step_once"),
            models.CheckConstraint(
                condition=Q(status__in=OPEN_STEPS, done_at=None)
                | (~Q(status__in=OPEN_STEPS) & Q(done_at__isnull=False)),
                name="flow_step_end",
            ),
            models.CheckConstraint(
                condition=Q(status=StepStatus.RUNNING, lease_until__isnull=False, lease_token__isnull=False)
                | (~Q(status=StepStatus.RUNNING) & Q(lease_until=None, lease_token=None)),
                name="flow_step_lease",
            ),
        ]
        indexes = [
            models.Index(
                fields=["run_at", "id"], condition=Q(status=StepStatus.READY), name="flow_step_ready"
            ),
            models.Index(
                fields=["lease_until"], condition=Q(status=StepStatus.RUNNING), name="flow_step_leased"
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(status=StepStatus.WAITING, due_at__isnull=False),
                name="flow_step_due",
            ),
            models.Index(
                fields=["wait_kind", "wait_key"],
                condition=Q(status=StepStatus.WAITING),
                name="flow_step_waiting",
            ),
            models.Index(fields=["done_at"], condition=Q(status=StepStatus.FAILED), name="flow_step_failed"),
        ]
        triggers = [_absorbing("step_end_is_final", "'done', 'skipped', 'cancelled'")]

    def __str__(self) -> str:
        return f"{self.node_id} of run {self.run_id}"


class FlowJoin(models.Model):
    """How far a block has come: the passes or branches of a fork, a loop, a list or a try.

    ``need`` of ``total`` passes end it; ``arrived`` and ``failed`` are the numbers of those that ended,
    ``results`` is what each gave. Only who holds the run's lock writes it.
    """

    step = models.OneToOneField(FlowStep, on_delete=models.CASCADE, related_name="join")
    need = models.PositiveIntegerField()
    total = models.PositiveIntegerField()
    started = models.PositiveIntegerField(default=0)
    arrived = ArrayField(models.PositiveIntegerField(), default=list)
    failed = ArrayField(models.PositiveIntegerField(), default=list)
    results = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{len(self.arrived)} of {self.need}"


class FlowScenario(Record):
    """A rehearsal kept as a test of its flow: what people, calls and time answer, what must come of it."""

    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="scenarios")
    name = models.CharField(max_length=120)
    script = models.JSONField(default=dict)
    expected = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["flow", "name"], name="flow_scenario_name")]
        triggers = [RowHistory(part_of="flow")]

    def __str__(self) -> str:
        return self.name


class FlowSignal(models.Model):
    """Something a step may wait for. One that comes before its wait is kept and matched later."""

    name = models.CharField(max_length=40)
    correlation_key = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    source = models.CharField(max_length=40)
    source_id = models.CharField(max_length=80)
    received_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    consumed_at = models.DateTimeField(null=True)
    consumed_by_step = models.ForeignKey(FlowStep, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "source_id"], name="flow_signal_once")]
        indexes = [
            models.Index(
                fields=["name", "correlation_key"], condition=Q(consumed_at=None), name="flow_signal_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.correlation_key}"
