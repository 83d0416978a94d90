"""Rules for the Python client: a program of its own that any other program may take in."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import maru_client
from itsm.environment import BASE_DIR
from maru_client import session
from maru_client.cli import texts
from maru_client.cli.commands import COMMANDS
from tests.architecture.test_layout import CLIENTS, CODE, imported, name_of

PACKAGE = CLIENTS / "python" / "maru_client"
MODULES = sorted(PACKAGE.rglob("*.py"))
SETTINGS = tomllib.loads((CLIENTS / "python" / "pyproject.toml").read_text(encoding="utf-8"))
OLDEST = (3, 9)


def where(pattern: str) -> set[str]:
    """The modules that import or read what matches."""
    told = re.compile(pattern)
    return {
        path.relative_to(PACKAGE).as_posix()
        for path in MODULES
        if told.search(path.read_text(encoding="utf-8")) or any(map(told.search, imported(path)))
    }


def test_it_needs_the_standard_library_alone():
    foreign = {
        f"{name_of(path)}: {module}"
        for path in MODULES
        for module in imported(path)
        if module.partition(".")[0] not in {*sys.stdlib_module_names, "maru_client"}
    }
    assert not foreign
    assert SETTINGS["project"]["dependencies"] == []


def test_the_platform_does_not_use_it():
    assert not [name_of(path) for path in CODE if "maru_client" in set(imported(path))]


def test_it_reads_with_the_oldest_python_it_promises():
    assert SETTINGS["project"]["requires-python"] == ">={}.{}".format(*OLDEST)
    for path in MODULES:
        ast.parse(path.read_text(encoding="utf-8"), feature_version=OLDEST)


def test_one_module_opens_connections_and_one_reads_the_environment():
    assert where(r"^(http\.client|socket|ssl|urllib\.request)(\.|$)") == {"transport.py"}
    assert where(r"os\.environ|getenv") == {"cli/login.py"}


def test_the_version_is_told_once_in_each_place():
    assert SETTINGS["project"]["version"] == maru_client.__version__
    assert f"maru-client/{maru_client.__version__}" == session.USER_AGENT


def test_it_says_that_it_is_typed_and_names_its_command():
    assert (PACKAGE / "py.typed").exists()
    assert SETTINGS["project"]["scripts"] == {"maru": "maru_client.cli:main"}
    assert SETTINGS["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == [PACKAGE.name]
    licence = Path(BASE_DIR / "LICENSE").read_bytes()
    assert (CLIENTS / "python" / "LICENSE").read_bytes() == licence


def literals(path: Path) -> set[str]:
    """Every text that stands in a module."""
    return {
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_what_the_command_says_is_korean_and_english():
    values = re.compile(r"\{\w+\}")
    for key, (english, korean) in texts.TEXTS.items():
        assert english, key
        assert set(values.findall(english)) == set(values.findall(korean)), key
        assert key == "id" or re.search(r"[가-힣]", korean), key


def test_no_text_of_the_command_is_unused():
    said = set().union(*(literals(path) for path in PACKAGE.glob("cli/*.py") if path.name != "texts.py"))
    said |= {f"help_{name}" for name in COMMANDS}
    assert set(texts.TEXTS) <= said
