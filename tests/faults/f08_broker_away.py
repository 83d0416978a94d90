"""F-08: the broker is killed and away for a minute; work goes on by the sweep, hints come back."""

from __future__ import annotations

import signal
import time

from tests.faults import broker, invariants
from tests.faults.drill import Drill, run
from tests.faults.load import Load, p99
from tests.faults.story import UNLIMITED, Story, until

SECONDS, FULL_SECONDS = 25, 60
SWEPT_SECONDS = 10.0
HINTS_AGAIN_SECONDS = 15.0


def drill(d: Drill) -> None:
    """Kill the broker while the launcher cannot start it again; then let it."""
    with d.stack(env=UNLIMITED) as stack:
        story = Story(stack)
        with Load(story) as load:
            load.wait(5)
            with stack.unattended():
                killed = stack.kill("valkey", signal.SIGKILL)
                gone = time.monotonic()
                swept = [work_goes_on(d, story) for _ in range(3)]
                load.wait(max(0.0, gone + (FULL_SECONDS if d.full else SECONDS) - time.monotonic()))
                d.require(not broker.answers(stack), "the broker was not away")
            stack.wait_for_restart("valkey", killed)
            d.require(until(lambda: broker.answers(stack), 30), "the broker did not come back")
            back = time.monotonic()
            again = broker.wait_for_hints(stack, HINTS_AGAIN_SECONDS)
            load.wait(3)
        d.figures |= {"away_seconds": round(back - gone), "p99_away": p99(load.since(gone, back))}
        d.figures["swept_within_seconds"] = round(max(swept), 1)
        d.require(not load.unserved(), f"not served: {dict(load.unserved())}")
        d.require(again is not None, f"no hint was taken within {HINTS_AGAIN_SECONDS:.0f} s of the return")
        d.figures["hints_again_seconds"] = round(again or 0, 1)
        invariants.settle(d, story)
        invariants.check(d, story, load)


def work_goes_on(d: Drill, story: Story) -> float:
    """Seconds from an order to the question to the manager, which a worker asks."""
    began = time.monotonic()
    number = story.order()
    asked = until(
        lambda: story.stack.sql(
            "SELECT 1 FROM approvals_approvalrequest r JOIN tickets_ticket i ON i.id = r.ticket_id"
            " JOIN tickets_ticket t ON t.id = i.parent_id OR t.id = i.id WHERE t.number = %s",
            (number,),
        ),
        SWEPT_SECONDS,
    )
    d.require(asked, f"nobody was asked about an order within {SWEPT_SECONDS:.0f} s without a broker")
    return time.monotonic() - began


if __name__ == "__main__":
    run("F-08", drill, rounds=1)
