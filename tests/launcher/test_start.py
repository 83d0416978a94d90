"""One installation through its first life: cold start, second caller, stop, warm start."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import pytest

from itsm.environment import BASE_DIR
from itsm.launcher.ports import is_free
from tests.faults.stack import ROLES, PrivateStack

LEFT_OUT = shutil.ignore_patterns(".git", "var", "__pycache__", ".venv", ".*_cache", "tests", "docs")


def processes_naming(text: str) -> list[str]:
    """Command lines of living processes that contain ``text``."""
    listed = subprocess.run(["ps", "-eo", "stat=,args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if text in line and not line.startswith("Z")]


def run(stack: PrivateStack, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(stack.code / "itsm" / "__main__.py"), *arguments],
        env=stack.env,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copied_code() -> Path:
    """A checkout in a folder whose name has a space and letters outside ASCII."""
    folder = Path(tempfile.mkdtemp(prefix="maru-copy-")) / "내 마루 폴더"
    shutil.copytree(BASE_DIR, folder, ignore=LEFT_OUT, symlinks=True)
    (folder / ".venv").symlink_to(BASE_DIR / ".venv")
    yield folder
    shutil.rmtree(folder.parent)


def test_an_installation_starts_tells_a_second_caller_stops_and_starts_again(copied_code):
    with PrivateStack(code=copied_code, data=copied_code / "var", options=()) as stack:
        assert f"web up http://127.0.0.1:{stack.port} " in stack.printed
        assert f"READY http://127.0.0.1:{stack.port} " in stack.printed
        assert set(stack.state["children"]) == set(ROLES)
        with urllib.request.urlopen(f"{stack.url}/healthz", timeout=10) as answer:
            assert answer.status == 200
        assert stack.sql("SELECT count(*) FROM core_processheartbeat WHERE role = 'worker'") == [(1,)]

        second = run(stack, "--data", str(stack.layout.data))
        assert second.returncode == 0
        assert stack.url in second.stdout
        assert run(stack, "status", "--data", str(stack.layout.data)).returncode == 0

        other = Path(tempfile.mkdtemp(prefix="maru-other-"))
        refused = run(stack, "--data", str(other / "data"), "--port", str(stack.port))
        shutil.rmtree(other)
        assert refused.returncode == 1
        assert str(stack.port) in refused.stderr

        assert "[X] 0001" in stack.manage("showmigrations", "core").stdout

        assert stack.stop(signal.SIGINT) == 0
        assert processes_naming(stack.folder.name) == []
        assert processes_naming(str(copied_code)) == []
        assert is_free("127.0.0.1", stack.port)
        assert not (stack.layout.cluster / "postmaster.pid").exists()
        assert not stack.layout.state.exists()
        assert run(stack, "status", "--data", str(stack.layout.data)).returncode == 3

        stack.start(wait=False).wait_for("web up ")
        assert "demo company loaded" not in stack.printed
        assert stack.stop() == 130 or "READY" in stack.printed


def test_run_starts_from_any_folder_and_names_an_unknown_command():
    shell = str(BASE_DIR / "run")
    helped = subprocess.run([shell, "help"], cwd="/", capture_output=True, text=True, check=True)
    assert "./run stop" in helped.stdout
    unknown = subprocess.run([shell, "tset"], cwd="/", capture_output=True, text=True, check=False)
    assert unknown.returncode == 2
    assert "tset" in unknown.stderr
    assert os.access(shell, os.X_OK)


def test_run_says_that_packages_are_missing_and_mends_itself_the_next_time(tmp_path):
    """The index is away the first time: a reason and no traceback; the half-made environment is no trap."""
    folder, tools = tmp_path / "새 폴더", tmp_path / "tools"
    folder.mkdir()
    tools.mkdir()
    for name in ("run", "uv.lock", "requirements.lock"):
        shutil.copy(BASE_DIR / name, folder)
    (folder / "itsm").mkdir()
    (folder / "itsm" / "__main__.py").write_text("print('started')")
    uv = tools / "uv"
    uv.write_text(
        f'#!/bin/sh\ntest "$1" = venv && exec {sys.executable} -m venv --without-pip "$5"\nexit 2\n'
    )
    uv.chmod(0o755)
    environment = os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"}
    shell = [str(folder / "run"), "help"]
    away = subprocess.run(shell, env=environment, capture_output=True, text=True, check=False)
    assert (away.returncode, away.stdout) == (1, "")
    assert "could not be installed" in away.stderr
    assert "Traceback" not in away.stderr
    uv.write_text("#!/bin/sh\nexit 0\n")
    again = subprocess.run(shell, env=environment, capture_output=True, text=True, check=False)
    assert (again.returncode, again.stdout) == (0, "started\n")
