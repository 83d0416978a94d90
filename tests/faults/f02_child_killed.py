"""F-02: pool processes are killed or run out of memory; a step that kills them is given up."""

from __future__ import annotations

import os
import resource
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.faults import invariants
from tests.faults.drill import Drill, run
from tests.faults.load import Load, graph, rate
from tests.faults.stack import PrivateStack
from tests.faults.story import UNLIMITED, Story, until
from tests.faults.versions import newer_code

ATTEMPTS = 5
MEMORY_BYTES = 768 * 1024 * 1024
POISONED_SECONDS = 120  # with --full the real back-off of 10 s · 2ⁿ passes
POISONS = ("drill_broken", "drill_greedy", "drill_killer")


def drill(d: Drill) -> None:
    """Kill children of a worker with little memory, then let steps do it by themselves; the others finish."""
    with (
        tempfile.TemporaryDirectory(prefix="maru-newer-") as folder,
        d.stack(env=UNLIMITED, code=newer_code(Path(folder))) as stack,
    ):
        story = Story(stack)
        with Load(story, rate=rate(d)) as load:
            limit_memory(stack)
            for _ in range(d.rounds):
                load.wait(d.random.uniform(0.1, 1.2))
                kill_one(d, stack)
            numbers = poison(story)
            given_up = wait_for_the_end(d, stack)
            load.wait(2)
        d.figures |= {"kills": d.rounds, "worker_restarts": restarts(stack)}
        d.require(given_up, f"not given up after {ATTEMPTS} attempts: {states(stack)}")
        d.figures["poisoned"] = len(numbers)
        invariants.settle(d, story)
        invariants.check(d, story, load, given_up=len(numbers))


def children(stack: PrivateStack) -> list[int]:
    """The pool's processes."""
    return stack.pids("worker")[1:]


def kill_one(d: Drill, stack: PrivateStack) -> None:
    """Kill a child; one that has ended meanwhile is no matter."""
    with suppress(ProcessLookupError):
        os.kill(d.random.choice(until(lambda: children(stack), 10)), signal.SIGKILL)


def limit_memory(stack: PrivateStack) -> None:
    """What ``ulimit -v`` does, for the worker and all it starts: an allocation beyond that fails."""
    for pid in stack.pids("worker"):
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def poison(story: Story) -> list[str]:
    """Three runs, each with one step: it raises, it wants all memory, it kills its process."""
    numbers = []
    for kind in POISONS:
        nodes = {"bad": {"kind": kind, "next": "ok"}, "ok": {"kind": "end", "outcome": "delivered"}}
        story.stack.inside("publish_flow", graph(kind, nodes, title=f"[{kind}]"))
    time.sleep(2.5)  # until every web process has seen the triggers
    for kind in POISONS:
        made = story.employee.post("/incidents/", {"title": f"[{kind}] one", "impact": 3, "urgency": 3})
        numbers.append(made["number"])
    return numbers


def wait_for_the_end(d: Drill, stack: PrivateStack) -> bool:
    """Whether these steps have failed for good in time; unless ``--full``, their back-off is cut short."""

    def over() -> bool:
        limit_memory(stack)
        if not d.full:
            stack.sql(
                "UPDATE workflows_flowstep SET run_at = now() - interval '1 h'"
                " WHERE kind = ANY(%s) AND status = 'ready' AND run_at > now()",
                (list(POISONS),),
            )
        return states(stack) == [(kind, "failed", ATTEMPTS, "suspended") for kind in POISONS]

    return bool(until(over, POISONED_SECONDS * (6 if d.full else 1)))


def states(stack: PrivateStack) -> list[tuple[str, str, int, str]]:
    """Kind, state and attempts of the poisoned steps, and the state of their runs."""
    return [
        (str(kind), str(status), int(attempt), str(run))
        for kind, status, attempt, run in stack.sql(
            "SELECT s.kind, s.status, s.attempt, r.status FROM workflows_flowstep s"
            " JOIN workflows_flowrun r ON r.id = s.run_id WHERE s.kind = ANY(%s) ORDER BY s.kind",
            (list(POISONS),),
        )
    ]


def restarts(stack: PrivateStack) -> int:
    """How often the whole worker had to be started again."""
    return int(stack.state["children"]["worker"]["restarts"])


if __name__ == "__main__":
    run("F-02", drill, rounds=20)
