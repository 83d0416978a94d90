"""What an operator may do with a run that needs help; every action is audited (DOMAIN DF-33)."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, outbox, wake
from core.errors import NotAllowedError, NotVisibleError, WrongStateError
from tickets.choices import ActivityKind
from tickets.services.writing import activity
from workflows.choices import OPEN_RUNS, RunStatus, StepStatus
from workflows.models import FlowRun, FlowStep
from workflows.policies import may
from workflows.selectors.claims import locked_run
from workflows.starting import ask_to_cancel


@transaction.atomic
def retry_step(step_id: int, *, actor: User | None) -> FlowStep:
    """The failed step, ready for five more tries; its run goes on. Publishes ``flow.resumed``.

    Raises NotVisibleError, NotAllowedError, WrongStateError when it has not failed.
    """
    run = _locked(step_id, actor)
    step = FlowStep.objects.select_for_update(no_key=True).get(pk=step_id)
    if step.status != StepStatus.FAILED or run.status not in OPEN_RUNS:
        raise WrongStateError(
            _("Only a failed step of an open run is tried again."), current_state=step.status, allowed=[]
        )
    step.status, step.attempt, step.done_at = StepStatus.READY, 0, None
    FlowStep.objects.filter(pk=step.pk).update(status=StepStatus.READY, attempt=0, done_at=None, run_at=Now())
    FlowRun.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING, error=None)
    _record(run, actor, "flow_retried", step.node_id)
    ids = {"run_id": run.pk, "ticket_id": run.ticket_id, "step_id": step.pk}
    outbox.publish("flow.resumed", ids, actor=actor)
    return step


@transaction.atomic
def cancel_run(run_id: int, *, actor: User | None, reason: str = "") -> None:
    """Ask to cancel one open run, suspended ones too; the executor does it after the commit.

    Raises NotVisibleError, NotAllowedError, WrongStateError for a run that has ended.
    """
    run = FlowRun.objects.select_related("ticket", "flow_version__flow").filter(pk=run_id).first()
    if run is None:
        raise NotVisibleError
    _check_right(run, actor)
    if run.status not in OPEN_RUNS:
        raise WrongStateError(_("This run has ended already."), current_state=run.status, allowed=[])
    ask_to_cancel(run.public_id, actor=actor, reason=reason)
    _record(run, actor, "flow_cancel_asked", reason)
    transaction.on_commit(wake.nudge)


def _locked(step_id: int, actor: User | None) -> FlowRun:
    run_id = FlowStep.objects.filter(pk=step_id).values_list("run_id", flat=True).first()
    run = locked_run(run_id) if run_id else None
    if run is None:
        raise NotVisibleError
    _check_right(run, actor)
    return run


def _check_right(run: FlowRun, actor: User | None) -> None:
    if actor is not None and run.ticket is not None and run.ticket.company_id != actor.company_id:
        raise NotVisibleError
    if not may(actor, "operate"):
        raise NotAllowedError


def _record(run: FlowRun, actor: User | None, verb: str, detail: str) -> None:
    audit.write(
        actor=actor,
        table="workflows_flowrun",
        object_ref=str(run.public_id),
        action=verb,
        diff={"detail": [None, detail[:200]]},
    )
    if run.ticket is not None:
        row = activity(run.ticket, actor, ActivityKind.FLOW, verb=verb, body=detail[:2000])
        row.save(force_insert=True)
