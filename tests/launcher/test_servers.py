"""The embedded servers themselves, without Django."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from itsm.environment import Environment
from itsm.launcher import database, embedded
from itsm.launcher.embedded import Postgres, Valkey
from itsm.launcher.errors import StartError
from itsm.launcher.layout import Layout
from itsm.launcher.output import Console
from itsm.launcher.resolver import Servers
from itsm.launcher.services import start_servers
from itsm.launcher.spawn import Identity
from itsm.launcher.supervisor import Supervisor
from itsm.launcher.waiting import Signals


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short enough for sockets, and open on the way for other accounts."""
    made = Path(tempfile.mkdtemp(prefix="maru-t-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def servers_in(layout: Layout, *, valkey: bool = False, **options: object) -> Servers:
    layout.make()
    postgres = Postgres(layout, layout.run, durable=False, **options)  # type: ignore[arg-type]
    return Servers(
        database_url=embedded.address("itsm_app", postgres.sockets),
        owner_database_url=embedded.address("maru", postgres.sockets),
        redis_url="",
        email_url="",
        postgres=postgres,
        valkey=Valkey(layout, layout.run, durable=False) if valkey else None,
    )


class Running:
    """``with Running(servers):`` starts and stops them."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self.supervisor = Supervisor(Console(quiet=True), Signals(), changed=lambda: None, at_once=True)

    def __enter__(self) -> Servers:
        start_servers(self.servers, self.supervisor, Signals())
        return self.servers

    def __exit__(self, *_problem: object) -> None:
        self.supervisor.stop_all()


def test_a_cluster_knows_hangul_and_limits_the_application(folder):
    with Running(servers_in(Layout(folder / "data"), valkey=True)) as servers:
        with database.cursor(servers.owner_database_url) as run:
            run.execute("CREATE EXTENSION pg_trgm; CREATE TABLE kept (id int)")
            run.execute("SELECT show_trgm('노트북')::text, upper('éж'), '가' < '나'")
            trigrams, upper, ordered = run.fetchone()
        assert trigrams != "{}"
        assert (upper, ordered) == ("ÉЖ", True)
        with database.cursor(servers.database_url) as run:
            run.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
            assert run.fetchone() == ("3s", "15s")
            run.execute("SELECT current_setting('idle_in_transaction_session_timeout')")
            assert run.fetchone() == ("30s",)
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                run.execute("SELECT * FROM kept")
        database.allow_application(servers.owner_database_url, "itsm_app")
        database.take_away(servers.owner_database_url, "itsm_app", {"kept": {"UPDATE", "DELETE"}})
        with database.cursor(servers.database_url) as run:
            run.execute("INSERT INTO kept VALUES (1)")
            for refused in ("UPDATE kept SET id = 2", "DELETE FROM kept", "TRUNCATE kept", "DROP TABLE kept"):
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    run.execute(refused)
        database.remember(servers.owner_database_url, "code", "1")
        database.remember(servers.owner_database_url, "code", "2")
        assert database.remembered(servers.owner_database_url, "code") == "2"
        assert not any(
            path.is_socket() and path.stat().st_mode & 0o077 for path in (folder / "data/run").iterdir()
        )


def test_an_interrupted_initdb_is_not_accepted_and_done_again(folder):
    layout = Layout(folder / "data")
    servers = servers_in(layout)
    half = layout.cluster.with_name("pg.new")
    half.mkdir(mode=0o700)
    (half / "PG_VERSION").write_text("18\n", encoding="ascii")
    assert servers.postgres is not None
    assert not servers.postgres.exists
    with Running(servers):
        assert database.answers(servers.owner_database_url)
    assert servers.postgres.exists
    assert not half.exists()


def test_only_a_server_that_is_too_old_is_refused(monkeypatch):
    url = Environment().database_url
    database.check_server(url)
    monkeypatch.setattr(database, "OLDEST_SERVER", 990000)
    with pytest.raises(StartError, match="PostgreSQL 18 or newer"):
        database.check_server(url)


def test_a_server_that_is_not_there_is_named_in_the_error():
    with pytest.raises(StartError, match="DATABASE_URL"):
        database.check_server("postgres://nobody@/nothing?host=/nonexistent")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")
@pytest.mark.faults
def test_where_user_namespaces_are_forbidden_root_uses_another_account(folder, monkeypatch):
    monkeypatch.setattr(embedded, "ACCOUNT_HOME", folder / "itsm")
    servers = servers_in(Layout(folder / "data"), identity=Identity("account", "nobody"))
    assert servers.postgres is not None
    with Running(servers):
        assert database.answers(servers.owner_database_url)
        assert servers.postgres.cluster.stat().st_uid == pwd.getpwnam("nobody").pw_uid
        assert servers.postgres.leftover() is not None
    with Running(servers):
        assert database.answers(servers.database_url)
    assert servers.postgres.leftover() is None
