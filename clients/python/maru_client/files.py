"""Files on their way to the server: multipart bodies that are read while they are sent."""

from __future__ import annotations

import io
import os
import secrets
import tempfile
from collections.abc import Iterator
from typing import IO, Union

from maru_client.errors import LocalFileError

Source = Union[str, "os.PathLike[str]", bytes, IO[bytes]]
_CHUNK = 64 * 1024
_IN_MEMORY = 1024 * 1024


class Multipart:
    """The body ``multipart/form-data`` with one part ``file``; it may be sent more than once."""

    def __init__(self, source: Source, name: str = "") -> None:
        self._file, self._owned = _opened(source)
        try:
            self._begin = self._file.tell()
            self.size = self._file.seek(0, io.SEEK_END) - self._begin
        except (OSError, ValueError) as error:
            self.close()
            raise LocalFileError(f"This file cannot be read: {error}") from error
        self.name = os.path.basename(name or _name_of(source) or "file")
        boundary = secrets.token_hex(16)
        told = self.name.replace("\\", "_").replace('"', "%22").replace("\r", "").replace("\n", "")
        self._head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{told}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self.media_type = f"multipart/form-data; boundary={boundary}"
        self.length = len(self._head) + self.size + len(self._tail)

    def chunks(self) -> Iterator[bytes]:
        """The body from its beginning. Raises LocalFileError."""
        yield self._head
        left = self.size
        try:
            self._file.seek(self._begin)
            while left:
                piece = self._file.read(min(_CHUNK, left))
                if not piece:
                    raise LocalFileError(f"{self.name} became shorter while it was sent.")
                left -= len(piece)
                yield piece
        except (OSError, ValueError) as error:
            raise LocalFileError(f"{self.name} cannot be read: {error}") from error
        yield self._tail

    def close(self) -> None:
        """Close the file if it was opened here."""
        if self._owned:
            self._file.close()


def _opened(source: Source) -> tuple[IO[bytes], bool]:
    if isinstance(source, bytes):
        return io.BytesIO(source), True
    if isinstance(source, (str, os.PathLike)):
        try:
            return open(source, "rb"), True
        except OSError as error:
            raise LocalFileError(f"This file cannot be read: {error}") from error
    if _is_seekable(source):
        return source, False
    # A pipe can be read once only, and a repeat must send the same: keep what it says.
    kept: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed after sending
    while piece := source.read(_CHUNK):
        kept.write(piece)
    kept.seek(0)
    return kept, True


def _is_seekable(source: IO[bytes]) -> bool:
    try:
        return source.seekable()
    except AttributeError:
        return False


def _name_of(source: Source) -> str:
    if isinstance(source, bytes):
        return ""
    name = source if isinstance(source, (str, os.PathLike)) else getattr(source, "name", "")
    return os.fspath(name) if isinstance(name, (str, os.PathLike)) else ""


def safe_name(name: str) -> str:
    """A file name told by a server, without any folder; never empty."""
    plain = name.replace("\\", "/").rpartition("/")[2].replace("\0", "")
    return plain if plain not in {"", ".", ".."} else "file"
