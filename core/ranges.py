"""One part of a file, as the header Range asks for it (RFC 9110, section 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from core.errors import RangeRefusedError

_SPEC = re.compile(r"([0-9]*)-([0-9]*)")
_MOST_DIGITS = 18  # more than any size has; Python reads no number of thousands of digits


@dataclass(frozen=True)
class Part:
    """``length`` bytes from ``start`` of a file of ``size`` bytes."""

    start: int
    length: int
    size: int

    @property
    def told(self) -> str:
        """It as Content-Range has it."""
        return f"bytes {self.start}-{self.start + self.length - 1}/{self.size}"


def asked_part(header: str, size: int) -> Part | None:
    """The part of ``size`` bytes that a Range header asks for; None where it counts for nothing.

    That is another unit, something malformed, or several parts: the whole file answers them (section 14.2).
    Raises RangeRefusedError for one part that lies behind the end.
    """
    unit, _mark, specs = header.partition("=")
    asked = [spec for each in specs.split(",") if (spec := each.strip(" \t"))]
    found = _SPEC.fullmatch(asked[0]) if unit.lower() == "bytes" and len(asked) == 1 else None
    if found is None or found[0] == "-":
        return None
    first, last = (_number(digits) for digits in found.groups())
    if first is None:
        start, end = size - min(last or 0, size), size
    elif last is not None and last < first:
        return None
    else:
        start, end = first, size if last is None else min(last + 1, size)
    if start >= end:
        raise RangeRefusedError(
            _("This file has %(size)s bytes; nothing of it lies in that range.") % {"size": size},
            content_range=f"bytes */{size}",
        )
    return Part(start, end - start, size)


def _number(digits: str) -> int | None:
    if not digits:
        return None
    plain = digits.lstrip("0") or "0"
    return int(plain) if len(plain) <= _MOST_DIGITS else 10**_MOST_DIGITS


class PartOfFile:
    """An open file that begins and ends with the part; closing it closes the file."""

    def __init__(self, file: IO[bytes], part: Part) -> None:
        self._file, self._left = file, part.length
        file.seek(part.start)

    def read(self, most: int = -1) -> bytes:
        """The next bytes, at most so many; nothing at the end of the part."""
        piece = self._file.read(self._left if most < 0 else min(most, self._left))
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """Close the file."""
        self._file.close()
