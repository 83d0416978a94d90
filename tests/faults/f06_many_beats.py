"""F-06: two, then five beats at once; each periodic job runs once a tick, and nothing is done twice."""

from __future__ import annotations

from typing import Any

from tests.faults import invariants
from tests.faults.broker import published
from tests.faults.drill import Drill, run
from tests.faults.load import TIMED, Load, rate
from tests.faults.story import UNLIMITED, Story

SECONDS, FULL_SECONDS = 35, 120
STARTED_SECONDS = 5
SCHEDULE = "flows.stuck"  # the one that is due each minute


def drill(d: Drill) -> None:
    """Start one more beat, then three more, under load."""
    length = FULL_SECONDS if d.full else SECONDS
    with d.stack(env=UNLIMITED) as stack:
        story = Story(stack)
        stack.inside("publish_timer", {"seconds": 20, "title": TIMED})
        began = stack.sql("SELECT clock_timestamp()")[0][0]
        with Load(story, rate=rate(d), timed_share=4) as load:
            for more, beats in ((1, 2), (3, 5)):
                for _ in range(more):
                    stack.add_beat()
                load.wait(STARTED_SECONDS)
                before = published(stack)
                load.wait(length)
                count = published(stack) - before
                d.figures[f"messages_of_{beats}"] = count
                d.require(count >= 0.9 * beats * length, f"{beats} beats sent {count} ticks in {length} s")
        d.require(all(extra.poll() is None for extra in stack.extras), "an additional beat has ended")
        ended = stack.sql("SELECT clock_timestamp()")[0][0]
        compare_ticks(d, began, ended, [row[0] for row in ticks(stack, began, ended)])
        invariants.settle(d, story)
        invariants.check(d, story, load)
        marks = stack.sql("SELECT count(*) FROM sla_clockevent WHERE kind IN ('warn', 'breach')")[0][0]
        d.figures["marks"] = marks


def ticks(stack: Any, began: Any, ended: Any) -> list[tuple[Any, ...]]:
    """The ticks that were claimed in this time, the minute in which it began included."""
    found: list[tuple[Any, ...]] = stack.sql(
        "SELECT tick_at FROM core_scheduletick WHERE schedule = %s"
        " AND tick_at >= date_trunc('minute', %s::timestamptz) AND tick_at < %s ORDER BY tick_at",
        (SCHEDULE, began, ended),
    )
    return found


def compare_ticks(d: Drill, began: Any, ended: Any, found: list[Any]) -> None:
    """One for each minute that somebody could see, no more and no less (RL-30)."""
    first, last = (at.replace(second=0, microsecond=0) for at in (began, ended))
    expected = int((last - first).total_seconds() // 60) + 1
    d.figures["ticks"], d.figures["expected"] = len(found), expected
    d.require(len(set(found)) == len(found), "a tick was claimed twice")
    d.require(len(found) == expected, f"{len(found)} ticks where {expected} were due")


if __name__ == "__main__":
    run("F-06", drill, rounds=1)
