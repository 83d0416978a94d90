"""F-31: clocks over changes of offset, leap days, year ends and edits of their calendar: equal to an oracle.

25 zones × 20 cases, each a clock of the database that is attached, paused, resumed, planned anew and fired by
the product's services; the oracle walks through the same life minute by minute.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import Any

from itsm.environment import BASE_DIR
from tests.faults.drill import Drill, run
from tests.faults.stack import PrivateStack
from tests.schedules.minute_walk import ZONES

# Half an hour of summer time (Lord Howe), 45 minutes (Chatham, Kathmandu), two hours (Troll), a date that
# never was (Apia, Fakaofo), winter time that is ‘summer’ time (Dublin), changes at midnight (Beirut, Havana).
MORE = [
    "Pacific/Fakaofo", "Asia/Beirut", "America/Havana", "America/Asuncion", "America/Los_Angeles",
    "Europe/Moscow", "Africa/Cairo", "Australia/Adelaide", "America/Caracas", "Asia/Gaza",
]  # fmt: skip
EACH = 20
SHOWN = 5


def drill(d: Drill) -> None:
    """All cases with the worker held still: the clocks live in years that are over or not yet come."""
    zones = [*ZONES, *MORE]
    with d.stack() as stack, stack.frozen("worker", "beat"):
        found = cases(stack, d.seed, zones)
        wrong = [each for each in found if each["ours"] != each["oracle"]]
        for each in wrong[:SHOWN]:
            d.say(f"differs: {each}")
        d.figures |= {"zones": len(zones), "cases": len(found), "equal": len(found) - len(wrong)}
        d.figures |= {kind.replace(" ", "_"): n for kind, n in Counter(e["kind"] for e in found).items()}
        d.require(len(found) == len(zones) * EACH == 500, f"{len(found)} cases instead of 500")
        d.require(not wrong, f"{len(wrong)} of {len(found)} cases differ from the oracle")
        stored(d, stack)


def cases(stack: PrivateStack, seed: int, zones: list[str]) -> list[dict[str, Any]]:
    """What the cases told; they run in a process with the environment of the stack."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.calendar_cases", str(seed), *zones],
        env=stack.django_environment(), cwd=BASE_DIR, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the cases ended with {done.returncode}: {done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def stored(d: Drill, stack: PrivateStack) -> None:
    """The database agrees with itself: one breach for each clock, no mark inside a pause."""
    [(breaches, clocks)] = stack.sql(
        "SELECT count(*), count(DISTINCT e.clock_id) FROM sla_clockevent e"
        " JOIN sla_clock c ON c.id = e.clock_id WHERE e.kind = 'breach' AND c.track LIKE 'drill-%%'"
    )
    d.require(breaches == clocks == 500, f"{breaches} breaches of {clocks} clocks")
    inside = stack.sql(
        "SELECT e.id FROM sla_clockevent e JOIN sla_clocksegment s"
        " ON s.clock_id = e.clock_id AND s.kind = 'paused'"
        " WHERE e.pct IS NOT NULL AND e.at > s.began_at AND e.at < s.ended_at"
    )
    d.require(not inside, f"{len(inside)} marks lie inside a pause")
    [(planned,)] = stack.sql("SELECT count(*) FROM sla_clockevent WHERE kind = 'recalc'")
    d.figures["planned_anew"] = planned
    d.require(planned > 100, f"only {planned} clocks were planned anew by an edit")


if __name__ == "__main__":
    run("F-31", drill, rounds=1)
