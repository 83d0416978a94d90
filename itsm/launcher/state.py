"""Which launcher runs on a data folder: a lock that dies with its holder, and a file that describes it."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from itsm.launcher.layout import Layout


class Lock:
    """Held by the one launcher of a data folder for as long as it lives."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def take(self) -> bool:
        """Whether the lock is now ours; never waits."""
        file = self.path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Let the next launcher in."""
        if self._file is not None:
            self._file.close()
            self._file = None


@dataclass
class State:
    """The content of ``state.json``; readable by its owner only, since it holds the database's address."""

    pid: int = field(default_factory=os.getpid)
    phase: str = "starting"
    url: str = ""
    live_url: str = ""
    data: str = ""
    sockets: str = ""
    static_root: str = ""
    database_url: str = ""
    owner_database_url: str = ""
    redis_url: str = ""
    email_url: str = ""
    embedded: list[str] = field(default_factory=list)
    demo: bool = False
    children: dict[str, dict[str, Any]] = field(default_factory=dict)

    def save(self, layout: Layout) -> None:
        """Write the file so that a reader sees the old or the new one, never half."""
        fresh = layout.state.with_name("state.json.new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, ensure_ascii=False, indent=1)
        fresh.rename(layout.state)


def running(layout: Layout) -> State | None:
    """The installation that runs on this data folder now; ``None`` when none does."""
    if not layout.lock.exists():
        return None
    lock = Lock(layout.lock)
    if lock.take():
        lock.release()
        return None
    return read(layout) or State(pid=0, data=str(layout.data))


def read(layout: Layout) -> State | None:
    """What the file says, whether or not its launcher still lives."""
    with suppress(OSError, ValueError, TypeError):
        return State(**json.loads(layout.state.read_text(encoding="utf-8")))
    return None
