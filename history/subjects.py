"""What has a history page, and who may open it: one gate for page and API.

A reference that no subject finds is answered as one that does not exist (SECURITY S-7).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.models import Group, User
from accounts.policies import company_wall
from accounts.roles.policies import may_read as may_read_roles
from accounts.roles.selectors import roles_for
from approvals.models import ApprovalRequest
from catalog.models import CatalogItem
from cmdb.selectors import ci_numbered
from connectors.models import Connector
from core.errors import NotVisibleError, Text
from core.models import Setting
from handovers.selectors import hand_overs_for
from history import policies
from scheduled.selectors import schedules_for
from schedules.models import Calendar
from schedules.policies import may_configure_rotas
from schedules.selectors import rotas_for
from sla.models import SLADefinition
from tickets.selectors import ticket_numbered
from webhooks.selectors import webhooks_for
from workflows.models import Flow

Rows = list[Any]


@dataclass(frozen=True)
class Subject:
    """A sort of record. ``rows(actor, key)`` are those of that key whose history ``actor`` may read."""

    key: str
    label: Text
    rows: Callable[[User, str], Rows]
    may: Callable[[User], bool]
    address: str = ""  # the name of its page, which takes the key


@dataclass(frozen=True)
class Found:
    """A record whose history may be read: its name and the ``(table, keys)`` that hold the parts of it."""

    subject: Subject
    key: str
    name: str
    records: tuple[tuple[str, tuple[int, ...]], ...]


def find(actor: User, sort: str, key: str) -> Found:
    """The record of that sort and key. Raises NotVisibleError where ``actor`` may not read its history."""
    subject = SUBJECTS.get(sort)
    rows = subject.rows(actor, key) if subject is not None and subject.may(actor) else []
    if subject is None or not rows:
        raise NotVisibleError
    return Found(subject, key, name_of(rows[0]), tuple(_records(rows)))


def ticket_records(pk: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Where the changes of a ticket and of what was asked about it are."""
    asked = tuple(ApprovalRequest.objects.filter(ticket=pk).values_list("pk", flat=True))
    return (("tickets_ticket", (pk,)), *([("approvals_approvalrequest", asked)] if asked else []))


def name_of(row: Any) -> str:
    """What a record is called."""
    for name in ("display_name", "name", "title", "number", "key"):
        value = getattr(row, name, "")
        if value:
            return str(value)
    return str(row)


def _records(rows: Rows) -> Iterable[tuple[str, tuple[int, ...]]]:
    table = rows[0]._meta.db_table
    if table == "tickets_ticket":
        return ticket_records(rows[0].pk)
    return [(table, tuple(row.pk for row in rows))]


def _ticket(actor: User, number: str) -> Rows:
    return [ticket_numbered(actor, number)]


def _item(actor: User, number: str) -> Rows:
    found = ci_numbered(actor, number)
    return [found] if found else []


def _person(actor: User, username: str) -> Rows:
    return list(User.objects.filter(company_wall(actor), username__iexact=username)[:1])


def _group(actor: User, key: str) -> Rows:
    return list(Group.objects.filter(company_wall(actor), key=key))


def _role(actor: User, key: str) -> Rows:
    return list(roles_for(actor).filter(key=key)[:1])


def _webhook(actor: User, key: str) -> Rows:
    try:
        return list(webhooks_for(actor).filter(public_id=uuid.UUID(key)))
    except ValueError:
        return []


def _rota(actor: User, key: str) -> Rows:
    return list(rotas_for(actor).filter(key=key))


def _schedule(actor: User, key: str) -> Rows:
    return list(schedules_for(actor).filter(key=key))


def _hand_over(actor: User, key: str) -> Rows:
    try:
        return list(hand_overs_for(actor).filter(public_id=uuid.UUID(key)))
    except ValueError:
        return []


def _item_of_catalogue(actor: User, key: str) -> Rows:
    return list(CatalogItem.objects.filter(company_wall(actor), key=key))


def _keyed(model: type[Model], order: str = "pk") -> Callable[[User, str], Rows]:
    def rows(_actor: User, key: str) -> Rows:
        return list(model._default_manager.filter(key=key).order_by(order))

    return rows


def _anybody(_actor: User) -> bool:
    return True  # the rows are those that the reader may see


SUBJECTS = {
    each.key: each
    for each in (
        Subject("ticket", _("Ticket"), _ticket, policies.may_read_tickets),
        Subject("ci", _("Configuration item"), _item, policies.may_read_items),
        Subject("person", _("Person"), _person, policies.may_read_people),
        Subject("group", _("Group"), _group, policies.may_read_people),
        Subject("role", _("Role"), _role, may_read_roles, "roles:one"),
        Subject("flow", _("Flow"), _keyed(Flow), policies.may_read_settings, "workflows:flow"),
        Subject(
            "connection", _("Connection"), _keyed(Connector), policies.may_read_settings, "connectors:one"
        ),
        Subject("webhook", _("Webhook"), _webhook, _anybody, "webhooks:one"),
        Subject(
            "sla", _("Service level"), _keyed(SLADefinition, "-no"), policies.may_read_settings, "sla:one"
        ),
        Subject("calendar", _("Calendar"), _keyed(Calendar), policies.may_read_settings, "schedules:one"),
        Subject("rota", _("On-call rota"), _rota, may_configure_rotas, "rotas:one"),
        Subject("ticket-schedule", _("Scheduled ticket"), _schedule, _anybody, "scheduled:one"),
        Subject("hand-over", _("Hand-over"), _hand_over, _anybody, "desk:hand_over"),
        Subject("catalog-item", _("Catalog item"), _item_of_catalogue, policies.may_read_catalogue),
        Subject("setting", _("Setting"), _keyed(Setting), policies.may_read_settings),
    )
}
