"""F-01: the worker is killed at random moments while laptops are ordered, approved and bought."""

from __future__ import annotations

import signal
import threading

from tests.faults import invariants
from tests.faults.drill import Drill, run
from tests.faults.story import UNLIMITED, Story

ORDERS = 25


def drill(d: Drill) -> None:
    """Kill one process of the worker every moment; afterwards every order is complete, once."""
    with d.stack(env=UNLIMITED) as stack:
        story = Story(stack)
        stop = threading.Event()
        errors: list[str] = []
        client = threading.Thread(target=keep_busy, args=(story, stop, errors))
        client.start()
        for number in range(d.rounds):
            stop.wait(d.random.uniform(0.1, 1.2))
            whole = number % 3 == 0
            killed = stack.kill("worker", signal.SIGKILL, child=not whole)
            if whole:
                stack.wait_for_restart("worker", killed)
        stop.set()
        client.join()
        d.require(not errors, f"the client saw {errors[:3]}")
        while len(story.orders) < ORDERS:
            story.order()
        d.require(story.finish(), f"not everything was finished: {story.states()}")
        invariants.check(d, story)
        d.figures["kills"] = d.rounds


def keep_busy(story: Story, stop: threading.Event, errors: list[str]) -> None:
    """Order, approve and buy until told to stop."""
    try:
        while not stop.is_set():
            if len(story.orders) < ORDERS:
                story.order()
            story.approve_what_waits()
            story.complete_what_is_open()
            stop.wait(0.2)
    except Exception as error:  # noqa: BLE001 - reported by the drill
        errors.append(repr(error)[:300])


if __name__ == "__main__":
    run("F-01", drill, rounds=50)
