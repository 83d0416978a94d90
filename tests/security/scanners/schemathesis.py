"""Schemathesis: calls made from the OpenAPI document, valid, broken and in sequences (SECURITY CP-11)."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from tests.faults.stack import PrivateStack
from tests.security.scanners import target
from tests.security.scanners.summary import Summary
from tests.security.scanners.tools import Ran, Tool

CONFIG = Path(__file__).with_suffix(".toml")
CALLERS = {"administrator": target.ADMINISTRATOR, "employee": target.EMPLOYEE}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its bounds."""
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--examples", type=int, default=20, help="per operation, and sequences of calls")
    parser.add_argument("--as", dest="callers", nargs="+", choices=CALLERS, default=list(CALLERS))
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    parser.add_argument("--only", default="", help="a regular expression of paths")
    parser.add_argument("--seconds", type=float, default=3600, help="per seed and caller")
    parser.add_argument("--workers", type=int, default=1)  # with more it trips over itself


def run(given: argparse.Namespace) -> int:
    """All seeds as all callers, each on a fresh installation; see ``Summary.code``."""
    tool = Tool("schemathesis", given.tools)
    summary = Summary(
        tool,
        [
            f"Phases {given.phases}; {given.examples} examples per operation; seeds {given.seeds}.",
            "All checks; answers within 5 s; settings in tests/security/scanners/schemathesis.toml.",
            "Worker and beat rest meanwhile, so that nothing is sent to the hosts that generated data names.",
        ],
        ("caller", "seed", "operations", "calls", "findings", "defects in our log", "exit"),
    )
    for caller in given.callers:
        for seed in given.seeds:
            with target.installation() as stack, stack.frozen("worker", "beat"):
                _scan(tool, stack, summary, given, caller, seed)
    summary.write(given.reports)
    return summary.code


def _scan(
    tool: Tool, stack: PrivateStack, summary: Summary, given: argparse.Namespace, caller: str, seed: int
) -> None:
    credential = target.token(stack, CALLERS[caller])
    config = tool.logs / f"{caller}.toml"
    config.write_text(_config(caller), encoding="utf-8")
    ran = tool.run(
        [
            *("schemathesis", "--config-file", str(config), "run", f"{stack.url}/api/v1/schema/"),
            *("--header", f"Authorization: Bearer {credential}"),
            *("--phases", given.phases, "--max-examples", str(given.examples), "--seed", str(seed)),
            *("--workers", str(given.workers), "--continue-on-failure", "--no-shrink"),
            *(("--include-path-regex", given.only) if given.only else ()),
        ],
        log=f"{caller}-{seed}.log",
        seconds=given.seconds,
    )
    defects = target.defects(stack)
    found = _found(ran)
    operations, calls = _number(ran, r"Tested:\s+(\d+)"), _number(ran, r"Test cases:\s*([\d,]+)")
    summary.rows.append((caller, seed, operations, calls, len(found), len(defects), ran.code))
    summary.findings += [f"{caller}, seed {seed}: {each}" for each in [*found, *defects]]
    if ran.code not in {0, 1} or (ran.code and not found):
        summary.unfinished.append(f"{caller}, seed {seed}: {ran.text[-400:]!r}")


def _config(caller: str) -> str:
    """The settings; for an employee 400 is no finding: the document lists the fields of agents too."""
    text = CONFIG.read_text(encoding="utf-8")
    return text if caller == "administrator" else text.replace('["2XX", 401', '["2XX", 400, 401')


def _found(ran: Ran) -> list[str]:
    """Operation and complaint of each failure that it lists."""
    found, operation = [], ""
    for line in ran.text.splitlines():
        head = re.match(r"_{3,} (.+?) _{3,}$", line)
        if head:
            operation = head[1]
        elif re.match(r"- \S", line) and operation and not line.startswith("- http"):
            found.append(f"{operation}: {line[2:]}")
    return sorted(set(found))


def _number(ran: Ran, pattern: str) -> str:
    found = re.search(pattern, ran.text)
    return found[1] if found else "?"
