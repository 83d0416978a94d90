"""Enumerations of the workspace."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Density(models.TextChoices):
    """How much room a row of a list has."""

    COMFORTABLE = "comfortable", _("Two lines a ticket")
    COMPACT = "compact", _("One line a ticket")
