"""What fields, parts of records, causes and channels are called on a history page."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Text

# What a row holds for the machine alone.
HIDDEN = frozenset(
    {
        "id", "public_id", "created_at", "updated_at", "lock_version", "state_rank", "phase", "active",
        "bigram", "company", "ticket_ptr", "stamp", "version", "schema_ver",
    }
)  # fmt: skip
FIELDS: dict[str, Text] = {
    "title": gettext_lazy("Title"),
    "description": gettext_lazy("Description"),
    "state": gettext_lazy("State"),
    "group": gettext_lazy("Group"),
    "assignee": gettext_lazy("Assignee"),
    "requester": gettext_lazy("Requester"),
    "on_behalf_of": gettext_lazy("On behalf of"),
    "impact": gettext_lazy("Impact"),
    "urgency": gettext_lazy("Urgency"),
    "priority": gettext_lazy("Priority"),
    "priority_override_reason": gettext_lazy("Reason for the priority"),
    "category": gettext_lazy("Category"),
    "ci": gettext_lazy("CI"),
    "location": gettext_lazy("Location"),
    "severity": gettext_lazy("Severity"),
    "due_at": gettext_lazy("Due"),
    "parent": gettext_lazy("Parent"),
    "close_code": gettext_lazy("Close code"),
    "close_notes": gettext_lazy("Close notes"),
    "hold_reason": gettext_lazy("Hold reason"),
    "hold_until": gettext_lazy("On hold until"),
    "reopen_count": gettext_lazy("Times reopened"),
    "major_status": gettext_lazy("Major incident"),
    "stage": gettext_lazy("Stage"),
    "result": gettext_lazy("Result"),
    "quantity": gettext_lazy("Quantity"),
    "price": gettext_lazy("Price"),
    "expected_at": gettext_lazy("Expected"),
    "number": gettext_lazy("Number"),
    "name": gettext_lazy("Name"),
    "name_ko": gettext_lazy("Name (Korean)"),
    "name_en": gettext_lazy("Name (English)"),
    "email": gettext_lazy("E-mail"),
    "password": gettext_lazy("Password"),
    "user": gettext_lazy("Person"),
    "role": gettext_lazy("Role"),
    "grants": gettext_lazy("Rights"),
    "is_active": gettext_lazy("Active"),
    "enabled": gettext_lazy("On"),
    "status": gettext_lazy("Status"),
    "key": gettext_lazy("Key"),
    "value": gettext_lazy("Value"),
    "kind": gettext_lazy("Kind"),
    "channel": gettext_lazy("Channel"),
    "owner": gettext_lazy("Owner"),
    "manager": gettext_lazy("Manager"),
    "url": gettext_lazy("Address"),
    "sealed": gettext_lazy("Secret"),
    "secret_hash": gettext_lazy("Secret"),
    "token_hash": gettext_lazy("Secret"),
    "graph": gettext_lazy("Steps"),
    "no": gettext_lazy("Version"),
    "reason": gettext_lazy("Reason"),
    "opened_by": gettext_lazy("Opened by"),
    "resolved_by": gettext_lazy("Resolved by"),
    "closed_by": gettext_lazy("Closed by"),
    "reassignment_count": gettext_lazy("Times reassigned"),
    "last_public_from": gettext_lazy("Last public word from"),
    "opened_at": gettext_lazy("Opened"),
    "first_response_at": gettext_lazy("First response"),
    "resolved_at": gettext_lazy("Resolved"),
    "closed_at": gettext_lazy("Closed"),
    "source": gettext_lazy("Source"),
    "external_id": gettext_lazy("Number in the source"),
    "custom": gettext_lazy("Fields of the company"),
    "last_reopened_at": gettext_lazy("Last reopened"),
    "last_reopened_by": gettext_lazy("Last reopened by"),
    "total": gettext_lazy("Total"),
    "recurring_total": gettext_lazy("Recurring total"),
    "currency": gettext_lazy("Currency"),
    "request": gettext_lazy("Request"),
    "item_version": gettext_lazy("Version of the item"),
    "variables": gettext_lazy("Answers"),
    "collected": gettext_lazy("Collected"),
    "recurring_price": gettext_lazy("Recurring price"),
    "recurring_period": gettext_lazy("Period"),
    "ritm": gettext_lazy("Requested item"),
    "flow_step": gettext_lazy("Step of the flow"),
    "round": gettext_lazy("Round"),
    "ci_class": gettext_lazy("Class"),
    "environment": gettext_lazy("Environment"),
    "criticality": gettext_lazy("Criticality"),
    "support_group": gettext_lazy("Support group"),
    "assigned_to": gettext_lazy("Assigned to"),
    "serial": gettext_lazy("Serial number"),
    "asset_tag": gettext_lazy("Asset tag"),
    "vendor": gettext_lazy("Vendor"),
    "attrs": gettext_lazy("Attributes"),
}
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
    """What a field is called; one without words of ours by its name in the code."""
    found = FIELDS.get(field.name)
    return str(found) if found is not None else capfirst(str(field.verbose_name))


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
    if sort == "page":
        return _("a page to who is on call")
    if sort == "event":
        return _("what follows from an event")
    return link
