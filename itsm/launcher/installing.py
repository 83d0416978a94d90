"""Runs ``itsm.launcher.install`` beside the starting servers, and the hand-over of collected static files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from itsm.environment import BASE_DIR
from itsm.launcher.children import rotate, tail
from itsm.launcher.errors import StartError
from itsm.launcher.layout import Layout
from itsm.launcher.spawn import spawn
from itsm.launcher.waiting import Signals, wait_for

INSTALL_SECONDS = 600.0


class Installation:
    """One run of the install program; ``begin`` lets a waiting one go on, ``finish`` gives its result."""

    def __init__(
        self, layout: Layout, steps: list[str], env: Mapping[str, str], application_role: str
    ) -> None:
        self.log = layout.log / "install.log"
        rotate(self.log)
        arguments = ["-m", "itsm.launcher.install", "--wait", "--application-role", application_role, *steps]
        with self.log.open("ab") as log:
            self.process = spawn(
                [sys.executable, *arguments],
                output=subprocess.PIPE,
                env=env,
                cwd=BASE_DIR,
                stdin=subprocess.PIPE,
                stderr=log.fileno(),
            )

    def begin(self) -> None:
        """Tell it that its database is there."""
        if self.process.stdin is None:
            raise RuntimeError("The install program has no standard input.")
        with suppress(BrokenPipeError):
            self.process.stdin.write(b"go\n")
            self.process.stdin.close()

    def finish(self, signals: Signals) -> dict[str, Any]:
        """Wait for its end; StartError with the end of its log when it failed."""
        code = wait_for(
            self.process.poll,
            what="The installation",
            seconds=INSTALL_SECONDS,
            signals=signals,
            watch=lambda: None,
        )
        if code or self.process.stdout is None:
            raise StartError(f"Preparing the installation failed. The end of {self.log}:\n{tail(self.log)}")
        return dict(json.loads(self.process.stdout.read() or b"{}"))

    def abandon(self) -> None:
        """End it, whatever it is doing: migrations and demo data are transactions."""
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()


class StaticFiles:
    """``static/<hash>``: there completely, or not there."""

    def __init__(self, layout: Layout, fingerprint: str) -> None:
        self.folder = layout.static / fingerprint
        self.fresh = layout.static / f"{fingerprint}.new"

    @property
    def exists(self) -> bool:
        return self.folder.is_dir()

    def start_afresh(self) -> None:
        """Remove what an interrupted run left."""
        shutil.rmtree(self.fresh, ignore_errors=True)
        self.fresh.mkdir(parents=True)

    def accept(self) -> None:
        """Give the finished folder its name and remove those of older versions."""
        self.fresh.rename(self.folder)
        for other in self.folder.parent.iterdir():
            if other != self.folder:
                shutil.rmtree(other, ignore_errors=True)


def static_root(files: StaticFiles) -> Path:
    """The folder to serve from."""
    return files.folder
