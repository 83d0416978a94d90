"""Chaining what was written: blocks of rows, each with the hash of the block before it.

Rows are never touched: a block holds the ids of its rows and a digest of each. A lower id may commit after a
higher one; such a row goes into a later block. From ``settled`` of the last block on every row is looked at
again: every row up to it had ended before the look that the block came from, so none can be missed
(docs/decisions/0021).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time

from django.db import connection, transaction

from core import failpoints, sweep
from core.models import Seal
from core.trail.streams import Stream, streams

EVERY_SECONDS = 5
BLOCK_ROWS = 2000
FIRST = bytes(32)  # what stands before the first block
_LOCK = 0x6D61_7275_0002  # "maru", and what is sealed
# A backend that has drawn an id shows in the snapshot only when it has its transaction number: moments later.
_DRAWING = "interval '1 minute'"
_LAST = 'SELECT high, settled FROM core_seal WHERE "table" = %s ORDER BY no DESC LIMIT 1'
# A horizon beyond this server's transactions comes from a dump: whoever worked then works no more.
_SETTLED = f"""
    SELECT high FROM core_seal, pg_current_snapshot() AS seen
    WHERE "table" = %s AND at < now() - {_DRAWING} AND (
        horizon <= pg_snapshot_xmin(seen)::text::bigint OR horizon > pg_snapshot_xmax(seen)::text::bigint
    )
    ORDER BY no DESC LIMIT 1
"""  # noqa: S608 - our own words
_OLDEST = """
    WITH done AS (SELECT unnest(ids) AS id FROM core_seal WHERE "table" = %s AND high > %s)
    SELECT extract(epoch FROM now() - min(at)) FROM {} AS written
    WHERE id > %s AND NOT EXISTS (SELECT FROM done WHERE done.id = written.id)
"""
_HORIZON = "SELECT now(), pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
_last_try = 0.0


@sweep.register
def seal_due(*, limit: int) -> int:
    """Seal what was written since the last time, every few seconds and one process at a time.

    Returns how many rows were sealed when there are more, and 0 when none are left to come back for.
    """
    global _last_try  # noqa: PLW0603 - a pace of this process, no state
    if time.monotonic() - _last_try < EVERY_SECONDS:
        return 0
    more = sum(sealed for sealed in map(seal_block, streams()) if sealed == BLOCK_ROWS)
    if not more:
        _last_try = time.monotonic()
    return more


def seal_all() -> int:
    """Seal everything that is visible now; returns how many rows."""
    done = 0
    for stream in streams():
        while sealed := seal_block(stream):
            done += sealed
    return done


@transaction.atomic
def seal_block(stream: Stream) -> int:
    """Make one block of at most ``BLOCK_ROWS`` rows; returns how many, 0 while somebody else seals."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_LAST, [stream.table])
        high, settled = cursor.fetchone() or (0, 0)
        # Before the look at the rows: what has ended by now is seen by it.
        cursor.execute(_SETTLED, [stream.table])
        ended = (cursor.fetchone() or (0,))[0]
        cursor.execute(_HORIZON)
        now, horizon = cursor.fetchone()
        cursor.execute(_unsealed(stream), [stream.table, settled, settled, BLOCK_ROWS])
        rows = cursor.fetchall()
    if not rows:
        return 0
    ids = [row[0] for row in rows]
    if len(ids) == BLOCK_ROWS:  # the lowest were taken: what lies beyond them is still to do
        ended = min(ended, ids[-1])
    last = Seal.objects.order_by("-no").only("no", "hash").first()
    seal = Seal(
        no=last.no + 1 if last else 1,
        at=now,
        table=stream.table,
        form=stream.form,
        ids=ids,
        digests=b"".join(bytes(row[1]) for row in rows),
        high=max(high, ids[-1]),
        settled=max(settled, ended),
        horizon=horizon,
        previous=bytes(last.hash) if last else FIRST,
    )
    seal.hash = hash_of(seal)
    seal.save(force_insert=True)
    failpoints.hit("before_seal_commit", marker=stream.table)
    return len(ids)


def _unsealed(stream: Stream) -> str:
    """The rows from ``settled`` on that are in no block, the lowest first, with their digests."""
    return f"""
        WITH done AS (SELECT unnest(ids) AS id FROM core_seal WHERE "table" = %s AND high > %s),
        fresh AS (
            SELECT id FROM "{stream.table}" AS written
            WHERE id > %s AND NOT EXISTS (SELECT FROM done WHERE done.id = written.id)
            ORDER BY id LIMIT %s
        )
        SELECT written.id, {stream.digest(stream.form, "written")}
        FROM "{stream.table}" AS written JOIN fresh USING (id) ORDER BY written.id
    """  # noqa: S608 - our own names


def hash_of(seal: Seal) -> bytes:
    """The hash of a block: SHA-256 of the hash before it and of what it holds, each on a line."""
    lines = (
        seal.no,
        seal.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        seal.table,
        seal.form,
        ",".join(map(str, seal.ids)),
        bytes(seal.digests).hex(),
        seal.high,
        seal.settled,
        seal.horizon,
    )
    return hashlib.sha256(bytes(seal.previous) + "\n".join(map(str, lines)).encode()).digest()


def unsealed_oldest_seconds() -> float:
    """How long the oldest row that is in no block has waited; 0 without one (RELIABILITY section 10)."""
    oldest = 0.0
    with connection.cursor() as cursor:
        for stream in streams():
            cursor.execute(_LAST, [stream.table])
            settled = (cursor.fetchone() or (0, 0))[1]
            cursor.execute(_OLDEST.format(stream.table), [stream.table, settled, settled])
            oldest = max(oldest, float(cursor.fetchone()[0] or 0))
    return oldest
