"""Brings the embedded servers up, for ``up``, for a single management command and for tests alike."""

from __future__ import annotations

import functools
from contextlib import suppress

from itsm.launcher import database, readiness
from itsm.launcher.children import Spec, rotate, tail
from itsm.launcher.errors import NoAnswerError, StartError, StopRequestedError
from itsm.launcher.resolver import Servers
from itsm.launcher.spawn import spawn
from itsm.launcher.supervisor import Supervisor
from itsm.launcher.waiting import Signals, wait_for

SERVER_SECONDS = 60.0
PREDECESSOR_SECONDS = 10.0
INITDB_SECONDS = 120.0


def wait_for_predecessor(servers: Servers, signals: Signals) -> None:
    """Give the servers of a killed launcher the time to end; never start a second set beside them."""

    def gone() -> bool | None:
        still = (servers.postgres and servers.postgres.leftover()) or (
            servers.valkey and servers.valkey.answers()
        )
        return None if still else True

    try:
        wait_for(gone, what="", seconds=PREDECESSOR_SECONDS, signals=signals, watch=lambda: None)
    except NoAnswerError:
        pid = servers.postgres.leftover() if servers.postgres else None
        raise StartError(
            "The servers of an earlier start still run on this data folder"
            f"{f' (PostgreSQL, pid {pid})' if pid else ''}. End them first; nothing was changed."
        ) from None


def start_servers(servers: Servers, supervisor: Supervisor, signals: Signals) -> None:
    """Make the cluster if there is none, start PostgreSQL and Valkey together, make roles and database."""
    if servers.valkey is not None:
        servers.valkey.socket.unlink(missing_ok=True)
        supervisor.start(servers.valkey.server())
    if servers.postgres is not None:
        if not servers.postgres.exists:
            run_to_end(servers.postgres.prepare_initdb(), signals, seconds=INITDB_SECONDS)
            servers.postgres.accept()
        supervisor.start(servers.postgres.server())
    wait = functools.partial(
        wait_for, seconds=SERVER_SECONDS, signals=signals, watch=supervisor.expect_all_alive
    )
    if servers.postgres is not None:
        wait(functools.partial(readiness.postgres_answers, servers.superuser_url), what="PostgreSQL")
        database.create_roles(servers.superuser_url)
    else:
        database.check_server(servers.owner_database_url)
    if servers.valkey is not None:
        wait(functools.partial(readiness.valkey_answers, servers.valkey), what="Valkey")


def run_to_end(spec: Spec, signals: Signals, *, seconds: float) -> None:
    """Run a one-off program; StartError with the end of its log when it fails."""
    rotate(spec.log)
    with spec.log.open("ab") as log:
        process = spawn(
            spec.argv,
            output=log,
            env=spec.env,
            cwd=spec.cwd,
            death_signal=spec.stop_signal,
            identity=spec.identity,
        )
    try:
        code = wait_for(process.poll, what=spec.name, seconds=seconds, signals=signals, watch=lambda: None)
    except (StartError, StopRequestedError):
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()
        raise
    if code:
        raise StartError(f"{spec.name} failed with code {code}. The end of {spec.log}:\n{tail(spec.log)}")
