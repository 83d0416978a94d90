"""Enumerations that all kinds of ticket share."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Phase(models.TextChoices):
    """Where a ticket stands, the same for all kinds; derived from the state."""

    OPEN = "open", _("Open")
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")


class Level(models.IntegerChoices):
    """Impact and urgency."""

    HIGH = 1, _("High")
    MEDIUM = 2, _("Medium")
    LOW = 3, _("Low")


class Priority(models.IntegerChoices):
    """What impact and urgency make (PROCESSES INC-05)."""

    CRITICAL = 1, _("Critical")
    HIGH = 2, _("High")
    MODERATE = 3, _("Moderate")
    LOW = 4, _("Low")
    PLANNING = 5, _("Planning")


class ActivityKind(models.TextChoices):
    """What an activity row tells of."""

    COMMENT = "comment", _("Comment")
    WORK_NOTE = "work_note", _("Internal note")
    FIELD = "field", _("Change")
    STATE = "state", _("State")
    APPROVAL = "approval", _("Approval")
    SLA = "sla", _("SLA")
    FLOW = "flow", _("Flow")
    MAIL = "mail", _("Mail")
    ATTACHMENT = "attachment", _("Attachment")
    SYSTEM = "system", _("System")


class LinkType(models.TextChoices):
    """How one ticket relates to another, read from the first to the second."""

    DUPLICATE = "duplicate", _("Duplicate of")
    CAUSED_BY = "caused_by", _("Caused by")
    RELATED = "related", _("Related to")
    FIXED_BY = "fixed_by", _("Fixed by")
    BLOCKS = "blocks", _("Blocks")
    KNOWN_ERROR = "known_error", _("Known error")
    FOLLOW_UP_OF = "follow_up_of", _("Follow-up of")
    SPLIT_OF = "split_of", _("Split from")


class CIRole(models.TextChoices):
    """What a configuration item is to a ticket."""

    AFFECTED = "affected", _("Affected")
    IMPACTED = "impacted", _("Impacted")
    CAUSED_BY = "caused_by", _("Cause")


class TaskState(models.TextChoices):
    """Where a task of a team stands; only tasks of requests are ever pending."""

    PENDING = "pending", _("Pending")
    OPEN = "open", _("Open")
    WORK_IN_PROGRESS = "work_in_progress", _("Work in progress")
    CLOSED_COMPLETE = "closed_complete", _("Closed complete")
    CLOSED_INCOMPLETE = "closed_incomplete", _("Closed incomplete")
    CLOSED_SKIPPED = "closed_skipped", _("Closed skipped")


class Score(models.IntegerChoices):
    """What people say of how their ticket went, from the least to the most."""

    VERY_BAD = 1, _("Very dissatisfied")
    BAD = 2, _("Dissatisfied")
    MIDDLING = 3, _("Neither nor")
    GOOD = 4, _("Satisfied")
    VERY_GOOD = 5, _("Very satisfied")


class Strategy(models.TextChoices):
    """How an assignment rule picks a person of its group."""

    NONE = "none", _("Nobody, the group decides")
    ROUND_ROBIN = "round_robin", _("In turn")
    LEAST_OPEN = "least_open", _("Fewest open tickets")
    ON_CALL = "on_call", _("Who is on call")
    SKILL = "skill", _("Who has the skill")


class Standing(models.TextChoices):
    """How a person stands to a ticket that a rule hands out, seen from the rule's way of choosing."""

    CHOSEN = "chosen", _("Gets the ticket")
    STANDS_IN = "stands_in", _("Gets the ticket, standing in")
    BEHIND = "behind", _("Comes later")
    BUSIER = "busier", _("Has more open tickets")
    LESS_SKILLED = "less_skilled", _("Has a lower level of the skill")
    AWAY = "away", _("Is away")
    NOT_CALLED = "not_called", _("Is not on call")
    NO_MEMBER = "no_member", _("Is on call, but not in the group")
    TOO_LOW = "too_low", _("The level of the skill is too low")
    UNSKILLED = "unskilled", _("Does not have the skill")


class Channel(models.TextChoices):
    """How a ticket came in."""

    PORTAL = "portal", _("Portal")
    AGENT = "agent", _("Agent")
    API = "api", _("API")
    MAIL = "mail", _("Mail")
    FLOW = "flow", _("Flow")
    SYSTEM = "system", _("System")
