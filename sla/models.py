"""Definitions of service levels, and the clocks that run on tickets."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import Location, Named
from cmdb.models import CI
from core.fields import PublicIdField
from core.models import Record
from core.revisions import new_revision
from core.trail.tracking import RowHistory
from schedules.models import Calendar
from sla.choices import (
    OPEN_STAGES,
    CalendarSource,
    CancelMode,
    EventKind,
    OnRetarget,
    Outcome,
    Relative,
    ResumeMode,
    SegmentKind,
    Stage,
    Status,
    Target,
    Type,
    ZoneSource,
)
from sla.whatif.models import WhatIf
from tickets.models import Ticket

__all__ = ["Clock", "ClockEvent", "ClockSegment", "SLADefinition", "WhatIf"]
_IS_OPEN = Q(stage__in=OPEN_STAGES)
_ONLY_RETIRE = """
IF OLD.status = 'retired' OR NEW.status <> 'retired' OR
   to_jsonb(NEW) - ARRAY['status', 'retired_at', 'updated_at', 'lock_version']
   <> to_jsonb(OLD) - ARRAY['status', 'retired_at', 'updated_at', 'lock_version'] THEN
    RAISE EXCEPTION 'a published SLA definition can only be retired' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""
_TICKET_IS_OPEN = """
IF EXISTS (SELECT 1 FROM tickets_ticket WHERE id = NEW.ticket_id AND state_rank >= 90) THEN
    RAISE EXCEPTION 'a closed ticket has no open clock' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


def _default_thresholds() -> list[int]:
    return [50, 75]


class SLADefinition(Named, Record):
    """One version of a promise: when its clock starts, stops, waits, and how long it may take (SLA-01).

    ``key`` stays over versions, ``no`` counts them. Definitions of one ``track`` are the same promise with
    different targets, such as one per priority: a ticket has one open clock per track, and when another
    definition of the track starts to fit, the clock takes its target over (SLA-10). An absent condition never
    holds. ``target_s`` counts open seconds; ``thresholds`` are the percentages that warn before the breach.

    A ``relative`` promise is due at a date instead: the one in the ticket's ``due_field``, or one of the next
    business day (``relative_at`` is wall time in the clock's zone). ``retro_start_field`` names the ticket's
    instant from which a clock counts that attaches later; with ``retro_pause`` the waiting since then is left
    out. ``overdue_repeat_s`` are the open seconds between two reminders after the breach. ``escalations`` are
    what a mark sets going, see ``sla.escalations``.
    """

    key = models.SlugField(max_length=60)
    no = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    track = models.SlugField(max_length=60)
    order = models.PositiveIntegerField(default=100)
    kind = models.CharField(max_length=20)
    type = models.CharField(max_length=5, choices=Type.choices, default=Type.SLA)
    target = models.CharField(max_length=10, choices=Target.choices, default=Target.RESOLUTION)
    target_s = models.PositiveIntegerField(null=True, blank=True)
    relative = models.CharField(
        max_length=12, choices=Relative.choices, default=Relative.DURATION, blank=True
    )
    relative_at = models.TimeField(null=True, blank=True)
    due_field = models.CharField(max_length=40, blank=True)
    retro_start_field = models.CharField(max_length=40, blank=True)
    retro_pause = models.BooleanField(default=False)
    overdue_repeat_s = models.PositiveIntegerField(null=True, blank=True)
    escalations = models.JSONField(default=list, blank=True)
    calendar_source = models.CharField(
        max_length=10, choices=CalendarSource.choices, default=CalendarSource.DEFINITION
    )
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, null=True, blank=True)
    tz_source = models.CharField(max_length=10, choices=ZoneSource.choices, default=ZoneSource.DEFINITION)
    start_cond = models.JSONField()
    stop_cond = models.JSONField(null=True, blank=True)
    pause_cond = models.JSONField(null=True, blank=True)
    resume_cond = models.JSONField(null=True, blank=True)
    cancel_cond = models.JSONField(null=True, blank=True)
    reset_cond = models.JSONField(null=True, blank=True)
    resume_mode = models.CharField(max_length=12, choices=ResumeMode.choices, default=ResumeMode.PAUSE_UNMET)
    cancel_mode = models.CharField(max_length=12, choices=CancelMode.choices, default=CancelMode.START_UNMET)
    on_retarget = models.CharField(max_length=8, choices=OnRetarget.choices, default=OnRetarget.CARRY)
    thresholds = ArrayField(models.PositiveSmallIntegerField(), default=_default_thresholds, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "no"], name="sla_definition_version"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(status=Status.PUBLISHED), name="sla_definition_one_published"
            ),
            models.CheckConstraint(
                condition=Q(target_s__isnull=False, target_s__gt=0)
                | (Q(target_s=None) & ~Q(relative=Relative.DURATION)),
                name="sla_definition_target",
            ),
            models.CheckConstraint(
                condition=(~Q(relative=Relative.DUE_FIELD) | ~Q(due_field=""))
                & (~Q(relative=Relative.NEXT_BD_AT) | Q(relative_at__isnull=False)),
                name="sla_definition_relative",
            ),
            models.CheckConstraint(
                condition=Q(overdue_repeat_s=None) | Q(overdue_repeat_s__gt=0), name="sla_definition_overdue"
            ),
            models.CheckConstraint(
                condition=~Q(calendar_source=CalendarSource.DEFINITION) | Q(calendar__isnull=False),
                name="sla_definition_calendar",
            ),
        ]
        triggers = [
            RowHistory(),
            pgtrigger.Trigger(
                name="published_is_final",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__status=Status.DRAFT),
                func=_ONLY_RETIRE,
            ),
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__status=Status.DRAFT),
            ),
            new_revision("sla_revision", "sla"),
        ]


class Clock(models.Model):
    """One promise running on one ticket. Elapsed, left and percent are computed on read, never stored.

    ``accrued_s`` are the open seconds used up to ``running_since``; ``gen`` grows with each new target;
    ``since_verb`` names the change that began the present stretch. ``next_fire_at`` and ``next_pct`` are the
    next mark, after the breach ``next_overdue`` is the number of the next reminder; a clock that is not in
    progress has no ``next_fire_at``.
    """

    # In the order of their columns, the widest first: no padding between them.
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="clocks", db_index=False)
    definition = models.ForeignKey(SLADefinition, on_delete=models.PROTECT, db_index=False)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, null=True, db_index=False)
    started_at = models.DateTimeField()
    running_since = models.DateTimeField(null=True)
    paused_since = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    original_due_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    next_fire_at = models.DateTimeField(null=True)
    target_s = models.PositiveIntegerField()
    accrued_s = models.PositiveIntegerField(default=0)
    business_pause_s = models.PositiveIntegerField(default=0)
    wall_pause_s = models.PositiveIntegerField(default=0)
    calendar_version = models.PositiveIntegerField(null=True)
    lock_version = models.PositiveIntegerField(default=1)
    cycle = models.PositiveSmallIntegerField(default=1)
    gen = models.PositiveSmallIntegerField(default=1)
    next_pct = models.PositiveSmallIntegerField(null=True)
    next_overdue = models.PositiveSmallIntegerField(null=True)
    public_id = PublicIdField()
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.IN_PROGRESS)
    track = models.CharField(max_length=60)
    tz = models.CharField(max_length=60)
    since_verb = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "track", "cycle"], name="clock_cycle"),
            models.UniqueConstraint(
                fields=["ticket", "definition"], condition=_IS_OPEN, name="clock_one_open_per_definition"
            ),
            models.UniqueConstraint(
                fields=["ticket", "track"], condition=_IS_OPEN, name="clock_one_open_per_track"
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.IN_PROGRESS, running_since__isnull=False)
                | (~Q(stage=Stage.IN_PROGRESS) & Q(running_since=None)),
                name="clock_runs_iff_in_progress",
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.PAUSED, paused_since__isnull=False)
                | (~Q(stage=Stage.PAUSED) & Q(paused_since=None)),
                name="clock_waits_iff_paused",
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.IN_PROGRESS) | Q(next_fire_at=None),
                name="clock_fires_only_in_progress",
            ),
            models.CheckConstraint(
                condition=(_IS_OPEN & Q(stopped_at=None)) | (~_IS_OPEN & Q(stopped_at__isnull=False)),
                name="clock_stopped_iff_over",
            ),
            models.CheckConstraint(condition=Q(target_s__gt=0), name="clock_target"),
        ]
        indexes = [
            models.Index(
                fields=["next_fire_at", "id"], condition=Q(next_fire_at__isnull=False), name="clock_fires"
            ),
            models.Index(fields=["due_at"], condition=Q(stage=Stage.IN_PROGRESS), name="clock_due"),
            models.Index(
                fields=["calendar", "calendar_version"],
                condition=Q(stage=Stage.IN_PROGRESS),
                name="clock_of_calendar",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="ticket_is_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__stage__in=list(OPEN_STAGES)),
                func=_TICKET_IS_OPEN,
            )
        ]

    def __str__(self) -> str:
        return f"{self.track} of {self.ticket_id}, cycle {self.cycle}"

    @property
    def is_open(self) -> bool:
        """Whether the promise is still to be kept."""
        return self.stage in OPEN_STAGES


class ClockEvent(models.Model):
    """What happened to a clock and why. A warning or breach exists once per clock, target and mark.

    So does a reminder after the breach, by its number ``seq``. ``at`` is the instant it was due or done,
    ``noticed_at`` when the platform wrote it. A mark whose cause says ``suppressed`` was told to nobody.
    """

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="events")
    gen = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=EventKind.choices)
    pct = models.PositiveSmallIntegerField(null=True)
    seq = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField()
    noticed_at = models.DateTimeField(db_default=Now())
    cause = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "gen", "kind", "pct"],
                condition=Q(kind__in=[EventKind.WARN, EventKind.BREACH]),
                name="clock_event_once",
            ),
            models.UniqueConstraint(
                fields=["clock", "gen", "kind", "seq"],
                condition=Q(kind=EventKind.OVERDUE),
                name="clock_event_overdue_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=EventKind.OVERDUE, seq__isnull=False)
                | (~Q(kind=EventKind.OVERDUE) & Q(seq=None)),
                name="clock_event_number",
            ),
            models.CheckConstraint(
                condition=(Q(kind__in=[EventKind.WARN, EventKind.BREACH]) & Q(pct__isnull=False))
                | (~Q(kind__in=[EventKind.WARN, EventKind.BREACH]) & Q(pct=None)),
                name="clock_event_mark",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.pct or self.seq or ''} of clock {self.clock_id}".replace("  ", " ")


class ClockSegment(models.Model):
    """One stretch of a clock's life, written when it ends: together they are its wall time (SLA-14).

    ``open_s`` of ``running`` and ``paused`` stretches are the business seconds in them; the rest of a running
    one was outside business hours. ``solved`` is the time from completion to the next cycle.
    """

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="segments", db_index=False)
    gen = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=SegmentKind.choices)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    open_s = models.PositiveIntegerField()
    began_by = models.CharField(max_length=40, blank=True)
    ended_by = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(began_at__lt=F("ended_at")), name="clock_segment_order"),
        ]
        indexes = [models.Index(fields=["clock", "began_at"], name="clock_segments")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.began_at}–{self.ended_at}"


class ClockEscalation(models.Model):
    """One step that a mark of a clock set going: the proof that it was done once per event and step."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="escalations")
    event = models.UUIDField()
    step = models.PositiveSmallIntegerField()
    action = models.CharField(max_length=20)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "step"], name="clock_escalation_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.action} {self.outcome} for clock {self.clock_id}"


class LocationCalendar(Record):
    """The calendar a place works by, and all places in it that have none of their own."""

    location = models.OneToOneField(Location, on_delete=models.CASCADE, related_name="calendar_choice")
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="locations")

    class Meta:
        triggers = [RowHistory(part_of="location"), new_revision("location_calendar_revision", "calendars")]

    def __str__(self) -> str:
        return f"{self.location_id} {self.calendar_id}"


class CICalendar(Record):
    """The calendar of a configuration item, such as the hours in which a service is supported."""

    ci = models.OneToOneField(CI, on_delete=models.CASCADE, related_name="calendar_choice")
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="cis")

    class Meta:
        triggers = [RowHistory(part_of="ci"), new_revision("ci_calendar_revision", "calendars")]

    def __str__(self) -> str:
        return f"{self.ci_id} {self.calendar_id}"
