"""Who may act on a run, and what is kept of it."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from core import audit
from core.errors import NotAllowedError, NotVisibleError
from tickets.choices import ActivityKind
from tickets.services.writing import activity
from workflows.models import FlowRun
from workflows.policies import may


def check_right(run: FlowRun, actor: User | None) -> None:
    """Accept who may act on this run. Raises NotVisibleError (another company), NotAllowedError."""
    if actor is not None and run.ticket is not None and run.ticket.company_id != actor.company_id:
        raise NotVisibleError
    if not may(actor, "operate"):
        raise NotAllowedError


def record(
    run: FlowRun, actor: User | None, verb: str, detail: str, *, diff: dict[str, Any] | None = None
) -> None:
    """One audit row, and a line in the ticket's timeline that its requester does not see."""
    audit.write(
        actor=actor,
        table="workflows_flowrun",
        object_ref=str(run.public_id),
        action=verb,
        diff={"detail": [None, detail[:200]], **(diff or {})},
    )
    if run.ticket is not None:
        row = activity(run.ticket, actor, ActivityKind.FLOW, verb=verb, body=detail[:2000])
        row.save(force_insert=True)
