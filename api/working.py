"""Working jobs off: one operation at a time, each in one transaction with its result (RELIABILITY RL-10).

The job's row is locked for as long as an operation runs, and the operation's row gets its status in the
transaction of the effect. So any number of sweeps does each operation once, in order, and a process that is
killed leaves the job as it was after the operation before; another goes on with it five seconds later.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.utils import translation

from accounts.choices import Grant
from accounts.models import ApiToken, User
from accounts.policies import has_grant
from api.choices import LIVE_JOBS, JobState, StopReason
from api.inprocess import Answer, call, request_alone
from api.models import Job, JobItem
from api.services import end, operation_of
from core import failpoints, live, sweep
from core.again import LOCK_TIMEOUT, is_lost, is_outage, sqlstate
from core.api.problems import as_refusal, document
from core.api.throttling import CallerThrottle
from core.cause import arriving_by
from core.errors import BusyError, DomainError, UnexpectedError
from core.time import clock_now

log = structlog.get_logger(__name__)
AT_ONCE = 20
SECONDS = 1.0  # a round of the sweep stays short
MAX_TRIES = 3
SHARE = 0.8  # of its caller's requests of a minute; the rest is for the caller
AGAIN_AFTER = dt.timedelta(seconds=2)
# For how long a job is one process's between two of its operations; while one runs its row is locked.
LEASE = dt.timedelta(seconds=5)
RATE_LIMITED = 429


class _Next(Enum):
    """What the round does after a step."""

    ON = auto()
    OVER = auto()
    LATER = auto()


def work_jobs(*, limit: int) -> int:
    """Do the next operations of the job that waits longest; returns how many steps were made."""
    job_id = _begin()
    if job_id is None:
        return 0
    made, after, until = 0, _Next.ON, time.monotonic() + SECONDS
    try:
        while after is _Next.ON and made < min(limit, AT_ONCE) and time.monotonic() < until:
            after, made = _step(job_id), made + 1
    finally:
        _rest(job_id, is_due=after is _Next.ON)
    return max(made, 1)


sweep.register(work_jobs, last=True)


def work_on(job_id: int) -> bool:
    """Do the next operation of this job, here and now; whether there is another one to do now."""
    return _step(job_id) is _Next.ON


@transaction.atomic
def _begin() -> int | None:
    """The job that is due, for this process alone for a while; None when there is none.

    Committed before anything runs: an operation that takes its process along is found out by ``tries``.
    """
    due = Job.objects.filter(state__in=LIVE_JOBS, not_before__lte=Now()).order_by("not_before", "pk")
    job = due.select_for_update(skip_locked=True, no_key=True).first()
    if job is None:
        return None
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING,
        tries=F("tries") + 1,
        started_at=Coalesce("started_at", Now()),
        not_before=Now() + LEASE,
    )
    return job.pk


def _step(job_id: int) -> _Next:
    """One operation of the job, unless it is over or somebody else has it.

    The row is waited for: a sweep that looked a moment too late holds it for a moment, and finds it taken.
    """
    job: Job | None = None
    try:
        with transaction.atomic():
            rows = Job.objects.filter(pk=job_id, state__in=LIVE_JOBS)
            job = rows.select_for_update(no_key=True).first()
            if job is None:
                return _Next.OVER
            by_its_maker = arriving_by("api", request_id=job.request_id, actor_id=job.owner_id)
            with translation.override(job.language), by_its_maker:
                return _work(job)
    except Exception as error:
        if job is None and sqlstate(error) == LOCK_TIMEOUT:
            return _Next.OVER
        if job is None or is_lost(error):
            raise
        return _put_off(job, error)


def _work(job: Job) -> _Next:
    """Do the job's next operation, unless its maker may not or not now."""
    item = JobItem.objects.select_related("job").get(job=job.pk, no=job.done)
    if job.tries > MAX_TRIES:
        return _keep(job, item, _refused(item, UnexpectedError()))
    owner = User.objects.get(pk=job.owner_id)
    token = ApiToken.objects.filter(pk=job.token_id).first() if job.token_id else None
    reason = _why_stopped(job, owner, token)
    if reason:
        end(job, JobState.STOPPED, reason)
        return _Next.OVER
    wait = CallerThrottle.seconds_until_free(_counted_by(owner, token), share=SHARE)
    if wait:
        return _wait(job, wait)
    operation = operation_of(item)
    failpoints.hit("before_job_item", marker=str(item.no))
    answer = call(request_alone(operation, user=owner, token=token, request_id=job.request_id))
    if answer.status == RATE_LIMITED:
        return _wait(job, int(answer.headers.get("Retry-After", "60")))
    after = _keep(job, item, answer)
    failpoints.hit("after_job_item", marker=str(item.no))
    return after


def _why_stopped(job: Job, owner: User, token: ApiToken | None) -> str:
    """Why the job goes no further; empty while its maker and credential are what they were."""
    if not owner.is_active:
        return StopReason.OWNER_GONE
    if job.token_id is None:
        return ""
    if token is None or token.revoked_at is not None or token.expires_at <= clock_now():
        return StopReason.TOKEN_ENDED
    if not has_grant(owner, Grant.API_USE):
        return StopReason.NO_API
    had, has = set(job.scopes), set(token.scopes)
    # No scopes are all scopes.
    return StopReason.SCOPES_REDUCED if has and not (had and had <= has) else ""


def _counted_by(owner: User, token: ApiToken | None) -> str:
    return f"token:{token.public_part}" if token else f"user:{owner.pk}"


def _keep(job: Job, item: JobItem, answer: Answer) -> _Next:
    """Write the result and how far the job is; both are stored with the effect, or nothing is."""
    item.status, item.done_at, item.body = answer.status, clock_now(), ""
    item.etag, item.location = answer.headers.get("ETag", ""), answer.headers.get("Location", "")
    item.problem = answer.body if answer.is_refusal else None
    item.save(update_fields=["status", "done_at", "body", "etag", "location", "problem"])
    job.done, job.failed, job.tries = job.done + 1, job.failed + answer.is_refusal, 0
    job.not_before = item.done_at + LEASE
    job.save(update_fields=["done", "failed", "tries", "not_before"])
    if job.done < job.total:
        return _Next.ON
    end(job, JobState.DONE)
    return _Next.OVER


def _wait(job: Job, seconds: int) -> _Next:
    job.not_before, job.tries = clock_now() + dt.timedelta(seconds=max(seconds, 1)), 0
    job.save(update_fields=["not_before", "tries"])
    return _Next.LATER


@transaction.atomic
def _put_off(job: Job, error: Exception) -> _Next:
    """An operation that broke off: its row was held, so it is tried again; a defect is its result."""
    held = Job.objects.select_for_update(no_key=True).filter(pk=job.pk, state__in=LIVE_JOBS).first()
    if held is None or held.done != job.done:
        return _Next.OVER
    passing = is_outage(error)
    if passing and held.tries < MAX_TRIES:
        Job.objects.filter(pk=held.pk).update(not_before=clock_now() + AGAIN_AFTER)
        return _Next.LATER
    if not passing:
        log.error("job_item_failed", job=str(held.public_id), no=held.done, exc_info=error)
    item = JobItem.objects.select_related("job").get(job=held.pk, no=held.done)
    with translation.override(held.language):
        refusal = BusyError() if passing else as_refusal(error) or UnexpectedError()
        return _keep(held, item, _refused(item, refusal))


def _refused(item: JobItem, refusal: DomainError) -> Answer:
    place: Any = _Place(item.path, item.job.request_id)
    return Answer(refusal.status, document(place, refusal))


@dataclass(frozen=True)
class _Place:
    """What a problem document tells of a request that never became one."""

    path: str
    request_id: str


def _rest(job_id: int, *, is_due: bool) -> None:
    """Let other jobs go first, and tell the owner's pages how far this one is."""
    if is_due:
        Job.objects.filter(pk=job_id, state__in=LIVE_JOBS).update(not_before=Now())
    job = Job.objects.get(pk=job_id)
    data: dict[str, Any] = {
        "job": str(job.public_id),
        "state": str(job.state),
        "done": job.done,
        "failed": job.failed,
        "total": job.total,
    }
    live.push(f"users/{job.owner_id}", "job", data)
