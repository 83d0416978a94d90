"""Enumerations of hand-overs."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Why(models.TextChoices):
    """Why a ticket is proposed for a hand-over, the weightiest first."""

    MAJOR = "major", _("Major or critical")
    SLA = "sla", _("SLA at risk")
    HOLD = "hold", _("Goes on in the next shift")
    TOUCHED = "touched", _("Worked on in this shift")
