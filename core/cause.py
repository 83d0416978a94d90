"""Why a write happens: its channel (page, api, mail, flow, system) and the automatic causes before it.

Rights never come from here: the actor is an argument of every service. The person that is named here is
written down beside the change by the row history and asked for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from core.errors import LoopStoppedError

MAX_DEPTH = 8


@dataclass(frozen=True)
class Origin:
    """Channel, causes from oldest to newest, the id of the request that began it, and whose action it is."""

    channel: str = "system"
    chain: tuple[str, ...] = ()
    request_id: str = ""
    actor_id: int | None = None


_origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - Origin is frozen


def current_chain() -> list[str]:
    """The causes of the present write, oldest first; empty for a person's own action."""
    return list(_origin.get().chain)


def current_channel() -> str:
    """How the present write came in: page, api, mail, flow or system."""
    return _origin.get().channel


def current_request_id() -> str:
    """The id of the HTTP request being served, or an empty text."""
    return _origin.get().request_id


def current_origin() -> Origin:
    """All of it, for the row history."""
    return _origin.get()


def name_actor(pk: int) -> None:
    """The person with this key acts, until what ``arriving_by`` began is over: for the row history only."""
    _origin.set(replace(_origin.get(), actor_id=pk))


@contextmanager
def caused_by(link: str, *, channel: str | None = None, chain: list[str] | None = None) -> Iterator[None]:
    """Writes inside are the platform's, recorded as caused by ``link``, e.g. ``flow:laptop_request:42``.

    ``chain`` replaces the inherited causes (a handler continues its event's chain).
    Raises LoopStoppedError beyond 8 causes or when ``link`` is already among them (DOMAIN DR-8).
    """
    before = _origin.get()
    causes = tuple(chain) if chain is not None else before.chain
    if link in causes or len(causes) >= MAX_DEPTH:
        raise LoopStoppedError(
            _("Automation stopped after %(depth)s steps: %(chain)s")
            % {"depth": len(causes), "chain": " → ".join([*causes, link])}
        )
    inside = replace(before, channel=channel or before.channel, chain=(*causes, link), actor_id=None)
    token = _origin.set(inside)
    try:
        yield
    finally:
        _origin.reset(token)


@contextmanager
def arriving_by(channel: str, *, request_id: str = "", actor_id: int | None = None) -> Iterator[None]:
    """Writes inside came in by ``channel`` on somebody's own action; who that is may be named later."""
    token = _origin.set(Origin(channel=channel, request_id=request_id, actor_id=actor_id))
    try:
        yield
    finally:
        _origin.reset(token)
