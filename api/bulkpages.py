"""The jobs as the workspace's bulk pages use them: work that a person hands over in a browser."""

from __future__ import annotations

import time
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from api.choices import LIVE_JOBS, JobState
from api.models import Job
from api.operations import Operation
from api.selectors import items_of, job_of
from api.services import start_job
from api.working import LEASE, work_on
from desk.bulk.jobs import Call, Outcome, Progress


class PageJobs:
    """``desk.bulk.jobs.Jobs``: each call is an operation of a job without a token."""

    @transaction.atomic
    def start(
        self, actor: User, calls: Sequence[Call], *, language: str, request_id: str, held: bool
    ) -> UUID:
        """A job of these calls; ``held`` leaves it to ``work`` for as long as a lease."""
        operations = [_operation(call) for call in calls]
        job = start_job(
            actor=actor, token=None, operations=operations, language=language, request_id=request_id
        )
        if held:
            Job.objects.filter(pk=job.pk).update(not_before=Now() + LEASE)
        return job.public_id

    def work(self, job_id: UUID, *, seconds: float) -> None:
        """Do its operations here until it is over, has to wait, or the time is up."""
        pk = Job.objects.values_list("pk", flat=True).get(public_id=job_id)
        until = time.monotonic() + seconds
        while time.monotonic() < until and work_on(pk):
            pass
        Job.objects.filter(
            pk=pk, state__in=LIVE_JOBS, not_before__gt=Now(), not_before__lte=Now() + LEASE
        ).update(not_before=Now())

    def progress(self, actor: User, job_id: UUID) -> Progress:
        """How far it is. Raises NotVisibleError."""
        job = job_of(actor, None, job_id)
        stopped = job.state in {JobState.STOPPED, JobState.CANCELLED}
        return Progress(job.total, job.done, job.failed, job.ended_at, stopped)

    def outcomes(self, actor: User, job_id: UUID) -> list[Outcome]:
        """What came of each operation. Raises NotVisibleError."""
        rows = items_of(job_of(actor, None, job_id)).order_by("no")
        return [Outcome(row.ref, row.status, row.etag, row.problem) for row in rows]


def _operation(call: Call) -> Operation:
    has_body = call.body is not None
    return Operation(call.ref, call.method, call.path, call.if_match, body=call.body, has_body=has_body)
