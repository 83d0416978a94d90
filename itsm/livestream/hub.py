"""Hands each envelope to the open streams that asked for its topics and whose reader may know.

Runs on one event loop and knows neither Django nor the broker.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

import structlog

from core.live import Envelope, Message

log = structlog.get_logger(__name__)
QUEUE_SIZE = 200
RING_SIZE = 5000
RING_SECONDS = 3600
KNOWN_SIZE = 20_000
RESET = b"event: reset\ndata: {}\n\n"


@dataclass(frozen=True)
class Reader:
    """Who reads a stream, and by what: a session or a token, whose end also ends the stream."""

    user_id: int
    session_key: str = ""
    auth_hash: str = ""
    token_id: int = 0
    token_hash: str = ""


@dataclass(eq=False)
class Connection:
    """One open stream. ``frames`` is bounded: who does not read fast enough is cut off and resumes later."""

    reader: Reader
    topics: frozenset[str]
    frames: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(QUEUE_SIZE))
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, frame: bytes) -> None:
        """Queue a frame, or end the stream when the queue is full."""
        try:
            self.frames.put_nowait(frame)
        except asyncio.QueueFull:
            log.info("live_slow_client_dropped", user=self.reader.user_id)
            self.end()

    def end(self) -> None:
        """End the stream; frames that wait are not sent any more."""
        self.ended.set()


MayRead = Callable[[Message, frozenset[int]], Awaitable[frozenset[int]]]


class Hub:
    """The open streams, what was sent in the last hour, and who gets what."""

    def __init__(self, may_read: MayRead) -> None:
        self._may_read = may_read
        self._by_topic: dict[str, set[Connection]] = {}
        self._per_user: dict[int, int] = {}
        self._ring: deque[tuple[float, Envelope]] = deque()
        self._complete_since = time.monotonic()
        self._known: OrderedDict[str, None] = OrderedDict()
        self.connections: set[Connection] = set()

    def add(self, connection: Connection) -> None:
        """Let the stream hear its topics from now on."""
        self.connections.add(connection)
        user = connection.reader.user_id
        self._per_user[user] = self._per_user.get(user, 0) + 1
        for topic in connection.topics:
            self._by_topic.setdefault(topic, set()).add(connection)

    def remove(self, connection: Connection) -> None:
        """Forget the stream; done twice it is done once."""
        if connection not in self.connections:
            return
        self.connections.discard(connection)
        user = connection.reader.user_id
        self._per_user[user] -= 1
        if not self._per_user[user]:
            del self._per_user[user]
        for topic in connection.topics:
            self._by_topic[topic].discard(connection)
            if not self._by_topic[topic]:
                del self._by_topic[topic]

    def open_for(self, user_id: int) -> int:
        """How many streams the person has open."""
        return self._per_user.get(user_id, 0)

    def knows(self, envelope_id: str) -> bool:
        """Whether that envelope went out already."""
        return envelope_id in self._known

    def known(self) -> frozenset[str]:
        """The ids of what went out lately."""
        return frozenset(self._known)

    def skip(self, envelope_id: str) -> None:
        """Treat the envelope as sent."""
        self._known[envelope_id] = None
        while len(self._known) > KNOWN_SIZE:
            self._known.popitem(last=False)

    def begin(self) -> None:
        """What is delivered from now on is all there is; of what was before, a page must look itself."""
        self._complete_since = time.monotonic()

    @property
    def last_id(self) -> str:
        """The id of the newest envelope, empty when there was none."""
        return self._ring[-1][1].id if self._ring else ""

    async def deliver(self, envelope: Envelope) -> None:
        """Hand the envelope out, once, however often it arrives."""
        if self.knows(envelope.id):
            return
        self.skip(envelope.id)
        self._ring.append((time.monotonic(), envelope))
        if len(self._ring) > RING_SIZE:
            self._complete_since = self._ring.popleft()[0]
        wanted = {c for m in envelope.messages for c in self._by_topic.get(m.topic, ())}
        await self._hand_out(envelope, wanted)

    async def resume(self, connection: Connection, last_id: str = "", age: float | None = None) -> None:
        """Send what came after ``last_id``, and what came in the last ``age`` seconds.

        Sends ``reset`` instead when that is not known any more: the id is none of the last hour's, or this
        process is not as old as that, or has forgotten a part of it.
        """
        now = time.monotonic()
        ring = list(self._ring)
        starts = [len(ring)]
        if last_id:
            at = next((n for n, (_at, envelope) in enumerate(ring) if envelope.id == last_id), None)
            if at is None or ring[at][0] <= now - RING_SECONDS:
                return connection.offer(RESET)
            starts.append(at + 1)
        if age is not None:
            if age >= RING_SECONDS or self._complete_since >= now - age:
                return connection.offer(RESET)
            starts.append(sum(at < now - age for at, _envelope in ring))
        for _at, envelope in ring[min(starts) :]:
            await self._hand_out(envelope, {connection})
        return None

    def reset(self) -> None:
        """Tell everybody to look again: something may have been missed."""
        self._ring.clear()
        self.begin()
        for connection in list(self.connections):
            connection.offer(RESET)

    def end_all(self) -> None:
        """End every stream."""
        for connection in list(self.connections):
            connection.end()

    async def _hand_out(self, envelope: Envelope, to: Iterable[Connection]) -> None:
        targets = list(to)
        frames: dict[Connection, list[bytes]] = {}
        for message in envelope.messages:
            asking = [c for c in targets if message.topic in c.topics]
            if not asking:
                continue
            allowed = await self._may_read(message, frozenset(c.reader.user_id for c in asking))
            frame = _frame(message)
            for connection in asking:
                if connection.reader.user_id in allowed:
                    frames.setdefault(connection, []).append(frame)
        # One piece with one id at its end: a stream that breaks off in the middle gets all of it again.
        for connection, parts in frames.items():
            parts[-1] = f"id: {envelope.id}\n".encode() + parts[-1]
            connection.offer(b"".join(parts))


def _frame(message: Message) -> bytes:
    data = json.dumps(message.data | {"topic": message.topic}, separators=(",", ":"))
    return f"event: {message.event}\ndata: {data}\n\n".encode()
