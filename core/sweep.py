"""The sweep: finds everything that is due, in any number of processes at once (RELIABILITY RL-27).

Celery messages only make it happen sooner. Every registered step claims its rows with SKIP LOCKED or a unique
insert, so copies never do a thing twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connection

log = structlog.get_logger(__name__)


class Step(Protocol):
    """A sweep step: does at most ``limit`` pieces of due work and tells how many it did."""

    __name__: str

    def __call__(self, *, limit: int) -> int: ...


StepT = TypeVar("StepT", bound=Callable[..., int])
_steps: list[Callable[..., int]] = []
_last: list[Callable[..., int]] = []


def register(step: StepT, *, last: bool = False) -> StepT:
    """Make ``step`` part of every sweep; ``last`` for steps that talk to the outside and may be slow."""
    target = _last if last else _steps
    if step not in target:
        target.append(step)
    return step


def steps() -> list[Callable[..., int]]:
    """All steps, in the order they run."""
    return [*_steps, *_last]


def run(*, limit: int = 50, seconds: float = 5.0) -> int:
    """Work off what is due until nothing is left or the time is over; returns how many pieces were done.

    ``limit`` is how many pieces a step does at a time: few enough that a round ends within a second and shows
    the others that somebody sweeps. A step that fails is logged and does not stop the others; a lost database
    ends the run.
    """
    deadline = time.monotonic() + seconds
    done = 0
    while True:
        moved = sum(_run_step(step, limit) for step in _steps)
        _stamp()
        if not moved or time.monotonic() > deadline:
            moved += sum(_run_step(step, limit) for step in _last)
            _stamp()
        done += moved
        if not moved or time.monotonic() > deadline:
            return done


def _run_step(step: Callable[..., int], limit: int) -> int:
    try:
        return step(limit=limit)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("sweep_step_failed", step=getattr(step, "__name__", repr(step)))
        return 0


def _stamp() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_processheartbeat (role, host, pid) VALUES ('sweep', '', 0)"
            " ON CONFLICT (role, host, pid) DO UPDATE SET beat_at = clock_timestamp()"
        )


def last_age_seconds() -> float:
    """Seconds since the last sweep by any process; a very large number when there was none.

    A sweep that lies ahead was noted before the database's clock was turned back, and says nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM clock_timestamp() - max(beat_at))"
            " FROM core_processheartbeat WHERE role = 'sweep'"
        )
        age = cursor.fetchone()[0]
    return float("inf") if age is None or age < 0 else float(age)
