"""A PostgreSQL and a Valkey for one test run, in a temporary folder that always goes away."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from itsm.environment import Environment
from itsm.launcher import database
from itsm.launcher.layout import Layout
from itsm.launcher.output import Console
from itsm.launcher.resolver import resolve
from itsm.launcher.services import start_servers
from itsm.launcher.supervisor import Supervisor
from itsm.launcher.waiting import Signals


@contextmanager
def servers(signals: Signals) -> Iterator[dict[str, str]]:
    """The variables that lead to them; those already in the environment are used instead (TE-1).

    Nothing is durable: the data is worthless and the disk slow.
    """
    folder = Path(tempfile.mkdtemp(prefix="maru-test-"))
    try:
        layout = Layout(folder)
        layout.make()
        found = resolve(layout, Environment(), durable=False)
        supervisor = Supervisor(Console(quiet=True), signals, changed=lambda: None, at_once=True)
        try:
            start_servers(found, supervisor, signals)
            if found.postgres is not None:
                database.create_roles(found.superuser_url, may_create_databases=True)
            yield {
                "DATABASE_URL": found.owner_database_url,
                "REDIS_URL": found.redis_url,
                "ITSM_DATA_DIR": str(folder / "data"),
            }
        finally:
            supervisor.stop_all()
            if found.postgres is not None and found.postgres.folder != layout.run:
                shutil.rmtree(found.postgres.folder, ignore_errors=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
