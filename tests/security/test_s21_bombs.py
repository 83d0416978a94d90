"""Files that unpack to far more than they are: kept or refused as they are, never opened (SECURITY S-21)."""

from __future__ import annotations

import ast
import gzip
import io
import json
import struct
import tracemalloc
import zipfile
import zlib

import pytest

from core import attachments
from core.models import Attachment
from itsm.environment import BASE_DIR
from tests.security.active import Sent
from tests.security.test_s03_active_content import WAYS, Sender, sender

__all__ = ["sender"]
MIB = 1024 * 1024
UNPACKED = 64 * MIB
MOST = 8 * MIB  # what an upload of at most 1 MiB may take while it is answered
# Who opens archives or packed streams at all, and why no stranger's bytes reach it unlimited.
OPENERS = {
    "accounts/tokens.py": "a check sum (crc32)",
    "core/components.py": "a colour by check sum (crc32)",
    "core/icons.py": "our own icons, from the package that brings them",
    "core/outbound.py": "answers of other systems, unpacked to a limit (tests/core/test_outbound.py)",
}
PACKERS = {
    "zipfile",
    "tarfile",
    "gzip",
    "zlib",
    "bz2",
    "lzma",
    "xml",
    "PIL",
    "lxml",
    "openpyxl",
    "docx",
    "pypdf",
}
LAUGHS = b"<!DOCTYPE x [<!ENTITY a0 'ha'>%s]><x>&a30;</x>" % b"".join(
    b"<!ENTITY a%d '&a%d;&a%d;'>" % (n, n - 1, n - 1) for n in range(1, 31)
)


def zipped(name: str, content: bytes) -> bytes:
    """An archive with one file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


def png(side: int) -> bytes:
    """A picture that says it is so many pixels wide and high."""

    def chunk(sort: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + sort + data + struct.pack(">I", zlib.crc32(sort + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(MIB)))
        + chunk(b"IEND", b"")
    )


def bombs() -> list[Sent]:
    """Each with the media type it is kept as; empty where it is refused."""
    zeros = bytes(UNPACKED)
    inner = zipped("a", zeros)
    office = "application/vnd.openxmlformats-officedocument."
    return [
        Sent("42.zip", zipped("b.zip", inner), "application/zip"),
        Sent("log.gz", gzip.compress(zeros), "application/gzip"),
        Sent("wide.png", png(50_000), "image/png"),
        Sent("laughs.xlsx", zipped("xl/workbook.xml", LAUGHS), f"{office}spreadsheetml.sheet"),
        Sent("laughs.docx", zipped("word/document.xml", LAUGHS), f"{office}wordprocessingml.document"),
        Sent("laughs.svg", LAUGHS),
        Sent("laughs.xml", LAUGHS),
    ]


@pytest.mark.parametrize("way", WAYS)
def test_a_bomb_is_kept_or_refused_without_being_opened(sender: Sender, way: str) -> None:
    sender.send(way, Sent("first.txt", b"What a first request loads is not of the file."))
    for sent in bombs():
        tracemalloc.start()
        answer = sender.send(way, sent)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < MOST, (sent.name, peak)
        if not sent.served:
            assert answer.status_code == 422, sent.name
            continue
        assert answer.status_code in {201, 302}, sent.name
        row = Attachment.objects.order_by("-pk")[0]
        assert (row.mime, row.name) == (sent.served, sent.name)
        assert attachments.path_of(row.sha256).read_bytes() == sent.content


@pytest.mark.parametrize("packing", ["gzip", "deflate", "br", "gzip, gzip"])
def test_a_packed_body_is_not_unpacked(sender: Sender, packing: str) -> None:
    body = gzip.compress(json.dumps({"title": "x" * UNPACKED}).encode())
    tracemalloc.start()
    answer = sender.client.generic(
        "POST",
        "/api/v1/incidents/",
        body,
        content_type="application/json",
        headers={"Content-Encoding": packing},
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code in {400, 415}, answer.content
    assert peak < MOST


def test_who_opens_archives_is_known() -> None:
    """A new opener is named here with what limits it (UP-7)."""
    found = {}
    apps = [each.parent for each in BASE_DIR.glob("*/__init__.py") if each.parent.name != "tests"]
    for path in (each for app in apps for each in app.rglob("*.py")):
        if names := _imported(ast.parse(path.read_text(encoding="utf-8"))) & PACKERS:
            found[str(path.relative_to(BASE_DIR))] = names
    assert set(found) == set(OPENERS), found


def _imported(tree: ast.AST) -> set[str]:
    names = {each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.split(".", 1)[0] for name in names}


def test_an_opener_would_be_found() -> None:
    assert _imported(ast.parse("def f():\n    from xml.dom import minidom\n    import PIL.Image")) == {
        "xml",
        "PIL",
    }
