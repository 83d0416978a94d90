"""How a schedule repeats, and what became of an occurrence."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Repeat(models.TextChoices):
    """The step from one occurrence to the next."""

    ONCE = "once", _("Once")
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")
    YEARLY = "yearly", _("Yearly")


class Nth(models.IntegerChoices):
    """Which of the days of one weekday in a month."""

    FIRST = 1, _("First")
    SECOND = 2, _("Second")
    THIRD = 3, _("Third")
    FOURTH = 4, _("Fourth")
    LAST = -1, _("Last")


class OffDay(models.TextChoices):
    """What becomes of a day on which nobody works."""

    OPEN = "open", _("It is opened all the same")
    NEXT = "next", _("On the next working day")
    PREVIOUS = "previous", _("On the working day before")
    SKIP = "skip", _("It is left out")


class Outcome(models.TextChoices):
    """What became of an occurrence."""

    OPENED = "opened", _("Opened")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Passed over")


class Failure(models.TextChoices):
    """Why no ticket was opened."""

    REQUESTER_LEFT = "requester_left", _("The requester is not active any more.")
    GROUP_OFF = "group_off", _("The group is not active any more.")
    REFUSED = "refused", _("A rule refused the ticket.")
    MISSED = "missed", _("It came due while nothing ran; only the newest one is opened later.")


_TEXTS: dict[str, str | Promise] = dict(Failure.choices)


def failure_text(code: str) -> str:
    """Why no ticket was opened, in the reader's language; empty where one was."""
    return str(_TEXTS.get(code, code))
