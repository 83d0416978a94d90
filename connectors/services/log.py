"""What was called, as a row: secrets masked first, then cut to size, then without what cannot be stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import connection

from connectors.models import ConnectorCall
from core.secrets import MASKED, Mask

MAX_TEXT = 8 * 1024
_PURGE_AT_ONCE = 20_000
# Whatever these hold is never kept, known secret or not.
_ALWAYS_MASKED = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def text_for_log(raw: bytes | str, mask: Mask) -> str:
    """A body as it is kept: at most 8 KiB of UTF-8."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    masked = storable(mask.text(text))
    return masked.encode()[:MAX_TEXT].decode("utf-8", "ignore")


def headers_for_log(headers: Mapping[str, str], mask: Mask) -> dict[str, str]:
    """Headers as they are kept: at most 8 KiB in all."""
    kept: dict[str, str] = {}
    left = MAX_TEXT
    for name, value in headers.items():
        told = MASKED if name.lower() in _ALWAYS_MASKED else storable(mask.text(value))
        left -= len(name) + len(told)
        if left < 0:
            break
        kept[storable(mask.text(name))] = told
    return kept


def storable(text: str) -> str:
    """The text with what PostgreSQL cannot store replaced."""
    return _UNSTORABLE.sub("�", text)


def write(**values: Any) -> ConnectorCall:
    """Keep one call, in a transaction of its own."""
    return ConnectorCall.objects.create(**values)


def purge_calls() -> int:
    """Remove calls older than their connector keeps them, at most 20,000 at once; how many were removed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM connectors_connectorcall WHERE id IN ("
            " SELECT c.id FROM connectors_connectorcall c"
            " JOIN connectors_connector k ON k.id = c.connector_id"
            " WHERE c.at < now() - k.retention_days * interval '1 day' ORDER BY c.at LIMIT %s)",
            [_PURGE_AT_ONCE],
        )
        return int(cursor.rowcount)
