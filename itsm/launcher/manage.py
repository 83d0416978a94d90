"""``./run manage NAME …``: a management command in the running installation, or with servers just for it.

Commands connect as the owner of the tables: maintenance must not be cut off by the limits of web requests.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from itsm.environment import BASE_DIR, Environment
from itsm.launcher import fingerprint, keys, ports
from itsm.launcher.errors import StartError, StopRequestedError
from itsm.launcher.installing import StaticFiles
from itsm.launcher.layout import Layout, forget_socket_folder
from itsm.launcher.output import Console
from itsm.launcher.programs import Programs
from itsm.launcher.resolver import Servers, resolve
from itsm.launcher.services import start_servers, wait_for_predecessor
from itsm.launcher.state import Lock, State, running
from itsm.launcher.supervisor import Supervisor
from itsm.launcher.waiting import Signals


def main(argv: list[str]) -> int:
    """The command's exit code."""
    env = Environment()
    layout = Layout(env.data_dir.resolve())
    layout.make()
    lock = Lock(layout.lock)
    if not lock.take():
        return _run(argv, environment(layout, resolve(layout, env), running(layout)))
    try:
        return _with_servers(layout, env, argv)
    except StartError as error:
        Console().error(f"maru: {error}")
        return 1
    except StopRequestedError:
        return 130
    finally:
        lock.release()


def environment(layout: Layout, servers: Servers, state: State | None) -> dict[str, str]:
    """The environment of a command; addresses as the running installation has them."""
    port = ports.PREFERRED
    programs = Programs(
        layout=layout,
        servers=servers,
        keys=keys.keys(layout.secrets),
        static_root=StaticFiles(layout, fingerprint.of_static()).folder,
        host=ports.LOOPBACK,
        port=port,
        live_port=port + 1,
        mail_port=0,
        demo=servers.postgres is not None,
    )
    found = programs.environment("manage", owner=True)
    if state is not None and state.url:
        found |= {"ITSM_BASE_URL": state.url, "ITSM_LIVE_URL": state.live_url}
        found |= {"ITSM_STATIC_ROOT": state.static_root, "ITSM_DEMO": "1" if state.demo else "0"}
        found |= {"EMAIL_URL": state.email_url} if state.email_url else {}
    elif not servers.email_url:
        found["EMAIL_URL"] = ""
    return found


def _with_servers(layout: Layout, env: Environment, argv: list[str]) -> int:
    servers = resolve(layout, env)
    signals = Signals()
    signals.install()
    supervisor = Supervisor(Console(quiet=True), signals, changed=lambda: None, at_once=False)
    wait_for_predecessor(servers, signals)
    try:
        start_servers(servers, supervisor, signals)
        return _run(argv, environment(layout, servers, None))
    finally:
        supervisor.stop_all()
        if servers.postgres is not None:
            forget_socket_folder(layout, servers.postgres.folder)


def _run(argv: list[str], env: Mapping[str, str]) -> int:
    """The command gets the terminal, Ctrl-C included; we only wait for it."""
    process = subprocess.Popen([sys.executable, str(BASE_DIR / "manage.py"), *argv], env=dict(env))
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue
