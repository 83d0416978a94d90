"""Record triggers and ticket ends, inside the writer's transaction (DOMAIN DF-15, DF-16).

Code here holds a ticket's lock: it never locks a run or step, it inserts a run or a signal.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache

from core import outbox
from core.cause import MAX_DEPTH, current_chain
from core.prepared import PreparedPlain
from tickets.conditions import compiled
from tickets.hooks import Change
from workflows.choices import Once, StepStatus, TriggerOn
from workflows.models import FlowRun, FlowStep, FlowTrigger
from workflows.published import triggers_of
from workflows.starting import CHANGED, CLOSED, begin, keep_signal

_NAME, _NUMBER = "?name", "?number"  # the places of what the prepared query is asked for


def react(change: Change) -> None:
    """Start the flows whose trigger fits this write, and tell steps that wait for the ticket's end."""
    if change.ticket.is_closed and (change.before is None or "state" in change.changes):
        _tell_who_waits(CLOSED, change)
    if change.before is not None and change.changes:
        _tell_who_waits(CHANGED, change)
    for trigger in triggers_of(change.ticket.kind):
        if _fits(trigger, change):
            _start(trigger, change)


def _fits(trigger: FlowTrigger, change: Change) -> bool:
    opened = change.before is None
    if trigger.on == TriggerOn.CREATE and not opened:
        return False
    if not opened and (trigger.on == TriggerOn.CREATE or not change.changes):
        return False
    if opened and trigger.on == TriggerOn.UPDATE:
        return False
    return compiled(trigger.condition).test(change.ticket, now=change.at, before=change.before)


def _start(trigger: FlowTrigger, change: Change) -> None:
    version = trigger.flow_version
    if _is_loop(version.flow.key, change):
        ids = {"ticket_id": change.ticket.pk, "flow": version.flow.key, "chain": current_chain()}
        outbox.publish("automation.loop_stopped", ids)
        return
    begin(version, ticket=change.ticket, vars={}, actor=change.actor, dedupe_key=_dedupe_key(trigger, change))


def _is_loop(flow_key: str, change: Change) -> bool:
    """Whether this flow, about this very ticket, is among the causes already, or the chain is full (DR-8)."""
    chain = current_chain()
    if len(chain) >= MAX_DEPTH - 1:
        return True
    prefix = f"flow:{flow_key}:"
    runs = [int(link.removeprefix(prefix)) for link in chain if link.startswith(prefix)]
    return bool(runs) and FlowRun.objects.filter(pk__in=runs, ticket=change.ticket.pk).exists()


def _dedupe_key(trigger: FlowTrigger, change: Change) -> str:
    if trigger.run_once_per == Once.NONE:
        return ""
    key = f"record:{change.ticket.pk}"
    if trigger.run_once_per == Once.RECORD:
        return key
    paths = sorted(compiled(trigger.condition).fields)
    values = {path: str(change.after.get(path.split(".")[0])) for path in paths}
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    return f"{key}:{digest[:32]}"


@cache
def _waiting() -> PreparedPlain:
    rows = FlowStep.objects.filter(status=StepStatus.WAITING, wait_kind=_NAME, wait_key=_NUMBER)
    return PreparedPlain(rows[:1], ["id"], {}, _NAME, _NUMBER)


def _tell_who_waits(name: str, change: Change) -> None:
    """Steps wait for a ticket under its lock, so none is missed that begins to wait right now."""
    number = change.ticket.number
    if _waiting().read(name, number):
        source_id = f"{name}:{number}:{change.ticket.lock_version}"
        keep_signal(name, number, {"state": str(change.ticket.state)}, source="ticket", source_id=source_id)
