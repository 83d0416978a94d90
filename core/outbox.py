"""The outbox: facts written with the change, handed to handlers and channels after the commit.

``publish`` and ``queue`` are what services call; ``subscribe`` and ``channel`` are what receivers register.
Handing over happens in ``core.dispatch``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from django.db import connection, transaction

from core import rows, wake
from core.cause import current_chain, current_channel
from core.models import Delivery, OutboxEvent

HANDLER = "handler"
_OUTSIDE = "publish() needs the transaction of the change it tells about."


class RetryLater(Exception):  # noqa: N818 - it is an outcome, not an error
    """A channel could not send now; the delivery is tried again with back-off.

    ``counts=False``: the destination could not be reached at all, so this was no try; it waits for as long as
    that lasts and never becomes a dead letter by it.
    """

    def __init__(self, message: str = "", *, counts: bool = True) -> None:
        super().__init__(message)
        self.counts = counts


class PermanentFailure(Exception):  # noqa: N818
    """A channel will never be able to send this; the delivery becomes a dead letter at once."""


@dataclass(frozen=True)
class Handler:
    """A function that reacts to events whose name matches ``pattern``."""

    name: str
    pattern: str
    run: Callable[[OutboxEvent], None]
    wants: Callable[[str], bool] | None = None

    def takes(self, event_name: str) -> bool:
        """Whether an event of this name is handed to it."""
        return fnmatchcase(event_name, self.pattern) and (self.wants is None or self.wants(event_name))


@dataclass(frozen=True)
class Channel:
    """A way out of the platform. ``send`` runs outside any transaction, under a lease."""

    name: str
    send: Callable[[Delivery], None]
    lease_seconds: int
    max_attempts: int


_handlers: list[Handler] = []
_channels: dict[str, Channel] = {}


def publish(name: str, payload: dict[str, Any], *, actor: Any = None) -> OutboxEvent:
    """Record the fact ``name`` in the open transaction and return its row.

    ``payload`` holds ids, codes and ISO instants only: no titles, texts or names of people.
    Raises RuntimeError outside a transaction: a fact and its change must commit together (RL-1).
    """
    event = fact(name, payload, actor=actor)
    rows.insert([event])
    return event


def fact(name: str, payload: dict[str, Any], *, actor: Any = None) -> OutboxEvent:
    """The row that ``publish`` would store, for a caller that stores it with others in this transaction.

    Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(_OUTSIDE)
    transaction.on_commit(wake.nudge)
    return OutboxEvent(
        name=name,
        payload=payload,
        actor_id=getattr(actor, "pk", None),
        channel=current_channel(),
        cause_chain=current_chain(),
    )


def publish_many(facts: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """As ``publish`` for each name and payload, with one statement and without a row to give back."""
    if not connection.in_atomic_block:
        raise RuntimeError(_OUTSIDE)
    given = list(facts)
    rows.append(
        OutboxEvent,
        {"name": [name for name, _payload in given], "payload": [payload for _name, payload in given]},
        {"channel": current_channel(), "cause_chain": current_chain()},
    )
    transaction.on_commit(wake.nudge)


def queue(
    channel_name: str,
    idem_key: str,
    payload: dict[str, Any],
    *,
    event: OutboxEvent | None = None,
    not_before: dt.datetime | None = None,
) -> None:
    """Hand ``payload`` to a channel after the commit, once per ``idem_key``."""
    if not connection.in_atomic_block:
        raise RuntimeError("queue() needs the transaction of the change it tells about.")
    row = Delivery(channel=channel_name, target=channel_name, idem_key=idem_key, payload=payload, event=event)
    if not_before is not None:
        row.not_before = not_before
    Delivery.objects.bulk_create([row], ignore_conflicts=True)
    transaction.on_commit(wake.nudge)


def subscribe(
    pattern: str, *, wants: Callable[[str], bool] | None = None
) -> Callable[[Callable[[OutboxEvent], None]], Callable[[OutboxEvent], None]]:
    """Run the decorated function for each event whose name matches, at least once, in its own transaction.

    ``wants`` is asked too when an event is handed on: for receivers whose interest is configuration.
    """

    def register(run: Callable[[OutboxEvent], None]) -> Callable[[OutboxEvent], None]:
        name = f"{run.__module__}.{run.__name__}"
        if all(handler.name != name for handler in _handlers):
            _handlers.append(Handler(name, pattern, run, wants))
        return run

    return register


def channel(
    name: str, *, lease_seconds: int, max_attempts: int = 8
) -> Callable[[Callable[[Delivery], None]], Callable[[Delivery], None]]:
    """Register the decorated function as the sender of ``name``; it must end within ``lease_seconds``."""

    def register(send: Callable[[Delivery], None]) -> Callable[[Delivery], None]:
        _channels[name] = Channel(name, send, lease_seconds, max_attempts)
        return send

    return register


def handlers_for(event_name: str) -> list[Handler]:
    """The handlers that want this event."""
    return [handler for handler in _handlers if handler.takes(event_name)]


def handler_named(name: str) -> Handler | None:
    """The handler of that name, or None when this process's code does not know it."""
    return next((handler for handler in _handlers if handler.name == name), None)


def channels() -> list[Channel]:
    """All registered channels."""
    return list(_channels.values())
