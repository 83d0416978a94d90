"""Look up records: tickets by a condition, configuration items and people by their keys."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.selectors import person_named
from cmdb.selectors import ci_numbered
from core.errors import NotVisibleError
from tickets.conditions import compiled as compiled_for_tickets
from tickets.models import Ticket
from workflows import names
from workflows.graph import Node
from workflows.nodes.base import Check, Context, Done, NodeKind, Result, company_of, text_of, ticket_of

MAX_ROWS = 50
TABLES = ("ticket", "ci", "user")


def _enter(ctx: Context) -> Result:
    """``found`` is how many, ``first`` the first of them or nothing, ``rows`` all, newest first."""
    rows = _tickets(ctx) if ctx.node["table"] == "ticket" else _keyed(ctx)
    return Done({"found": len(rows), "first": rows[0] if rows else None, "rows": rows})


def _tickets(ctx: Context) -> list[dict[str, Any]]:
    own = ticket_of(ctx)
    condition = compiled_for_tickets(names.filled(ctx.node.get("if", {}), ctx.names))
    # What a closed group works on is named to nobody, but to flows about its own tickets (the company's wall
    # and the groups' are those of tickets.policies, for a flow has no groups of its own).
    open_to_all = Q(group=None) | Q(group__is_restricted=False) | Q(group=own.group_id)
    rows = Ticket.objects.filter(condition.q(now=ctx.now), open_to_all, company=own.company_id)
    rows = rows.exclude(pk=own.pk)
    limit = int(ctx.node.get("limit", 10))
    listed = rows.select_related("group", "assignee", "ci", "company").order_by("-pk")[:limit]
    return [names.plain(names.ticket_fields(row)) for row in listed]


def _keyed(ctx: Context) -> list[dict[str, Any]]:
    key = text_of(ctx, ctx.node["key"]).strip()
    try:
        if ctx.node["table"] == "user":
            person = person_named(None, key) if key else None
            is_ours = person is not None and person.company_id == company_of(ctx)
            return [names.plain(names.person(person))] if is_ours else []
        item = ci_numbered(None, key) if key else None
    except NotVisibleError:
        return []
    if item is None or item.company_id != company_of(ctx):
        return []
    return [{"number": item.number, "name": item.name, "status": item.status}]


def _check(check: Check, where: str, node: Node) -> None:
    check.choice(f"{where}.table", node.get("table"), TABLES)
    check.number(f"{where}.limit", node.get("limit", 10), 1, MAX_ROWS)
    if node.get("table") == "ticket":
        check.tried(f"{where}.if", lambda: compiled_for_tickets(node.get("if", {})))
        check.need(where, node, "if")
    else:
        check.need(where, node, "key")
        check.text(f"{where}.key", node.get("key", ""))


KIND = NodeKind(
    key="lookup_record",
    fields=frozenset({"table", "if", "key", "limit"}),
    enter=_enter,
    check=_check,
    pure=True,
)
