"""Recomputing the chain: which row or block is not what was sealed (SECURITY AU-3)."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import structlog
from django.db import connection, transaction
from django.db.models import Max

from core import ticks
from core.models import Seal
from core.time import db_now
from core.trail.sealing import FIRST, hash_of
from core.trail.streams import DIGEST_BYTES, Stream, stream_of, streams

log = structlog.get_logger(__name__)
BLOCKS_AT_ONCE = 20
TOLD = 20
LATE = dt.timedelta(days=1)
SEALED_BY = "interval '10 minutes'"


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was sealed. ``what``: altered, removed or added; ``table`` is ``core_seal``
    for a block, else that of the row with this ``id``."""

    what: str
    table: str
    id: int
    detail: str = ""


@dataclass
class Report:
    """The outcome: ``findings`` in the order of the chain, and ``notes`` that are no proof of anything."""

    rows: int = 0
    seals: int = 0
    seconds: float = 0.0
    last_no: int = 0
    last_hash: str = ""
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether everything is as it was sealed."""
        return not self.findings

    def find(self, what: str, table: str, key: int, detail: str = "") -> None:
        """Keep a finding; the first ones are enough."""
        if len(self.findings) < TOLD:
            self.findings.append(Finding(what, table, key, detail))


def verify_today() -> Report | None:
    """Once a day: recompute the chain and log the outcome with its last hash.

    None when somebody did it already today. A broken chain is an error in the log.
    """
    day = db_now().replace(hour=0, minute=0, second=0, microsecond=0)
    with transaction.atomic():
        if not ticks.claim("audit_verify", day):
            return None
    report = verify()
    told = {"rows": report.rows, "blocks": report.seals, "block": report.last_no, "hash": report.last_hash}
    if report.is_whole:
        log.info("audit_verified", seconds=round(report.seconds, 1), **told)
    else:
        first = report.findings[0]
        log.error(
            "audit_broken", what=first.what, table=first.table, id=first.id, detail=first.detail, **told
        )
    return report


def verify(*, noted: str = "") -> Report:
    """Recompute all blocks and the rows in them.

    ``noted`` is a hash in hex that an earlier run told: when it is in no block, the chain was cut off or made
    anew.
    """
    report, began = Report(), time.monotonic()
    last = Seal.objects.aggregate(no=Max("no"))["no"] or 0
    found: dict[str, int] = {}  # rows there are up to ``settled``, by table
    settled = {stream.table: _settled(stream.table, last) for stream in streams()}
    before, is_noted = FIRST, not noted
    sealed_at: dict[str, dt.datetime] = {}
    for seal in _seals(last):
        is_noted = is_noted or bytes(seal.hash).hex() == noted.lower()
        is_sound = _check_seal(report, seal, before)
        before = bytes(seal.hash)
        stream = stream_of(seal.table)
        if stream is None or seal.form not in stream.forms:
            if is_sound:
                report.find("unknown", "core_seal", seal.no, f"{seal.table}: not of this version")
            continue
        rows = _check_rows(report, seal, stream, sealed_at.get(seal.table))
        limit = settled[seal.table]
        found[seal.table] = found.get(seal.table, 0) + sum(key <= limit for key in rows)
        sealed_at[seal.table] = seal.at
    for stream in streams():
        _check_others(report, stream, settled[stream.table], found.get(stream.table, 0))
    if not is_noted:
        report.find("removed", "core_seal", report.last_no, f"no block has the hash {noted}")
    report.seconds = time.monotonic() - began
    return report


def _seals(last: int) -> Iterator[Seal]:
    """All blocks in their order, a few in memory at a time."""
    place: int | None = None
    while True:
        rows = Seal.objects.filter(no__lte=last).order_by("no")
        batch = list((rows if place is None else rows.filter(no__gt=place))[:BLOCKS_AT_ONCE])
        yield from batch
        if len(batch) < BLOCKS_AT_ONCE:
            return
        place = batch[-1].no


def _settled(table: str, last: int) -> int:
    row = Seal.objects.filter(table=table, no__lte=last).order_by("-no").only("settled").first()
    return row.settled if row else 0


def _check_seal(report: Report, seal: Seal, before: bytes) -> bool:
    """Whether the block follows the one before and holds what it was made of."""
    known = len(report.findings)
    if seal.no != report.last_no + 1:
        for missing in range(report.last_no + 1, min(seal.no, report.last_no + TOLD)):
            report.find("removed", "core_seal", missing)
    elif bytes(seal.previous) != before:
        report.find("altered", "core_seal", seal.no, "does not follow the block before it")
    if hash_of(seal) != bytes(seal.hash) or len(seal.digests) != DIGEST_BYTES * len(seal.ids):
        report.find("altered", "core_seal", seal.no, "does not match its hash")
    report.seals, report.last_no, report.last_hash = report.seals + 1, seal.no, bytes(seal.hash).hex()
    return len(report.findings) == known


def _check_rows(report: Report, seal: Seal, stream: Stream, sealed_before: dt.datetime | None) -> list[int]:
    """Whether each row of the block is there and as it was; returns the ids of those that are there."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT listed.id, written.at, {stream.digest(seal.form, 'written')}"  # noqa: S608 - our own names
            " FROM unnest(%s::bigint[]) WITH ORDINALITY AS listed(id, place)"
            f' LEFT JOIN "{stream.table}" AS written ON written.id = listed.id ORDER BY listed.place',
            [seal.ids],
        )
        rows = cursor.fetchall()
    digests, there = bytes(seal.digests), []
    for place, (key, at, digest) in enumerate(rows):
        if at is None:
            report.find("removed", stream.table, key, f"sealed in block {seal.no}")
            continue
        there.append(key)
        if bytes(digest) != digests[place * DIGEST_BYTES : (place + 1) * DIGEST_BYTES]:
            report.find("altered", stream.table, key, f"sealed in block {seal.no}")
        if sealed_before is not None and at < sealed_before - LATE and len(report.notes) < TOLD:
            report.notes.append(f"{stream.table} {key} says {at.isoformat()}, but was sealed in {seal.no}")
    report.rows += len(rows)
    return there


def _check_others(report: Report, stream: Stream, settled: int, found: int) -> None:
    """Rows that are in no block: there can be none up to ``settled``, and beyond it only young ones."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{stream.table}" WHERE id <= %s', [settled])  # noqa: S608
        if cursor.fetchone()[0] > found:
            cursor.execute(_strangers(stream, "id <= %s"), [stream.table, settled, TOLD])
            for (key,) in cursor.fetchall():
                report.find("added", stream.table, key, "in no block, though all rows around it are")
        cursor.execute(
            _strangers(stream, f"id > %s AND at < now() - {SEALED_BY}"), [stream.table, settled, TOLD]
        )
        late = [key for (key,) in cursor.fetchall()]
    if late:
        report.notes.append(f"{stream.table}: rows from {late[0]} on wait to be sealed; does a worker run?")


def _strangers(stream: Stream, which: str) -> str:
    return (
        'WITH done AS (SELECT unnest(ids) AS id FROM core_seal WHERE "table" = %s)'  # noqa: S608 - our own names
        f' SELECT id FROM "{stream.table}" AS written WHERE {which}'
        " AND NOT EXISTS (SELECT FROM done WHERE done.id = written.id) ORDER BY id LIMIT %s"
    )
