"""Human numbers: prefix and seven digits from one sequence per kind; gaps are allowed (DOMAIN DN-1)."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from django.db import connection

from core import rehearsing
from core.revisions import Stamps, revisions
from core.time import db_now
from tickets import kinds


@dataclass(frozen=True)
class Beginning:
    """What a new ticket starts from: the transaction's instant, its number, the stamps of configuration."""

    now: dt.datetime
    number: str
    stamps: Stamps


def begin(kind: str) -> Beginning:
    """All three for a new ticket of that kind, in one query. In a rehearsal no sequence moves."""
    ledger = rehearsing.ledger()
    if ledger is not None:
        return Beginning(db_now(), ledger.number(), revisions())
    prefix = kinds.get(kind).prefix
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT now(), nextval(%s), (SELECT jsonb_object_agg(key, stamp)::text FROM core_revision)",
            [f"ticket_number_{prefix.lower()}"],
        )
        now, number, stamps = cursor.fetchone()
    return Beginning(now, f"{prefix}{number:07d}", json.loads(stamps or "{}"))
