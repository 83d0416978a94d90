"""The tables all kinds of ticket share, one module per aggregate."""

from tickets.models.activity import Activity, Draft, TicketAttachment, Watcher
from tickets.models.relations import TicketCI, TicketLink
from tickets.models.rules import AssignmentRule, FieldDefinition, PriorityRow, TransitionRule
from tickets.models.survey import Survey
from tickets.models.ticket import Ticket

__all__ = [
    "Activity",
    "AssignmentRule",
    "Draft",
    "FieldDefinition",
    "PriorityRow",
    "Survey",
    "Ticket",
    "TicketAttachment",
    "TicketCI",
    "TicketLink",
    "TransitionRule",
    "Watcher",
]
