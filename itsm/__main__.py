"""``python -m itsm COMMAND``: what ``./run COMMAND`` does inside the environment."""

from __future__ import annotations

import contextlib
import importlib
import sys
from pathlib import Path

HELP = """\
./run                    start everything: pages, API, database, broker, worker; Ctrl-C stops it
./run up [--port N] [--host ADDRESS] [--data DIR] [--no-demo]
./run status             what runs, and where
./run stop               stop what runs
./run manage NAME …      a management command, in the running installation or with servers of its own
./run test [--e2e | --faults [F-01,F-09]] [pytest arguments]
./run faults F-01 …      the named fault drills
./run check              format, lint, types, templates, layers, migrations, deployment, API snapshot
./run fmt                format
./run bench NAME         a benchmark, or all
./run screenshots        make the pictures of docs/images anew
./run blueprint          write the script that makes an empty database's tables, after new migrations
./run help               this list

DATABASE_URL, REDIS_URL and EMAIL_URL switch to servers of your own; docs/ lists the rest (ITSM_…).
"""
COMMANDS = {
    "up": "itsm.launcher.up",
    "status": "itsm.launcher.status",
    "stop": "itsm.launcher.stop",
    "manage": "itsm.launcher.manage",
    "migrate": "itsm.launcher.migrate",
    "serve": "itsm.launcher.serve",
    "probe": "itsm.launcher.probe",
    "mailcatcher": "itsm.launcher.mailcatcher",
    "test": "itsm.devtools.test",
    "faults": "itsm.devtools.faults",
    "check": "itsm.devtools.check",
    "fmt": "itsm.devtools.fmt",
    "bench": "itsm.devtools.bench",
    "blueprint": "itsm.devtools.blueprint",
    "screenshots": "itsm.devtools.screenshots",
}


def main(argv: list[str]) -> int:
    """Run one command; the exit code."""
    name, rest = (argv[0], argv[1:]) if argv and not argv[0].startswith("-") else ("up", argv)
    if name == "help" or argv[:1] in (["-h"], ["--help"]):
        with contextlib.suppress(BrokenPipeError):
            print(HELP, flush=True)
        return 0
    if name not in COMMANDS:
        print(f"Unknown command {name}.\n\n{HELP}", file=sys.stderr)
        return 2
    return int(importlib.import_module(COMMANDS[name]).main(rest))


if __name__ == "__main__":
    if not __package__:
        # ``./run`` starts this file by its path, so that the caller's working directory stays what it is.
        sys.path[0] = str(Path(__file__).resolve().parent.parent)
    sys.exit(main(sys.argv[1:]))
