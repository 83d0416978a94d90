"""What old runs would have done under another edition of their flow: computed, not done (FT-74)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.policies import Actor
from core.errors import NotAllowedError, invalid
from tickets.selectors import seen_by
from workflows.choices import RunStatus
from workflows.graph import Graph, built, compiled
from workflows.models import FlowRun
from workflows.policies import may
from workflows.replaying import Replaying
from workflows.validate import check_flow

MAX_RUNS = 500


@dataclass(frozen=True)
class RunReplay:
    """One run under the other graph.

    ``verdict``: ``same`` path and end; ``different`` from ``node`` on, which led to ``old_next`` and would
    lead to ``new_next``; ``unknown`` from ``unknown_from`` on, of which there is no record; ``untold`` when
    its own edition does not give its path again (an operator jumped, or facts were too long to be kept).
    ``assumed`` are facts that were read at other steps of the run, at the latest before.
    """

    run: str
    ticket: str
    version: int
    verdict: str
    old_status: str
    new_status: str
    old_outcome: str
    new_outcome: str
    node: str = ""
    old_next: tuple[str, ...] = ()
    new_next: tuple[str, ...] = ()
    unknown_from: str = ""
    assumed: tuple[str, ...] = ()


def replay_runs(flow_key: str, graph: dict[str, Any], *, last: int = 50, actor: Actor) -> Iterator[RunReplay]:
    """The last runs of a flow about tickets ``actor`` sees, replayed with ``graph`` one by one, newest first.

    Raises NotAllowedError, BadFlowError, RuleRefusedError (``last`` beyond 1 to 500), before the first.
    """
    if not may(actor, "edit"):
        raise NotAllowedError
    if not 1 <= last <= MAX_RUNS:
        text = _("This must be a whole number from %(low)s to %(high)s.") % {"low": 1, "high": MAX_RUNS}
        raise invalid("last", text, code="range")
    check_flow(graph, key=flow_key)
    seen = Q(ticket=None) | Q(ticket__in=seen_by(actor))
    rows = FlowRun.objects.filter(seen, flow_version__flow__key=flow_key)
    runs = list(rows.select_related("flow_version__flow", "ticket").order_by("-pk")[:last])
    candidate = built(graph, key=flow_key, version_id=0)
    return (replay(run, candidate) for run in runs)


def replay(run: FlowRun, candidate: Graph) -> RunReplay:
    """One run under another graph, compared with what its own edition gives for the same facts."""
    old = Replaying.of(run, compiled(run.flow_version_id))
    told: dict[str, Any] = {
        "run": str(run.public_id),
        "ticket": run.ticket.number if run.ticket else "",
        "version": run.flow_version.no,
        "old_status": run.status,
        "old_outcome": run.outcome,
    }
    if old.unknown or not _is_told_again(run, old):
        return RunReplay(**told, verdict="untold", new_status="", new_outcome="", unknown_from=old.unknown)
    new = Replaying.of(run, candidate)
    told |= {"assumed": tuple(sorted(new.assumed)), "unknown_from": new.unknown}
    told |= dict(zip(("new_status", "new_outcome"), ("", "") if new.unknown else new.standing, strict=True))
    for place in new.settled:
        before, after = tuple(old.nexts.get(place, ())), tuple(new.nexts.get(place, ()))
        if place not in old.records or before != after:
            return RunReplay(**told, verdict="different", node=place[0], old_next=before, new_next=after)
    if new.unknown:
        return RunReplay(**told, verdict="unknown")
    is_same = set(new.places) == set(old.places) and new.standing == old.standing
    return RunReplay(**told, verdict="same" if is_same else "different")


def _is_told_again(run: FlowRun, old: Replaying) -> bool:
    """Whether the run's own edition gives its path and end. Who cancelled it is not in the graph."""
    made, standing = set(old.records), (str(run.status), str(run.outcome))
    if run.status == RunStatus.RUNNING:
        standing = (str(RunStatus.WAITING), "")
    elif run.status == RunStatus.CANCELLED and not any(row.kind == "end" for row in old.records.values()):
        made = {place for place in made if place[0] not in old.graph.compensators}
        standing = (str(RunStatus.WAITING), "")
    return set(old.places) == made and old.standing == standing
