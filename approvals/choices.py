"""Enumerations of approvals; the status codes are the words of PROCESSES section 6."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a request, or the row of one approver, stands. All but ``requested`` are final."""

    REQUESTED = "requested", _("Waiting for a decision")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Declined")
    CANCELLED = "cancelled", _("Withdrawn")
    NOT_REQUIRED = "not_required", _("No longer needed")


DECISIONS = (Status.APPROVED, Status.REJECTED)


class Why(models.TextChoices):
    """Why this very person is asked."""

    ASKED = "asked", _("Named as approver")
    OWN_REQUEST = "own_request", _("Nobody decides an own request; the manager is asked")
    INACTIVE = "inactive", _("The named approver is not active")
    ESCALATED = "escalated", _("Not answered in time")
    FALLBACK = "fallback", _("Nobody else could be asked")


class Reason(models.TextChoices):
    """What brought a request to its end."""

    ANSWERS = "answers", _("The answers decided")
    EMPTY = "empty", _("There was nobody to ask")
    DUE = "due", _("The time was over")
    WITHDRAWN = "withdrawn", _("The question was withdrawn")


class DueAction(models.TextChoices):
    """What happens when the time is over, one after the other (PROCESSES APR-11)."""

    REMIND = "remind", _("Remind")
    ESCALATE = "escalate_manager", _("Ask the manager too")
    APPROVE = "approve", _("Approve")
    REJECT = "reject", _("Decline")
    CANCEL = "cancel", _("Withdraw")


class Scope(models.TextChoices):
    """What a delegation hands over."""

    APPROVALS = "approvals", _("Approvals")
