"""What fields, parts of records, causes and channels are called on a history page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Text
from history.field_labels import FIELDS

# What a row holds for the machine alone.
HIDDEN = frozenset(
    {
        "id", "public_id", "created_at", "updated_at", "lock_version", "state_rank", "phase", "active",
        "bigram", "company", "ticket_ptr", "stamp", "version", "schema_ver",
    }
)  # fmt: skip
# Parts that have a history inside that of a record.
PARTS: dict[str, Text] = {
    "tickets_watcher": gettext_lazy("Watcher"),
    "tickets_ticketlink": gettext_lazy("Link"),
    "tickets_ticketci": gettext_lazy("Configuration item"),
    "tickets_ticketattachment": gettext_lazy("File"),
    "approvals_approvalrequest": gettext_lazy("Approval"),
    "approvals_approval": gettext_lazy("Approval"),
    "approvals_delegation": gettext_lazy("Delegation"),
    "accounts_membership": gettext_lazy("Member"),
    "accounts_roleassignment": gettext_lazy("Role"),
    "notifications_notificationpreference": gettext_lazy("Preference"),
    "notifications_notificationhours": gettext_lazy("Quiet hours"),
    "schedules_calendarhours": gettext_lazy("Hours"),
    "schedules_calendarholiday": gettext_lazy("Holiday"),
    "schedules_calendarexception": gettext_lazy("Special day"),
    "schedules_groupcalendar": gettext_lazy("Calendar"),
    "schedules_rotalayer": gettext_lazy("Layer"),
    "schedules_rotaoverride": gettext_lazy("Stand-in"),
    "sla_locationcalendar": gettext_lazy("Calendar"),
    "sla_cicalendar": gettext_lazy("Calendar"),
    "connectors_connectorsecret": gettext_lazy("Secret"),
    "webhooks_webhooksecret": gettext_lazy("Secret"),
    "workflows_flowhook": gettext_lazy("Secret"),
    "workflows_flowversion": gettext_lazy("Version"),
    "workflows_flowscenario": gettext_lazy("Scenario"),
    "catalog_catalogitemversion": gettext_lazy("Version"),
}
CHANNELS: dict[str, Text] = {
    "page": gettext_lazy("on a page"),
    "api": gettext_lazy("over the API"),
    "mail": gettext_lazy("by mail"),
    "flow": gettext_lazy("by a flow"),
    "system": gettext_lazy("by itself"),
    "sql": gettext_lazy("outside Maru, by SQL"),
}
VERBS: dict[str, Text] = {
    "I": gettext_lazy("Added"),
    "U": gettext_lazy("Changed"),
    "D": gettext_lazy("Removed"),
}


def field_label(field: Any) -> str:
    """What a field is called in the reader's language."""
    return str(FIELDS[field.name])


def causes(chain: list[str]) -> str:
    """The automatic causes in words, the first one first; empty for a person's own action."""
    return " → ".join(_cause(link) for link in chain)


def _cause(link: str) -> str:
    sort, _sep, rest = link.partition(":")
    name = rest.partition(":")[0]
    if sort == "flow":
        return _("flow %(name)s") % {"name": name}
    if sort == "sla":
        return _("service level %(name)s") % {"name": name}
    if sort == "schedule":
        return _("schedule %(name)s") % {"name": name}
    if sort == "rule":
        return _("rule %(name)s") % {"name": name}
    if sort == "macro":
        return _("macro %(name)s") % {"name": name}
    if sort == "page":
        return _("a page to who is on call")
    if sort == "event":
        return _("what follows from an event")
    return link
