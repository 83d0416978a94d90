"""Starts one program in a session of its own that ends when the launcher ends.

Linux does the last part (``PR_SET_PDEATHSIG``); the signal follows the thread that spawned, so only the main
thread may call ``spawn``.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from itsm.launcher.errors import StartError

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
LINUX = sys.platform == "linux"
_LIBC = ctypes.CDLL(None, use_errno=True) if LINUX else None
_ORPHANED = 79


@dataclass(frozen=True)
class Identity:
    """As whom a program runs: as us, as us without root's rights (user namespace), or as another account."""

    kind: str = "plain"
    account: str = ""

    def enter(self) -> None:
        """Become it; called in the child between fork and exec."""
        if self.kind == "namespace" and _LIBC is not None and _LIBC.unshare(CLONE_NEWUSER) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        if self.kind == "account":
            entry = pwd.getpwnam(self.account)
            os.setgroups([entry.pw_gid])
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)


def identity_for_postgres() -> Identity:
    """PostgreSQL refuses root: a user namespace where one is allowed, else ``postgres`` or ``nobody``."""
    if os.geteuid() != 0:
        return Identity()
    if not LINUX:
        raise StartError("Start Maru as an ordinary user: PostgreSQL refuses to run as root on this system.")
    if _namespace_works():
        return Identity("namespace")
    for account in ("postgres", "nobody"):
        try:
            pwd.getpwnam(account)
        except KeyError:
            continue
        return Identity("account", account)
    raise StartError(
        "PostgreSQL refuses root, user namespaces are off and there is no account postgres or nobody."
    )


def _namespace_works() -> bool:
    probe = shutil.which("true")
    if probe is None:
        return False
    try:
        subprocess.run([probe], check=True, preexec_fn=Identity("namespace").enter)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def spawn(
    argv: Sequence[str],
    *,
    output: IO[bytes] | int,
    env: Mapping[str, str],
    cwd: Path,
    death_signal: int = signal.SIGTERM,
    identity: Identity | None = None,
    **pipes: int,
) -> subprocess.Popen[bytes]:
    """Start ``argv``; it gets ``death_signal`` when the launcher dies, however that happens."""
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("Spawn from the main thread: the death signal follows the spawning thread.")
    streams: dict[str, IO[bytes] | int] = {
        "stdin": subprocess.DEVNULL,
        "stdout": output,
        "stderr": subprocess.STDOUT,
    }
    return subprocess.Popen(
        list(argv),
        env=dict(env),
        cwd=cwd,
        start_new_session=True,
        preexec_fn=_preparation(identity or Identity(), death_signal, os.getpid()),  # noqa: PLW1509 - main thread
        **(streams | pipes),  # type: ignore[call-overload]  # the streams are typed one line up
    )


def end_with_parent(death_signal: int) -> Callable[[], None]:
    """A ``preexec_fn`` after which the child gets ``death_signal`` when this process dies."""
    return _preparation(Identity(), death_signal, os.getpid())


def _preparation(identity: Identity, death_signal: int, launcher: int) -> Callable[[], None]:
    def prepare() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        identity.enter()
        if _LIBC is None:
            return
        # After the change of identity, which clears it; and the launcher may have died meanwhile.
        _LIBC.prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != launcher:
            os._exit(_ORPHANED)

    return prepare
