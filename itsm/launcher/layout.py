"""Where an installation keeps its files: one data folder, private to its user."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from itsm.environment import explicit

SOCKET_BYTES = 107
POSTGRES_SOCKET = ".s.PGSQL.5432"
VALKEY_SOCKET = "valkey.sock"
# Characters that mean the same in a postgres option, a URL, a configuration line and a shell.
_PLAIN = re.compile(r"[A-Za-z0-9/._-]+")


@dataclass(frozen=True)
class Layout:
    """The files below one data folder (``ITSM_DATA_DIR``)."""

    data: Path

    @property
    def cluster(self) -> Path:
        return self.data / "pg"

    @property
    def valkey(self) -> Path:
        return self.data / "valkey"

    @property
    def static(self) -> Path:
        return self.data / "static"

    @property
    def media(self) -> Path:
        return self.data / "media"

    @property
    def mail(self) -> Path:
        return self.data / "mail"

    @property
    def run(self) -> Path:
        return self.data / "run"

    @property
    def log(self) -> Path:
        return self.data / "log"

    @property
    def secrets(self) -> Path:
        return self.data / "secret.env"

    @property
    def lock(self) -> Path:
        return self.run / "lock"

    @property
    def state(self) -> Path:
        return self.run / "state.json"

    def make(self) -> None:
        """Create the folders; those with sockets, logs and mail are closed to other users."""
        self.data.mkdir(parents=True, exist_ok=True)
        for folder in (self.run, self.log, self.mail, self.valkey):
            folder.mkdir(mode=0o700, exist_ok=True)
        for folder in (self.static, self.media):
            folder.mkdir(exist_ok=True)


def socket_folder(layout: Layout) -> Path:
    """A private folder whose socket paths fit into 107 bytes: ``var/run``, unless its path is long or odd."""
    if fits(layout.run):
        return layout.run
    remembered = layout.run / "sockets"
    if remembered.exists() and is_private(folder := Path(remembered.read_text(encoding="utf-8"))):
        return folder
    base = explicit("XDG_RUNTIME_DIR")
    if not (base and fits(Path(base) / "maru-12345678") and os.access(base, os.W_OK)):
        base = "/tmp" if not fits(Path(tempfile.gettempdir()) / "maru-12345678") else tempfile.gettempdir()  # noqa: S108 - mkdtemp makes it private
    folder = Path(tempfile.mkdtemp(prefix="maru-", dir=base))
    remembered.write_text(str(folder), encoding="utf-8")
    return folder


def forget_socket_folder(layout: Layout, folder: Path) -> None:
    """Remove a socket folder that lies outside the data folder; nothing to do for ``var/run``."""
    if folder == layout.run or not is_private(folder):
        return
    for path in folder.iterdir():
        path.unlink(missing_ok=True)
    folder.rmdir()
    (layout.run / "sockets").unlink(missing_ok=True)


def fits(folder: Path) -> bool:
    """Whether sockets in ``folder`` have paths that the kernel and every program accept."""
    return (
        len(os.fsencode(folder / POSTGRES_SOCKET)) <= SOCKET_BYTES
        and _PLAIN.fullmatch(str(folder)) is not None
    )


def is_private(folder: Path) -> bool:
    """Whether ``folder`` is a real folder of ours that nobody else can enter."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
