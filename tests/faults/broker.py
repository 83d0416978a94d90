"""What the broker and the workers behind it say of themselves."""

from __future__ import annotations

import time

import redis
from celery import Celery

from tests.faults.stack import PrivateStack


def answers(stack: PrivateStack) -> bool:
    """Whether it says PONG: not while it is frozen, away or loads its file."""
    try:
        client = redis.Redis.from_url(stack.redis_url, socket_timeout=0.5, socket_connect_timeout=0.5)
        return bool(client.ping())
    except redis.RedisError:
        return False


def published(stack: PrivateStack) -> int:
    """How many messages the broker was given since it started: hints and ticks."""
    return int(redis.Redis.from_url(stack.redis_url).info("commandstats")["cmdstat_lpush"]["calls"])


def wait_for_hints(stack: PrivateStack, seconds: float) -> float | None:
    """Seconds until a worker took another hint than those it has; None when none did in time."""
    began = time.monotonic()
    before = None
    while time.monotonic() - began < seconds:
        now = _hints_done(stack)
        if before is not None and now > before:
            return time.monotonic() - began
        before = now if before is None and now else before
    return None


def _hints_done(stack: PrivateStack) -> int:
    """How many hints the workers have taken; 0 while none of them can be asked."""
    url = stack.redis_url.replace("unix://", "redis+socket://")
    with Celery(broker=url) as app:
        try:
            found = app.control.inspect(timeout=0.7).stats() or {}
        except OSError:
            return 0
        except app.connection_for_read().connection_errors:
            return 0
    return sum(int(each["total"].get("core.tasks.wake", 0)) for each in found.values())
