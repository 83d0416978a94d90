"""Enumerations of reports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verdict(models.TextChoices):
    """How a promise ended, or that it is broken and still open."""

    MET = "met", _("Met")
    MISSED = "missed", _("Missed")
    OVERDUE = "overdue", _("Missed and still open")


class By(models.TextChoices):
    """What the figures of a report are told for."""

    SERVICE = "service", _("Service or item")
    TEAM = "team", _("Assignment group")
    PRIORITY = "priority", _("Priority")
    MONTH = "month", _("Month")
