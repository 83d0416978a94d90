"""States and other enumerations of incidents (PROCESSES section 1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where an incident stands."""

    NEW = "new", _("New")
    IN_PROGRESS = "in_progress", _("In progress")
    ON_HOLD = "on_hold", _("On hold")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


EMPLOYEE_STATES = {
    State.NEW: _("Received"),
    State.IN_PROGRESS: _("Being worked on"),
    State.ON_HOLD: _("Waiting"),
    State.RESOLVED: _("Solved"),
    State.CLOSED: _("Finished"),
    State.CANCELLED: _("Withdrawn"),
}


class HoldReason(models.TextChoices):
    """Why an incident waits, and so what ends the waiting (INC-03)."""

    AWAITING_CALLER = "awaiting_caller", _("Awaiting caller")
    AWAITING_PROBLEM = "awaiting_problem", _("Awaiting problem")
    AWAITING_VENDOR = "awaiting_vendor", _("Awaiting vendor")
    AWAITING_CHANGE = "awaiting_change", _("Awaiting change")


class CloseCode(models.TextChoices):
    """How an incident ended (INC-02)."""

    SOLUTION_PROVIDED = "solution_provided", _("Solution provided")
    WORKAROUND_PROVIDED = "workaround_provided", _("Workaround provided")
    KNOWN_ERROR = "known_error", _("Known error")
    DUPLICATE = "duplicate", _("Duplicate")
    USER_ERROR = "user_error", _("User error")
    NO_RESOLUTION_PROVIDED = "no_resolution_provided", _("No resolution provided")
    RESOLVED_BY_CALLER = "resolved_by_caller", _("Resolved by caller")
    RESOLVED_BY_CHANGE = "resolved_by_change", _("Resolved by change")
    RESOLVED_BY_PROBLEM = "resolved_by_problem", _("Resolved by problem")
    RESOLVED_BY_REQUEST = "resolved_by_request", _("Resolved by request")
    RESOLVED_BY_MONITORING = "resolved_by_monitoring", _("Resolved by monitoring")


class MajorStatus(models.TextChoices):
    """Whether it is a major incident (INC-13)."""

    NONE = "none", _("None")
    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    CANCELLED = "cancelled", _("Cancelled")


class MajorAction(models.TextChoices):
    """What a rule does with an incident that it finds (INC-14)."""

    PROPOSE = "propose", _("Propose it")
    PROMOTE = "promote", _("Make it one")


class Verdict(models.TextChoices):
    """What became of a proposal."""

    OPEN = "open", _("Waits for a decision")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Part(models.TextChoices):
    """Who does what in the room of a major incident."""

    COMMANDER = "commander", _("Incident commander")
    COMMUNICATIONS = "communications", _("Communications")
    TECHNICAL_LEAD = "technical_lead", _("Technical lead")
    SCRIBE = "scribe", _("Scribe")


class Audience(models.TextChoices):
    """Whom an update of a major incident is for."""

    INTERNAL = "internal", _("Internal: who works on it")
    PUBLIC = "public", _("Public: who is affected")


class UpdateChannel(models.TextChoices):
    """How an update reaches its audience."""

    NOTICE = "notice", _("Tell them: bell and e-mail")
    PAGE = "page", _("Show it on the page only")


class Category(models.TextChoices):
    """What an incident is about; the seed list."""

    HARDWARE = "hardware", _("Computer and devices")
    NETWORK = "network", _("Network and VPN")
    SOFTWARE = "software", _("Software")
    ACCOUNT = "account", _("Account and access")
    MAIL = "mail", _("Mail and messages")
    OTHER = "other", _("Something else")
