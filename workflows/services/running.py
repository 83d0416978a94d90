"""Starting runs, asking to cancel them, and keeping signals; nothing here locks a run (DOMAIN DF-15)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.policies import Actor
from core import outbox, wake
from core.cause import current_chain
from core.errors import RuleRefusedError
from core.versions import VersionStatus
from tickets.choices import ActivityKind
from tickets.models import Ticket
from tickets.services.writing import activity
from workflows.choices import OPEN_RUNS
from workflows.graph import compiled
from workflows.models import FlowRun, FlowSignal, FlowStep, FlowVersion
from workflows.selectors.claims import CANCEL

KEPT_FOR = dt.timedelta(days=30)


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
    version = (
        FlowVersion.objects.filter(flow__key=flow_key, flow__enabled=True, status=VersionStatus.PUBLISHED)
        .select_related("flow")
        .first()
    )
    if version is None:
        raise NoSuchFlowError(_("There is no published flow “%(key)s”.") % {"key": flow_key})
    return begin(version, ticket=ticket, vars=vars or {}, actor=actor, dedupe_key=dedupe_key)


def begin(
    version: FlowVersion, *, ticket: Ticket | None, vars: dict[str, Any], actor: Actor, dedupe_key: str
) -> FlowRun:
    """A new run with its first step, or the one that ``dedupe_key`` made before."""
    run = FlowRun(
        flow_version=version,
        ticket_id=ticket.pk if ticket else None,
        vars=vars,
        started_by=actor,
        cause_chain=current_chain(),
        dedupe_key=dedupe_key[:120],
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        return FlowRun.objects.get(flow_version=version, dedupe_key=run.dedupe_key)
    graph = compiled(version.pk)
    first = FlowStep(run=run, node_id=graph.start, kind=graph.nodes[graph.start]["kind"])
    first.save(force_insert=True)
    if ticket is not None:
        words = {"flow": [None, version.flow.key]}
        activity(ticket, actor, ActivityKind.FLOW, verb="flow_started", changes=words).save(force_insert=True)
    body = {"run_id": run.pk, "flow": version.flow.key, "ticket_id": run.ticket_id}
    outbox.publish("flow.started", body, actor=actor)
    return run


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


def ask_to_cancel(public_id: uuid.UUID, *, actor: Actor, reason: str) -> None:
    """Keep the wish to cancel this run until the executor carries it out."""
    body = {"reason": reason[:2000], "actor_id": getattr(actor, "pk", None)}
    keep_signal(CANCEL, str(public_id), body, source="cancel", source_id=str(public_id))


def keep_signal(name: str, key: str, payload: dict[str, Any], *, source: str, source_id: str) -> None:
    """Keep a signal for the step that waits for (``name``, ``key``), now or later.

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
    FlowSignal.objects.bulk_create([row], ignore_conflicts=True)
    transaction.on_commit(wake.nudge)
