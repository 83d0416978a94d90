"""Rules about files and names that a machine can check (CONVENTIONS 4 and 10, RELIABILITY CEL-11, RL-36)."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from itsm.devtools import locks
from itsm.environment import BASE_DIR

OUTSIDE = {".venv", "var", ".git", "node_modules"}
LONGEST_FILE = 400
LONGEST_TEST = 500
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "common.py", "managers.py", "signals.py"}
LAYERED = re.compile(r"(^|/)(services|selectors|tasks|handlers|policies)(\.py$|/)")


def sources(*, tests: bool = True) -> Iterator[Path]:
    for top in sorted(BASE_DIR.iterdir()):
        if top.name in OUTSIDE or (top.name == "tests" and not tests):
            continue
        yield from (
            path for path in ([top] if top.is_file() else sorted(top.rglob("*"))) if path.suffix == ".py"
        )


def name_of(path: Path) -> str:
    return path.relative_to(BASE_DIR).as_posix()


# Clients are programs of their own: what they may do is in test_client.py.
CLIENTS = BASE_DIR / "clients"
APPS = sorted(path.parent.name for path in BASE_DIR.glob("*/apps.py") if path.parent.name != "itsm")
CODE = [
    path
    for path in sources(tests=False)
    if "migrations" not in path.parts and not path.is_relative_to(CLIENTS)
]


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """Dotted names of what a file calls, as written, with their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def found(pattern: str, paths: Iterator[Path] | list[Path]) -> list[str]:
    return [
        f"{name_of(path)}:{line} {name}"
        for path in paths
        for name, line in calls(path)
        if re.search(pattern, name)
    ]


def test_no_file_is_too_long_to_read_at_once():
    long = {
        name_of(path): count
        for path in sources()
        if "migrations" not in path.parts
        and (count := len(path.read_text(encoding="utf-8").splitlines()))
        > (LONGEST_TEST if name_of(path).startswith("tests/") else LONGEST_FILE)
    }
    assert not long, "Split these by aggregate or use case."


def test_no_file_has_a_name_that_says_nothing():
    assert not [name_of(path) for path in sources() if path.name in FORBIDDEN_NAMES]


def test_work_is_queued_in_one_place_only():
    """CEL-11: a publish before the commit, or lost after it, cannot be written by accident."""
    where = [path for path in CODE if name_of(path) != "core/wake.py"]
    assert not found(r"\.(delay|apply_async|send_task|delay_on_commit)$", where)


def test_due_times_and_stamps_come_from_the_database():
    """RL-36: one clock."""
    where = [path for path in CODE if LAYERED.search(name_of(path))]
    assert not found(r"(^|\.)(timezone\.now|datetime\.now|datetime\.utcnow|date\.today|time\.time)$", where)


def test_the_environment_is_read_in_one_file():
    reads = re.compile(r"os\.(environ(?!\.setdefault)|getenv)|from os import .*(environ|getenv)")
    offenders = [
        f"{name_of(path)}:{number}"
        for path in CODE
        if name_of(path) != "itsm/environment.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if reads.search(line)
    ]
    assert not offenders, "Only itsm.environment reads the environment."


NETWORK = re.compile(r"^(urllib\.request|http\.client|socket|requests|httpx|httpcore|urllib3|aiohttp)(\.|$)")
MAY_OPEN = {
    "core/outbound.py",  # the one door
    "core/worker.py",  # asks for the host's own name only
}


def imported(path: Path) -> Iterator[str]:
    """Every module a file imports, however it writes it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_only_outbound_opens_connections():
    """SECURITY OUT-1; launcher, listeners and tests are the named exceptions."""
    offenders = [
        f"{name}: {module}"
        for path in CODE
        if (name := name_of(path)) not in MAY_OPEN
        and not name.startswith(("itsm/launcher/", "itsm/devtools/", "bench/"))
        for module in imported(path)
        if NETWORK.match(module)
    ]
    assert not offenders


def test_no_signal_but_post_migrate_drives_our_code():
    assert not found(r"(^|\.)(pre_save|post_save|pre_delete|post_delete|m2m_changed)\.connect$", CODE)


def test_save_is_not_overridden():
    offenders = [
        f"{name_of(path)}:{node.lineno}"
        for path in CODE
        if path.name == "models.py" or "models" in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name == "save"
    ]
    assert not offenders


@pytest.mark.parametrize("app", APPS)
def test_an_app_is_in_the_table_of_layers(app: str):
    config = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = re.findall(r"\w+", " ".join(config["contracts"][0]["layers"]))
    assert app in layers
    assert app in config["root_packages"]


def test_the_lock_files_agree():
    assert locks.complaints() == ""


def test_the_state_machine_package_is_the_free_fork():
    """Both install a module named django_fsm; the original's successor is not free software we may use."""
    packages = tomllib.loads((BASE_DIR / "uv.lock").read_text(encoding="utf-8"))["package"]
    names = {package["name"] for package in packages}
    assert "django-fsm-2" in names
    assert names.isdisjoint({"django-fsm", "viewflow", "psycopg2"})


def test_a_lock_file_names_no_mirror():
    for name in ("uv.lock", "requirements.lock"):
        text = (BASE_DIR / name).read_text(encoding="utf-8")
        addresses = set(re.findall(r"https?://([^/\"]+)", text))
        assert addresses <= {"pypi.org", "files.pythonhosted.org"}, name
