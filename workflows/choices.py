"""Enumerations of flows, runs and steps (DOMAIN 3.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TriggerKind(models.TextChoices):
    """What starts a flow."""

    CATALOG = "catalog", _("An order")
    RECORD = "record", _("A change of a ticket")
    SCHEDULE = "schedule", _("A schedule")
    EVENT = "event", _("An event")
    SIGNAL = "signal", _("A signal")
    WEBHOOK = "inbound_webhook", _("A call from another system")
    SLA = "sla", _("A service level at risk or missed")
    SUBFLOW = "subflow", _("Another flow")
    MANUAL = "manual", _("By hand")


class TriggerOn(models.TextChoices):
    """Which writes a record trigger looks at."""

    CREATE = "create", _("When opened")
    UPDATE = "update", _("When changed")
    BOTH = "both", _("When opened or changed")


class Once(models.TextChoices):
    """How often a record trigger may start its flow for one ticket."""

    RECORD = "record", _("Once per ticket")
    VALUE = "record_value", _("Once per ticket and values of the condition")
    NONE = "none", _("Each time")


class RunStatus(models.TextChoices):
    """Where a run stands."""

    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting")
    SUSPENDED = "suspended", _("Stopped by an error")
    COMPLETED = "completed", _("Completed")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_RUNS = (RunStatus.RUNNING, RunStatus.WAITING, RunStatus.SUSPENDED)
LIVE_RUNS = (RunStatus.RUNNING, RunStatus.WAITING)


class StepStatus(models.TextChoices):
    """Where a step stands. Done, skipped and cancelled are final; a failed one waits for an operator.

    A step is ``running`` only while a worker talks to another system about it, under a lease.
    """

    READY = "ready", _("Ready")
    RUNNING = "running", _("Calling")
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    SKIPPED = "skipped", _("Skipped")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_STEPS = (StepStatus.READY, StepStatus.RUNNING, StepStatus.WAITING)
PASSED_STEPS = (StepStatus.DONE, StepStatus.SKIPPED)


class Outcome(models.TextChoices):
    """How a run ended, for whoever started it."""

    DELIVERED = "delivered", _("Delivered")
    DONE = "done", _("Done")
    REJECTED = "rejected", _("Declined")
    INCOMPLETE = "incomplete", _("Incomplete")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")


class StageState(models.TextChoices):
    """Where a stage stands, as the requester sees it."""

    DONE = "done", _("Done")
    NOW = "now", _("Now")
    TODO = "todo", _("To come")  # the name of a stage, nothing left undone
    FAILED = "failed", _("Did not work out")
    SKIPPED = "skipped", _("Not needed")
