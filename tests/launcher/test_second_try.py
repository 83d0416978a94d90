"""A few failed tests get one second try, and no more than one (decision 0045)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from itsm.devtools import second_try

# The first run of each leaves its mark, so that only the first one fails.
ONCE = """
from pathlib import Path
import pytest
@pytest.mark.parametrize("name", {names})
def test_fails(name):
    mark = Path(__file__).with_name(name)
    tried = mark.exists()
    mark.touch()
    assert tried and {again}
def test_passes():
    with Path(__file__).with_name("calls").open("a") as calls:
        calls.write("x")
"""


def run(folder: Path, names: list[str], *, again: bool) -> int:
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_it.py").write_text(ONCE.format(names=names, again=again))
    env = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    return second_try.suite(["-q", "-p", "no:django", "test_it.py"], env, folder=folder)


@pytest.mark.parametrize(
    ("names", "again", "code", "calls"),
    [
        (["a"], True, 0, "x"),  # the passing one does not run again
        (["a", "b", "c"], True, 0, "x"),
        (["a", "b", "c", "d"], True, 1, "x"),  # four are no accident
        (["a"], False, 1, "x"),  # it fails twice
        ([], True, 0, "x"),
    ],
)
def test_three_at_most_and_once(
    names: list[str], again: bool, code: int, calls: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, names, again=again) == code
    assert (tmp_path / "calls").read_text() == calls
    said = capfd.readouterr().out
    unstable = code == 0 and bool(names)
    assert ("UNSTABLE" in said) == unstable
    assert all(
        (f"test_it.py::test_fails[{name}]" in said.split("UNSTABLE")[-1]) for name in names if unstable
    )


def test_failures_of_an_earlier_run_do_not_count(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """pytest remembers them as long as their tests do not pass: with them there would be four."""
    assert run(tmp_path, ["a", "b", "c"], again=False) == 1
    (tmp_path / "test_it.py").rename(tmp_path / "test_old.py")
    capfd.readouterr()
    assert run(tmp_path, ["d"], again=True) == 0
    assert "second try of 1, alone" in capfd.readouterr().out


def test_an_error_of_collection_gets_no_second_try(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_it.py").write_text("import nothing_of_that_name\n")
    env = {"PATH": os.environ["PATH"]}
    assert second_try.suite(["-q", "-p", "no:django", "test_it.py"], env, folder=tmp_path) == 2
    assert "second try" not in capfd.readouterr().out
