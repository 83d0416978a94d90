"""Enumerations of flows, runs and steps (DOMAIN 3.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TriggerKind(models.TextChoices):
    """What starts a flow."""

    CATALOG = "catalog", _("An order")
    RECORD = "record", _("A change of a ticket")
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
    """Where a step stands. Done and cancelled are final; a failed one waits for an operator."""

    READY = "ready", _("Ready")
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_STEPS = (StepStatus.READY, StepStatus.WAITING)


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
    TODO = "todo", _("To come")
    FAILED = "failed", _("Did not work out")
    SKIPPED = "skipped", _("Not needed")
