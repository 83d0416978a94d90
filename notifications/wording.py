"""What a text of a notice is, and the names that it may use."""

from __future__ import annotations

from typing import NamedTuple

_TICKET = frozenset(
    {
        "ticket.number",
        "ticket.title",
        "ticket.word",
        "ticket.state",
        "ticket.priority",
        "ticket.requester",
        "ticket.assignee",
        "ticket.group",
    }
)
_COMMON = frozenset({"recipient.name", "actor.name", "brand"})
_APPROVAL = frozenset(
    {
        "approval.title",
        "approval.requester",
        "approval.due",
        "approval.instead_of",
        "approval.decided_by",
    }
)
TICKET_NAMES = _TICKET | _COMMON
SLA_NAMES = TICKET_NAMES | {"percent"}
APPROVAL_NAMES = _COMMON | _APPROVAL
NEWS_NAMES = TICKET_NAMES | {"news.ko", "news.en"}
WEBHOOK_NAMES = _COMMON | {"webhook"}
TEAM_NAMES = _COMMON | {"team.ko", "team.en"}
SCHEDULE_NAMES = _COMMON | {"schedule"}
FLOW_NAMES = TICKET_NAMES | {"reason", "item", "quantity", "amount", "serial", "asset", "stage"}


class Text(NamedTuple):
    """Subject and body in both languages, and the names they may use."""

    subject_ko: str
    subject_en: str
    body_ko: str
    body_en: str
    names: frozenset[str] = TICKET_NAMES
