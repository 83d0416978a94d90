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
from tests.faults.load import Load, graph
from tests.faults.stack import PrivateStack
from tests.faults.story import UNLIMITED, Story, until
from tests.faults.versions import newer_code

ATTEMPTS = 5
STARVED_ROUNDS, STARVED_SECONDS = 3, 4
POISONED_SECONDS = 60  # with --full the real back-off of 10 s · 2ⁿ passes
POISONS = ("drill_broken", "drill_killer")


def drill(d: Drill) -> None:
    """Kill children, starve children, then let two steps do it by themselves; the others finish."""
    with (
        tempfile.TemporaryDirectory(prefix="maru-newer-") as folder,
        d.stack(env=UNLIMITED, code=newer_code(Path(folder))) as stack,
    ):
        story = Story(stack)
        with Load(story) as load:
            for _ in range(d.rounds):
                load.wait(d.random.uniform(0.1, 1.2))
                kill_one(d, stack)
            for _ in range(STARVED_ROUNDS):
                starve(d, stack)
                load.wait(STARVED_SECONDS)
            numbers = poison(story)
            given_up = wait_for_the_end(d, stack)
            load.wait(2)
        d.figures |= {"kills": d.rounds, "starved": STARVED_ROUNDS, "worker_restarts": restarts(stack)}
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


def starve(d: Drill, stack: PrivateStack) -> None:
    """One child gets no more memory than it has: its next allocation fails."""
    pid = d.random.choice(until(lambda: children(stack), 10))
    with suppress(ProcessLookupError, FileNotFoundError):
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[0])
        size = pages * resource.getpagesize()
        resource.prlimit(pid, resource.RLIMIT_AS, (size, size))


def poison(story: Story) -> list[str]:
    """One run with a step that raises, and one with a step that kills its process."""
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
    """Whether both steps have failed for good in time; unless ``--full``, their back-off is cut short."""

    def over() -> bool:
        if not d.full:
            stack.sql(
                "UPDATE workflows_flowstep SET run_at = now() WHERE kind = ANY(%s) AND status = 'ready'"
                " AND run_at > now()",
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
