"""F-05: nobody ticks for two minutes; timers of clocks and flows still fire (I4), in load and silence."""

from __future__ import annotations

import signal
import time

from tests.faults import invariants
from tests.faults.drill import Drill, run
from tests.faults.load import TIMED, Load, graph, rate
from tests.faults.stack import PrivateStack
from tests.faults.story import UNLIMITED, Story

LATEST_SECONDS = 5.0  # RP-4
SECONDS, FULL_SECONDS = 40, 120


def drill(d: Drill) -> None:
    """Kill beat while the launcher cannot start it again; half of the time nothing else wakes anybody."""
    length = FULL_SECONDS if d.full else SECONDS
    with d.stack(env=UNLIMITED) as stack:
        story = Story(stack)
        stack.inside("publish_timer", {"seconds": length // 2, "title": TIMED})
        wait = {"kind": "wait_duration", "for": {"after": f"PT{length // 3}S"}, "next": "ok"}
        nodes = {"wait": wait, "ok": {"kind": "end", "outcome": "delivered"}}
        stack.inside("publish_flow", graph("drill_wait", nodes, title=TIMED))
        began = stack.sql("SELECT now()")[0][0]
        with stack.unattended():
            stack.kill("beat", signal.SIGKILL)
            with Load(story, rate=rate(d), timed_share=1) as load:
                load.wait(length / 2)
            time.sleep(length / 2)
            without_beat = stack.sql(
                "SELECT extract(epoch FROM now() - max(beat_at))::float8 FROM core_processheartbeat"
                " WHERE role = 'beat'"
            )[0][0]
        d.require(without_beat > length * 0.8, f"beat was away for {without_beat:.0f} s only")
        d.figures["without_beat_seconds"] = round(without_beat)
        lateness(d, stack, began)
        invariants.settle(d, story)
        invariants.check(d, story, load)


def lateness(d: Drill, stack: PrivateStack, began: object) -> None:
    """The marks and waits that came due meanwhile, and how late the latest was."""
    for name, query in {
        "marks": "SELECT count(*), max(extract(epoch FROM noticed_at - at))::float8 FROM sla_clockevent"
        " WHERE kind IN ('warn', 'breach') AND at > %s",
        "waits": "SELECT count(*), max(extract(epoch FROM done_at - due_at))::float8 FROM workflows_flowstep"
        " WHERE kind = 'wait_duration' AND status = 'done' AND due_at > %s",
    }.items():
        count, worst = stack.sql(query, (began,))[0]
        d.require(count >= 20, f"only {count} {name} came due")
        d.figures[name], d.figures[f"{name}_latest_seconds"] = count, round(worst, 1)
        d.require(worst <= LATEST_SECONDS, f"one of {count} {name} was {worst:.1f} s late")
    waiting = stack.sql(
        "SELECT count(*) FROM workflows_flowstep WHERE kind = 'wait_duration' AND status = 'waiting'"
        " AND due_at < now() - interval '5 s'"
    )[0][0]
    d.require(waiting == 0, f"{waiting} waits never ended")


if __name__ == "__main__":
    run("F-05", drill, rounds=1)
