"""F-23: targets that fail, hang, drip, pour, have a bad certificate or redirect inwards harm nobody else.

At the level of ``connectors.services.call``, with real sockets and the tables of a real installation. The
engine's http node and webhooks go through the same call.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.faults.drill import Drill, run
from tests.sinks import Sink, certificate

SECONDS = 10  # in all, for one call of the webhook class
LATE = 0.7  # what a busy machine may add
CAP = 64 * 1024
HEAD = 2048  # status line, headers and sizes of chunks
METADATA = quote("http://169.254.169.254/latest/meta-data/", safe="")
# Mode → the path that misbehaves, the code that the call must end with.
MODES = {
    "500": ("/status/500", "http_500"),
    "hang": ("/hang", "timeout"),
    "drip": ("/drip", "timeout"),
    "drip_head": ("/drip-head", "timeout"),
    "big": ("/big", "too_large"),
    "endless": ("/endless", "too_large"),
    "bomb": ("/bomb", "too_large"),
    "tls": ("/ok", "tls"),
    "redirect": (f"/redirect/{METADATA}", "redirect"),
}
FAILURES_TO_OPEN = 5


@dataclass
class Seen:
    """What happened to the calls of one target."""

    codes: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    read: list[int] = field(default_factory=list)


def drill(d: Drill) -> None:
    """All bad targets at once, beside a good one that must not notice."""
    with ExitStack() as open_things:
        folder = Path(open_things.enter_context(tempfile.TemporaryDirectory()))
        context, _pem = certificate(folder)
        sinks = {mode: open_things.enter_context(Sink(context if mode == "tls" else None)) for mode in MODES}
        good = open_things.enter_context(Sink())
        allow = " ".join(sink.place for sink in [*sinks.values(), good])
        stack = open_things.enter_context(d.stack(demo=False))
        os.environ.update(stack.django_environment() | {"ITSM_OUTBOUND_ALLOW": allow})
        counted = set_up()
        for turn in range(d.rounds):
            one_round(d, sinks, good, turn, counted)
            d.say(f"round {turn + 1}: {d.figures}")


def set_up() -> threading.local:
    """Django on the stack's tables; what leaves the sockets is counted per thread."""
    import django

    django.setup()
    logging.disable(logging.INFO)  # a line for every call of the good target is no progress
    import httpcore

    counted = threading.local()
    read = httpcore._backends.sync.SyncStream.read

    def count(self: Any, most: int, timeout: float | None = None) -> bytes:
        piece = read(self, most, timeout)
        counted.bytes = getattr(counted, "bytes", 0) + len(piece)
        return piece

    httpcore._backends.sync.SyncStream.read = count
    return counted


def one_round(d: Drill, sinks: dict[str, Sink], good: Sink, turn: int, counted: threading.local) -> None:
    from connectors import services
    from connectors.models import Breaker, CallSlot, ConnectorCall

    def made(name: str, url: str) -> str:
        key = f"{name.replace('_', '-')}-{turn}" if name[0].isalpha() else f"s{name}-{turn}"
        services.create(
            actor=None, key=key, name_ko=name, base_url=url, timeout_seconds=SECONDS, max_body_bytes=CAP
        )
        return key

    keys = {mode: made(mode, sink.url) for mode, sink in sinks.items()}
    well = made("good", good.url)
    before = {mode: sink.connections for mode, sink in sinks.items()}
    seen = {mode: Seen() for mode in MODES}
    fine, over = Seen(), threading.Event()
    threads = [start(lambda m=mode: fail(keys[m], m, seen[m], counted)) for mode in MODES]
    side = start(lambda: keep_calling(well, fine, counted, over))
    for thread in threads:
        thread.join()
    over.set()
    side.join()
    for mode, (_path, code) in MODES.items():
        told = seen[mode]
        wanted = [code] * FAILURES_TO_OPEN + ["breaker_open"] * 3
        d.require(told.codes == wanted, f"{mode}: {told.codes}")
        d.require(max(told.seconds) <= SECONDS + LATE, f"{mode} took {max(told.seconds):.1f} s")
        d.require(max(told.read) <= CAP + HEAD, f"{mode}: {max(told.read)} bytes were read")
        made_here = sinks[mode].connections - before[mode]
        d.require(made_here == FAILURES_TO_OPEN, f"{mode}: {made_here} connections")
    d.require(set(fine.codes) == {""}, f"the good target: {set(fine.codes)}")
    p99 = sorted(fine.seconds)[int(len(fine.seconds) * 0.99)]
    d.require(p99 < 2.0, f"the good target's delay: p99 {p99:.2f} s")
    kept = ConnectorCall.objects.filter(connector__key__in=keys.values()).count()
    d.require(kept == len(MODES) * FAILURES_TO_OPEN, f"{kept} calls were logged")
    d.require(not CallSlot.objects.exists(), "a slot was not given back")
    come_back(d, keys, sinks, Breaker)
    d.figures |= {
        "slowest": round(max(max(told.seconds) for told in seen.values()), 2),
        "most_read": max(max(told.read) for told in seen.values()),
        "good_calls": len(fine.seconds),
        "good_p99": round(p99, 3),
    }


def start(act: Callable[[], None]) -> threading.Thread:
    """A thread with a database connection of its own, which it closes."""

    def work() -> None:
        from django.db import connection

        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def call(key: str, path: str, seen: Seen, counted: threading.local) -> None:
    """One call, with its code, time and bytes."""
    from connectors.services import CallError
    from connectors.services import call as send

    counted.bytes = 0
    began = time.monotonic()
    try:
        send(key, method="POST", path=path, body={"n": 1}, idempotency_key=f"{key}:{len(seen.codes)}")
    except CallError as error:
        seen.codes.append(error.code)
    else:
        seen.codes.append("")
    seen.seconds.append(time.monotonic() - began)
    seen.read.append(counted.bytes)


def fail(key: str, mode: str, seen: Seen, counted: threading.local) -> None:
    """Until the breaker has opened, and a little longer."""
    for _turn in range(FAILURES_TO_OPEN + 3):
        call(key, MODES[mode][0], seen, counted)


def keep_calling(key: str, seen: Seen, counted: threading.local, over: threading.Event) -> None:
    """A good target beside them, all the time."""
    while not over.is_set():
        call(key, "/ok", seen, counted)
        time.sleep(0.02)


def come_back(d: Drill, keys: dict[str, str], sinks: dict[str, Sink], breaker: Any) -> None:
    """After a minute (set in the table, waited for with --full) one call tries; success opens the way."""
    from django.db.models.functions import Now

    if d.full:
        time.sleep(61)
    else:
        breaker.objects.update(open_until=Now())
    told = Seen()
    local = threading.local()
    for _turn in range(2):
        call(keys["500"], "/ok", told, local)
    d.require(told.codes == ["", ""], f"after the minute: {told.codes}")
    origin = sinks["500"].url
    d.require(not breaker.objects.filter(origin=origin).exists(), "the breaker did not forget")


if __name__ == "__main__":
    run("F-23", drill, rounds=1)
