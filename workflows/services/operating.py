"""What an operator may do with a run that needs help; every action is audited (DOMAIN DF-33)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from core import outbox, wake
from core.errors import NotVisibleError, WrongStateError, invalid, required
from core.text import clean
from workflows import passes
from workflows.batch import Batch
from workflows.blocks import passes as passes_of
from workflows.choices import OPEN_RUNS, OPEN_STEPS, RunStatus, StepStatus
from workflows.executor import acting
from workflows.graph import compiled
from workflows.models import FlowRun, FlowStep
from workflows.nodes.base import NodeError
from workflows.nodes.variables import NAME, RESERVED, check_size
from workflows.selectors.claims import locked_run
from workflows.services.auditing import check_right, record
from workflows.starting import ask_to_cancel

MAX_REASON = 2_000


@transaction.atomic
def retry_step(step_id: int, *, actor: User | None) -> FlowStep:
    """The failed step, ready for five more tries; its run goes on. Publishes ``flow.resumed``.

    Raises NotVisibleError, NotAllowedError, WrongStateError when it has not failed.
    """
    run, step = _failed(step_id, actor)
    step.status, step.attempt, step.done_at = StepStatus.READY, 0, None
    step.run_at = Batch(run, compiled(run.flow_version_id)).now
    step.save(update_fields=["status", "attempt", "done_at", "run_at"])
    _resume(run, step, actor)
    record(run, actor, "flow_retried", step.node_id)
    return step


@transaction.atomic
def skip_step(step_id: int, *, actor: User | None, output: dict[str, Any], reason: str) -> FlowStep:
    """The failed step, skipped: the run goes on behind it as if it had found ``output``.

    Publishes ``flow.resumed``. Raises NotVisibleError, NotAllowedError, WrongStateError (not failed),
    RuleRefusedError (no reason, a step that chooses the way on, an output over 64 KB).
    """
    run, step = _failed(step_id, actor)
    text = _reason(reason)
    batch = Batch(run, compiled(run.flow_version_id))
    node = batch.graph.nodes[step.node_id]
    if "next" not in node:
        text = _("This step chooses the way on and cannot be skipped; jump to a step instead.")
        raise invalid("node", text)
    _check_size("output", output)
    batch.steps.know(step)
    step.status, step.output, step.error = StepStatus.SKIPPED, output, step.error
    batch.steps.touch(step)
    run.status, run.error = RunStatus.RUNNING, None
    with acting(run, batch.ticket), batch.attending(step):
        batch.follow(step)
        batch.save()
    _resume(run, step, actor)
    record(run, actor, "flow_skipped", f"{step.node_id}: {text}")
    return step


@transaction.atomic
def jump_to(run_id: int, *, node_id: str, path: str = "", actor: User | None, reason: str) -> FlowRun:
    """The run, taken back to a step it has made before: open steps there are withdrawn, history stays.

    ``path`` says in which pass of which block. The step is made anew (``iter`` + 1). Publishes
    ``flow.resumed``. Raises NotVisibleError, NotAllowedError, WrongStateError for a run that has ended,
    RuleRefusedError (no reason, no such step, a block that is over).
    """
    run = _open_run(run_id, actor)
    text = _reason(reason)
    batch = Batch(run, compiled(run.flow_version_id))
    made = FlowStep.objects.filter(run=run, node_id=node_id, path=path).order_by("-iter").first()
    if made is None or node_id not in batch.graph.nodes:
        raise invalid("node", _("The run has made no such step."), code="does_not_exist")
    for outer, block, _number in passes_of(path):
        if batch.steps.open_block(block, outer) is None:
            raise invalid("path", _("That block is over; jump to the step before it."))
    with acting(run, batch.ticket), batch.attending(made):
        passes.withdraw(batch, path, text)
        FlowStep.objects.filter(run=run, status=StepStatus.FAILED, path=path).update(
            status=StepStatus.CANCELLED
        )
        run.status, run.error = RunStatus.RUNNING, None
        newest = max(FlowStep.objects.filter(run=run, path=path).values_list("iter", flat=True))
        batch.insert(node_id, path, newest + 1)
        batch.save()
    _resume(run, made, actor)
    record(run, actor, "flow_jumped", f"{node_id} {path}: {text}".strip())
    return run


@transaction.atomic
def set_variables(run_id: int, *, values: dict[str, Any], actor: User | None, reason: str) -> FlowRun:
    """The run with these variables changed; None takes a variable away.

    Raises NotVisibleError, NotAllowedError, WrongStateError for a run that has ended, RuleRefusedError (no
    reason, a name that cannot be one, more than 64 KB).
    """
    run = _open_run(run_id, actor)
    text = _reason(reason)
    for name in values:
        if not NAME.fullmatch(name) or name in RESERVED:
            message = _("“%(name)s” cannot be the name of a variable.") % {"name": name[:60]}
            raise invalid(f"values.{name[:60]}", message)
    changed = {name: value for name, value in (run.vars | values).items() if value is not None}
    _check_size("values", changed)
    before = {name: run.vars.get(name) for name in values}
    FlowRun.objects.filter(pk=run.pk).update(vars=changed, lock_version=run.lock_version + 1)
    run.vars = changed
    diff = {name: [before[name], values[name]] for name in values}
    record(run, actor, "flow_variables_set", text, diff=diff)
    return run


@transaction.atomic
def park_run(run_id: int, *, actor: User | None, reason: str) -> FlowRun:
    """The run, stopped until somebody retries, skips or jumps; nothing it waits for is withdrawn.

    Raises NotVisibleError, NotAllowedError, WrongStateError for a run that has ended, RuleRefusedError.
    """
    run = _open_run(run_id, actor)
    text = _reason(reason)
    error = run.error or {"code": "parked", "message": text}
    FlowRun.objects.filter(pk=run.pk).update(status=RunStatus.SUSPENDED, error=error | {"parked": text})
    run.refresh_from_db()
    record(run, actor, "flow_parked", text)
    return run


@transaction.atomic
def resume_run(run_id: int, *, actor: User | None) -> FlowRun:
    """A parked run without a failed step, going on. Publishes ``flow.resumed``.

    Raises NotVisibleError, NotAllowedError, WrongStateError when it is not parked or a step has failed.
    """
    run = _open_run(run_id, actor)
    unhandled = Q(error=None) | ~Q(error__contains={"handled": True})
    failed = FlowStep.objects.filter(unhandled, run=run, status=StepStatus.FAILED).exists()
    if run.status != RunStatus.SUSPENDED or failed:
        raise WrongStateError(_("Only a parked run is resumed."), current_state=run.status, allowed=[])
    ready = FlowStep.objects.filter(run=run, status__in=OPEN_STEPS).exclude(status=StepStatus.WAITING)
    status = RunStatus.RUNNING if ready.exists() else RunStatus.WAITING
    FlowRun.objects.filter(pk=run.pk).update(status=status, error=None)
    run.refresh_from_db()
    record(run, actor, "flow_resumed", "")
    outbox.publish("flow.resumed", {"run_id": run.pk, "ticket_id": run.ticket_id}, actor=actor)
    return run


@transaction.atomic
def cancel_run(run_id: int, *, actor: User | None, reason: str = "") -> None:
    """Ask to cancel one open run, suspended ones too; the executor does it after the commit.

    Raises NotVisibleError, NotAllowedError, WrongStateError for a run that has ended.
    """
    run = FlowRun.objects.select_related("ticket", "flow_version__flow").filter(pk=run_id).first()
    if run is None:
        raise NotVisibleError
    check_right(run, actor)
    _check_open(run)
    ask_to_cancel(run.public_id, actor=actor, reason=reason)
    record(run, actor, "flow_cancel_asked", reason)
    transaction.on_commit(wake.nudge)


def _failed(step_id: int, actor: User | None) -> tuple[FlowRun, FlowStep]:
    run_id = FlowStep.objects.filter(pk=step_id).values_list("run_id", flat=True).first()
    run = locked_run(run_id) if run_id else None
    if run is None:
        raise NotVisibleError
    check_right(run, actor)
    step = FlowStep.objects.select_for_update(no_key=True).get(pk=step_id)
    # A failure that the flow itself deals with has been passed by; tried again it would go both ways.
    is_over = step.status != StepStatus.FAILED or bool((step.error or {}).get("handled"))
    if is_over or run.status not in OPEN_RUNS:
        raise WrongStateError(
            _("Only a failed step of an open run is tried again."), current_state=step.status, allowed=[]
        )
    return run, step


def _open_run(run_id: int, actor: User | None) -> FlowRun:
    run = locked_run(run_id)
    if run is None:
        raise NotVisibleError
    check_right(run, actor)
    _check_open(run)
    return run


def _check_open(run: FlowRun) -> None:
    if run.status not in OPEN_RUNS:
        raise WrongStateError(_("This run has ended already."), current_state=run.status, allowed=[])


def _reason(reason: str) -> str:
    text = clean("reason", reason, max_length=MAX_REASON)
    if not text:
        raise required("reason", _("Say why; it is kept with the run."))
    return text


def _check_size(field: str, values: dict[str, Any]) -> None:
    try:
        check_size(values)
    except NodeError as refusal:
        raise invalid(field, refusal.detail, code="too_large") from refusal


def _resume(run: FlowRun, step: FlowStep, actor: User | None) -> None:
    """Other steps of the run may have failed too: it goes on with this one, and stops at those again."""
    FlowRun.objects.filter(pk=run.pk).exclude(status__in=_ENDED).update(status=RunStatus.RUNNING, error=None)
    ids = {"run_id": run.pk, "ticket_id": run.ticket_id, "step_id": step.pk}
    outbox.publish("flow.resumed", ids, actor=actor)


_ENDED = (RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED)
