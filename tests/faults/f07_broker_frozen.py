"""F-07: the broker answers nobody for 30 seconds; requests stay as quick as ever and nothing is lost."""

from __future__ import annotations

import signal
import time

from tests.faults import invariants
from tests.faults.broker import wait_for_hints
from tests.faults.drill import Drill, run
from tests.faults.load import Load, p99
from tests.faults.story import UNLIMITED, Story

SECONDS = 30
WARM_SECONDS = 10
P99_SECONDS = 1.0
HINTS_AGAIN_SECONDS = 15.0


def drill(d: Drill) -> None:
    """Stop the broker's process under load and let it go on."""
    with d.stack(env=UNLIMITED) as stack:
        story = Story(stack)
        with Load(story) as load:
            load.wait(WARM_SECONDS)
            frozen = time.monotonic()
            stack.kill("valkey", signal.SIGSTOP)
            try:
                load.wait(SECONDS)
            finally:
                stack.kill("valkey", signal.SIGCONT)
            thawed = time.monotonic()
            again = wait_for_hints(stack, HINTS_AGAIN_SECONDS)
            load.wait(2)
        before, during = load.since(0, frozen), load.since(frozen, thawed)
        d.figures |= {"requests_frozen": len(during), "p99_before": p99(before), "p99_frozen": p99(during)}
        d.figures["slowest"] = round(max(each.seconds for each in during), 2)
        d.require(len(during) >= SECONDS * load.rate * 0.8, f"only {len(during)} requests in {SECONDS} s")
        d.require(p99(during) < P99_SECONDS, f"p99 was {p99(during)} s while the broker was frozen")
        d.require(not load.unserved(), f"not served: {dict(load.unserved())}")
        d.require(again is not None, f"no hint was taken within {HINTS_AGAIN_SECONDS:.0f} s of the thaw")
        d.figures["hints_again_seconds"] = round(again or 0, 1)
        invariants.settle(d, story)
        invariants.check(d, story, load)


if __name__ == "__main__":
    run("F-07", drill, rounds=1)
