"""The live process's entry point (granian, ASGI): server-sent events, nothing else (STACK L-16)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

import django
import structlog
from django.db import Error as DatabaseError
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itsm.settings")
django.setup(set_prefix=False)

from core.live import Message  # noqa: E402 - the apps must be ready first
from itsm.livestream import access  # noqa: E402
from itsm.livestream.http import Front, Receive, Scope, Send  # noqa: E402
from itsm.livestream.hub import Hub  # noqa: E402
from itsm.livestream.source import Source  # noqa: E402
from notifications.live import recent_envelopes  # noqa: E402

log = structlog.get_logger(__name__)
THREADS = 4
RECHECK_SECONDS = 2.0
P = ParamSpec("P")
T = TypeVar("T")


class Application:
    """One hub, one source and the tasks that keep both going, on one event loop."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="live-db")
        self._access = access.Access()
        self.hub = Hub(self._may_read)
        self._source = Source(self.hub, self._threaded(recent_envelopes))
        self._front = Front(self.hub, self._threaded(access.identify), self._health)
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            self.start()
            await self._front(scope, receive, send)

    def start(self) -> None:
        """Start listening, once per process."""
        if not self._tasks:
            loops = (self._source.listen, self._source.poll, self._recheck)
            self._tasks = [asyncio.create_task(_forever(loop)) for loop in loops]

    async def stop(self) -> None:
        """End all streams and loops."""
        self.hub.end_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.start()
            else:
                await self.stop()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def _recheck(self) -> None:
        """End the streams of readers who were signed out, disabled or whose token was revoked (SE-2)."""
        check = self._threaded(access.still_valid)
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            readers = {connection.reader for connection in self.hub.connections}
            if not readers:
                continue
            with suppress(DatabaseError):  # nothing is handed out meanwhile: the same database is asked
                valid = await check(readers)
                for connection in list(self.hub.connections):
                    if connection.reader in readers - valid:
                        connection.end()

    async def _may_read(self, message: Message, user_ids: frozenset[int]) -> frozenset[int]:
        return await self._threaded(self._access.may_read)(message, user_ids)

    def _threaded(self, function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, lambda: _with_connection(function, *args, **kwargs))

        return call

    def _health(self) -> dict[str, Any]:
        return {
            "status": "ok",
            "streams": len(self.hub.connections),
            "broker": "ok" if self._source.broker_answers else "away",
        }


def _with_connection(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    close_old_connections()
    try:
        return function(*args, **kwargs)
    finally:
        close_old_connections()


async def _forever(loop: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await loop()
        except Exception:
            log.exception("live_loop_failed", loop=getattr(loop, "__name__", ""))
            await asyncio.sleep(1)
        else:
            return


application = Application()
