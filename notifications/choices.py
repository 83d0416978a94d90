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
