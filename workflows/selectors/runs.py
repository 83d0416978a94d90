"""Runs as lists and one run as a whole, for people who read and operate them (DOMAIN DF-41, RL-49)."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.policies import Actor
from core.errors import BadInputError, FieldError, NotVisibleError
from tickets.models import Ticket
from tickets.selectors import seen_by
from workflows import words
from workflows.choices import OPEN_RUNS, OPEN_STEPS, RunStatus, StepStatus
from workflows.models import FlowRun, FlowStep
from workflows.policies import may
from workflows.selectors.history import waits_for
from workflows.selectors.progress import holders

PAGE_SIZE = 50
CHILDREN_SHOWN = 100
_STUCK = Q(status=RunStatus.SUSPENDED, error__code="stuck")
TABS: dict[str, tuple[str | Promise, str, Q]] = {
    "waiting": (gettext_lazy("Waiting"), "hourglass", Q(status=RunStatus.WAITING)),
    "running": (gettext_lazy("Running"), "play", Q(status=RunStatus.RUNNING)),
    "failed": (gettext_lazy("Need help"), "triangle-alert", Q(status=RunStatus.SUSPENDED) & ~_STUCK),
    "stuck": (gettext_lazy("Stuck"), "circle-slash", _STUCK),
    "ended": (gettext_lazy("Ended"), "circle-check", ~Q(status__in=OPEN_RUNS)),
}


@dataclass(frozen=True)
class RunRow:
    """One line of a list: the run, where it stands, and what holds it up."""

    run: FlowRun
    look: words.Look
    steps: list[str]
    waits_for: str
    error: str


@dataclass(frozen=True)
class RunList:
    """One page of runs and the cursor of the next, empty on the last."""

    rows: list[RunRow]
    next_cursor: str


@dataclass(frozen=True)
class StepDetail:
    """One step of a run with everything that is known of it, in words where that is possible."""

    step: FlowStep
    title: str
    kind: words.Look
    look: words.Look
    waits_for: str
    who: tuple[str, ...]
    seconds: float | None
    is_retrying: bool


@dataclass(frozen=True)
class RunPage:
    """One run: its steps oldest first, its graph, what it started and what started it."""

    run: FlowRun
    look: words.Look
    graph: dict[str, Any]
    steps: list[StepDetail]
    parent: FlowRun | None
    children: list[FlowRun]
    can_operate: bool
    latest: dict[str, StepDetail] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether anything may still happen to it."""
        return self.run.status in OPEN_RUNS

    @property
    def failed(self) -> list[StepDetail]:
        """The steps that wait for an operator."""
        return [each for each in self.steps if each.step.status == StepStatus.FAILED]


def visible_runs(actor: Actor) -> QuerySet[FlowRun]:
    """Runs about tickets ``actor`` may see, and for operators also those about none."""
    if not may(actor, "read_runs"):
        return FlowRun.objects.none()
    seen = Q(ticket__in=seen_by(actor))
    # A run about no ticket belongs to no company: who may change the flow itself sees it.
    return FlowRun.objects.filter(seen | Q(ticket=None) if may(actor, "edit") else seen)


def run_list(actor: Actor, *, tab: str, flow: str = "", ticket: str = "", after: str = "") -> RunList:
    """One page of the runs of a tab, newest first; the same number of queries for any number of rows.

    Raises BadInputError for a cursor of another making.
    """
    found = visible_runs(actor).filter(TABS[tab][2])
    if flow:
        found = found.filter(flow_version__flow__key=flow)
    if ticket:
        found = found.filter(ticket__number__iexact=ticket)
    if after:
        found = found.filter(pk__lt=_row_of(after))
    ordered = found.select_related("flow_version__flow", "ticket").defer("vars", "cause_chain")
    runs = list(ordered.order_by("-pk")[: PAGE_SIZE + 1])
    shown = runs[:PAGE_SIZE]
    steps = _current_steps(shown)
    return RunList(
        [_row(run, steps.get(run.pk, [])) for run in shown],
        _cursor(shown[-1]) if len(runs) > PAGE_SIZE else "",
    )


def runs_of_ticket(actor: Actor, ticket: Ticket) -> list[RunRow]:
    """The runs about a ticket that the actor may see, newest first, for its page; empty for requesters."""
    if not may(actor, "read_runs"):
        return []
    rows = FlowRun.objects.filter(ticket=ticket.pk).select_related("flow_version__flow")
    return [
        _row(run, []) for run in rows.defer("vars", "cause_chain", "flow_version__graph").order_by("-pk")[:10]
    ]


def run_page(actor: Actor, public_id: uuid.UUID) -> RunPage:
    """One run that the actor may see. Raises NotVisibleError."""
    wanted = ("flow_version__flow", "ticket", "started_by", "parent_step__run__flow_version__flow")
    run = visible_runs(actor).select_related(*wanted).filter(public_id=public_id).first()
    if run is None:
        raise NotVisibleError
    steps = list(FlowStep.objects.filter(run=run).order_by("pk"))
    nodes = run.flow_version.graph["nodes"]
    who = holders(steps)
    details = [_detail(step, nodes.get(step.node_id, {}), who.get(step.pk, ())) for step in steps]
    children = visible_runs(actor).filter(parent_step__run=run).select_related("flow_version__flow")
    above = run.parent_step.run if run.parent_step else None
    return RunPage(
        run=run,
        look=words.run_look(run.status),
        graph=run.flow_version.graph,
        steps=details,
        parent=above if above and visible_runs(actor).filter(pk=above.pk).exists() else None,
        children=list(children.defer("vars").order_by("pk")[:CHILDREN_SHOWN]),
        can_operate=may(actor, "operate"),
        latest={each.step.node_id: each for each in details},
    )


def _detail(step: FlowStep, node: dict[str, Any], who: tuple[str, ...]) -> StepDetail:
    return StepDetail(
        step=step,
        title=words.title_of(step.node_id, node),
        kind=words.kind_look(step.kind),
        look=words.step_look(step.status),
        waits_for=waits_for(step),
        who=who,
        seconds=(step.done_at - step.started_at).total_seconds() if step.done_at else None,
        is_retrying=step.status == StepStatus.READY and step.attempt > 0,
    )


def _current_steps(runs: Iterable[FlowRun]) -> dict[int, list[FlowStep]]:
    """The open and failed steps of these runs; one query."""
    found: dict[int, list[FlowStep]] = {}
    rows = FlowStep.objects.filter(run__in=[run.pk for run in runs])
    rows = rows.filter(status__in=(*OPEN_STEPS, StepStatus.FAILED)).defer("input", "output")
    for step in rows.order_by("pk"):
        found.setdefault(step.run_id, []).append(step)
    return found


def _row(run: FlowRun, steps: list[FlowStep]) -> RunRow:
    nodes = run.flow_version.graph["nodes"] if steps else {}
    titles = [words.title_of(step.node_id, nodes.get(step.node_id, {})) for step in steps]
    waiting = [text for step in steps if (text := waits_for(step))]
    error = run.error if isinstance(run.error, dict) else {}
    return RunRow(
        run,
        words.run_look(run.status),
        list(dict.fromkeys(titles))[:3],
        waiting[-1] if waiting else "",
        str(error.get("message", "")),
    )


def _cursor(run: FlowRun) -> str:
    return base64.urlsafe_b64encode(str(run.pk).encode()).decode().rstrip("=")


def _row_of(cursor: str) -> int:
    try:
        number = int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii"))
    except (ValueError, binascii.Error) as error:
        detail = _("This page address is not complete. Open the list again.")
        raise BadInputError(errors=[FieldError("after", "invalid", detail)]) from error
    if not 0 < number < 2**63:
        detail = _("This page address is not complete. Open the list again.")
        raise BadInputError(errors=[FieldError("after", "invalid", detail)])
    return number
