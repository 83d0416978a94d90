"""The resources of the API in words, and the grants without which a token for them would be of no use.

A resource that anybody may use in part has none: what exactly a caller may do is decided at each call.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import scopes
from accounts.choices import Grant

_ANY: tuple[str, ...] = ()
_DESK = (Grant.TICKET_READ_ALL, Grant.CONFIG_WRITE)
_CONFIG = (Grant.CONFIG_WRITE,)
_RIGHTS = (Grant.USERS_WRITE, Grant.AUDIT_READ)
RESOURCES: dict[str, tuple[str | Promise, tuple[str, ...], tuple[str, ...]]] = {
    "access": (_("Why somebody may do something"), _RIGHTS, _RIGHTS),
    "approvals": (_("Approvals"), _ANY, _ANY),
    "attachments": (_("Files"), _ANY, _ANY),
    "audit": (_("Audit trail"), (Grant.AUDIT_READ,), (Grant.AUDIT_READ,)),
    "bulk": (_("Many calls in one"), _ANY, _ANY),
    "catalog": (_("Service catalog"), _ANY, _ANY),
    "cmdb": (_("Configuration items"), _ANY, (Grant.CMDB_WRITE,)),
    "connectors": (_("Connections"), _CONFIG, _CONFIG),
    "event-log": (_("Event log"), _ANY, _ANY),
    "flows": (_("Flows"), _DESK, _DESK),
    "groups": (_("Groups"), _ANY, _ANY),
    "hand-overs": (_("Hand-overs"), (Grant.TICKET_READ_INTERNAL,), (Grant.TICKET_READ_INTERNAL,)),
    "incidents": (_("Incidents"), _ANY, _ANY),
    "macros": (_("Templates and macros"), (Grant.TICKET_READ_INTERNAL,), (Grant.TICKET_READ_INTERNAL,)),
    "notifications": (_("Notices"), _ANY, _ANY),
    "on-call": (_("On-call rotas"), _DESK, _DESK),
    "problems": (_("Problems"), (Grant.TICKET_READ_ALL,), (Grant.PROBLEM_WRITE,)),
    "reports": (_("Reports"), _ANY, _ANY),
    "requests": (_("Requests"), _ANY, _ANY),
    "schedules": (_("Calendars"), _DESK, _CONFIG),
    "search": (_("Search"), _ANY, _ANY),
    "sessions": (_("Sessions"), _ANY, _ANY),
    "signals": (_("Signals to flows"), _DESK, _DESK),
    "sla": (_("Service levels"), _ANY, _CONFIG),
    "ticket-schedules": (_("Scheduled tickets"), _CONFIG, _CONFIG),
    "tickets": (_("Tickets of every kind"), _ANY, _ANY),
    "tokens": (_("Tokens"), _ANY, _ANY),
    "users": (_("People, places and roles"), _ANY, _ANY),
    "views": (_("Saved views of lists"), (Grant.TICKET_READ_INTERNAL,), (Grant.TICKET_READ_INTERNAL,)),
    "webhooks": (_("Webhooks"), _CONFIG, _CONFIG),
}


def fill() -> None:
    """Register the scopes with ``accounts.scopes``; called once, when the app is ready."""
    for resource, (label, read, write) in RESOURCES.items():
        scopes.register(resource, label, read=read, write=write)
