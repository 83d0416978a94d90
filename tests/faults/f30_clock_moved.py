"""F-30: clocks jump two hours ahead, to an hour behind, and back: app, worker, database, each alone and all.

No timer fires twice and history stays in order. What waits at the moment of a step back waits until the
clock has come there again, so each step ends with the work done that it began.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from itsm.devtools import faketime
from tests.faults import clocks, invariants
from tests.faults.drill import Drill, SkipDrill, run
from tests.faults.load import TIMED, Load, graph, rate
from tests.faults.stack import PrivateStack
from tests.faults.story import UNLIMITED, Story, until

STEPS = {"+2h": 7200, "-1h": -3600, clocks.RIGHT: 0}
SECONDS, FULL_SECONDS = 4, 20
SEEN_SECONDS = 2.5  # until every process has read its clock anew
TARGET_SECONDS = 8
DONE_SECONDS = 90
WAITING = {
    "events": "SELECT count(*) FROM core_outboxevent WHERE relayed_at IS NULL",
    "deliveries": "SELECT count(*) FROM core_delivery WHERE done_at IS NULL AND dead_at IS NULL",
    "steps": "SELECT count(*) FROM workflows_flowstep WHERE status = 'ready'"
    " OR (status = 'waiting' AND kind = 'wait_duration')",
    "timers": "SELECT count(*) FROM sla_clock WHERE track = 'drill' AND next_fire_at IS NOT NULL",
}


def drill(d: Drill) -> None:
    """Move the clocks under load; then everything is there once, in its order."""
    library = faketime.find() or faketime.install()
    if library is None:
        raise SkipDrill(faketime.MISSING)
    with tempfile.TemporaryDirectory(prefix="maru-clocks-") as place:
        Path(place).chmod(0o755)
        folder = Path(place) / "clocks"
        stack = d.stack(env=UNLIMITED | clocks.environment(folder, library))
        stack.program = Path(clocks.__file__)
        with stack:
            story = Story(stack)
            loads = moved(d, stack, story, folder)
            invariants.settle(d, story)
            invariants.check(d, story, loads[-1])
            for load in loads:
                invariants.ledger_kept(d, load)
                load.check(d)
            d.figures |= {
                "acked": loads[-1].acked + sum(len(e.incidents) + len(e.comments) for e in loads[:-1]),
                "requests": sum(len(load.answers) for load in loads),
                "unserved": sum(load.unserved().total() for load in loads),
            }
            once(d, stack)
            in_order(d, stack)


def moved(d: Drill, stack: PrivateStack, story: Story, folder: Path) -> list[Load]:
    """Every part alone and all together, through all steps; the load of each step."""
    stack.inside("publish_timer", {"seconds": TARGET_SECONDS, "title": TIMED})
    wait = {"kind": "wait_duration", "for": {"after": "PT3S"}, "next": "ok"}
    nodes = {"wait": wait, "ok": {"kind": "end", "outcome": "delivered"}}
    stack.inside("publish_flow", graph("drill_wait", nodes, title=TIMED))
    bare = clocks.untouched(stack)
    d.require(not bare, f"these run by the real clock: {bare}")
    loads = []
    for chosen in [*([part] for part in clocks.PARTS), list(clocks.PARTS)]:
        for offset, seconds in STEPS.items():
            clocks.move(folder, chosen, offset)
            time.sleep(SEEN_SECONDS)
            if "database" in chosen:
                [(ahead,)] = stack.sql("SELECT extract(epoch FROM clock_timestamp())::float8")
                off = ahead - time.time() - seconds
                d.require(abs(off) < 5, f"the database's clock is {off:.0f} s off {offset}")
            with Load(story, rate=rate(d), timed_share=2) as load:
                load.wait(FULL_SECONDS if d.full else SECONDS)
            loads.append(load)
            left = until(lambda: not any(waiting(stack).values()), DONE_SECONDS)
            name = "+".join(chosen)
            d.say(
                f"{name} at {offset}: {len(load.answers)} requests, {dict(load.unserved()) or 'all served'}"
            )
            d.require(left, f"{name} at {offset}: still waiting {waiting(stack)}")
    d.figures["moves"] = len(loads)
    return loads


def waiting(stack: PrivateStack) -> dict[str, int]:
    """What is still to be done, whatever its time."""
    return {name: int(stack.sql(query)[0][0]) for name, query in WAITING.items()}


def once(d: Drill, stack: PrivateStack) -> None:
    """Each timer told once, each wait ended once, each timer of the drill complete."""
    told = stack.sql(
        "SELECT payload->>'clock_id' FROM core_outboxevent WHERE name IN ('sla.warned', 'sla.breached')"
        " GROUP BY payload->>'clock_id', payload->>'gen', payload->>'percent' HAVING count(*) > 1"
    )
    d.require(not told, f"{len(told)} marks were told twice")
    [(clocks_made, whole)] = stack.sql(
        "SELECT count(*), count(*) FILTER (WHERE marks = ARRAY[25, 50, 75, 100]) FROM (SELECT c.id,"
        " array_agg(e.pct::int ORDER BY e.id) FILTER (WHERE e.pct IS NOT NULL) AS marks FROM sla_clock c"
        " JOIN sla_clockevent e ON e.clock_id = c.id WHERE c.track = 'drill' GROUP BY c.id) each"
    )
    d.figures["timers"] = clocks_made
    d.require(clocks_made >= 20, f"only {clocks_made} timers were started")
    d.require(
        whole == clocks_made, f"{clocks_made - whole} of {clocks_made} timers did not fire 25, 50, 75, 100"
    )
    waits = stack.sql(
        "SELECT s.run_id FROM workflows_flowstep s JOIN workflows_flowrun r ON r.id = s.run_id"
        " WHERE s.kind = 'wait_duration' GROUP BY s.run_id"
        " HAVING count(*) <> 1 OR min(r.status) <> 'completed'"
    )
    d.require(not waits, f"{len(waits)} runs did not wait once and end")


def in_order(d: Drill, stack: PrivateStack) -> None:
    """By the order of ids, which is that of history: beginnings first, ends last, stretches apart."""
    for name, query in {
        "tickets whose first line is not their opening": "SELECT ticket_id FROM"
        " (SELECT DISTINCT ON (ticket_id) ticket_id, verb FROM tickets_activity ORDER BY ticket_id, id) f"
        " WHERE verb <> 'opened'",
        "clocks whose first event is not their start": "SELECT clock_id FROM (SELECT DISTINCT ON (clock_id)"
        " clock_id, kind FROM sla_clockevent ORDER BY clock_id, id) f WHERE kind <> 'attach'",
        "clocks with an event after their end": "SELECT e.clock_id FROM sla_clockevent e"
        " JOIN sla_clockevent f ON f.clock_id = e.clock_id AND f.id < e.id"
        " WHERE f.kind IN ('complete', 'cancel')",
        "clocks whose stretches overlap": "SELECT a.clock_id FROM sla_clocksegment a JOIN sla_clocksegment b"
        " ON a.clock_id = b.clock_id AND a.id < b.id AND a.ended_at > b.began_at",
        "clocks that end before they begin": "SELECT id FROM sla_clock WHERE stopped_at < started_at",
        "marks before the start of their clock": "SELECT e.id FROM sla_clockevent e JOIN sla_clock c"
        " ON c.id = e.clock_id WHERE e.pct IS NOT NULL AND e.at < c.started_at",
    }.items():
        found = stack.sql(query)
        d.require(not found, f"{len(found)} {name}")


if __name__ == "__main__":
    run("F-30", drill, rounds=1)
