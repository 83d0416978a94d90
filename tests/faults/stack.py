"""A private installation for drills, scenarios, browser tests and benchmarks: really started and killed.

It runs through the project's launcher with production durability, in a temporary folder, on a free port, and
ends with the process that made it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from itsm.devtools.processes import clean_environment
from itsm.environment import BASE_DIR
from itsm.launcher import database, embedded, keys
from itsm.launcher.layout import Layout
from itsm.launcher.ports import free_port
from itsm.launcher.programs import beat_command, worker_command
from itsm.launcher.spawn import end_with_parent
from itsm.launcher.status import family

READY_SECONDS = 300.0  # two may start at once on a small machine
STOP_SECONDS = 60.0
ROLES = ("postgres", "valkey", "web", "live", "worker", "beat", "mail")


class PrivateStack:
    """``with PrivateStack() as stack:`` gives a ready one. ``demo=False`` starts without the demo company."""

    def __init__(
        self,
        *,
        demo: bool = True,
        env: Mapping[str, str] | None = None,
        data: Path | None = None,
        options: tuple[str, ...] = ("--drill",),
        code: Path = BASE_DIR,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="maru-stack-"))
        self.layout = Layout((data or self.folder / "data").resolve())
        self.port = free_port()
        self.env = clean_environment() | {"PYTHONUTF8": "1"} | dict(env or {})
        self.options = (*options, *(() if demo else ("--no-demo",)))
        self.code = code
        self.program = code / "itsm" / "__main__.py"  # what starts the launcher
        self.output = self.folder / "output"
        self.process: subprocess.Popen[bytes] | None = None
        self.extras: list[subprocess.Popen[bytes]] = []
        self.kept_logs: Path | None = None  # where the log files go when the block ends with an exception

    # Life

    def __enter__(self) -> PrivateStack:
        try:
            return self.start()
        except BaseException:
            self.remove()
            raise

    def __exit__(self, *problem: object) -> None:
        if self.kept_logs is not None and problem[0] is not None:
            shutil.rmtree(self.kept_logs, ignore_errors=True)
            shutil.copytree(self.layout.log, self.kept_logs)
        self.remove()

    def start(self, *, wait: bool = True) -> PrivateStack:
        """Start it and wait until it is ready; with ``wait=False`` come back at once."""
        if self.process is not None:
            self.process.wait(STOP_SECONDS)
        command = [sys.executable, str(self.program), "up"]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--data", str(self.layout.data), "--port", str(self.port), *self.options],
                env=self.env,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - called before threads
            )
        return self.wait_for("READY ") if wait else self

    def wait_for(self, text: str, seconds: float = READY_SECONDS) -> PrivateStack:
        """Until the launcher has printed ``text``; RuntimeError with all it printed when it ends instead."""
        limit = time.monotonic() + seconds
        while text not in self.printed:
            if self.process is None or self.process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"The stack did not print {text!r}:\n{self.printed}\n{self.logs()}")
            time.sleep(0.05)
        return self

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask the launcher to stop; its exit code."""
        for extra in self.extras:
            extra.kill()
            extra.wait()
        self.extras.clear()
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def restart(self) -> PrivateStack:
        """Stop and start the whole installation on the same data."""
        self.stop()
        return self.start()

    def remove(self) -> None:
        """Stop it and delete its folder."""
        if self.process is not None and self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    # Processes

    @property
    def state(self) -> dict[str, Any]:
        """``state.json``: phase, addresses, pids."""
        return dict(json.loads(self.layout.state.read_text(encoding="utf-8")))

    def pid(self, role: str) -> int:
        """The main process of a role (``ROLES``), or the ``launcher``."""
        state = self.state
        return int(state["pid"] if role == "launcher" else state["children"][role]["pid"] or 0)

    def pids(self, role: str) -> list[int]:
        """All processes of a role, the main one first: web workers, Celery's pool, database backends."""
        return family(self.pid(role))

    def kill(self, role: str, number: int = signal.SIGKILL, *, child: bool = False) -> int:
        """Signal the main process of a role, or one process that it started; the pid that got it."""
        pid = self.pids(role)[-1] if child else self.pid(role)
        os.kill(pid, number)
        return pid

    def signal_backend(self, pid: int, number: int) -> None:
        """Signal a process of this installation's database server; RuntimeError for any other."""
        if pid not in self.pids("postgres"):
            raise RuntimeError(f"{pid} is no process of the database server")
        with suppress(ProcessLookupError):
            os.kill(pid, number)

    @contextmanager
    def unattended(self) -> Iterator[None]:
        """Nobody starts again what dies inside: the launcher is frozen. It does it afterwards."""
        launcher = self.pid("launcher")
        os.kill(launcher, signal.SIGSTOP)
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                os.kill(launcher, signal.SIGCONT)

    @contextmanager
    def frozen(self, *roles: str) -> Iterator[None]:
        """All processes of these roles are stopped inside, none of them in a transaction."""
        pids = [pid for role in roles for pid in self.pids(role)]
        held = (
            "SELECT 1 FROM pg_stat_activity"
            " WHERE state LIKE 'idle in transaction%%' OR wait_event_type = 'Lock'"
        )
        limit = time.monotonic() + READY_SECONDS
        try:
            while True:
                self._signal(pids, signal.SIGSTOP)
                time.sleep(0.1)  # a web request that was on its way has ended
                if not self.sql(held):
                    break
                self._signal(pids, signal.SIGCONT)
                if time.monotonic() > limit:
                    raise RuntimeError(f"{roles} never rest")
                time.sleep(0.05)
            yield
        finally:
            self._signal(pids, signal.SIGCONT)

    def _signal(self, pids: list[int], number: int) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def add_beat(self) -> subprocess.Popen[bytes]:
        """One more beat on this installation."""
        return self._add(beat_command(self.folder / f"beat-{len(self.extras)}"), "beat", self.code)

    def add_worker(self, name: str, *, code: Path = BASE_DIR, failpoint: str = "") -> subprocess.Popen[bytes]:
        """One more worker on this installation that runs the code in ``code``."""
        return self._add([*worker_command(), "-n", f"{name}@%h"], "worker", code, failpoint=failpoint)

    def _add(
        self, arguments: list[str], role: str, code: Path, *, failpoint: str = ""
    ) -> subprocess.Popen[bytes]:
        log = self.layout.log / f"extra-{role}-{len(self.extras)}.log"
        with log.open("ab") as output:
            self.extras.append(
                subprocess.Popen(
                    [sys.executable, *arguments],
                    env=self.django_environment() | {"ITSM_ROLE": role, "ITSM_FAILPOINT": failpoint},
                    cwd=code,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - from the main thread
                )
            )
        return self.extras[-1]

    def wait_for_restart(self, role: str, killed: int, seconds: float = 60.0) -> int:
        """Until the launcher has started the role again after ``killed`` died; the new pid."""
        limit = time.monotonic() + seconds
        while (pid := self.pid(role)) in {0, killed}:
            if time.monotonic() > limit:
                raise RuntimeError(f"{role} was not started again:\n{self.printed}")
            time.sleep(0.02)
        return pid

    # Addresses

    @property
    def url(self) -> str:
        """Where pages and API are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def live_url(self) -> str:
        return str(self.state["live_url"])

    @property
    def dsn(self) -> str:
        """The database as the owner of its tables sees it; no time limits."""
        return str(self.state["owner_database_url"])

    @property
    def app_dsn(self) -> str:
        """The database as the application sees it."""
        return str(self.state["database_url"])

    @property
    def redis_url(self) -> str:
        return str(self.state["redis_url"])

    @property
    def mail(self) -> Path:
        """The folder of caught mails, one ``.eml`` file each."""
        return self.layout.mail

    @property
    def token(self) -> str:
        """The demo administrator's API token, which only the first start prints."""
        found = re.search(r"ITSM_TOKEN=(\S+)", self.printed)
        return found.group(1) if found else ""

    @property
    def printed(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace") if self.output.exists() else ""

    def logs(self) -> str:
        """The end of every log file."""
        parts = []
        for path in sorted(self.layout.log.glob("*.log")):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-30:]
            parts.append(f"== {path.name}\n" + "\n".join(lines))
        return "\n".join(parts)

    # Doors

    def sql(
        self, statement: str, parameters: tuple[Any, ...] = (), *, superuser: bool = False
    ) -> list[tuple[Any, ...]]:
        """Rows of one statement, run as the owner of the tables or as superuser, and committed."""
        dsn = embedded.address(embedded.SUPERUSER, Path(self.state["sockets"])) if superuser else self.dsn
        with closing(database.connect(dsn)) as connection, connection.cursor() as run:
            run.execute(statement, parameters or None)
            return list(run.fetchall()) if run.description else []

    def inside(self, action: str, body: dict[str, Any], *, code: Path | None = None) -> Any:
        """What ``tests.faults.inside`` answers: the product's own services, called by code in ``code``."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.inside", action],
            env=self.django_environment(),
            cwd=code or self.code,
            input=json.dumps(body),
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode:
            raise RuntimeError(f"{action}: {done.stderr[-2000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    def manage(
        self, *arguments: str, code: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """A management command here; raises when it fails. ``more`` are environment variables."""
        return subprocess.run(
            [sys.executable, str((code or self.code) / "itsm" / "__main__.py"), "manage", *arguments],
            env=self.env | {"ITSM_DATA_DIR": str(self.layout.data)} | more,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )

    def django_environment(self) -> dict[str, str]:
        """What a process needs to use this installation's tables through Django."""
        state = self.state
        return (
            self.env
            | keys.read(self.layout.secrets)
            | {
                "DJANGO_SETTINGS_MODULE": "itsm.settings",
                "DATABASE_URL": state["database_url"],
                "REDIS_URL": state["redis_url"],
                "EMAIL_URL": state["email_url"],
                "ITSM_BASE_URL": self.url,
                "ITSM_DATA_DIR": str(self.layout.data),
                "ITSM_STATIC_ROOT": state["static_root"],
            }
        )
