"""What each process works on right now, where its death cannot undo it (RELIABILITY RL-15).

An internal step has no lease: a killed process leaves no trace in the database, and a step that kills its
process would be tried for ever. So its number stands in a file of the process, outside any transaction; what
a dead process left there is counted as a failed try.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

from django.conf import settings

_open: dict[str, int] = {"pid": 0, "fd": -1}
_WIDTH = 20


def _folder() -> Path:
    return Path(settings.RUN_DIR) / "inflight"


def note(step_id: int) -> None:
    """This process begins to work on that step."""
    os.pwrite(_file(), str(step_id).ljust(_WIDTH).encode(), 0)


def clear() -> None:
    """This process works on nothing."""
    if _open["pid"] == os.getpid():
        os.pwrite(_open["fd"], b" " * _WIDTH, 0)


def left_by_the_dead() -> list[int]:
    """The steps that processes of this machine worked on when they died; each is returned to one caller."""
    found = []
    for path in _folder().glob(f"{_host()}=*"):
        pid = path.name.partition("=")[2]
        if pid.isdigit() and not _lives(int(pid)):
            claimed = path.with_name(f"taken-{path.name}-{os.getpid()}")
            try:
                path.rename(claimed)
            except FileNotFoundError:
                continue  # another process was faster
            text = claimed.read_text(encoding="ascii").strip()
            claimed.unlink()
            found += [int(text)] if text else []
    return found


def _file() -> int:
    if _open["pid"] != os.getpid():  # a forked child has a file of its own
        _folder().mkdir(parents=True, exist_ok=True)
        path = _folder() / f"{_host()}={os.getpid()}"
        _open.update(pid=os.getpid(), fd=os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    return _open["fd"]


def _host() -> str:
    return platform.node()[:100]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
