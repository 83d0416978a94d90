"""``./run check``: everything a machine can check, each step with its verdict and seconds."""

from __future__ import annotations

import secrets
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itsm.devtools import features, locks
from itsm.devtools.processes import clean_environment
from itsm.environment import BASE_DIR

SNAPSHOT = BASE_DIR / "docs" / "openapi.json"
CLIENT = BASE_DIR / "clients" / "python"
SPECTACULAR = ("spectacular", "--format", "openapi-json", "--fail-on-warn")

_LINT_IMPORTS = """
import sys
from importlinter.cli import lint_imports
sys.exit(lint_imports(config_filename=sys.argv[1], no_logo=True, cache_dir=None, no_cache=True))
"""


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


def _layer_settings() -> dict[str, Any]:
    text = (BASE_DIR / "pyproject.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text)["tool"]["importlinter"])


def _packages() -> list[str]:
    """Our packages that exist."""
    names = _layer_settings()["root_packages"]
    return [name for name in names if (BASE_DIR / name / "__init__.py").exists()]


def _types() -> str:
    return _complaints(["-m", "mypy", *_packages()])


def _client() -> str:
    """The types of the client, by its own settings: another program, without Django and for older Pythons."""
    return _complaints(
        ["-m", "mypy", "--config-file", str(CLIENT / "pyproject.toml"), str(CLIENT / "maru_client")]
    )


def _layers() -> str:
    """The table names apps that a later release brings; import-linter wants to find every root package."""
    contract = _layer_settings()["contracts"][0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layers.ini"
        lists = {"root_packages": _packages(), "layers": contract["layers"]}
        lines = {name: "\n  ".join(["", *items]) for name, items in lists.items()}
        path.write_text(
            f"[importlinter]\nroot_packages ={lines['root_packages']}\nexclude_type_checking_imports = True\n"
            f"[importlinter:contract:layers]\nname = {contract['name']}\ntype = layers\n"
            f"layers ={lines['layers']}\n",
            encoding="utf-8",
        )
        return _complaints(["-c", _LINT_IMPORTS, str(path)])


def _deployment() -> str:
    return _complaints(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], production())


def _openapi() -> str:
    """The document itself is validated (22 s) by the command that renews it, not each time it is compared."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "openapi.json"
        complaints = _complaints(["manage.py", *SPECTACULAR, "--file", str(made)])
        if complaints:
            return complaints
        if not SNAPSHOT.exists() or SNAPSHOT.read_bytes() != made.read_bytes():
            return (
                "docs/openapi.json is not what the code says. If the change is wanted:\n"
                f"  ./run manage {' '.join(SPECTACULAR)} --validate --file docs/openapi.json"
            )
    return ""


STEPS = (
    Step("format", _tool("ruff", "format", "--check", "--quiet", ".")),
    Step("lint", _tool("ruff", "check", "--quiet", ".")),
    Step("types", _types),
    Step("client types", _client),
    Step("templates", _tool("djlint", "templates", "--lint", "--quiet")),
    Step("layers", _layers),
    Step("migrations", _manage("makemigrations", "--check", "--dry-run")),
    Step("deployment", _deployment),
    Step("API snapshot", _openapi),
    Step("lifecycle pages", _manage("lifecycle_docs", "--check")),
    Step("lock file", locks.complaints),
    Step("feature list", features.complaints),
)
