"""``python -m itsm up``: from an empty folder to an installation that serves pages (STACK L-11)."""

from __future__ import annotations

import argparse
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from itsm.environment import Environment
from itsm.launcher import database, fingerprint, greeting, keys, ports, readiness
from itsm.launcher.errors import NoAnswerError, StartError, StopRequestedError
from itsm.launcher.installing import Installation, StaticFiles
from itsm.launcher.layout import Layout, forget_socket_folder
from itsm.launcher.output import Console
from itsm.launcher.programs import Programs
from itsm.launcher.resolver import resolve
from itsm.launcher.services import start_servers, wait_for_predecessor
from itsm.launcher.state import Lock, State, running
from itsm.launcher.supervisor import Supervisor
from itsm.launcher.waiting import Signals, wait_for

READY_SECONDS = 120.0
STOPPED_EARLY = 130


def main(argv: list[str]) -> int:
    """Start everything and stay until somebody asks to stop; the exit code."""
    given = arguments(argv)
    console = Console()
    layout = Layout(given.data.resolve())
    layout.make()
    lock = Lock(layout.lock)
    if not take(lock):
        return greeting.already_running(layout, running(layout), console)
    try:
        return Launcher(layout, given, console).run()
    except StartError as error:
        console.error(f"maru: {error}")
        return 1
    except StopRequestedError:
        console.line("Stopped before it was ready.")
        return STOPPED_EARLY
    finally:
        lock.release()


def arguments(argv: list[str]) -> argparse.Namespace:
    """The options of ``up``."""
    parser = argparse.ArgumentParser(prog="./run", description="Start Maru and stay until Ctrl-C.")
    parser.add_argument(
        "--data", type=Path, default=Environment().data_dir, help="data folder (default: var)"
    )
    parser.add_argument("--host", default=ports.LOOPBACK, help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port for pages (default: 8000, or a free one)")
    parser.add_argument(
        "--demo",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="load the demo company (default: with the embedded database only)",
    )
    parser.add_argument(
        "--drill", action="store_true", help="restart killed processes at once, however often"
    )
    return parser.parse_args(argv)


def take(lock: Lock) -> bool:
    """Whether the lock is ours; ``./run status`` of somebody else holds it for a moment only."""
    for _attempt in range(4):
        if lock.take():
            return True
        time.sleep(0.1)
    return False


class Launcher:
    """One start of one installation."""

    def __init__(self, layout: Layout, given: argparse.Namespace, console: Console) -> None:
        self.layout, self.given, self.console = layout, given, console
        self.signals = Signals()
        self.signals.install()
        self.servers = resolve(layout, Environment())
        self.demo = self.servers.postgres is not None if given.demo is None else given.demo
        self.static = StaticFiles(layout, fingerprint.of_static())
        port = ports.web_port(given.host, given.port)
        self.programs = Programs(
            layout=layout,
            servers=self.servers,
            keys=keys.keys(layout.secrets),
            static_root=self.static.folder,
            host=given.host,
            port=port,
            live_port=ports.neighbour_port(given.host, port),
            mail_port=ports.free_port(),
            demo=self.demo,
        )
        self.state = self._first_state()
        self.supervisor = Supervisor(console, self.signals, changed=self.save_state, at_once=given.drill)
        self.started_programs: list[Installation] = []

    def run(self) -> int:
        """Start, watch, stop."""
        wait_for_predecessor(self.servers, self.signals)
        self.console.line(f"Maru starts in {self.layout.data}")
        try:
            token = self.prepare()
            self.start_web()
            self.start_rest()
            greeting.ready(
                self.console,
                self.programs.url,
                demo=self.demo,
                token=token,
                secret_key=self.programs.keys["ITSM_SECRET_KEY"],
            )
            code = self.supervisor.watch()
        finally:
            self.stop()
        return code

    def prepare(self) -> str:
        """Servers, tables, demo data and static files; a token for the demo when it was made now."""
        is_new = self.servers.postgres is not None and not self.servers.postgres.exists
        install = self._install(self._install_steps()) if is_new else None
        collect = None if self.static.exists else self._collect()
        start_servers(self.servers, self.supervisor, self.signals)
        self.console.step(f"servers up: {', '.join(self.servers.embedded) or 'those of the environment'}")
        result: dict[str, Any] = {}
        if install is None and self._needs_install():
            install = self._install(self._install_steps())
        if install is not None:
            install.begin()
        if collect is not None:
            collect.finish(self.signals)
            self.static.accept()
            self.console.step("static files collected")
        if is_new:
            # Nobody can have data or an open page yet, so the pages may load beside the migration.
            self.supervisor.start(self.programs.web())
        if install is not None:
            result = install.finish(self.signals)
            self.console.step(
                "database ready" + (", demo company loaded" if result.get("demo") == "new" else "")
            )
        return str(result.get("token", ""))

    def _install_steps(self) -> list[str]:
        return ["migrate", *(["demo", "token"] if self.demo else [])]

    def _needs_install(self) -> bool:
        url = self.servers.owner_database_url
        if database.remembered(url, "code") != fingerprint.of_code():
            return True
        return self.demo and not database.remembered(url, "demo")

    def _install(self, steps: list[str]) -> Installation:
        started = Installation(
            self.layout,
            steps,
            self.programs.environment("install", owner=True),
            self.servers.application_role,
        )
        self.started_programs.append(started)
        return started

    def _collect(self) -> Installation:
        self.static.start_afresh()
        env = self.programs.environment("install") | {"ITSM_STATIC_ROOT": str(self.static.fresh)}
        started = Installation(self.layout, ["static"], env, "")
        started.begin()
        self.started_programs.append(started)
        return started

    def start_web(self) -> None:
        """Pages first: the other processes would take their processor time."""
        if "web" not in self.supervisor.children:
            self.supervisor.start(self.programs.web())
        self._wait(
            readiness.HttpProbe(f"{self.programs.local_url}/healthz", host=self.programs.hosts[0]),
            "The web server",
            "web",
        )
        self._mark("web up")
        self.console.headline("web up", self.programs.url)

    def start_rest(self) -> None:
        """Mail catcher, worker, beat and live stream; ready when each has shown that it works."""
        if not self.servers.email_url:
            self.supervisor.start(self.programs.mail())
        started = [self.supervisor.start(spec) for spec in (self.programs.worker(), self.programs.beat())]
        self.supervisor.start(self.programs.live())
        probe = readiness.HeartbeatProbe(
            self.servers.owner_database_url, {child.spec.name: child.pid or 0 for child in started}
        )
        try:
            self._wait(probe, "Worker or beat", "worker", "beat")
        finally:
            probe.close()
        self._wait(readiness.HttpProbe(f"{self.programs.local_live_url}/healthz"), "Live", "live")
        self._mark("ready")
        self.console.headline("READY", self.programs.url)

    def _wait(self, probe: Any, what: str, *names: str) -> None:
        try:
            wait_for(
                probe,
                what=what,
                seconds=READY_SECONDS,
                signals=self.signals,
                watch=self.supervisor.expect_all_alive,
            )
        except NoAnswerError as error:
            tails = [self.supervisor.children[name].log_tail() for name in names]
            raise StartError("\n".join([f"{error} The end of its log:", *tails])) from None

    def stop(self) -> None:
        """Stop everything that was started, also half a start."""
        self._mark("stopping")
        began = time.monotonic()
        for program in self.started_programs:
            if program.process.poll() is None:
                program.abandon()
        self.supervisor.stop_all()
        if self.servers.postgres is not None:
            forget_socket_folder(self.layout, self.servers.postgres.folder)
        with suppress(FileNotFoundError):
            self.layout.state.unlink()
        self.console.line(f"Stopped in {time.monotonic() - began:.1f} s.")

    def _mark(self, phase: str) -> None:
        self.state.phase = phase
        self.save_state()

    def save_state(self) -> None:
        """Write ``state.json`` for status, stop, manage and tests."""
        self.state.children = {
            name: {"pid": child.pid, "restarts": child.restarts, "log": str(child.spec.log)}
            for name, child in self.supervisor.children.items()
        }
        self.state.save(self.layout)

    def _first_state(self) -> State:
        embedded = self.servers.postgres is not None
        return State(
            pid=os.getpid(),
            url=self.programs.url,
            live_url=self.programs.live_url,
            data=str(self.layout.data),
            sockets=str(self.servers.postgres.folder) if self.servers.postgres else "",
            static_root=str(self.static.folder),
            # Addresses from the environment may hold a password; whoever needs them has the environment.
            database_url=self.servers.database_url if embedded else "",
            owner_database_url=self.servers.owner_database_url if embedded else "",
            redis_url=self.servers.redis_url if self.servers.valkey else "",
            email_url="" if self.servers.email_url else self.programs.email_url,
            embedded=self.servers.embedded,
            demo=self.demo,
        )
