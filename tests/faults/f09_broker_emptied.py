"""F-09: the broker is emptied under load; nothing is lost, the sweep finds it all within seconds."""

from __future__ import annotations

import threading
import time

import redis

from tests.faults import invariants
from tests.faults.drill import Drill, run
from tests.faults.f01_worker_killed import keep_busy
from tests.faults.story import UNLIMITED, Story


def drill(d: Drill) -> None:
    """FLUSHALL while orders come in; every order is complete, once."""
    with d.stack(env=UNLIMITED) as stack:
        story = Story(stack)
        broker = redis.Redis.from_url(stack.redis_url)
        stop = threading.Event()
        errors: list[str] = []
        client = threading.Thread(target=keep_busy, args=(story, stop, errors))
        client.start()
        for _ in range(d.rounds):
            stop.wait(d.random.uniform(0.5, 2.0))
            broker.flushall()
        stop.set()
        client.join()
        d.require(not errors, f"the client saw {errors[:3]}")
        broker.flushall()
        began = time.monotonic()
        story.order()
        d.require(story.finish(), f"not everything was finished: {story.states()}")
        d.figures["last_story_seconds"] = round(time.monotonic() - began, 1)
        invariants.check(d, story)


if __name__ == "__main__":
    run("F-09", drill, rounds=5)
