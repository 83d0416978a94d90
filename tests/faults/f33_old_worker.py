"""F-33: the next version migrates under load; an old worker leaves alone what it does not know."""

from __future__ import annotations

import signal
import tempfile
import time
from pathlib import Path

from tests.faults import invariants
from tests.faults.drill import Drill, run
from tests.faults.load import Load, graph, p99, rate
from tests.faults.stack import PrivateStack
from tests.faults.story import UNLIMITED, Story, until
from tests.faults.versions import COLUMN, newer_code

RUNS = 10
KIND = "drill_newer"
FINISHED_SECONDS = 100  # a parked step is tried again after a minute
UNKNOWN = "unknown_kind"


def drill(d: Drill) -> None:
    """Old processes serve and work while new code changes the tables and publishes a flow of its own."""
    with tempfile.TemporaryDirectory(prefix="maru-newer-") as folder, d.stack(env=UNLIMITED) as stack:
        newer = newer_code(Path(folder), migration=True)
        story = Story(stack)
        with Load(story, rate=rate(d)) as load:
            load.wait(3)
            began = time.monotonic()
            stack.manage("migrate", "--no-input", code=newer)
            d.figures["migration_seconds"] = round(time.monotonic() - began, 1)
            there = stack.sql(
                "SELECT 1 FROM information_schema.columns"
                " WHERE table_name = 'tickets_ticket' AND column_name = %s",
                (COLUMN,),
            )
            d.require(there, "the migration did not run")
            nodes = {
                "say": {"kind": KIND, "message": "by the newer version", "next": "ok"},
                "ok": {"kind": "end", "outcome": "delivered"},
            }
            stack.inside("publish_flow", graph(KIND, nodes, title="[newer]"), code=newer)
            load.wait(2.5)  # until every web process has seen the trigger
            for number in range(RUNS):
                body = {"title": f"[newer] {number}", "impact": 3, "urgency": 3}
                story.employee.post("/incidents/", body)
            d.require(until(lambda: parked(stack) == RUNS, 20), f"parked by old workers: {states(stack)}")
            load.wait(3)
            d.figures["parked"] = parked(stack)
            d.require(parked(stack) == RUNS, f"no longer parked: {states(stack)}")
            with stack.unattended():
                stack.add_worker("newer", code=newer)
                stack.kill("worker", signal.SIGTERM)
                rolled = time.monotonic()
                finished = until(lambda: states(stack) == {"done": RUNS}, FINISHED_SECONDS)
                d.figures["finished_seconds"] = round(time.monotonic() - rolled)
                d.require(finished, f"the newer worker did not finish them: {states(stack)}")
        d.figures["p99"] = p99(load.answers)
        said = stack.sql("SELECT count(*) FROM tickets_activity WHERE body = 'by the newer version'")[0][0]
        d.require(said == RUNS, f"{said} effects of {RUNS} steps")
        invariants.settle(d, story)
        invariants.check(d, story, load)


def parked(stack: PrivateStack) -> int:
    """How many steps wait for a process that knows them."""
    found = stack.sql(
        "SELECT count(*) FROM workflows_flowstep WHERE kind = %s AND status = 'ready' AND attempt = 0"
        " AND error->>'code' = %s AND run_at > now()",
        (KIND, UNKNOWN),
    )
    return int(found[0][0])


def states(stack: PrivateStack) -> dict[str, int]:
    """How many of the new steps are in which state."""
    rows = stack.sql(
        "SELECT status, count(*) FROM workflows_flowstep WHERE kind = %s GROUP BY status", (KIND,)
    )
    return {str(status): int(count) for status, count in rows}


if __name__ == "__main__":
    run("F-33", drill, rounds=1)
