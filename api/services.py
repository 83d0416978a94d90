"""Taking in jobs, cancelling them, and forgetting old ones."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from api.choices import LIVE_JOBS, JobState
from api.models import Job, JobItem
from api.operations import Operation
from api.selectors import job_of
from core import audit, housekeeping, rows, secrets, wake
from core.errors import WrongStateError
from core.time import db_now

MOST_LIVE = 5  # of one person
KEPT = dt.timedelta(days=7)  # after the end
_COPIED = ("ref", "method", "path", "if_match", "idempotency_key")


@transaction.atomic
def start_job(
    *, actor: User, token: ApiToken | None, operations: Sequence[Operation], language: str, request_id: str
) -> Job:
    """A job that waits to be worked: the operations in order, with the rights its maker has at each of them.

    ``token`` is the credential it was asked with; None for a browser's session. Raises WrongStateError when
    five jobs of the same person are not over yet.
    """
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # two at once count one after the other
    if Job.objects.filter(owner=actor, state__in=LIVE_JOBS).count() >= MOST_LIVE:
        text = _("Five of your jobs are not over yet. Wait for one of them, or cancel one.")
        raise WrongStateError(text, code="too_many_jobs", current_state=str(JobState.RUNNING), allowed=[])
    job = Job(
        owner=actor,
        token=token,
        scopes=list(token.scopes) if token else [],
        language=language,
        request_id=request_id,
        total=len(operations),
    )
    rows.insert([job])
    each: dict[str, list[Any]] = {name: [getattr(one, name) for one in operations] for name in _COPIED}
    each["no"] = list(range(len(operations)))
    each["body"] = [_sealed(job, no, one) for no, one in enumerate(operations)]
    rows.append(JobItem, each, {"job": job.pk})
    audit.write(actor=actor, table="api_job", object_ref=str(job.public_id), action="started")
    transaction.on_commit(wake.nudge)
    return job_of(actor, token, job.public_id)


@transaction.atomic
def cancel_job(public_id: Any, *, actor: User, token: ApiToken | None) -> Job:
    """The job, which does no further operation; what is done stays done.

    Raises NotVisibleError, WrongStateError when it is over.
    """
    job = job_of(actor, token, public_id, lock=True)
    if job.state not in LIVE_JOBS:
        raise WrongStateError(_("This job is over already."), current_state=job.state, allowed=[])
    end(job, JobState.CANCELLED)
    audit.write(actor=actor, table="api_job", object_ref=str(job.public_id), action="cancelled")
    return job


def end(job: Job, state: JobState, reason: str = "") -> None:
    """Write that a locked job is over; nothing of what it still had to do is kept."""
    job.state, job.reason, job.ended_at = state, reason, db_now()
    job.save(update_fields=["state", "reason", "ended_at"])
    JobItem.objects.filter(job=job.pk).exclude(body="").update(body="")


def operation_of(item: JobItem) -> Operation:
    """What the item says is to be done. Raises SecretKeyError when this installation's key is another."""
    place = _place(item.job_id, item.no)
    body = json.loads(secrets.decrypt(item.body, context=place)) if item.body else None
    given = {name: getattr(item, name) for name in _COPIED}
    return Operation(**given, body=body, has_body=body is not None)


def _sealed(job: Job, no: int, operation: Operation) -> str:
    """The body encrypted: it may hold what only its record's readers may know."""
    if not operation.has_body:
        return ""
    return secrets.encrypt(json.dumps(operation.body), context=_place(job.pk, no))


def _place(job_id: int, no: int) -> str:
    return f"job:{job_id}:{no}"


def forget_old() -> int:
    """Remove jobs that ended a week ago; returns how many rows went."""
    return Job.objects.filter(ended_at__lt=Now() - KEPT).delete()[0]


housekeeping.register(forget_old)
