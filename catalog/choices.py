"""States and other enumerations of the catalogue and its orders (PROCESSES section 5)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestState(models.TextChoices):
    """Where a request (REQ) stands; it follows its items."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    IN_PROCESS = "in_process", _("In process")
    CLOSED_COMPLETE = "closed_complete", _("Closed complete")
    CLOSED_INCOMPLETE = "closed_incomplete", _("Closed incomplete")
    CLOSED_SKIPPED = "closed_skipped", _("Closed skipped")
    CLOSED_CANCELLED = "closed_cancelled", _("Closed cancelled")
    CLOSED_REJECTED = "closed_rejected", _("Closed rejected")


class ItemState(models.TextChoices):
    """Where a requested item (RITM) stands."""

    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    OPEN = "open", _("Open")
    WORK_IN_PROGRESS = "work_in_progress", _("Work in progress")
    DELIVERED = "delivered", _("Delivered")
    CLOSED_COMPLETE = "closed_complete", _("Closed complete")
    CLOSED_INCOMPLETE = "closed_incomplete", _("Closed incomplete")
    CLOSED_SKIPPED = "closed_skipped", _("Closed skipped")
    CANCELLED = "cancelled", _("Cancelled")
    REJECTED = "rejected", _("Rejected")


EMPLOYEE_REQUEST_STATES = {
    RequestState.DRAFT: _("Not sent yet"),
    RequestState.SUBMITTED: _("Being approved"),
    RequestState.IN_PROCESS: _("On its way"),
    RequestState.CLOSED_COMPLETE: _("Finished"),
    RequestState.CLOSED_INCOMPLETE: _("Finished in part"),
    RequestState.CLOSED_SKIPPED: _("Not needed any more"),
    RequestState.CLOSED_CANCELLED: _("Withdrawn"),
    RequestState.CLOSED_REJECTED: _("Not approved"),
}
EMPLOYEE_ITEM_STATES = {
    ItemState.PENDING_APPROVAL: _("Being approved"),
    ItemState.OPEN: _("With the team"),
    ItemState.WORK_IN_PROGRESS: _("Being worked on"),
    ItemState.DELIVERED: _("Ready, please confirm"),
    ItemState.CLOSED_COMPLETE: _("Finished"),
    ItemState.CLOSED_INCOMPLETE: _("Could not be delivered"),
    ItemState.CLOSED_SKIPPED: _("Not needed any more"),
    ItemState.CANCELLED: _("Withdrawn"),
    ItemState.REJECTED: _("Not approved"),
}


class BehalfAccess(models.TextChoices):
    """Whose entitlement counts when somebody orders for another person (REQ-11)."""

    RESTRICTED = "restricted", _("The person it is for must be entitled")
    DELEGATED = "delegated", _("It is enough that the orderer is entitled")


class Period(models.TextChoices):
    """How often a recurring price is due."""

    NONE = "", _("Never")
    MONTH = "month", _("Each month")
    YEAR = "year", _("Each year")
