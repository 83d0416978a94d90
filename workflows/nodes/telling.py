"""Notify and log: what people hear of a run."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from core import outbox
from tickets.choices import ActivityKind
from tickets.services.writing import activity
from workflows import names, people
from workflows.graph import Node
from workflows.nodes.base import Check, Context, Done, NodeKind, Result, people_of, text_of, ticket_of

_TEMPLATE = re.compile(r"[a-z][a-z0-9_]{0,59}")
MAX_LOG = 2_000


def _notify(ctx: Context) -> Result:
    """Publish ``flow.notice``; texts and channels are the notice's own matter. Nobody to tell is no error."""
    found = people.users(people_of(ctx, ctx.node["to"]))
    ids = sorted(user.pk for user in found)
    if ids:
        body = {
            "template": ctx.node["template"],
            "user_ids": ids,
            "ticket_id": ctx.run.ticket_id,
            "run_id": ctx.run.pk,
            "names": names.filled(ctx.node.get("names", {}), ctx.names),
        }
        ctx.keep(outbox.fact("flow.notice", body))
    return Done({"told": len(ids)})


def _check_notify(check: Check, where: str, node: Node) -> None:
    template = node.get("template")
    if not isinstance(template, str) or not _TEMPLATE.fullmatch(template):
        check.say(f"{where}.template", "required", _("Say which text is sent."))
    check.people(f"{where}.to", node.get("to"))
    given = node.get("names", {})
    if not isinstance(given, dict):
        check.say(f"{where}.names", "type", _("Expected names and their values."))
    check.texts(f"{where}.names", given)


def _log(ctx: Context) -> Result:
    """An internal line in the ticket's timeline."""
    text = text_of(ctx, ctx.node["message"])[:MAX_LOG]
    ticket = ticket_of(ctx)
    ctx.keep(activity(ticket, None, ActivityKind.FLOW, verb="flow_log", body=text))
    return Done()


def _check_log(check: Check, where: str, node: Node) -> None:
    check.need(where, node, "message")
    check.text(f"{where}.message", node.get("message", ""))


NOTIFY = NodeKind(
    key="notify",
    fields=frozenset({"template", "to", "names"}),
    enter=_notify,
    check=_check_notify,
    pure=True,
)
LOG = NodeKind(key="log", fields=frozenset({"message"}), enter=_log, check=_check_log, pure=True)
