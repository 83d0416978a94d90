"""States and other enumerations of problems and their tasks (PROCESSES section 2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a problem stands."""

    NEW = "new", _("New")
    ASSESS = "assess", _("Assess")
    RCA = "rca", _("Root cause analysis")
    FIX_IN_PROGRESS = "fix_in_progress", _("Fix in progress")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


class Resolution(models.TextChoices):
    """How a problem ended (PRB-01). Cancelled and duplicate are closed with these codes, no states."""

    FIX_APPLIED = "fix_applied", _("Fix applied")
    RISK_ACCEPTED = "risk_accepted", _("Risk accepted")
    DUPLICATE = "duplicate", _("Duplicate")
    CANCELED = "canceled", _("Canceled")


class TaskState(models.TextChoices):
    """Where a problem task stands (PRB-04)."""

    NEW = "new", _("New")
    ASSESS = "assess", _("Assess")
    WORK_IN_PROGRESS = "work_in_progress", _("Work in progress")
    CLOSED = "closed", _("Closed")


class TaskType(models.TextChoices):
    """What a problem task is for."""

    ROOT_CAUSE = "root_cause", _("Root cause")
    GENERAL = "general", _("General")


class TaskCode(models.TextChoices):
    """How a problem task ended."""

    COMPLETE = "complete", _("Complete")
    CANCELED = "canceled", _("Canceled")


class Told(models.TextChoices):
    """What a problem lets its incidents know (PRB-06, PRB-07)."""

    WORKAROUND = "workaround", _("Workaround")
    FIX = "fix", _("Fix")


class Reason(models.TextChoices):
    """Why incidents look as if they had one cause (PRB-09)."""

    REPEATED = "repeated", _("One item, one category")
    ALIKE = "alike", _("Texts that are alike")


class Verdict(models.TextChoices):
    """What people made of a candidate (PRB-10)."""

    OPEN = "open", _("To be looked at")
    ACCEPTED = "accepted", _("Became a problem")
    DISMISSED = "dismissed", _("Dismissed")


class Bone(models.TextChoices):
    """The six categories of a cause-and-effect diagram; a problem may give each a name of its own (PRB-11).

    The four dimensions of ITIL 4 with technology and information apart, and what surrounds them all.
    """

    PEOPLE = "people", _("People and organisation")
    PROCESS = "process", _("Processes")
    TECHNOLOGY = "technology", _("Technology")
    INFORMATION = "information", _("Information and data")
    PARTNERS = "partners", _("Partners and suppliers")
    ENVIRONMENT = "environment", _("Environment")


class Standing(models.TextChoices):
    """What is known of a possible cause."""

    SUSPECTED = "suspected", _("Suspected")
    CONFIRMED = "confirmed", _("Confirmed")
    RULED_OUT = "ruled_out", _("Ruled out")


class TrendBy(models.TextChoices):
    """What incidents are counted by, to see what produces them (problem management before the harm)."""

    CATEGORY = "category", _("Category")
    SERVICE = "service", _("Service")
    ITEM = "item", _("Configuration item")
    GROUP = "group", _("Assignment group")
    DEPARTMENT = "department", _("Department of the caller")
