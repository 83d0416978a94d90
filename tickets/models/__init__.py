"""The tables all kinds of ticket share, one module per aggregate."""

from tickets.models.activity import Activity, Draft, TicketAttachment, Watcher
from tickets.models.held import HeldReply
from tickets.models.merging import Merge
from tickets.models.relations import TicketCI, TicketLink
from tickets.models.rules import AssignmentRule, FieldDefinition, PriorityRow, TransitionRule
from tickets.models.survey import Survey
from tickets.models.text import TicketText
from tickets.models.ticket import Ticket
from tickets.models.worklog import ChecklistItem, TimeEntry

__all__ = [
    "Activity",
    "AssignmentRule",
    "ChecklistItem",
    "Draft",
    "FieldDefinition",
    "HeldReply",
    "Merge",
    "PriorityRow",
    "Survey",
    "Ticket",
    "TicketAttachment",
    "TicketCI",
    "TicketLink",
    "TicketText",
    "TimeEntry",
    "TransitionRule",
    "Watcher",
]
