"""How a notice reaches a person, and on which side of a ticket they stand."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """Ways a notice takes."""

    INAPP = "inapp", _("In the app")
    MAIL = "mail", _("E-mail")


class Side(models.TextChoices):
    """Which pages a notice leads to: self-service, the agents' workspace, or a decision sheet."""

    PORTAL = "portal", _("Portal")
    DESK = "desk", _("Workspace")
    APPROVAL = "approval", _("Approval")


class PageEnd(models.TextChoices):
    """How a page to who is on call came to its end."""

    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    OVER = "over", _("The ticket was done")
    UNANSWERED = "unanswered", _("Nobody answered")


class Way(models.TextChoices):
    """When a person wants to hear of one kind of notice by one channel."""

    NOW = "now", _("At once")
    DIGEST = "digest", _("In the digest")
    OFF = "off", _("Not at all")


class Quiet(models.TextChoices):
    """When mails wait."""

    NEVER = "never", _("Never: mails come at any time")
    HOURS = "hours", _("In my quiet hours")
    CALENDAR = "calendar", _("Outside the working hours of my team")


class Rhythm(models.TextChoices):
    """How often a digest comes."""

    HOURLY = "hourly", _("Every hour")
    DAILY = "daily", _("Once a day")
