"""``secret.env``: the keys made at the first start. Losing the file loses sessions and connector secrets."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

NAMES = ("ITSM_SECRET_KEY", "ITSM_FIELD_KEY")


def keys(path: Path) -> dict[str, str]:
    """The installation's keys, made and saved (mode 0600) when there are none yet."""
    found = read(path)
    missing = [name for name in NAMES if name not in found]
    if missing:
        found |= {name: secrets.token_urlsafe(50) for name in missing}
        _write(path, found)
    return found


def read(path: Path) -> dict[str, str]:
    """What the file holds; nothing when it does not exist."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def _write(path: Path, values: dict[str, str]) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("".join(f"{name}={value}\n" for name, value in values.items()))
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
