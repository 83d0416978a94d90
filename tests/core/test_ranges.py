"""What a Range header asks for, against RFC 9110, sections 14.1.2 and 14.2."""

from __future__ import annotations

import io

import pytest

from core.errors import RangeRefusedError
from core.ranges import Part, PartOfFile, asked_part

TEN = b"0123456789"


@pytest.mark.parametrize(
    ("header", "content", "told"),
    [
        ("bytes=0-0", b"0", "bytes 0-0/10"),
        ("bytes=0-4", b"01234", "bytes 0-4/10"),
        ("bytes=2-5", b"2345", "bytes 2-5/10"),
        ("bytes=9-9", b"9", "bytes 9-9/10"),
        ("bytes=0-9", TEN, "bytes 0-9/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=0-", TEN, "bytes 0-9/10"),
        ("bytes=5-999", b"56789", "bytes 5-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-10", TEN, "bytes 0-9/10"),
        ("bytes=-11", TEN, "bytes 0-9/10"),
        ("BYTES=2-5", b"2345", "bytes 2-5/10"),
        ("bytes=002-005", b"2345", "bytes 2-5/10"),
        ("bytes= 2-5 ", b"2345", "bytes 2-5/10"),
        ("bytes=,2-5,", b"2345", "bytes 2-5/10"),  # empty elements of a list count for nothing (5.6.1.2)
        (f"bytes=0-{'9' * 5000}", TEN, "bytes 0-9/10"),
        (f"bytes=-{'9' * 5000}", TEN, "bytes 0-9/10"),
    ],
)
def test_one_part(header, content, told):
    part = asked_part(header, 10)
    assert part is not None
    assert part.told == told
    assert PartOfFile(io.BytesIO(TEN), part).read() == content


@pytest.mark.parametrize(
    "header",
    [
        *("", "bytes", "bytes=", "bytes=-", "bytes=,", "bytes 0-4", "bytes=4-2", "bytes=a-b", "bytes=0-4x"),
        *(
            "bytes=0x1-4",
            "bytes=1.0-4",
            "bytes=+1-4",
            "bytes=--4",
            "bytes=1-2-3",
            "bytes=1 - 4",
            "bytes=\u0661-\u0664",
        ),
        *("lines=0-4", "bytes=0-1,3-4", "bytes=0-,0-,0-", "bytes=0-1,x", "=0-4", "bytes =0-4", "\x00"),
    ],
)
def test_what_is_no_single_part_counts_for_nothing(header):
    assert asked_part(header, 10) is None


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0", f"bytes={'9' * 5000}-"])
def test_a_part_behind_the_end_is_refused_with_the_size(header):
    with pytest.raises(RangeRefusedError) as refusal:
        asked_part(header, 10)
    assert refusal.value.extra == {"content_range": "bytes */10"}


def test_a_part_is_read_piece_by_piece_and_closes_its_file():
    file = io.BytesIO(TEN)
    part = PartOfFile(file, Part(2, 5, 10))
    assert [part.read(2), part.read(2), part.read(2), part.read(2)] == [b"23", b"45", b"6", b""]
    part.close()
    assert file.closed
