"""The events that can be heard of outside, by name: what each is about, and what its message may say.

An event that is not here leaves the platform by no webhook. Keys are taken over from the event one by one:
primary keys of rows and what only engines need stay inside (API A-02, A-45).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from tickets import kinds

TEST = "webhook.test"


class About(StrEnum):
    """What an event is about, which decides who may hear of it."""

    TICKET = "ticket"
    RUN = "run"  # the ticket; of a run without one, the configuration
    CI = "ci"
    CONFIGURATION = "configuration"
    PERSON = "person"  # somebody whose account one looks after
    AUDIT = "audit"  # the audit trail of the whole installation
    TOKEN = "token"  # noqa: S105 - the own ones, or those one looks after


@dataclass(frozen=True)
class EventType:
    """One name. ``keys``: what the message takes from the event, each with its JSON Schema.

    ``internal``: only for those who read internal fields of tickets.
    """

    name: str
    about: About
    text: str | Promise
    keys: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    internal: bool = False
    kind: str = ""

    @property
    def label(self) -> str:
        """What happened, in the reader's language."""
        text = str(self.text)
        return text % {"kind": kinds.get(self.kind).label} if self.kind else text

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of a message of this type."""
        data = {"sequence": WHOLE, **_PLACES[self.about], **self.keys}
        return {
            "type": "object",
            "required": ["type", "timestamp", "data"],
            "properties": {
                "type": {"const": self.name},
                "timestamp": MOMENT,
                "data": {"type": "object", "required": ["sequence"], "properties": data},
            },
        }


TEXT: dict[str, Any] = {"type": "string"}
TEXTS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
WHOLE: dict[str, Any] = {"type": "integer"}
FLAG: dict[str, Any] = {"type": "boolean"}
UUID: dict[str, Any] = {"type": "string", "format": "uuid"}
MOMENT: dict[str, Any] = {"type": "string", "format": "date-time"}
_ADDRESS: dict[str, Any] = {"type": "string", "format": "uri"}
_PLACES: dict[About, dict[str, Any]] = {
    About.TICKET: {"number": TEXT, "kind": TEXT, "url": _ADDRESS, "ticket": {"type": "object"}},
    About.RUN: {"number": TEXT, "kind": TEXT, "url": _ADDRESS, "ticket": {"type": "object"}},
    About.CI: {"number": TEXT, "url": _ADDRESS, "ci": {"type": "object"}},
    About.CONFIGURATION: {},
    About.AUDIT: {},
    About.PERSON: {"user": TEXT},
    About.TOKEN: {"user": TEXT, "token": UUID},
}
_CHANGED = {"changed": TEXTS}
_WORDS: dict[str, Any] = {"activity": UUID, "comment": {"type": "object"}}
_MOVE = {"from": TEXT, "to": TEXT, "transition": TEXT, **_CHANGED, **_WORDS}
_CLOCK = {"definition": TEXT, "track": TEXT, "percent": WHOLE, "at": MOMENT}
_PAGE = {"rota": TEXT}
_FLOW = {"flow": TEXT, "run_public_id": UUID}
_VERSION = {"version": WHOLE}

_OF_KINDS: list[tuple[str, str | Promise, dict[str, Any]]] = [
    ("opened", gettext_lazy("%(kind)s opened"), {}),
    ("updated", gettext_lazy("%(kind)s changed"), _CHANGED),
    ("moved", gettext_lazy("%(kind)s came to another state"), _MOVE),
]
_FIXED = [
    EventType("ticket.assigned", About.TICKET, gettext_lazy("Ticket got another group or assignee")),
    EventType(
        "ticket.commented",
        About.TICKET,
        gettext_lazy("Comment or internal note on a ticket"),
        {"public": FLAG, **_WORDS},
    ),
    EventType(
        "ticket.linked",
        About.TICKET,
        gettext_lazy("Ticket linked to another"),
        {"type": TEXT, "target": TEXT},
    ),
    EventType("ticket.merged", About.TICKET, gettext_lazy("Ticket merged into another"), {"target": TEXT}),
    EventType("ticket.unmerged", About.TICKET, gettext_lazy("Merge taken back"), {"target": TEXT}),
    EventType("ticket.split", About.TICKET, gettext_lazy("Part of a ticket split off"), {"target": TEXT}),
    EventType(
        "ticket.survey_answered",
        About.TICKET,
        gettext_lazy("Somebody said how a ticket went"),
        {"score": WHOLE},
        internal=True,
    ),
    EventType(
        "ticket.checklist_changed", About.TICKET, gettext_lazy("Checklist of a ticket changed"), internal=True
    ),
    EventType(
        "ticket.time_changed", About.TICKET, gettext_lazy("Time spent on a ticket changed"), internal=True
    ),
    EventType(
        "problem.analysed", About.TICKET, gettext_lazy("Root cause of a problem worked on"), internal=True
    ),
    EventType(
        "approval.requested",
        About.TICKET,
        gettext_lazy("People asked for a decision"),
        {"request_public_id": UUID},
    ),
    EventType(
        "approval.answered",
        About.TICKET,
        gettext_lazy("Approver answered"),
        {"request_public_id": UUID, "decision": TEXT},
        internal=True,
    ),
    EventType(
        "approval.decided",
        About.TICKET,
        gettext_lazy("Approval decided"),
        {"request_public_id": UUID, "outcome": TEXT, "reason": TEXT},
    ),
    EventType("sla.warned", About.TICKET, gettext_lazy("SLA promise runs out"), _CLOCK, internal=True),
    EventType("sla.breached", About.TICKET, gettext_lazy("SLA promise missed"), _CLOCK, internal=True),
    EventType("sla.overdue", About.TICKET, gettext_lazy("SLA promise still missed"), _CLOCK, internal=True),
    EventType("sla.paged", About.TICKET, gettext_lazy("On-call person called"), _PAGE, internal=True),
    EventType("page.acknowledged", About.TICKET, gettext_lazy("On-call page answered"), _PAGE, internal=True),
    EventType("page.unanswered", About.TICKET, gettext_lazy("Nobody answered a page"), _PAGE, internal=True),
    EventType(
        "incident.major_proposed",
        About.TICKET,
        gettext_lazy("Incident proposed as major incident"),
        internal=True,
    ),
    EventType(
        "incident.major_accepted",
        About.TICKET,
        gettext_lazy("Incident accepted as major incident"),
        internal=True,
    ),
    EventType(
        "incident.major_rejected",
        About.TICKET,
        gettext_lazy("Proposal of a major incident rejected"),
        internal=True,
    ),
    EventType(
        "incident.major_cancelled",
        About.TICKET,
        gettext_lazy("Incident is no major incident any more"),
        internal=True,
    ),
    EventType(
        "incident.major_update_sent",
        About.TICKET,
        gettext_lazy("Update of a major incident sent"),
        {"public": FLAG},
        internal=True,
    ),
    EventType(
        "incident.major_update_overdue",
        About.TICKET,
        gettext_lazy("Update of a major incident overdue"),
        {"due_at": MOMENT},
        internal=True,
    ),
    EventType(
        "incident.major_ended",
        About.TICKET,
        gettext_lazy("Major incident resolved"),
        internal=True,
    ),
    EventType(
        "incident.major_reviewed",
        About.TICKET,
        gettext_lazy("Review of a major incident finished"),
        internal=True,
    ),
    EventType("flow.started", About.RUN, gettext_lazy("Flow began"), {"flow": TEXT}, internal=True),
    EventType("flow.ended", About.RUN, gettext_lazy("Flow ended"), {**_FLOW, "outcome": TEXT}, internal=True),
    EventType(
        "flow.failed",
        About.RUN,
        gettext_lazy("Flow stopped at an error"),
        {"node_id": TEXT, "code": TEXT},
        internal=True,
    ),
    EventType("ci.created", About.CI, gettext_lazy("Configuration item registered")),
    EventType("ci.changed", About.CI, gettext_lazy("Configuration item changed"), {"fields": TEXTS}),
    EventType(
        "flow.published",
        About.CONFIGURATION,
        gettext_lazy("Flow published"),
        {"flow": TEXT, **_VERSION},
    ),
    EventType("flow.retired", About.CONFIGURATION, gettext_lazy("Flow retired"), {"flow": TEXT, **_VERSION}),
    EventType(
        "sla.definition_published",
        About.CONFIGURATION,
        gettext_lazy("SLA definition published"),
        {"definition": TEXT, "no": WHOLE},
    ),
    EventType(
        "audit.sealed",
        About.AUDIT,
        gettext_lazy("Audit trail sealed, once a day"),
        {"day": TEXT, "block": WHOLE, "hash": TEXT},
    ),
    EventType("user.disabled", About.PERSON, gettext_lazy("Person switched off")),
    EventType("user.enabled", About.PERSON, gettext_lazy("Person switched on again")),
    EventType("role.given", About.PERSON, gettext_lazy("Role given to somebody"), {"key": TEXT}),
    EventType("role.taken", About.PERSON, gettext_lazy("Role taken from somebody"), {"key": TEXT}),
    EventType("service_account.made", About.PERSON, gettext_lazy("Service account made")),
    EventType(
        "service_account.changed",
        About.PERSON,
        gettext_lazy("Service account changed"),
        {"fields": TEXTS, "is_active": FLAG},
    ),
    EventType("token.made", About.TOKEN, gettext_lazy("Token made")),
    EventType("token.rotated", About.TOKEN, gettext_lazy("Token got a new secret")),
    EventType("token.ended", About.TOKEN, gettext_lazy("Token ended")),
]
_FIXED_BY_NAME = {each.name: each for each in _FIXED}


def all_types() -> Iterator[EventType]:
    """Every type, those of the kinds of tickets first."""
    for spec in kinds.all_kinds():
        for verb, text, keys in _OF_KINDS:
            yield EventType(f"{spec.key}.{verb}", About.TICKET, text, keys, kind=spec.key)
    yield from _FIXED


def find(name: str) -> EventType | None:
    """The type of that name; None for what stays inside."""
    fixed = _FIXED_BY_NAME.get(name)
    if fixed is not None:
        return fixed
    return next((each for each in all_types() if each.name == name), None)
