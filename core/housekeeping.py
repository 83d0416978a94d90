"""Once an hour: remove what is only kept for a while. Whoever inserts the hour's tick works (RL-30)."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from core import sweep, ticks
from core.models import Attachment, IdempotencyKey, ProcessHeartbeat, ScheduleTick
from core.time import db_now

KEYS_FOR = dt.timedelta(hours=24)  # API A-21
UPLOADS_FOR = dt.timedelta(hours=24)
HEARTBEATS_FOR = dt.timedelta(hours=1)
TICKS_FOR = dt.timedelta(days=7)
FILES_FOR_SECONDS = 7 * 24 * 3600  # a backup taken meanwhile still finds the file (RELIABILITY RL-50)

_cleaners: list[Callable[[], object]] = []


def register(clean: Callable[[], object]) -> None:
    """Let ``clean`` run once an hour, in the transaction of the others: an app's own old rows."""
    if clean not in _cleaners:
        _cleaners.append(clean)


@sweep.register
def hourly(*, limit: int) -> int:
    """Do the hour's cleaning if nobody did; returns 1 when it was done here."""
    hour = db_now().replace(minute=0, second=0, microsecond=0)
    if ticks.was_taken("housekeeping", hour):
        return 0
    return _clean(hour)


@transaction.atomic
def _clean(hour: dt.datetime) -> int:
    if not ticks.claim("housekeeping", hour):
        return 0
    IdempotencyKey.objects.filter(created_at__lt=Now() - KEYS_FOR).delete()
    ProcessHeartbeat.objects.filter(beat_at__lt=Now() - HEARTBEATS_FOR).exclude(role="sweep").delete()
    ScheduleTick.objects.filter(tick_at__lt=Now() - TICKS_FOR).delete()
    Attachment.objects.filter(attached=False, created_at__lt=Now() - UPLOADS_FOR).delete()
    for clean in _cleaners:
        clean()
    transaction.on_commit(remove_orphan_files)
    return 1


def remove_orphan_files() -> int:
    """Delete stored files that no row has named for 7 days and cut-off uploads; returns how many."""
    folder = Path(settings.MEDIA_ROOT)
    old = [path for path in folder.rglob("*") if path.is_file() and _age(path) > FILES_FOR_SECONDS]
    known = set(
        Attachment.objects.filter(sha256__in=[path.name for path in old]).values_list("sha256", flat=True)
    )
    orphans = [path for path in old if path.name not in known]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _age(path: Path) -> float:
    return time.time() - path.stat().st_mtime
