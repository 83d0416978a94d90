"""Enumerations of service levels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """The life of a definition (DOMAIN DR-7)."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class Type(models.TextChoices):
    """With whom the promise was made; a label, no rule hangs on it (PROCESSES SLA-01)."""

    SLA = "sla", _("SLA")
    OLA = "ola", _("OLA")
    UC = "uc", _("Underpinning contract")


class Target(models.TextChoices):
    """What is promised; a label."""

    RESPONSE = "response", _("Response")
    RESOLUTION = "resolution", _("Resolution")
    CUSTOM = "custom", _("Other")


class Relative(models.TextChoices):
    """How the due time is given: after a length of time, or by a date (SLA-06)."""

    DURATION = "", _("After a length of time")
    DUE_FIELD = "due_field", _("At a date of the ticket")
    END_NEXT_BD = "end_next_bd", _("At the end of the next business day")
    NEXT_BD_AT = "next_bd_at", _("On the next business day, at a time")


class CalendarSource(models.TextChoices):
    """Whose business hours count (SLA-07); where there is none of that kind, the definition's do."""

    NONE = "none", _("Round the clock")
    DEFINITION = "def", _("The calendar of the definition")
    GROUP = "group", _("The calendar of the assignment group")
    REQUESTER = "requester", _("The calendar of the requester's location")
    LOCATION = "location", _("The calendar of the ticket's location")
    CI = "ci", _("The calendar of the configuration item or service")


class ZoneSource(models.TextChoices):
    """In whose time zone the calendar is read (SLA-07)."""

    DEFINITION = "def", _("The zone of the calendar")
    REQUESTER = "requester", _("The zone of the requester")
    REQUESTER_LOCATION = "req_loc", _("The zone of the requester's location")
    LOCATION = "location", _("The zone of the ticket's location")
    CI = "ci", _("The zone of the configuration item's location")
    GROUP = "group", _("The zone of the assignment group's calendar")


class ResumeMode(models.TextChoices):
    """What ends a pause."""

    PAUSE_UNMET = "pause_unmet", _("The pause condition no longer holds")
    RESUME_COND = "resume_cond", _("The resume condition holds")


class CancelMode(models.TextChoices):
    """What cancels a clock."""

    START_UNMET = "start_unmet", _("The start condition no longer holds")
    CANCEL_COND = "cancel_cond", _("The cancel condition holds")
    NEVER = "never", _("Nothing")


class OnRetarget(models.TextChoices):
    """What another definition of the same track does to the running clock (SLA-10)."""

    CARRY = "carry", _("Carry the time used over to the new target")
    RESTART = "restart", _("Start again")
    KEEP = "keep", _("Keep the old target")


class Stage(models.TextChoices):
    """Where a clock stands (SLA-02); a breach is a separate fact."""

    IN_PROGRESS = "in_progress", _("Running")
    PAUSED = "paused", _("Paused")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_STAGES = (Stage.IN_PROGRESS, Stage.PAUSED)


class EventKind(models.TextChoices):
    """What happened to a clock."""

    ATTACH = "attach", _("Started")
    PAUSE = "pause", _("Paused")
    RESUME = "resume", _("Resumed")
    WARN = "warn", _("Warned")
    BREACH = "breach", _("Missed")
    OVERDUE = "overdue", _("Still overdue")
    RETARGET = "retarget", _("New target")
    COMPLETE = "complete", _("Completed")
    CANCEL = "cancel", _("Cancelled")
    RECALC = "recalc", _("Planned anew")


class SegmentKind(models.TextChoices):
    """What a stretch of a clock's time was (SLA-14)."""

    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    SOLVED = "solved", _("Solved")


class Outcome(models.TextChoices):
    """What became of one step of an escalation."""

    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused by a rule")
    SKIPPED = "skipped", _("No longer needed")


class Rules(models.TextChoices):
    """By which definitions a ticket's history is replayed."""

    THEN = "then", _("The definitions in force at the time")
    NOW = "now", _("The definitions of today")


class TrialStatus(models.TextChoices):
    """How far a what-if has come."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


LIVE_TRIALS = (TrialStatus.QUEUED, TrialStatus.RUNNING)


# The verb of the event with which a clock's corrected account begins.
REPAIRED = "repaired"


class Whose(models.TextChoices):
    """For what a calendar can be chosen."""

    GROUP = "group", _("Group")
    LOCATION = "location", _("Location")
    CI = "ci", _("Configuration item")
