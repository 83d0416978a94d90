"""Engines that must react inside the writer's transaction: SLA clocks and record triggers (DOMAIN DR-1a)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.revisions import Stamps

if TYPE_CHECKING:
    from accounts.policies import Actor
    from tickets.models import Ticket


@dataclass(frozen=True)
class Change:
    """One write to one ticket.

    ``before`` holds the old column values by field name (foreign keys as keys), None when just opened;
    ``changes`` holds ``{field: [old, new]}`` of what differs; ``at`` is the transaction's instant; ``stamps``
    are the revisions of configuration where the writer has read them already.
    """

    ticket: Ticket
    before: dict[str, Any] | None
    after: dict[str, Any]
    changes: dict[str, list[Any]]
    actor: Actor
    verb: str
    at: dt.datetime
    stamps: Stamps | None = None


_hooks: list[tuple[int, Callable[[Change], None]]] = []


def on_change(hook: Callable[[Change], None], *, order: int) -> None:
    """Call ``hook`` for each write, in ``order``, after activity, audit and event, before the commit."""
    if all(known is not hook for _, known in _hooks):
        _hooks.append((order, hook))
        _hooks.sort(key=lambda pair: pair[0])


def run(change: Change) -> None:
    """Let every engine see the change; an exception undoes the whole write."""
    for _, hook in _hooks:
        hook(change)
