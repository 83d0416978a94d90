"""The frame of a fault drill: options, seed, verdict line, JSON (RELIABILITY RL-38 … RL-41).

from tests.faults.drill import Drill, run

def drill(d: Drill) -> None:
    with d.stack() as stack:
        ...
        d.figures["acked"] = 120
        d.require(missing == 0, "3 acknowledged requests are missing")

if __name__ == "__main__":
    run("F-01", drill, rounds=50)
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

from itsm.environment import BASE_DIR
from tests.faults.stack import PrivateStack

RESULTS = BASE_DIR / "var" / "faults"


class SkipDrill(Exception):  # noqa: N818 - a verdict, not an error
    """This machine lacks what the drill needs; the text says what."""


class DrillFailed(Exception):  # noqa: N818 - a verdict, not an error
    """Something that must hold did not."""


class Drill:
    """What a drill gets: its options, a random source that the seed repeats, and the figures it prints."""

    def __init__(self, fault: str, *, rounds: int, seed: int, full: bool) -> None:
        self.fault, self.rounds, self.seed, self.full = fault, rounds, seed, full
        self.random = random.Random(seed)
        # What others do on this machine as the drill begins: times measured beside busy processes say little.
        busy = round(os.getloadavg()[0], 1)
        self.figures: dict[str, Any] = {"seed": seed, "rounds": rounds, "load": busy}

    def stack(self, **options: Any) -> PrivateStack:
        """A private installation; use it with ``with``. When the drill fails its log files are kept."""
        made = PrivateStack(**options)
        made.kept_logs = RESULTS / f"{self.fault}-log"
        return made

    def require(self, holds: object, otherwise: str) -> None:
        """Fail the drill unless ``holds``."""
        if not holds:
            raise DrillFailed(otherwise)

    def say(self, text: str) -> None:
        """A line of progress."""
        print(f"{self.fault} {text}", flush=True)


def run(fault: str, body: Callable[[Drill], None], *, rounds: int) -> None:
    """Run ``body`` and end the process: 0 for PASS, 1 for FAIL, 2 for SKIP, which is no PASS."""
    parser = argparse.ArgumentParser(prog=fault)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--full", action="store_true")
    given = parser.parse_args()
    drill = Drill(fault, rounds=given.rounds, seed=given.seed, full=given.full)
    began = time.monotonic()
    verdict, reason = "PASS", ""
    try:
        body(drill)
    except SkipDrill as problem:
        verdict, reason = "SKIP", str(problem)
    except DrillFailed as problem:
        verdict, reason = "FAIL", str(problem)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the drill has failed
        traceback.print_exc()
        verdict, reason = "FAIL", repr(problem)
    drill.figures["seconds"] = round(time.monotonic() - began, 1)
    _report(drill, verdict, reason)
    sys.exit({"PASS": 0, "FAIL": 1, "SKIP": 2}[verdict])


def _report(drill: Drill, verdict: str, reason: str) -> None:
    figures = " ".join(f"{name}={value}" for name, value in drill.figures.items())
    print(f"{drill.fault} {verdict} {figures}{f' – {reason}' if reason else ''}", flush=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    content = {"fault": drill.fault, "verdict": verdict, "reason": reason, **drill.figures}
    (RESULTS / f"{drill.fault}.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
