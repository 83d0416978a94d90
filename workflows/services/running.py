"""Starting runs, asking to cancel them, and keeping signals; nothing here locks a run (DOMAIN DF-15)."""

from __future__ import annotations

import json
import re
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor
from core import outbox
from core.cause import MAX_DEPTH, current_chain
from core.errors import (
    FieldError,
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    invalid,
    required,
)
from core.text import clean
from core.time import db_now
from core.versions import VersionStatus
from tickets.models import Ticket
from tickets.selectors import seen_by
from workflows.choices import OPEN_RUNS, TriggerKind
from workflows.models import Flow, FlowRun, FlowTrigger, FlowVersion
from workflows.nodes.variables import MAX_BYTES, RESERVED
from workflows.policies import may, may_start
from workflows.published import listening
from workflows.starting import MAX_KEY, SIGNAL_PREFIX, ask_to_cancel, begin, keep_signal, signal_key
from workflows.starts import fits

SIGNAL_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,29}")
MAX_PAYLOAD = 16 * 1024
MAX_DEDUPE = 60


class NoSuchFlowError(RuleRefusedError):
    """There is no published, enabled flow with that key."""

    code = "no_flow"


@transaction.atomic
def start_run(
    flow_key: str,
    *,
    ticket: Ticket | None,
    vars: dict[str, Any] | None = None,
    actor: Actor = None,
    dedupe_key: str = "",
) -> FlowRun:
    """A run of the flow's published version about ``ticket``, in the caller's transaction; workers go on.

    Called by services that have checked their own rights. The same ``dedupe_key`` gives the same run.
    Publishes ``flow.started``. Raises NoSuchFlowError.
    """
    version = _published(flow_key)
    return begin(version, ticket=ticket, vars=vars or {}, actor=actor, dedupe_key=dedupe_key)


@transaction.atomic
def start_manually(
    flow_key: str, *, ticket: Ticket | None, vars: dict[str, Any], actor: User, dedupe_key: str = ""
) -> FlowRun:
    """A run of a manual flow about ``ticket``, or about none; ``vars`` are variables that the flow names.

    The same ``dedupe_key`` about the same ticket gives the same run. Publishes ``flow.started``. Raises
    NotVisibleError (flow, ticket), NotAllowedError, NoSuchFlowError, RuleRefusedError (another kind of flow,
    a variable it does not name, more than 64 KB).
    """
    if ticket is not None and not seen_by(actor).filter(pk=ticket.pk).exists():
        raise NotVisibleError
    if not may_start(actor, ticket):
        raise NotAllowedError
    if not Flow.objects.filter(key=flow_key).exists():
        raise NotVisibleError
    version = _published(flow_key)
    if version.graph["trigger"]["kind"] != TriggerKind.MANUAL:
        raise RuleRefusedError(_("This flow is not started by hand."), code="not_manual")
    known = {*version.graph.get("vars", {}), *map(str, version.graph.get("inputs", []))} - RESERVED
    strange = [name for name in vars if name not in known]
    if strange:
        text = _("This flow takes no such variable.")
        raise RuleRefusedError(errors=[FieldError(f"vars.{name[:60]}", "unknown", text) for name in strange])
    if len(json.dumps(vars).encode()) > MAX_BYTES:
        raise invalid("vars", _("This is larger than 64 KB."), code="too_large")
    once = clean("dedupe_key", dedupe_key, max_length=MAX_DEDUPE, multiline=False)
    key = f"manual:{ticket.pk if ticket else 0}:{once}" if once else ""
    return begin(version, ticket=ticket, vars=vars, actor=actor, dedupe_key=key)


def _published(flow_key: str) -> FlowVersion:
    rows = FlowVersion.objects.filter(flow__key=flow_key, flow__enabled=True, status=VersionStatus.PUBLISHED)
    version = rows.select_related("flow").first()
    if version is None:
        raise NoSuchFlowError(_("There is no published flow “%(key)s”.") % {"key": flow_key})
    return version


@transaction.atomic
def cancel_runs(ticket: Ticket, *, actor: Actor, reason: str = "") -> int:
    """Ask to cancel the ticket's open runs; returns how many. The executor does it at once after the commit.

    Callers may hold the ticket's lock, so no run is locked here. Cancelling takes open questions and open
    tasks along and publishes ``flow.ended`` with outcome ``cancelled``. Asked twice it is done once.
    """
    keys = FlowRun.objects.filter(ticket=ticket.pk, status__in=OPEN_RUNS).values_list("public_id", flat=True)
    for key in keys:
        ask_to_cancel(key, actor=actor, reason=reason)
    return len(keys)


def start_by_fact(
    trigger: FlowTrigger, facts: dict[str, Any], *, ticket: Ticket | None, source_id: str
) -> FlowRun | None:
    """A run of the trigger's version with ``facts`` under ``vars.trigger``, once per flow and ``source_id``.

    None when the flow itself is among the causes: a loop, which is stopped and told of by
    ``automation.loop_stopped`` (DOMAIN DR-8).
    """
    version, key = trigger.flow_version, f"{trigger.source}:{source_id}"
    # Also a run of an older version: the flow may have been published between two deliveries.
    before = FlowRun.objects.filter(flow_version__flow=version.flow_id, dedupe_key=key[:120]).first()
    if before is not None:
        return before
    chain = current_chain()
    if len(chain) >= MAX_DEPTH - 1 or any(link.startswith(f"flow:{version.flow.key}:") for link in chain):
        ids = {"ticket_id": ticket.pk if ticket else None, "flow": version.flow.key, "chain": chain}
        outbox.publish("automation.loop_stopped", ids)
        return None
    return begin(version, ticket=ticket, vars={"trigger": facts}, actor=None, dedupe_key=key)


@transaction.atomic
def send_signal(name: str, key: str, payload: dict[str, Any], *, actor: Actor, source_id: str) -> bool:
    """Tell flows of something that happened outside: wakes the step that waits for it, now or later.

    Starts the flows that begin with this signal. The same ``source_id`` counts once; returns whether it was
    new. Raises NotAllowedError, RuleRefusedError (name, key, payload over 16 KB).
    """
    if not may(actor, "signal"):
        raise NotAllowedError
    if not SIGNAL_NAME.fullmatch(name):
        raise invalid("name", _("A signal's name is made of small letters, digits and dots."))
    text = clean("key", key, max_length=MAX_KEY, multiline=False)
    if not text:
        raise required("key", _("Say what the signal is about."))
    if len(json.dumps(payload)) > MAX_PAYLOAD:
        raise invalid("payload", _("This is larger than 16 KB."))
    source = f"signal:{getattr(actor, 'pk', 0)}"
    about = signal_key(getattr(actor, "company_id", None), text)
    if not keep_signal(SIGNAL_PREFIX + name, about, payload, source=source, source_id=source_id):
        return False
    facts = {"signal": name, "key": text, "payload": payload}
    for trigger in listening(TriggerKind.SIGNAL).get(name, []):
        if fits(trigger, facts, now=db_now()):
            start_by_fact(trigger, facts, ticket=None, source_id=f"{source}:{source_id}")
    return True
