"""``python -m bench NAME``: see ``bench/README.md``."""

from __future__ import annotations

import argparse
import sys

from bench import flows, smoke

RUNS = {"smoke": smoke.run, "flows": flows.run}


def main() -> int:
    """Run one benchmark or all of them; 1 when an answer was wrong."""
    parser = argparse.ArgumentParser(
        prog="./run bench", description="Benchmarks as ratios to a bare reference."
    )
    parser.add_argument("name", choices=[*RUNS, "all"])
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--count", type=int, default=800, help="requests per repetition")
    given = parser.parse_args()
    chosen = RUNS.values() if given.name == "all" else [RUNS[given.name]]
    return max(run(reps=given.reps, count=given.count) for run in chosen)


if __name__ == "__main__":
    sys.exit(main())
