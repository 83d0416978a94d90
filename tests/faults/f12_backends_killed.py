"""F-12: database connections are cut under load; the request is tried once more, the user sees success."""

from __future__ import annotations

import signal
import time
from collections import Counter

from itsm.launcher import database
from tests.faults import invariants
from tests.faults.drill import Drill, run
from tests.faults.load import Load, p99
from tests.faults.stack import PrivateStack
from tests.faults.story import UNLIMITED, Story, until

NOTICED_SECONDS = 0.5
OURS = "SELECT pid FROM pg_stat_activity WHERE usename = 'itsm_app' AND backend_type = 'client backend'"


def drill(d: Drill) -> None:
    """Cut one, cut all, kill one (after which the server ends all others and recovers), in turns."""
    with d.stack(env=UNLIMITED) as stack:
        story = Story(stack)
        cuts: Counter[str] = Counter()
        with Load(story) as load:
            for number in range(d.rounds):
                load.wait(d.random.uniform(1.0, 2.5))  # long enough that no request is hit twice
                kind = ("one", "all", "killed")[number % 3]
                cuts[kind] += cut(d, stack, kind)
                recovered(stack)
            load.wait(3)
        d.figures |= {f"cut_{kind}": count for kind, count in cuts.items()} | {"p99": p99(load.answers)}
        invariants.settle(d, story)
        invariants.check(d, story, load)
        d.require(not load.unserved(), f"users saw {dict(load.unserved())}")


def recovered(stack: PrivateStack) -> None:
    """Until the server takes connections; it notices after a moment that one of its processes was killed."""
    time.sleep(NOTICED_SECONDS)
    until(lambda: database.answers(stack.dsn), 60)


def cut(d: Drill, stack: PrivateStack, kind: str) -> int:
    """How many connections were cut."""
    if kind == "all":
        return len(stack.sql(f"SELECT pg_terminate_backend(pid) FROM ({OURS}) ours", superuser=True))
    pid = d.random.choice(until(lambda: [row[0] for row in stack.sql(OURS, superuser=True)], 5))
    if kind == "one":
        stack.sql("SELECT pg_terminate_backend(%s)", (pid,), superuser=True)
    else:
        stack.signal_backend(pid, signal.SIGKILL)
    return 1


if __name__ == "__main__":
    run("F-12", drill, rounds=12)
