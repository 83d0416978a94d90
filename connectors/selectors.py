"""Reads of connectors, their calls, and how their destinations fare."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.policies import Actor
from connectors.models import Breaker, Connector, ConnectorCall, ConnectorSecret
from connectors.policies import may
from core import targets
from core.errors import NotVisibleError
from core.time import clock_now


def connectors_for(actor: Actor) -> QuerySet[Connector]:
    """All connectors by key, with their secrets' names and times; none for who may not read them."""
    rows = Connector.objects.prefetch_related("secrets").order_by("key")
    return rows if may(actor, "read") else rows.none()


def connector_keyed(actor: Actor, key: str) -> Connector:
    """The connector with that key. Raises NotVisibleError."""
    row = connectors_for(actor).filter(key=key).first()
    if row is None:
        raise NotVisibleError
    return row


def connector_exists(key: str) -> bool:
    """Whether there is a connector of this key, switched on or not; for the checks of engines."""
    return Connector.objects.filter(key=key).exists()


def calls_of(actor: Actor, connector: Connector) -> QuerySet[ConnectorCall]:
    """What was called through it, newest first; nothing for who may not read it."""
    rows = ConnectorCall.objects.filter(connector=connector).order_by("-pk")
    return rows if may(actor, "read") else rows.none()


def sealed_secret(connector: Connector, name: str) -> str:
    """The sealed text of a secret; empty when there is none."""
    found = ConnectorSecret.objects.filter(connector=connector, name=name).values_list("sealed", flat=True)
    return found.first() or ""


def open_breakers(connectors: Iterable[Connector]) -> dict[str, dt.datetime]:
    """By connector key: until when its destination is not called. Two queries, however many connectors."""
    origins = {row.key: targets.parse(row.base_url).origin for row in connectors}
    held = Breaker.objects.filter(origin__in=set(origins.values()), open_until__gt=clock_now())
    until = {row.origin: row.open_until for row in held if row.open_until is not None}
    return {key: until[origin] for key, origin in origins.items() if origin in until}
