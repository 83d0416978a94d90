"""Beginning runs and keeping signals, in the transaction of whoever causes them; nothing here locks a run.

Code that holds a ticket or an approval may call this (DOMAIN DF-15): it inserts rows and leaves the rest to
the executor.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from accounts.policies import Actor
from core import outbox, rows, wake
from core.cause import current_chain
from tickets.choices import ActivityKind
from tickets.models import Ticket
from tickets.services.writing import activity
from workflows.graph import compiled
from workflows.models import FlowRun, FlowSignal, FlowStep, FlowVersion

KEPT_FOR = dt.timedelta(days=30)
CANCEL = "run.cancel"
ENDED = "flow.ended"
CHANGED = "ticket.changed"
CLOSED = "ticket.closed"
SIGNAL_PREFIX = "signal."  # before the names that people give to signals
MAX_KEY = 60


def signal_key(company_id: int | None, key: str) -> str:
    """What a signal is found by: it never wakes a run of another company."""
    return f"{company_id or 0}:{key}"


def begin(
    version: FlowVersion,
    *,
    ticket: Ticket | None,
    vars: dict[str, Any],
    actor: Actor,
    dedupe_key: str,
    parent: FlowStep | None = None,
    depth: int = 0,
) -> FlowRun:
    """A new run with its first step, or the one ``dedupe_key`` made before. Publishes ``flow.started``."""
    run = FlowRun(
        flow_version=version,
        ticket_id=ticket.pk if ticket else None,
        vars=vars,
        started_by=actor,
        cause_chain=current_chain(),
        dedupe_key=dedupe_key[:120],
        parent_step=parent,
        depth=depth,
    )
    if not dedupe_key:
        rows.insert([run])
    else:
        try:
            with transaction.atomic():
                rows.insert([run])
        except IntegrityError:
            return FlowRun.objects.get(flow_version=version, dedupe_key=run.dedupe_key)
    graph = compiled(version.pk)
    first = FlowStep(run=run, node_id=graph.start, kind=graph.nodes[graph.start]["kind"])
    first.input = {"vars": vars} if vars else {}
    rows.insert([first])
    if ticket is not None:
        words = {"flow": [None, version.flow.key]}
        activity(ticket, actor, ActivityKind.FLOW, verb="flow_started", changes=words).save(force_insert=True)
    body = {"run_id": run.pk, "flow": version.flow.key, "ticket_id": run.ticket_id}
    outbox.publish("flow.started", body, actor=actor)
    return run


def keep_signal(name: str, key: str, payload: dict[str, Any], *, source: str, source_id: str) -> bool:
    """Keep a signal for the step that waits for (``name``, ``key``), now or later; whether it was new.

    The same (``source``, ``source_id``) is kept once. Kept for 30 days.
    """
    row = FlowSignal(
        name=name,
        correlation_key=key[:80],
        payload=payload,
        source=source,
        source_id=source_id[:80],
        expires_at=Now() + KEPT_FOR,
    )
    known = FlowSignal.objects.filter(source=source, source_id=row.source_id).exists()
    FlowSignal.objects.bulk_create([row], ignore_conflicts=True)
    transaction.on_commit(wake.nudge)
    return not known


def ask_to_cancel(public_id: uuid.UUID, *, actor: Actor, reason: str) -> None:
    """Keep the wish to cancel this run until the executor carries it out."""
    body = {"reason": reason[:2000], "actor_id": getattr(actor, "pk", None)}
    keep_signal(CANCEL, str(public_id), body, source="cancel", source_id=str(public_id))
