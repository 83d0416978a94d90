"""Taking in and keeping files: one function for every way in (SECURITY section 4)."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import puremagic
from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from django.utils.translation import gettext as _

from core import audit
from core.errors import StaleVersionError, StorageFullError, invalid
from core.models import Attachment
from core.ranges import PartOfFile, asked_part

CHUNK = 64 * 1024
HEAD = 8 * 1024
INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp"}
# Extension → the contents it may have, as puremagic names them; None means plain text.
ALLOWED: dict[str, set[str] | None] = {
    "png": {"image/png"},
    "jpg": {"image/jpeg"},
    "jpeg": {"image/jpeg"},
    "gif": {"image/gif"},
    "webp": {"image/webp"},
    "pdf": {"application/pdf"},
    "zip": {"application/zip"},
    "docx": {"application/zip"},
    "xlsx": {"application/zip"},
    "pptx": {"application/zip"},
    "gz": {"application/gzip"},
    "pcap": {"application/vnd.tcpdump.pcap"},
    "txt": None,
    "log": None,
    "csv": None,
    "json": None,
    "md": None,
    "eml": None,
}
MIME = {
    "txt": "text/plain",
    "log": "text/plain",
    "csv": "text/csv",
    "json": "application/json",
    "md": "text/markdown",
    "eml": "message/rfc822",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_SIGNATURES = [
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap"),
    (b"\xa1\xb2\xc3\xd4", "application/vnd.tcpdump.pcap"),
]
_ACTIVE_TEXT = re.compile(rb"<\s*(!doctype|html|svg|script|\?xml|iframe|body)", re.IGNORECASE)
_UNSAFE_IN_NAME = {"Cc", "Cf", "Cs", "Zl", "Zp"}


class Asked(Protocol):
    """What of a request matters here; Django's and that of the REST framework have it."""

    @property
    def method(self) -> str | None:
        """GET or HEAD."""

    @property
    def headers(self) -> Mapping[str, str]:
        """By name, however it is spelt."""


def safe_name(name: str) -> str:
    """``name`` as data for display: no folders, control or direction characters, at most 255 characters."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in base if unicodedata.category(letter) not in _UNSAFE_IN_NAME).strip(
        " ."
    )
    return kept[-255:] or "file"


def sniff(head: bytes, name: str) -> str:
    """The media type by content. Raises RuleRefusedError for a type not taken or not what the name says."""
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension not in ALLOWED:
        raise invalid(
            "file",
            _("Files of type “.%(type)s” are not accepted. Accepted: %(list)s.")
            % {"type": extension, "list": ", ".join(sorted(ALLOWED))},
            code="type_not_accepted",
        )
    expected = ALLOWED[extension]
    found = _content_type(head)
    if (expected is None and (found != "text/plain" or _is_active(head))) or (
        expected is not None and found not in expected
    ):
        raise invalid(
            "file",
            _("The content of this file is not what “.%(type)s” promises. Send it in its true format.")
            % {"type": extension},
            code="type_disguised",
        )
    return MIME.get(extension, found)


def _is_active(head: bytes) -> bool:
    """Whether a text begins like what a browser runs, also in two bytes to a letter (UTF-16)."""
    return bool(_ACTIVE_TEXT.search(head.replace(b"\0", b"")))


def _content_type(head: bytes) -> str:
    for start, mime in _SIGNATURES:
        if head.startswith(start):
            return mime
    if b"\0" not in head:
        try:
            head.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            if error.start >= len(head) - 4:  # a character cut at the end of what was read
                return _known_text(head)
        else:
            return _known_text(head)
    return _magic(head)


def _known_text(head: bytes) -> str:
    return "application/pdf" if head.startswith(b"%PDF-") else "text/plain"


def _magic(head: bytes) -> str:
    try:
        return puremagic.from_string(head, mime=True) or "application/octet-stream"
    except (puremagic.PureError, ValueError):
        return "application/octet-stream"


def accept(*, uploader: Any, name: str, chunks: Iterable[bytes]) -> Attachment:
    """Store a file under its content hash and return its row, which belongs to ``uploader`` until attached.

    Raises RuleRefusedError (empty, too large, type not taken, content disguised) and StorageFullError.
    The row is only made once the file is safely on disk: no row without a file (RELIABILITY F-18).
    """
    name = safe_name(name)
    limit = settings.ATTACHMENT_MAX_BYTES
    folder = Path(settings.MEDIA_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        digest, size, mime = _store(folder, name, chunks, limit)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFullError from error
        raise
    row = Attachment.objects.create(
        sha256=digest, size=size, mime=mime, name=name, uploader_id=getattr(uploader, "pk", None)
    )
    audit.write(actor=uploader, table="core_attachment", object_ref=str(row.public_id), action="uploaded")
    return row


def _store(folder: Path, name: str, chunks: Iterable[bytes], limit: int) -> tuple[str, int, str]:
    digest, size, head = hashlib.sha256(), 0, b""
    with tempfile.NamedTemporaryFile(dir=folder, prefix="incoming-", delete=True) as temp:
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                text = _("This file is larger than %(mib)s MiB.") % {"mib": limit // (1024 * 1024)}
                raise invalid("file", text, code="too_large")
            head = head if len(head) >= HEAD else (head + chunk)[:HEAD]
            digest.update(chunk)
            temp.write(chunk)
        if not size:
            raise invalid("file", _("This file is empty."), code="empty")
        mime = sniff(head, name)
        temp.flush()
        os.fsync(temp.fileno())
        target = path_of(digest.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not target.exists():
            os.link(temp.name, target)
    return digest.hexdigest(), size, mime


def path_of(sha256: str) -> Path:
    """Where a file of that content lies."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256


def download(request: Asked, attachment: Attachment) -> HttpResponseBase:
    """The file, or the part asked for, as an answer that no browser will run (UP-2); never read whole.

    The caller has checked the owner's policy. 304 for who names the tag of the content; a part only while
    If-Range names it too. Raises RangeRefusedError and, for another tag in If-Match, StaleVersionError.
    """
    tag, given = f'"{attachment.sha256}"', request.headers
    if "If-Match" in given and not {"*", tag} & set(parse_etags(given["If-Match"])):
        raise StaleVersionError(etag=tag)
    weak = {each.removeprefix("W/") for each in parse_etags(given.get("If-None-Match", ""))}
    if {"*", tag} & weak:
        return _guarded(HttpResponse(status=304), attachment)
    part = None
    if request.method == "GET" and given.get("If-Range", tag).strip() == tag:
        part = asked_part(given.get("Range", ""), attachment.size)
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse()
    else:
        file: Any = path_of(attachment.sha256).open("rb")
        response = FileResponse(PartOfFile(file, part) if part else file, status=206 if part else 200)
    response["Content-Type"] = attachment.mime
    response["Content-Length"] = str(part.length if part else attachment.size)
    if part:
        response["Content-Range"] = part.told
    return _guarded(response, attachment)


def _guarded(response: HttpResponseBase, attachment: Attachment) -> HttpResponseBase:
    """The answer with what keeps a browser from running or storing it, and what the content is known by."""
    digest = base64.b64encode(bytes.fromhex(attachment.sha256)).decode()
    shown = "inline" if attachment.mime in INLINE else "attachment"
    response["Content-Disposition"] = f"{shown}; filename*=UTF-8''{quote(attachment.name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{attachment.sha256}"'
    response["Repr-Digest"] = f"sha-256=:{digest}:"
    return response
