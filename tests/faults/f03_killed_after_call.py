"""F-03: a process is killed between a flow's call to another system and the record of its answer.

The call is repeated with the same key, so the other system can tell; a call that may be made once only is not
repeated and waits for a person.
"""

from __future__ import annotations

import time
from collections import Counter

from tests.faults import invariants
from tests.faults.drill import Drill, run
from tests.faults.load import graph
from tests.faults.stack import PrivateStack
from tests.faults.story import UNLIMITED, Story, until
from tests.sinks import Sink

FAILPOINT = "after_call_before_record@flow:kill"
REPEATED, ONCE = "drill_repeated", "drill_once"
KILLED_SECONDS = 180  # one process after the other takes a call and dies of it
RECOVERED_SECONDS = 120  # the lease of a call is its own limit and half a minute


def drill(d: Drill) -> None:
    """Workers that die after each call, then one that does not."""
    with Sink() as sink, d.stack(env=UNLIMITED | {"ITSM_OUTBOUND_ALLOW": sink.place}) as stack:
        story = Story(stack)
        prepare(stack, sink)
        with stack.frozen("worker"):
            for kind in (REPEATED, ONCE):
                for number in range(d.rounds):
                    body = {"title": f"[{kind}] {number}", "impact": 3, "urgency": 3}
                    story.employee.post("/incidents/", body)
            call_and_die(d, stack, sink)
            killed = keys(sink)
            d.require(not states(stack).keys() & {"done", "failed"}, f"recorded: {states(stack)}")
        began = time.monotonic()
        story.order()
        wanted = {"done": d.rounds, "failed": d.rounds}
        d.require(until(lambda: states(stack) == wanted, RECOVERED_SECONDS), f"states: {states(stack)}")
        after = keys(sink)
        d.figures |= {
            "kills": killed.total(),
            "repeated": sum(1 for times in after.values() if times > 1),
            "recovered_seconds": round(time.monotonic() - began, 1),
        }
        d.require(after.keys() == killed.keys(), "a repeated call had a key of its own")
        for key, times in after.items():
            d.require(times == 1 if ":once:" in key else times > 1, f"{key} was sent {times} times")
        check_effects(d, stack)
        invariants.settle(d, story)
        invariants.check(d, story, given_up=d.rounds)


def call_and_die(d: Drill, stack: PrivateStack, sink: Sink) -> None:
    """Workers whose processes each make one call and are killed by the failpoint.

    The main process sweeps too when its children have not told for a while that they did, and dies of it.
    """
    mortal = stack.add_worker("mortal", failpoint=FAILPOINT)

    def all_called() -> bool:
        nonlocal mortal
        if mortal.poll() is not None:
            mortal = stack.add_worker("mortal", failpoint=FAILPOINT)
        return len(keys(sink)) == 2 * d.rounds

    try:
        called = until(all_called, KILLED_SECONDS)
    finally:
        mortal.kill()
        mortal.wait()
    d.require(called, f"{len(keys(sink))} calls by workers that die of them: {states(stack)}")


def prepare(stack: PrivateStack, sink: Sink) -> None:
    """A connection, and two flows that call through it: one may repeat, one may not."""
    stack.inside("make_connector", {"key": "drill", "base_url": sink.url})
    for kind, node, once in ((REPEATED, "again", False), (ONCE, "once", True)):
        call = {"kind": "http", "connector": "drill", "method": "POST", "path": "/ok", "timeout": 1}
        nodes = {
            node: {**call, "body": {"n": 1}, "at_most_once": once, "next": "say"},
            "say": {"kind": "log", "message": f"{kind} was answered", "next": "fin"},
            "fin": {"kind": "end", "outcome": "delivered"},
        }
        stack.inside("publish_flow", graph(kind, nodes, title=f"[{kind}]"))
    time.sleep(2.5)  # until every web process has seen the triggers


def keys(sink: Sink) -> Counter[str]:
    """How often each Idempotency-Key came."""
    return Counter(headers["idempotency-key"] for _method, _path, headers, _body in sink.requests)


def states(stack: PrivateStack) -> dict[str, int]:
    """How many of the calling steps are in which state."""
    rows = stack.sql("SELECT status, count(*) FROM workflows_flowstep WHERE kind = 'http' GROUP BY status")
    return {str(status): int(count) for status, count in rows}


def check_effects(d: Drill, stack: PrivateStack) -> None:
    """What follows an answer happened once; a call that may not be repeated waits for a person."""
    ended = (
        "SELECT count(*) FROM workflows_flowrun r WHERE r.status = 'completed' AND EXISTS"
        " (SELECT 1 FROM workflows_flowstep s WHERE s.run_id = r.id AND s.node_id = 'again')"
    )
    d.require(until(lambda: stack.sql(ended)[0][0] == d.rounds), "answered calls did not take their runs on")
    said = stack.sql("SELECT body, count(*) FROM tickets_activity WHERE body LIKE 'drill_%%' GROUP BY body")
    d.require(dict(said) == {f"{REPEATED} was answered": d.rounds}, f"effects: {dict(said)}")
    parked = stack.sql(
        "SELECT count(*) FROM workflows_flowrun WHERE status = 'suspended' AND error->>'node' = 'once'"
    )
    d.require(parked[0][0] == d.rounds, f"{parked[0][0]} runs wait for a person")


if __name__ == "__main__":
    run("F-03", drill, rounds=5)
