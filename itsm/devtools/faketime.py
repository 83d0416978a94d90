"""Debian's libfaketime, which gives a process its own clock: found, or installed where that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from itsm.environment import inherited

PACKAGE = "faketime"
# The one for programs with threads; Debian's folder names the architecture.
_PLACES = ("/usr/lib/*/faketime", "/usr/lib/faketime", "/usr/local/lib/faketime")
_LIBRARY = "libfaketimeMT.so.1"
MISSING = (
    f"this machine has no {_LIBRARY}, so no clock was moved and nothing is proven. "
    f"Install the package {PACKAGE} (Debian: apt-get install {PACKAGE}) and repeat."
)


def find() -> Path | None:
    """The library to preload, if it is there."""
    found = (path for place in _PLACES for path in Path("/").glob(f"{place}/{_LIBRARY}".lstrip("/")))
    return next(found, None)


def install() -> Path | None:
    """Install it with apt when we are root; ``None`` when that is not possible."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    print(f"Installing {PACKAGE} …", flush=True)
    env = inherited() | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", PACKAGE]):
        done = subprocess.run(["apt-get", *arguments], env=env, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            return None
    return find()
