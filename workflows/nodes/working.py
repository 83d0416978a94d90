"""Create a ticket for a team and wait for it (the node ``create_task``)."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Group, User
from accounts.selectors import group_keyed
from approvals import duedates
from tickets import kinds
from tickets.models import Ticket
from tickets.selectors import child_of, tickets_by_ids
from tickets.services import apply_transition
from tickets.transitions import Edge, edges_from
from workflows import names, people
from workflows.graph import Node
from workflows.nodes.base import (
    Check,
    Context,
    Done,
    NodeError,
    NodeKind,
    Result,
    Wait,
    company_of,
    people_of,
    text_of,
)
from workflows.starting import CLOSED

ASSIGN_FORMS = frozenset({"group", "path", "else"})
# Where an open task goes when its run is cancelled; the first edge its kind has.
_WITHDRAWN = ("closed_skipped", "cancelled", "closed_incomplete")


def _enter(ctx: Context) -> Result:
    node, parent = ctx.node, ctx.ticket
    spec = kinds.get(node["type"])
    assert spec.open is not None  # noqa: S101 - checked when it was published
    requester = parent.requester if parent else _requester(ctx)
    more = names.filled(node.get("inputs", {}), ctx.names)
    if node.get("due"):
        made = duedates.span(node["due"], zone=requester.time_zone)
        more["due_at"] = duedates.next_at(made, ctx.now)
    if node.get("description"):
        more["description"] = text_of(ctx, node["description"])
    group = _group(ctx)
    if group is not None:
        more["group"] = group
    more |= _offered(spec.open, flow_step=ctx.stored_step().pk, requester=requester)
    if parent is not None:
        more["parent"] = child_of(parent)
    child = spec.open(actor=None, title=text_of(ctx, node["title"]), **more)
    output = {"ticket_id": child.pk, "number": child.number, "type": node["type"]}
    if node.get("wait") == "closed":
        return Wait(CLOSED, child.number, output=output)
    return Done(output)


def _requester(ctx: Context) -> User:
    """For whom a ticket is opened when the run is about none."""
    found = people.users(people_of(ctx, ctx.node.get("requester") or []))
    if not found:
        raise NodeError(_("Nobody is found in whose name this ticket could be opened."), code="no_requester")
    return min(found, key=lambda user: user.pk)


def _offered(open_ticket: Callable[..., Ticket], **offered: Any) -> dict[str, Any]:
    """What of this the kind's ``open`` names among its parameters; the rest it does not keep."""
    return {name: given for name, given in offered.items() if name in signature(open_ticket).parameters}


def _group(ctx: Context) -> Group | None:
    """The team: a group by key, by a path to a key, else the other; None leaves it to assignment rules."""
    assign = ctx.node.get("assign") or {}
    key = assign.get("group") or names.filled({"path": assign["path"]}, ctx.names) if assign else None
    if isinstance(key, dict):
        key = key.get("key")
    key = key or assign.get("else")
    if not key:
        return None
    group = group_keyed(None, str(key))
    if group is None or group.company_id != company_of(ctx):
        raise NodeError(_("There is no group “%(key)s” to do this.") % {"key": key})
    return group


def _resume(ctx: Context, signal: dict[str, Any]) -> Result:
    """The signal is a hint; what counts is whether the task is closed."""
    output = ctx.step.output
    task = _task(ctx)
    if task.active:
        return Wait(CLOSED, task.number, output=output)
    child = child_of(task)
    told = names.plain(child.flow_output()) if hasattr(child, "flow_output") else {}
    return Done(
        {**output, **told, "state": child.state, "close_code": child.close_code, "outcome": child.state}
    )


def _task(ctx: Context) -> Ticket:
    found = tickets_by_ids([ctx.step.output["ticket_id"]])
    if not found:
        raise NodeError(_("The task this step made is gone."))
    return next(iter(found.values()))


def _cancel(ctx: Context, reason: str) -> None:
    if "ticket_id" in ctx.step.output:
        withdraw(_task(ctx), reason)


def withdraw(task: Ticket, reason: str) -> None:
    """Take back an open task by the edge its kind has for that; a closed one stays as it is."""
    if not task.active:
        return
    child = child_of(task)
    edges = sorted(
        (each for each in edges_from(child) if each.target in _WITHDRAWN and not _asks_for_a_ticket(each)),
        key=lambda each: _WITHDRAWN.index(each.target),
    )
    if not edges:
        raise NodeError(_("%(number)s cannot be taken back.") % {"number": task.number})
    wanted = (each for each in edges[0].spec.inputs if each.name not in {"comment", "work_note"})
    said = reason or _("The flow was cancelled.")
    inputs: dict[str, Any] = {
        each.name: said for each in wanted if each.is_required(child, None) or each.name == "reason_text"
    }
    apply_transition(type(child), child.pk, edges[0].name, actor=None, **inputs)


def _asks_for_a_ticket(edge: Edge) -> bool:
    """Whether it ends as something that goes on elsewhere, which is no withdrawal."""
    return any(each.kind == "ticket" for each in edge.spec.inputs)


def _check(check: Check, where: str, node: Node) -> None:
    check.need(where, node, "type", "title")
    openable = [spec.key for spec in kinds.all_kinds() if spec.open is not None]
    check.choice(f"{where}.type", node.get("type"), openable)
    check.text(f"{where}.title", node.get("title", ""))
    check.text(f"{where}.description", node.get("description", ""))
    check.texts(f"{where}.inputs", node.get("inputs", {}))
    if not isinstance(node.get("inputs", {}), dict):
        check.say(f"{where}.inputs", "type", _("Expected names and their values."))
    if node.get("due"):
        check.tried(f"{where}.due", lambda: duedates.span(node["due"], zone="UTC"))
    if node.get("requester"):
        check.people(f"{where}.requester", node["requester"])
    if node.get("wait") not in (None, "closed"):
        check.say(f"{where}.wait", "choice", _("A step waits until the task is closed, or not at all."))
    _check_assign(check, f"{where}.assign", node.get("assign"))


def _check_assign(check: Check, where: str, assign: Any) -> None:
    if not assign:
        return
    if (
        not isinstance(assign, dict)
        or not assign.keys() <= ASSIGN_FORMS
        or ("group" in assign) == ("path" in assign)
    ):
        text = _("Say which group does it, or where its key stands.")
        check.say(where, "assign", text)
    elif "path" in assign:
        check.path(f"{where}.path", assign["path"])


KIND = NodeKind(
    key="create_task",
    fields=frozenset({"type", "title", "description", "requester", "assign", "inputs", "wait", "due"}),
    enter=_enter,
    resume=_resume,
    check=_check,
    cancel=_cancel,
)
