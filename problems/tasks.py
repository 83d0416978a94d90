"""Celery's part: the hourly and the nightly look for incidents that come again."""

from __future__ import annotations

from celery import shared_task

from problems.services import look_for_recurrence


@shared_task(
    name="problems.tasks.look_for_recurrence", ignore_result=True, soft_time_limit=1500, time_limit=1600
)
def look(*, texts: bool) -> None:
    """Beat's tick: each hour what happens on one item, each night also titles that are alike (PRB-09)."""
    look_for_recurrence(texts=texts)
