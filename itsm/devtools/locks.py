"""Whether ``requirements.lock`` (for pip and the image) says the same as ``uv.lock`` (for everybody else)."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from itsm.environment import BASE_DIR

EXPORT = "uv export --frozen --all-extras --no-dev --no-emit-project --no-header -o requirements.lock"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")


def complaints() -> str:
    """What differs, and how to make it anew; empty when nothing does."""
    path = BASE_DIR / "requirements.lock"
    if not path.exists():
        return f"requirements.lock is missing: {EXPORT}"
    exported, resolved = _pinned(path.read_text(encoding="utf-8")), _resolved()
    differing = sorted(
        name for name in exported.keys() | resolved.keys() if exported.get(name) != resolved.get(name)
    )
    return f"requirements.lock differs from uv.lock in {', '.join(differing)}: {EXPORT}" if differing else ""


def _pinned(text: str) -> dict[str, frozenset[str]]:
    """The hashes of each ``name==version``."""
    found: dict[str, frozenset[str]] = {}
    for line in text.replace("\\\n", " ").splitlines():
        pin = _PIN.match(line)
        if pin:
            found[pin.group(0)] = frozenset(_HASH.findall(line))
    return found


def _resolved() -> dict[str, frozenset[str]]:
    """The same for everything that the project and its extras need at run time, on any Python."""
    packages: dict[str, list[dict[str, Any]]] = {}
    for package in tomllib.loads((BASE_DIR / "uv.lock").read_text(encoding="utf-8"))["package"]:
        packages.setdefault(package["name"], []).append(package)
    todo = _needs(packages["maru"][0], ["", *packages["maru"][0].get("optional-dependencies", {})])
    found: dict[str, frozenset[str]] = {}
    seen: set[str] = set()
    while todo:
        wanted = todo.pop()
        if repr(wanted) in seen:
            continue
        seen.add(repr(wanted))
        for package in packages[wanted["name"]]:
            if wanted.get("version", package["version"]) == package["version"]:
                todo += _needs(package, ["", *wanted.get("extra", [])])
                found[f"{package['name']}=={package['version']}"] = _hashes(package)
    return found


def _needs(package: dict[str, Any], parts: list[str]) -> list[dict[str, Any]]:
    extras = package.get("optional-dependencies", {})
    lists = [extras.get(part, []) if part else package.get("dependencies", []) for part in parts]
    return [needed for each in lists for needed in each]


def _hashes(package: dict[str, Any]) -> frozenset[str]:
    files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
    return frozenset(file["hash"] for file in files)
