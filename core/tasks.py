"""Celery's part: hints and ticks that make the sweep run now, and the nightly look at the audit chain."""

from __future__ import annotations

from celery import shared_task

from core import sweep
from core.trail import noting, verifying


@shared_task(name="core.tasks.wake", ignore_result=True, soft_time_limit=45, time_limit=55)
def wake() -> None:
    """Somebody committed work that is due: do it now."""
    sweep.run(seconds=5)


@shared_task(name="core.tasks.sweep_tick", ignore_result=True, soft_time_limit=45, time_limit=55)
def sweep_tick() -> None:
    """Beat's tick, every second. Without it a thread in every worker sweeps by itself (RL-27)."""
    sweep.run(seconds=5)


@shared_task(name="core.tasks.verify_audit", ignore_result=True, soft_time_limit=3500, time_limit=3600)
def verify_audit() -> None:
    """Beat's nightly tick: send the last hash away, then recompute the audit chain."""
    noting.note_today()
    verifying.verify_today()
