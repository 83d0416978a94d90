"""Moving open runs to another version of their flow, by a plan that is checked for each (DOMAIN DF-31)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import company_wall
from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError, WrongStateError, invalid
from core.versions import VersionStatus
from workflows.choices import OPEN_RUNS, OPEN_STEPS, StepStatus
from workflows.graph import Graph, compiled
from workflows.models import FlowRun, FlowStep, FlowVersion
from workflows.policies import may
from workflows.selectors.claims import locked_run
from workflows.services.auditing import check_right, record
from workflows.steps import Place

MAX_RUNS = 1_000


class CannotMigrateError(RuleRefusedError):
    """The run cannot be moved by this plan; it stays as it is."""

    code = "cannot_migrate"


@dataclass(frozen=True)
class Verdict:
    """One run in a preview: whether it can be moved, and if not, why."""

    run: FlowRun
    obstacle: str


def preview(flow_key: str, *, to_no: int, plan: dict[str, str], actor: User | None) -> list[Verdict]:
    """Each open run of other versions of the flow with its verdict, oldest first; nothing is written.

    ``plan`` gives the new node for an old one; a node it does not name keeps its name. At most 1,000 runs;
    those about tickets of other companies, which the actor cannot move, are left out.
    Raises NotAllowedError, NotVisibleError, RuleRefusedError when the plan itself is wrong.
    """
    version = _target(flow_key, to_no, plan, actor)
    rows = FlowRun.objects.filter(flow_version__flow=version.flow, status__in=OPEN_RUNS)
    rows = rows.filter(company_wall(actor, "ticket__") | Q(ticket=None)).exclude(flow_version=version)
    reads = rows.select_related("ticket", "flow_version").defer("vars", "flow_version__graph")
    runs = list(reads.order_by("pk")[:MAX_RUNS])
    steps: dict[int, list[FlowStep]] = {}
    for step in FlowStep.objects.filter(run__in=runs, status__in=(*OPEN_STEPS, StepStatus.FAILED)):
        steps.setdefault(step.run_id, []).append(step)
    targets = {plan.get(step.node_id, step.node_id) for each in steps.values() for step in each}
    made = _places(runs, targets)
    graph = compiled(version.pk)
    return [
        Verdict(run, _obstacle(run, steps.get(run.pk, []), graph, plan, made.get(run.pk, {}))) for run in runs
    ]


@transaction.atomic
def migrate_run(run_id: int, *, to_no: int, plan: dict[str, str], actor: User | None) -> FlowRun:
    """The run, on the other version: its open steps stand at the planned nodes and keep their due times.

    One audit row. Raises NotVisibleError, NotAllowedError, WrongStateError (ended), CannotMigrateError.
    """
    run = locked_run(run_id)
    if run is None:
        raise NotVisibleError
    check_right(run, actor)
    if run.status not in OPEN_RUNS:
        raise WrongStateError(_("This run has ended already."), current_state=run.status, allowed=[])
    version = _target(run.flow_version.flow.key, to_no, plan, actor)
    rows = FlowStep.objects.filter(run=run, status__in=(*OPEN_STEPS, StepStatus.FAILED))
    steps = list(rows.select_for_update(no_key=True).order_by("pk"))
    made = _places([run], {plan.get(step.node_id, step.node_id) for step in steps})
    obstacle = _obstacle(run, steps, compiled(version.pk), plan, made.get(run.pk, {}))
    if obstacle:
        raise CannotMigrateError(obstacle)
    before = run.flow_version.no
    for step in steps:
        FlowStep.objects.filter(pk=step.pk).update(node_id=plan.get(step.node_id, step.node_id))
    FlowRun.objects.filter(pk=run.pk).update(flow_version=version, lock_version=run.lock_version + 1)
    run.refresh_from_db()
    moved: dict[str, Any] = {"version": [before, to_no], "plan": [None, plan]}
    record(run, actor, "flow_migrated", f"v{before} → v{to_no}", diff=moved)
    return run


def _target(flow_key: str, to_no: int, plan: dict[str, str], actor: User | None) -> FlowVersion:
    if not may(actor, "operate"):
        raise NotAllowedError
    version = FlowVersion.objects.filter(flow__key=flow_key, no=to_no).select_related("flow").first()
    if version is None:
        raise NotVisibleError
    if version.status == VersionStatus.DRAFT:
        raise invalid("version", _("Runs move to published versions only."))
    unknown = sorted(set(plan.values()) - set(compiled(version.pk).nodes))
    if unknown:
        text = _("Version %(no)s has no step “%(node)s”.") % {"no": to_no, "node": unknown[0]}
        raise invalid("plan", text, code="does_not_exist")
    return version


def _places(runs: list[FlowRun], node_ids: set[str]) -> dict[int, dict[Place, int]]:
    """Where the runs have steps of these nodes: by run, each place with its step."""
    found: dict[int, dict[Place, int]] = {}
    rows = FlowStep.objects.filter(run__in=runs, node_id__in=node_ids)
    for run_id, pk, node_id, path, again in rows.values_list("run_id", "pk", "node_id", "path", "iter"):
        found.setdefault(run_id, {})[node_id, path, again] = pk
    return found


def _obstacle(
    run: FlowRun, steps: list[FlowStep], graph: Graph, plan: dict[str, str], made: dict[Place, int]
) -> str:
    """Why this run cannot be moved; empty when it can. ``made`` are its steps where it would stand."""
    if run.ending:
        return _("It is being cancelled.")
    places: set[Place] = set()
    for step in steps:
        misfit = _misfit(step, compiled(run.flow_version_id), graph, plan)
        if misfit:
            return misfit
        place = (plan.get(step.node_id, step.node_id), step.path, step.iter)
        if place in places:
            return _("Two open steps would become “%(node)s”.") % {"node": place[0]}
        places.add(place)
    moving = {step.pk for step in steps}
    again = {place for place in places if place in made and made[place] not in moving}
    return _("It has made the step “%(node)s” already.") % {"node": min(again)[0]} if again else ""


def _misfit(step: FlowStep, old: Graph, graph: Graph, plan: dict[str, str]) -> str:
    """Why this open step cannot stand at its new node; empty when it can."""
    node_id = plan.get(step.node_id, step.node_id)
    words = {"old": step.node_id, "new": node_id}
    if step.status == StepStatus.RUNNING:
        return _("“%(old)s” is being called right now.") % words
    if node_id not in graph.nodes:
        return _("The new version has no step “%(new)s”.") % words
    if graph.nodes[node_id]["kind"] != step.kind:
        return _("“%(old)s” and “%(new)s” are steps of different kinds.") % words
    chain = old.chains.get(step.node_id, ())
    if graph.chains.get(node_id, ()) != chain or any(block in plan for block, _entry in chain):
        return _("“%(new)s” lies in another block there.") % words
    return ""
