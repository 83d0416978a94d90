"""Enumerations of rotas."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TurnUnit(models.TextChoices):
    """What the length of a turn is counted in."""

    HOURS = "hours", _("Hours")
    DAYS = "days", _("Days")
    WEEKS = "weeks", _("Weeks")
