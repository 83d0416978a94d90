"""What the platform does after a write, done at once in a test."""

from __future__ import annotations

from core import dispatch, outbox, sweep
from core.models import Delivery


def settle() -> None:
    """Let the platform do what is due, and see that nothing was postponed or given up."""
    sweep.run()
    left = Delivery.objects.filter(channel=outbox.HANDLER, done_at=None)
    assert [(row.target, row.last_error) for row in left] == []


def again(handler: str) -> None:
    """Let that handler have all that it had once more, as after a relay that ran twice."""
    found = list(Delivery.objects.filter(target=handler).select_related("event").order_by("pk"))
    assert found
    for delivery in found:
        dispatch._handle(delivery)
    settle()
