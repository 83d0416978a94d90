"""Enumerations of macros."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Says(models.TextChoices):
    """Who reads the text of a macro."""

    COMMENT = "comment", _("Reply to the requester")
    WORK_NOTE = "work_note", _("Internal note")


class Assign(models.TextChoices):
    """Whom a macro gives the ticket to."""

    KEEP = "keep", _("Leave the assignee")
    ME = "me", _("Me, who runs it")
    NOBODY = "nobody", _("Nobody")
