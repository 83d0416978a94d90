"""What is sealed: append-only tables, and how a row of each becomes the bytes whose digest is kept.

The bytes are the text of a JSON array of the row's values as PostgreSQL writes jsonb: the same whatever the
session's time zone or date style, and after a dump is restored. Instants are seconds since 1970 with six
decimals. A form never changes; a table that gets a column gets another form, and blocks remember theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DIGEST_BYTES = 16


@dataclass(frozen=True)
class Stream:
    """A table with ``id`` and ``at`` whose rows are sealed. ``forms`` are lists of columns by number; ``@``
    marks instants."""

    table: str
    forms: Mapping[int, str]

    @property
    def form(self) -> int:
        """The form of blocks that are made now."""
        return max(self.forms)

    def columns(self, form: int) -> list[str]:
        """The columns that go into the digest, in their order."""
        return [name.lstrip("@") for name in self.forms[form].split()]

    def digest(self, form: int, row: str) -> str:
        """The SQL expression for the digest of the row that is called ``row``."""
        values = ", ".join(
            f'extract(epoch FROM {row}."{name[1:]}")' if name[0] == "@" else f'{row}."{name}"'
            for name in self.forms[form].split()
        )
        return f"substring(sha256(convert_to(jsonb_build_array({values})::text, 'UTF8')) FOR {DIGEST_BYTES})"


_streams: dict[str, Stream] = {}


def register(stream: Stream) -> None:
    """Let the rows of this table be sealed."""
    _streams[stream.table] = stream


def streams() -> list[Stream]:
    """All sealed tables."""
    return list(_streams.values())


def stream_of(table: str) -> Stream | None:
    """The stream of a table, or None for one that this version does not know."""
    return _streams.get(table)


register(
    Stream(
        "core_auditlog",
        {1: "id @at actor_id table object_ref action diff channel cause_chain request_id"},
    )
)
register(
    Stream(
        "core_rowchange",
        {
            1: "id public_id @at txid table row_id record record_id op changed actor_id channel request_id"
            " cause_chain db_user application"
        },
    )
)
