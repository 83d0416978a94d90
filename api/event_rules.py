"""What the event log tells of each event, and what one must see to be told. Without a rule nobody is told.

The payloads of events are for our own handlers: they hold primary keys and what only agents may read. Here
stands what of them leaves the house.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

Payload = dict[str, Any]


class About(StrEnum):
    """What must be visible to who is told."""

    TICKET = "ticket"
    LINK = "link"  # both ends
    APPROVAL = "approval"  # the ticket, or one's own part in the decision
    RUN = "run"  # the ticket; of a run without one, the configuration
    CI = "ci"
    ITEM = "item"
    ROTA = "rota"
    DELEGATION = "delegation"
    CALENDAR = "calendar"
    CONFIGURATION = "configuration"
    PERSON = "person"  # somebody whose account one looks after
    TOKEN = "token"  # noqa: S105 - the own ones, or those one looks after
    AUDIT = "audit"  # the audit trail of the whole installation


def _never(_payload: Payload) -> bool:
    return False


def _always(_payload: Payload) -> bool:
    return True


def _is_work_note(payload: Payload) -> bool:
    return not payload.get("public")


@dataclass(frozen=True)
class Rule:
    """Names of events, what they are about and what of the payload is told.

    ``keys`` are for all who may know, ``agent_keys`` for who reads internal fields; ``is_internal`` says of
    which events only those hear.
    """

    pattern: str
    about: About
    keys: tuple[str, ...] = ()
    agent_keys: tuple[str, ...] = ()
    is_internal: Callable[[Payload], bool] = _never


# The first that fits counts.
RULES = (
    Rule("ticket.commented", About.TICKET, ("public",), is_internal=_is_work_note),
    Rule("ticket.assigned", About.TICKET),
    Rule("ticket.linked", About.LINK, ("type",)),
    Rule("ticket.survey_asked", About.TICKET, is_internal=_always),
    Rule("ticket.survey_answered", About.TICKET, ("score",), is_internal=_always),
    Rule("ticket.checklist_changed", About.TICKET, is_internal=_always),
    Rule("ticket.time_changed", About.TICKET, is_internal=_always),
    Rule("problem.analysed", About.TICKET, is_internal=_always),
    Rule("ticket.merged", About.LINK),
    Rule("ticket.unmerged", About.LINK),
    Rule("ticket.split", About.LINK),
    Rule("approval.reminded", About.APPROVAL, is_internal=_always),
    Rule("approval.requested", About.APPROVAL, ("request_public_id", "why")),
    Rule("approval.stage_started", About.APPROVAL, ("request_public_id", "stage", "stages", "round")),
    Rule("approval.answered", About.APPROVAL, ("request_public_id", "decision")),
    Rule("approval.decided", About.APPROVAL, ("request_public_id", "outcome", "reason")),
    Rule("approval.reasked", About.APPROVAL, ("request_public_id", "round"), ("changed",)),
    Rule("flow.stage_changed", About.RUN, ("stage",)),
    Rule("flow.started", About.RUN, ("flow",), is_internal=_always),
    Rule("flow.ended", About.RUN, ("flow", "run_public_id", "outcome"), is_internal=_always),
    Rule("flow.failed", About.RUN, ("code", "node_id"), is_internal=_always),
    Rule("flow.resumed", About.RUN, is_internal=_always),
    Rule("flow.stepped", About.RUN, is_internal=_always),
    Rule("automation.loop_stopped", About.RUN, ("flow",), is_internal=_always),
    Rule("flow.published", About.CONFIGURATION, ("flow", "version")),
    Rule("flow.retired", About.CONFIGURATION, ("flow", "version")),
    Rule("flow.hook_*", About.CONFIGURATION, ("flow",)),
    Rule("sla.definition_*", About.CONFIGURATION, ("definition", "no")),
    Rule("sla.paged", About.TICKET, ("rota", "percent", "level"), is_internal=_always),
    Rule("sla.repaired", About.TICKET, ("rules",), is_internal=_always),
    Rule("sla.*", About.TICKET, ("definition", "track", "percent", "at", "repeat"), is_internal=_always),
    Rule("page.*", About.TICKET, ("rota", "by"), is_internal=_always),
    Rule("ci.*", About.CI, (), ("fields",)),
    Rule("catalog.*", About.ITEM, ("key", "no")),
    Rule("calendar.chosen", About.CONFIGURATION, ("calendar",)),
    Rule("calendar.*", About.CALENDAR, ("calendar", "fields")),
    Rule("oncall.*", About.ROTA, ("rota",)),
    Rule("connector.*", About.CONFIGURATION, ("connector", "fields")),
    Rule("delegation.*", About.DELEGATION),
    Rule("audit.sealed", About.AUDIT, ("day", "block", "hash")),
    Rule("incident.major_told", About.TICKET),
    Rule("incident.major_*", About.TICKET, ("public", "due_at"), is_internal=_always),
    Rule("user.*", About.PERSON),
    Rule("role.given", About.PERSON, ("key",)),
    Rule("role.taken", About.PERSON, ("key",)),
    Rule("service_account.*", About.PERSON, ("fields", "is_active")),
    Rule("token.*", About.TOKEN),
    # Of every kind of ticket.
    Rule("*.opened", About.TICKET, ("kind",), ("changed",)),
    Rule("*.moved", About.TICKET, ("kind", "from", "to", "transition"), ("changed",)),
    Rule("*.updated", About.TICKET, ("kind",), ("changed",)),
)
# What the log calls things in other words than the payload does.
CALLED = {"request_public_id": "approval_request", "run_public_id": "run"}


@lru_cache(maxsize=1000)
def rule_for(name: str) -> Rule | None:
    """The rule of events of that name; None for what is told nobody."""
    return next((rule for rule in RULES if fnmatchcase(name, rule.pattern)), None)
