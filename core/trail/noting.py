"""The day's last hash leaves the machine, so that a chain whose end was cut off is found (SECURITY AU-4).

What is in the database can be made anew by who owns the database; a hash that somebody else has kept cannot.
"""

from __future__ import annotations

import structlog
from django.db import transaction

from core import outbox, ticks
from core.models import OutboxEvent, Seal
from core.time import db_now

log = structlog.get_logger(__name__)
EVENT = "audit.sealed"


def note_today() -> OutboxEvent | None:
    """Once a day: log the last block's hash and publish ``audit.sealed`` (day, block, hash).

    Webhooks take the event on, and mail where ``ITSM_AUDIT_MAIL`` names an address. None when somebody did it
    already today, or nothing is sealed yet. ``./run manage audit_verify --noted HASH`` is the counterpart.
    """
    day = db_now().replace(hour=0, minute=0, second=0, microsecond=0)
    last = Seal.objects.order_by("-no").only("no", "hash").first()
    if last is None:
        return None
    told = {"day": day.date().isoformat(), "block": last.no, "hash": bytes(last.hash).hex()}
    with transaction.atomic():
        if not ticks.claim("audit_noted", day):
            return None
        event = outbox.publish(EVENT, told)
    log.info("audit_noted", **told)
    return event
