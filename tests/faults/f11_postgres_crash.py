"""F-11: PostgreSQL crashes again and again under load; nothing is lost, service returns by itself."""

from __future__ import annotations

import signal
import time

from tests.faults import invariants
from tests.faults.drill import Drill, DrillFailed, run
from tests.faults.load import Load, p99
from tests.faults.stack import PrivateStack
from tests.faults.story import UNLIMITED, Story

RECOVERED_SECONDS = 10.0
AFTERWARDS_SECONDS = 8


def drill(d: Drill) -> None:
    """``stop -m immediate``, a while without, start; ``rounds`` times."""
    with d.stack(env=UNLIMITED) as stack:
        story = Story(stack)
        recovered = []
        with Load(story) as load:
            for _ in range(d.rounds):
                load.wait(d.random.uniform(2.0, 4.0))
                crash(stack, d.random.uniform(0.0, 4.0))
                recovered.append(recovery(load, time.monotonic()))
            load.wait(2)
            whole = time.monotonic()
            load.wait(AFTERWARDS_SECONDS)
        late = [each for each in load.since(whole) if not 200 <= each.status < 500]
        d.require(not late, f"{len(late)} requests were refused after recovery, first {late[:1]}")
        d.figures |= {"recovered_seconds": round(max(recovered), 1), "p99": p99(load.answers)}
        invariants.settle(d, story)
        invariants.check(d, story, load)


def crash(stack: PrivateStack, away: float) -> None:
    """QUIT is what ``pg_ctl stop -m immediate`` sends; the launcher starts the server ``away`` later."""
    with stack.unattended():
        killed = stack.kill("postgres", signal.SIGQUIT)
        time.sleep(away)
    stack.wait_for_restart("postgres", killed)


def recovery(load: Load, started: float) -> float:
    """Seconds from the start of the server to the first change that was acknowledged."""
    while time.monotonic() < started + RECOVERED_SECONDS:
        for each in load.since(started):
            if each.method == "POST" and 200 <= each.status < 300:
                return each.began + each.seconds - started
        time.sleep(0.05)
    raise DrillFailed(f"no change was acknowledged within {RECOVERED_SECONDS:.0f} s of the start")


if __name__ == "__main__":
    run("F-11", drill, rounds=5)
