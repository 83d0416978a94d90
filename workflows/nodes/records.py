"""Make configuration items, and change the ticket of the run."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.selectors import group_keyed, person_named
from cmdb.selectors import ci_numbered, class_keyed
from cmdb.services import EDITABLE, create_ci
from tickets.selectors import child_of
from tickets.services import add_comment, add_work_note, apply_transition, update_ticket
from workflows import names
from workflows.graph import Node
from workflows.nodes.base import Check, Context, Done, NodeError, NodeKind, Result, text_of, ticket_of

_PEOPLE = frozenset({"assigned_to", "owner", "assignee", "requester", "on_behalf_of"})
_GROUPS = frozenset({"group", "support_group"})
_TEXTS = frozenset({"comment", "work_note"})


def reference(field: str, value: Any, company_id: int) -> Any:
    """``value`` as what a field wants: people by user name, groups by key, items by number.

    Raises NodeError when the company has none: a flow reaches no further than its people do (SECURITY S-7).
    """
    if field not in _PEOPLE | _GROUPS | {"ci"} or value in (None, ""):
        return value if value != "" or field not in _PEOPLE | _GROUPS | {"ci"} else None
    key = value.get("username") or value.get("key") if isinstance(value, dict) else value
    if field in _PEOPLE:
        found: Any = person_named(None, str(key))
    elif field in _GROUPS:
        found = group_keyed(None, str(key))
    else:
        found = ci_numbered(None, str(key))
    if found is None or found.company_id != company_id:
        raise NodeError(_("“%(key)s” is nothing that “%(field)s” can be.") % {"key": key, "field": field})
    return found


def _create(ctx: Context) -> Result:
    ticket = ticket_of(ctx)
    given = names.filled(ctx.node["map"], ctx.names)
    fields = {name: reference(name, value, ticket.company_id) for name, value in given.items()}
    name = str(fields.pop("name", "") or f"{text_of(ctx, ctx.node.get('title', ''))}".strip() or ticket.title)
    row = create_ci(
        actor=None,
        company=ticket.company,
        class_key=ctx.node["class"],
        name=name[:160],
        **_without_none(fields),
    )
    return Done({"number": row.number, "id": row.pk})


def _without_none(fields: dict[str, Any]) -> dict[str, Any]:
    """A value that is not known is left to the record's own default."""
    return {name: value for name, value in fields.items() if value is not None}


def _check_create(check: Check, where: str, node: Node) -> None:
    check.choice(f"{where}.table", node.get("table"), ["ci"])
    if not isinstance(node.get("class"), str) or class_keyed(node["class"]) is None:
        check.say(f"{where}.class", "choice", _("There is no such class of configuration items."))
    given = node.get("map")
    if not isinstance(given, dict) or not given:
        check.say(f"{where}.map", "required", _("Say which fields get which values."))
        return
    for name in set(given) - EDITABLE:
        check.say(f"{where}.map.{name}", "unknown_field", _("There is no such field."))
    check.texts(f"{where}.map", given)
    check.text(f"{where}.title", node.get("title", ""))


def _update(ctx: Context) -> Result:
    """Run a transition, change fields, or say something, in this order."""
    node, ticket = ctx.node, ticket_of(ctx)
    pk, wall = ticket.pk, ticket.company_id
    if node.get("transition"):
        model = type(child_of(ticket_of(ctx)))
        inputs = names.filled(node.get("inputs", {}), ctx.names)
        apply_transition(model, pk, node["transition"], actor=None, **_without_none(inputs))
    if node.get("set"):
        given = names.filled(node["set"], ctx.names)
        update_ticket(pk, actor=None, **{name: reference(name, value, wall) for name, value in given.items()})
    if node.get("comment"):
        add_comment(pk, actor=None, body=text_of(ctx, node["comment"]))
    if node.get("work_note"):
        add_work_note(pk, actor=None, body=text_of(ctx, node["work_note"]))
    ctx.forget()
    return Done()


def _check_update(check: Check, where: str, node: Node) -> None:
    if not any(node.get(name) for name in ("transition", "set", *_TEXTS)):
        check.say(where, "required", _("Say what is to change: a transition, fields, a comment or a note."))
    for name in ("set", "inputs"):
        if not isinstance(node.get(name, {}), dict):
            check.say(f"{where}.{name}", "type", _("Expected names and their values."))
    for name in ("set", "inputs"):
        check.texts(f"{where}.{name}", node.get(name, {}))
    for name in sorted(_TEXTS):
        check.text(f"{where}.{name}", node.get(name, ""))
    if not isinstance(node.get("transition", ""), str):
        check.say(f"{where}.transition", "type", _("This must be a text."))


CREATE = NodeKind(
    key="create_record",
    fields=frozenset({"table", "class", "map", "title"}),
    enter=_create,
    check=_check_create,
)
UPDATE = NodeKind(
    key="update_record",
    fields=frozenset({"transition", "inputs", "set", "comment", "work_note"}),
    enter=_update,
    check=_check_update,
)
