"""Where envelopes come from: the broker's pub/sub, and the event table while that is away or lost something.

The table is also read every few seconds beside the broker, so a message that no worker could publish arrives
late instead of never. The hub drops what it had already.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from core.live import Envelope, channel
from itsm.livestream.hub import Hub

log = structlog.get_logger(__name__)
RETRY_SECONDS = 1.0
PING_SECONDS = 5.0
SILENCE_SECONDS = 15.0
POLL_AWAY_SECONDS = 1.5
POLL_BESIDE_SECONDS = 10.0

Recent = Callable[[frozenset[str]], Awaitable[list[Envelope]]]


class Source:
    """Feeds the hub. ``recent(known)`` reads the newest envelopes from the database, less the known ones."""

    def __init__(self, hub: Hub, recent: Recent) -> None:
        self._hub = hub
        self._recent = recent
        self._lost = False
        self.broker_answers = False

    async def listen(self) -> None:
        """Follow the broker's channel for ever, reconnecting when it goes away."""
        while settings.REDIS_URL:
            try:
                await self._follow()
            except (RedisError, OSError, TimeoutError) as error:
                if self.broker_answers:
                    log.warning("live_broker_away", error=repr(error)[:200])
            finally:
                self.broker_answers = False
            await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self) -> None:
        client = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=SILENCE_SECONDS)
        try:
            async with client.pubsub() as subscription:
                await subscription.subscribe(channel())
                await self._read(subscription)
        finally:
            await client.aclose()

    async def _read(self, subscription: PubSub) -> None:
        heard = asked = time.monotonic()
        while True:
            message = await subscription.get_message(timeout=1.0)
            now = time.monotonic()
            if message is not None:
                heard, self.broker_answers = now, True
                if message["type"] == "message":
                    await self._take(message["data"])
            elif now - heard > SILENCE_SECONDS:
                raise TimeoutError("no answer to ping")
            if now - asked > PING_SECONDS:
                asked = now
                await subscription.ping()

    async def _take(self, text: bytes) -> None:
        try:
            envelope = Envelope.from_json(text)
        except ValueError:
            log.warning("live_bad_message")
            return
        try:
            await self._hub.deliver(envelope)
        except DatabaseError as error:
            # Nobody could be checked, so nobody was told: all must look again once the database answers.
            log.warning("live_access_unknown", error=repr(error)[:200])
            self._lost = True

    async def poll(self) -> None:
        """Read the event table for ever: often while the broker is away, now and then beside it."""
        for envelope in await self._first():
            self._hub.skip(envelope.id)  # what happened before this process started is nobody's news
        self._hub.begin()
        while True:
            await self._pause()
            try:
                envelopes = await self._recent(self._hub.known())
                if self._lost:
                    self._hub.reset()
                    self._lost = False
                for envelope in envelopes:
                    await self._hub.deliver(envelope)
            except DatabaseError as error:
                log.warning("live_database_away", error=repr(error)[:200])
                self._lost = True

    async def _first(self) -> list[Envelope]:
        try:
            return await self._recent(frozenset())
        except DatabaseError:
            self._lost = True
            return []

    async def _pause(self) -> None:
        """Wait for the next look: shorter as soon as the broker is away or something was missed."""
        started = time.monotonic()
        while True:
            await asyncio.sleep(0.5)
            well = self.broker_answers and not self._lost
            if time.monotonic() - started >= (POLL_BESIDE_SECONDS if well else POLL_AWAY_SECONDS):
                return
