"""``./run check``: everything a machine can check, each step with its verdict and seconds."""

from __future__ import annotations

import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from itsm.devtools import features, locks
from itsm.devtools.processes import clean_environment
from itsm.environment import BASE_DIR

SNAPSHOT = BASE_DIR / "docs" / "openapi.json"
APPS = ("core", "accounts", "schedules", "cmdb", "tickets", "approvals", "workflows", "sla", "notifications")
KINDS_AND_PAGES = ("incidents", "catalog", "knowledge", "portal", "desk", "api")


@dataclass(frozen=True)
class Step:
    """A named check: answers its complaints, empty when there are none."""

    name: str
    run: Callable[[], str]


def main(argv: list[str]) -> int:
    """0 when all passed. ``argv`` may name some of the steps."""
    steps = [step for step in STEPS if not argv or step.name in argv]
    failed = []
    for step in steps:
        began = time.monotonic()
        complaints = step.run()
        print(
            f"{step.name:<24} {'FAILED' if complaints else 'ok':<7} {time.monotonic() - began:5.1f} s",
            flush=True,
        )
        if complaints:
            failed.append(step.name)
            print(complaints.rstrip() + "\n", flush=True)
    print(f"{len(steps) - len(failed)} passed, {len(failed)} failed" if steps else "No such check.")
    return 1 if failed or not steps else 0


def _complaints(arguments: list[str], env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=BASE_DIR,
        env=env or development(),
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout + done.stderr or f"exit code {done.returncode}") if done.returncode else ""


def development() -> dict[str, str]:
    """The environment of tests; no database is asked."""
    return clean_environment() | {
        "ITSM_TESTING": "1",
        "PYTHONUTF8": "1",
        "DJANGO_SETTINGS_MODULE": "itsm.settings",
    }


def production() -> dict[str, str]:
    """What a careful administrator would set."""
    return clean_environment() | {
        "PYTHONUTF8": "1",
        "ITSM_SECRET_KEY": secrets.token_urlsafe(60),
        "ITSM_BASE_URL": "https://maru.example",
        "ITSM_LIVE_URL": "https://maru.example",
        "ITSM_ALLOWED_HOSTS": "maru.example",
        "DATABASE_URL": "postgres://itsm_app:unused@db.example/maru",
        "REDIS_URL": "redis://broker.example:6379/0",
        "EMAIL_URL": "smtp://mail.example:587?tls=1",
    }


def _tool(*arguments: str) -> Callable[[], str]:
    return lambda: _complaints(["-m", *arguments])


def _manage(*arguments: str) -> Callable[[], str]:
    # Without a database Django only warns that it cannot compare with applied migrations.
    return lambda: _complaints(["-W", "ignore::RuntimeWarning", "manage.py", *arguments])


def _types() -> str:
    present = [name for name in ("itsm", *APPS, *KINDS_AND_PAGES) if (BASE_DIR / name).is_dir()]
    return _complaints(["-m", "mypy", *present])


def _layers() -> str:
    return _complaints(
        ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-logo"]
    )


def _deployment() -> str:
    return _complaints(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], production())


def _openapi() -> str:
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "openapi.json"
        command = ["manage.py", "spectacular", "--format", "openapi-json", "--validate", "--fail-on-warn"]
        complaints = _complaints([*command, "--file", str(made)])
        if complaints:
            return complaints
        if not SNAPSHOT.exists() or SNAPSHOT.read_bytes() != made.read_bytes():
            return (
                "docs/openapi.json is not what the code says. If the change is wanted:\n"
                "  ./run manage spectacular --format openapi-json --file docs/openapi.json"
            )
    return ""


STEPS = (
    Step("format", _tool("ruff", "format", "--check", "--quiet", ".")),
    Step("lint", _tool("ruff", "check", "--quiet", ".")),
    Step("types", _types),
    Step("template format", _tool("djlint", "templates", "--check", "--quiet")),
    Step("template lint", _tool("djlint", "templates", "--lint", "--quiet")),
    Step("layers", _layers),
    Step("migrations", _manage("makemigrations", "--check", "--dry-run")),
    Step("deployment", _deployment),
    Step("API snapshot", _openapi),
    Step("lock file", locks.complaints),
    Step("feature list", features.complaints),
)
