"""``./run faults F-01 …``: the drills ``tests/faults/fNN_*.py``, each in its own process (RL-38 … RL-41)."""

from __future__ import annotations

import argparse
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from itsm.devtools.processes import clean_environment, wait
from itsm.environment import BASE_DIR
from itsm.launcher.spawn import end_with_parent

FOLDER = BASE_DIR / "tests" / "faults"
LONGEST_SECONDS = 1200
_VERDICT = re.compile(r"^(F-\d\d) (PASS|FAIL|SKIP)\b.*$", re.MULTILINE)


@dataclass(frozen=True)
class Drill:
    """One script and what it answered."""

    fault: str
    path: Path

    def run(self, options: list[str]) -> tuple[str, str]:
        """(verdict, its last line); a drill that ends without a verdict has failed."""
        with subprocess.Popen(
            [sys.executable, "-m", f"tests.faults.{self.path.stem}", *options],
            cwd=BASE_DIR,
            env=clean_environment() | {"PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - no thread here
        ) as process:
            output = _echo(process)
            code = wait(process)
        lines = [found.group(0) for found in _VERDICT.finditer(output) if found.group(1) == self.fault]
        if not lines or (code != 0 and " PASS" in lines[-1]):
            return "FAIL", f"{self.fault} FAIL ended with code {code} and no verdict of its own"
        return lines[-1].split()[1], lines[-1]


def _echo(process: subprocess.Popen[bytes]) -> str:
    limit = time.monotonic() + LONGEST_SECONDS
    lines: list[str] = []
    for raw in process.stdout or ():
        lines.append(raw.decode("utf-8", "replace"))
        print(lines[-1], end="", flush=True)
        if time.monotonic() > limit:
            process.terminate()
    return "".join(lines)


def drills() -> dict[str, Drill]:
    """All drills by their number."""
    found = {}
    for path in sorted(FOLDER.glob("f[0-9][0-9]_*.py")):
        fault = f"F-{path.name[1:3]}"
        found[fault] = Drill(fault, path)
    return found


def main(argv: list[str]) -> int:
    """0 when every chosen drill passed; a drill that was asked for by name may not be skipped."""
    parser = argparse.ArgumentParser(prog="./run faults")
    parser.add_argument("faults", nargs="*", metavar="F-NN")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--full", action="store_true")
    given = parser.parse_args(argv)
    known = drills()
    chosen = [name for word in given.faults for name in word.split(",")]
    unknown = [name for name in chosen if name not in known]
    if unknown or not known:
        print(f"maru: no such drill: {', '.join(unknown) or 'none exists'}", file=sys.stderr)
        return 2
    options = [
        f"--{name}={value}" for name in ("rounds", "seed") if (value := getattr(given, name)) is not None
    ]
    options += ["--full"] if given.full else []
    results = [known[name].run(options) for name in chosen or known]
    print("\n" + "\n".join(line for _verdict, line in results))
    verdicts = [verdict for verdict, _line in results]
    counts = {word: verdicts.count(word) for word in ("PASS", "FAIL", "SKIP")}
    print(f"{counts['PASS']} passed, {counts['FAIL']} failed, {counts['SKIP']} skipped")
    return 1 if counts["FAIL"] or (chosen and counts["SKIP"]) else 0
