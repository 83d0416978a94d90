"""What the platform does after a write, done at once in a test."""

from __future__ import annotations

import time

from core import dispatch, eventlog, outbox, sweep
from core.models import Delivery
from workflows import executor

# What messages between the processes make happen at once; rounds of it cost a tenth of a whole sweep.
_AT_ONCE = (executor.run_ready, eventlog.number_events, dispatch.relay, dispatch.run_handlers)


def work_off(*, limit: int = 50, seconds: float = 30.0) -> None:
    """All that is due, as workers do it: first what follows at once, then the sweep until nothing is left."""
    until = time.monotonic() + seconds
    while sum(sweep._run_step(step, limit) for step in _AT_ONCE) and time.monotonic() < until:
        pass
    sweep.run(limit=limit, seconds=seconds)


def settle() -> None:
    """Let the platform do what is due, and see that nothing was postponed or given up."""
    work_off()
    left = Delivery.objects.filter(channel=outbox.HANDLER, done_at=None)
    assert [(row.target, row.last_error) for row in left] == []


def again(handler: str) -> None:
    """Let that handler have all that it had once more, as after a relay that ran twice."""
    found = list(Delivery.objects.filter(target=handler).select_related("event").order_by("pk"))
    assert found
    for delivery in found:
        dispatch._handle(delivery)
    settle()
