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
    CARRIED = "carried", _("Approved in an earlier stage already")


class Reason(models.TextChoices):
    """What brought a request to its end."""

    ANSWERS = "answers", _("The answers decided")
    EMPTY = "empty", _("There was nobody to ask")
    DUE = "due", _("The time was over")
    WITHDRAWN = "withdrawn", _("The question was withdrawn")
    CHANGED = "changed", _("What was asked has changed")


class DueAction(models.TextChoices):
    """What happens when the time is over, one after the other (PROCESSES APR-11)."""

    REMIND = "remind", _("Remind")
    ESCALATE = "escalate_manager", _("Ask the manager too")
    APPROVE = "approve", _("Approve")
    REJECT = "reject", _("Decline")
    CANCEL = "cancel", _("Withdraw")


class Members(models.TextChoices):
    """How the members of a group count in an approve set (PROCESSES APR-08)."""

    ONCE = "once", _("The group counts once")
    EACH = "each", _("Each member counts")


class OnChange(models.TextChoices):
    """What a change of a watched field does to the question (PROCESSES APR-14)."""

    KEEP = "keep", _("Keep the question")
    REASK = "reask", _("Withdraw it and ask anew")


class StageState(models.TextChoices):
    """Where one stage of a question stands, as its readers see it."""

    DONE = "done", _("Approved")
    NOW = "now", _("Now")
    FAILED = "failed", _("Declined")
    TODO = "todo", _("Later")  # the name of a stage, nothing left undone
    SKIPPED = "skipped", _("No longer needed")


class MailResult(models.TextChoices):
    """What became of a mail that came to the mailbox for replies; empty until it was looked at (APR-13)."""

    DECIDED = "decided", _("It decided")
    ALREADY = "already_decided", _("It had been decided already")
    NO_REASON = "no_reason", _("Declining needs a reason")
    UNCLEAR = "unclear", _("It does not begin with approve or reject")
    NOT_ALLOWED = "not_allowed", _("The sender may not decide it now")
    EXPIRED = "expired", _("It came too late")
    NO_TOKEN = "no_token", _("It answers no question of ours")
    WRONG_SENDER = "wrong_sender", _("It came from another address than the approver's")
    NOT_AUTHENTIC = "not_authentic", _("Nothing vouches for its sender")
    AUTOMATIC = "automatic", _("A machine wrote it")
    UNREADABLE = "unreadable", _("It could not be read")
    FAILED = "failed", _("Reading it failed by a defect of ours")


class Scope(models.TextChoices):
    """What a delegation hands over."""

    APPROVALS = "approvals", _("Deciding approvals")
    ASSIGNMENTS = "assignments", _("New tickets")
    NOTIFICATIONS = "notifications", _("Notices")
