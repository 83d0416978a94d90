"""Child processes of the development commands: in the terminal, and gone when the command is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from itsm.environment import BASE_DIR, inherited
from itsm.launcher.spawn import end_with_parent

# A shell in which somebody worked with a test server must not leak into what these commands start.
_OURS = ("DATABASE_URL", "ITSM_", "REDIS_URL", "EMAIL_URL", "DJANGO_SETTINGS_MODULE")


def clean_environment() -> dict[str, str]:
    """The environment without any setting of Maru."""
    return {name: value for name, value in inherited().items() if not name.startswith(_OURS)}


def python(arguments: Sequence[str], env: Mapping[str, str], folder: Path = BASE_DIR) -> int:
    """Run our interpreter in the repository, in this terminal, and wait for its end, Ctrl-C or not."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=dict(env) | {"PYTHONUTF8": "1"},
        cwd=folder,
        preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - no thread here
    )
    return wait(process)


def wait(process: subprocess.Popen[bytes]) -> int:
    """Its exit code; INT and TERM are passed on instead of ending us first."""
    previous = {
        number: signal.signal(number, _pass_on(process, number)) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        return process.wait()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _pass_on(process: subprocess.Popen[bytes], number: int) -> Callable[[int, object], None]:
    def handler(_number: int, _frame: object) -> None:
        # A terminal has sent Ctrl-C to the whole group already; a second one would look like impatience.
        if process.poll() is None and not (number == signal.SIGINT and os.isatty(0)):
            process.send_signal(number)

    return handler
