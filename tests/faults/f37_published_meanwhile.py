"""F-37: a flow is published anew while hundreds of runs are under way; those end on their own version."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.faults import invariants
from tests.faults.drill import Drill, run
from tests.faults.invariants import SETTLED_SECONDS
from tests.faults.load import graph
from tests.faults.stack import PrivateStack
from tests.faults.story import UNLIMITED, Story, until

CLIENTS = 6
RUNS, FULL_RUNS = 400, 1000
AFTERWARDS = 20
SEEN_SECONDS = 2.5  # until every process has seen what was published
KEY, TITLE = "drill_versions", "[versions]"


def drill(d: Drill) -> None:
    """Start ``rounds`` runs that wait, publish another graph and a third, see who does what."""
    d.rounds = max(d.rounds, FULL_RUNS if d.full else 0)
    d.figures["rounds"] = d.rounds
    waits = max(20, d.rounds // 20)
    with d.stack(env=UNLIMITED) as stack:
        story = Story(stack)
        versions = [stack.inside("publish_flow", edition(1, waits))["version"]]
        time.sleep(SEEN_SECONDS)
        began = time.monotonic()
        opened = open_many(story, "old", d.rounds)
        d.figures["opened_seconds"] = round(time.monotonic() - began, 1)
        versions += [stack.inside("publish_flow", edition(no, 1))["version"] for no in (2, 3)]
        time.sleep(SEEN_SECONDS)
        still = sum(runs(stack, versions[0]).get(status, 0) for status in ("running", "waiting"))
        d.figures["open_when_published"] = still
        d.require(still >= d.rounds * 0.9, f"only {still} of {d.rounds} runs were still under way")
        opened += open_many(story, "new", AFTERWARDS)
        for version, count in ((versions[0], d.rounds), (versions[2], AFTERWARDS)):
            until(lambda: runs(stack, version) == {"completed": count}, waits + SETTLED_SECONDS)  # noqa: B023
            states = {each: runs(stack, each) for each in versions}
            d.require(states[version] == {"completed": count}, f"runs are stuck: {states}")
        d.figures |= {"runs": d.rounds, "on_the_newest": AFTERWARDS, "stuck": 0}
        compare(d, stack)
        found = stack.sql("SELECT count(*) FROM tickets_ticket WHERE number = ANY(%s)", (opened,))[0][0]
        d.require(found == len(opened), f"{len(opened) - found} acknowledged incidents are missing")
        invariants.check(d, story)
        d.figures["acked"] = len(opened)


def edition(number: int, waits: int) -> dict[str, Any]:
    """A graph whose steps have names of their own in each version."""
    wait, say, end = f"wait_{number}", f"say_{number}", f"end_{number}"
    nodes = {
        wait: {"kind": "wait_duration", "for": {"after": f"PT{waits}S"}, "next": say},
        say: {"kind": "log", "message": f"by version {number}", "next": end},
        end: {"kind": "end", "outcome": "delivered"},
    }
    return graph(KEY, nodes, title=TITLE)


def open_many(story: Story, name: str, count: int) -> list[str]:
    """Open so many incidents, each of which starts a run; their numbers."""

    def open_one(number: int) -> str:
        body = {"title": f"{TITLE} {name} {number}", "impact": 3, "urgency": 3}
        return str(story.employee.post("/incidents/", body)["number"])

    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(open_one, range(count)))


def runs(stack: PrivateStack, version: int) -> dict[str, int]:
    """How many runs of a version are in which state."""
    rows = stack.sql(
        "SELECT status, count(*) FROM workflows_flowrun WHERE flow_version_id = %s GROUP BY status",
        (version,),
    )
    return {str(status): int(count) for status, count in rows}


def compare(d: Drill, stack: PrivateStack) -> None:
    """Each ticket heard from the version that its run began with, once."""
    heard = stack.sql(
        "SELECT split_part(t.title, ' ', 2), a.body, count(*), count(DISTINCT t.id) FROM tickets_activity a"
        " JOIN tickets_ticket t ON t.id = a.ticket_id WHERE a.verb = 'flow_log' AND a.body LIKE 'by %'"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    )
    wanted = [("new", "by version 3", AFTERWARDS, AFTERWARDS), ("old", "by version 1", d.rounds, d.rounds)]
    d.require(heard == wanted, f"who did what: {heard}")


if __name__ == "__main__":
    run("F-37", drill, rounds=RUNS)
