"""Tells the database who writes and why: beside the statement itself, so that it costs no round trip.

A statement that writes a recorded table is sent together with ``set_config('maru.origin', …)``, local to its
transaction; the trigger reads it. It is sent with each such statement, because a savepoint that is rolled
back takes the setting along, and a pool may give the next transaction another connection.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from core.cause import Origin, current_origin
from core.trail.tracking import tracked

_WRITE = re.compile(
    r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(?:ONLY\s+)?(?:public\.)?"?(\w+)', re.IGNORECASE
)
_WITH = re.compile(r"\s*WITH\b", re.IGNORECASE)


def carry(execute: Callable[..., Any], sql: Any, params: Any, many: Any, context: Any) -> Any:
    """An execute wrapper: the origin goes along with what writes a recorded table."""
    if isinstance(sql, str) and _is_recorded(sql):
        told = _setting(current_origin())
        sql = (told if params is None else told.replace("%", "%%")) + sql
    return execute(sql, params, many, context)


def install(connection: BaseDatabaseWrapper, **_kwargs: object) -> None:
    """Let ``connection`` carry it; receiver of Django's ``connection_created``, repeatable."""
    if carry not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, carry)


def _is_recorded(sql: str) -> bool:
    found = _WRITE.match(sql)
    return found.group(1) in tracked() if found else _WITH.match(sql) is not None


@lru_cache(maxsize=256)
def _setting(origin: Origin) -> str:
    said = json.dumps(
        {
            "actor": origin.actor_id,
            "channel": origin.channel,
            "request": origin.request_id,
            "chain": list(origin.chain),
        }
    )
    return "SELECT set_config('maru.origin', '{}', true); ".format(said.replace("'", "''"))
