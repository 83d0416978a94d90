"""Each scanner in a virtual environment of its own: their pins fit neither ours nor each other's."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from itsm.devtools.processes import clean_environment

PINS = Path(__file__).parent


@dataclass(frozen=True)
class Ran:
    """How a tool's run ended: exit code (-1 when its time was up), what it printed, and where that is."""

    code: int
    text: str
    log: Path


class Tool:
    """A tool by the name of its pins file, installed on first use and again when the pins change."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.pins = PINS / f"{name}.txt"
        self.logs = folder / "logs" / name
        self.logs.mkdir(parents=True, exist_ok=True)
        self.venv = folder / f"{name}-{hashlib.sha256(self.pins.read_bytes()).hexdigest()[:12]}"
        if not (self.venv / "ready").exists():
            self._install()

    def _install(self) -> None:
        uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", "--clear", str(self.venv)], check=True)
        python = str(self.venv / "bin" / "python")
        install = [uv, "pip", "install", "--quiet", "--python", python, "-r", str(self.pins)]
        subprocess.run(install, check=True)
        (self.venv / "ready").touch()

    @property
    def version(self) -> str:
        """The tool's version as pinned."""
        lines = self.pins.read_text(encoding="utf-8").splitlines()
        return next(line.split("==")[1].split()[0] for line in lines if line.startswith(f"{self.package}=="))

    @property
    def package(self) -> str:
        """What the tool is called in the package index."""
        return {"wapiti": "wapiti3"}.get(self.name, self.name)

    def run(
        self, arguments: Sequence[str], *, log: str, seconds: float, env: dict[str, str] | None = None
    ) -> Ran:
        """Run its program, at most ``seconds`` long; what it prints goes to a file of that name."""
        place = self.logs / log
        program = str(self.venv / "bin" / arguments[0])
        with place.open("wb") as output:
            try:
                code = subprocess.run(
                    [program, *arguments[1:]],
                    env=clean_environment() | {"PYTHONUTF8": "1", "NO_COLOR": "1"} | (env or {}),
                    cwd=self.logs,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    timeout=seconds,
                ).returncode
            except subprocess.TimeoutExpired:
                code = -1
        return Ran(code, place.read_text(encoding="utf-8", errors="replace"), place)
