"""Telling open pages what changed: small messages over the broker's pub/sub, best effort, never waited for.

A message holds ids, numbers and versions only. The ``live`` process hands it to the browsers that asked for
its topic and may know (STACK L-16). Topics: ``tickets/<number>``, ``users/<pk>``, ``queue/<group key>`` and
``queue/all``.
"""

from __future__ import annotations

import functools
import json
import os
import queue
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger(__name__)
TIMEOUT_SECONDS = 0.25
OPEN_SECONDS = 5.0
FAILURES = 2
_waiting: queue.Queue[Envelope] = queue.Queue(maxsize=1000)
_state = {"pid": 0, "dropped": 0}
_lock = threading.Lock()


@dataclass(frozen=True)
class Message:
    """One thing to tell the readers of one topic; ``internal`` ones go to people who read work notes."""

    topic: str
    event: str
    data: dict[str, Any] = field(default_factory=dict)
    internal: bool = False


@dataclass(frozen=True)
class Envelope:
    """The messages of one cause. ``id`` is the same however often and by whichever way it arrives."""

    id: str
    messages: tuple[Message, ...]

    def to_json(self) -> str:
        """The text that goes through the broker."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Envelope:
        """The envelope in that text. Raises ValueError for anything else."""
        try:
            body = json.loads(text)
            return cls(str(body["id"]), tuple(Message(**row) for row in body["messages"]))
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError("not an envelope") from error


def channel() -> str:
    """The pub/sub channel of this installation: channels know no database numbers, so the name carries it."""
    return f"maru:live:{salted_hmac('core.live', settings.REDIS_URL).hexdigest()[:8]}"


def push(topic: str, event_type: str, data: dict[str, Any], *, internal: bool = False, id: str = "") -> None:
    """Tell the readers of ``topic`` after the commit; returns at once, whatever the broker does."""
    message = Message(topic, event_type, data, internal)
    envelope = Envelope(id or f"p{secrets.token_hex(8)}", (message,))
    transaction.on_commit(functools.partial(_enqueue, envelope))


def dropped() -> int:
    """How many messages were left out because the broker was away or too many waited."""
    return _state["dropped"]


class Publisher:
    """Asks the broker with short timeouts, and not for a while after two failures (RELIABILITY RL-5)."""

    def __init__(self) -> None:
        self._client: redis.Redis | None = None
        self._pid = 0
        self._failures = 0
        self._open_until = 0.0

    def send(self, envelopes: Sequence[Envelope]) -> bool:
        """Publish all of them in one round trip; False when the broker was not asked or did not answer."""

        def publish(pipeline: Any) -> None:
            for envelope in envelopes:
                pipeline.publish(channel(), envelope.to_json())

        return self.ask(publish) is not None

    def ask(self, question: Callable[[Any], None]) -> list[Any] | None:
        """What the broker answers to the commands that ``question`` puts into a pipeline, in one round trip.

        None when it was not asked or did not answer.
        """
        if not settings.REDIS_URL or time.monotonic() < self._open_until:
            return None
        try:
            pipeline = self._connected().pipeline(transaction=False)
            question(pipeline)
            answers: list[Any] = pipeline.execute()
        except redis.RedisError as error:
            self._failures += 1
            if self._failures >= FAILURES:
                self._open_until = time.monotonic() + OPEN_SECONDS
            log.info("live_message_lost", error=repr(error)[:200])
            return None
        self._failures = 0
        return answers

    def _connected(self) -> redis.Redis:
        if self._client is None or self._pid != os.getpid():
            self._client = redis.Redis.from_url(
                settings.REDIS_URL,
                socket_timeout=TIMEOUT_SECONDS,
                socket_connect_timeout=TIMEOUT_SECONDS,
                retry=Retry(NoBackoff(), 0),
            )
            self._pid = os.getpid()
        return self._client


_publisher = Publisher()


def send_now(envelopes: Sequence[Envelope]) -> bool:
    """Publish from a worker, which may wait half a second at most; False when nobody was told."""
    sent = _publisher.send(envelopes)
    if not sent:
        _state["dropped"] += len(envelopes)
    return sent


def _enqueue(envelope: Envelope) -> None:
    if not settings.REDIS_URL:
        return
    _start_thread()
    try:
        _waiting.put_nowait(envelope)
    except queue.Full:
        _state["dropped"] += 1


def _start_thread() -> None:
    if _state["pid"] == os.getpid():
        return
    with _lock:
        if _state["pid"] != os.getpid():
            threading.Thread(target=_empty_queue, name="live", daemon=True).start()
            _state["pid"] = os.getpid()


def _empty_queue() -> None:
    publisher = Publisher()
    while True:
        batch = [_waiting.get()]
        while not _waiting.empty() and len(batch) < 100:
            batch.append(_waiting.get())
        if not publisher.send(batch):
            _state["dropped"] += len(batch)
