"""``python -m bench NAME``: see ``bench/README.md``."""

from __future__ import annotations

import argparse
import sys

from bench import api, finding, flows, sla, smoke

SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
RUNS = {
    "smoke": lambda given: smoke.run(reps=given.reps, count=given.count),
    "flows": lambda given: flows.run(reps=given.reps, count=given.count),
    "sla": lambda given: sla.run(reps=given.reps, count=given.count, clocks=SIZES[given.size or "1m"]),
    "lists": lambda given: finding.run_lists(
        reps=given.reps, count=given.count, size=SIZES[given.size or "100k"]
    ),
    "search": lambda given: finding.run_search(
        reps=given.reps, count=given.count, size=SIZES[given.size or "100k"]
    ),
    "api": lambda given: api.run(reps=given.reps, count=given.count, size=SIZES[given.size or "100k"]),
}


def main() -> int:
    """Run one benchmark or all of them; 1 when an answer was wrong."""
    parser = argparse.ArgumentParser(
        prog="./run bench", description="Benchmarks as ratios to a bare reference."
    )
    parser.add_argument("name", choices=[*RUNS, "all"])
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--count", type=int, default=800, help="requests per repetition")
    parser.add_argument(
        "--size", choices=SIZES, help="clocks of ‘sla’ (1m), tickets of ‘api’, ‘lists’, ‘search’ (100k)"
    )
    given = parser.parse_args()
    chosen = RUNS.values() if given.name == "all" else [RUNS[given.name]]
    return max(run(given) for run in chosen)


if __name__ == "__main__":
    sys.exit(main())
