"""What happens when something is killed: slow, so ``./run test --faults`` runs it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from itsm.environment import Environment
from itsm.launcher import database
from itsm.launcher.status import family
from tests.faults.stack import ROLES, PrivateStack

pytestmark = pytest.mark.faults


def living(pids: list[int]) -> list[str]:
    found = []
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        except FileNotFoundError:
            continue
        if text.rpartition(")")[2].split()[0] != "Z":
            found.append(text)
    return found


def wait_until_gone(pids: list[int], seconds: float) -> None:
    limit = time.monotonic() + seconds
    while living(pids) and time.monotonic() < limit:
        time.sleep(0.05)
    assert living(pids) == []


def test_when_the_launcher_is_killed_nothing_survives_and_the_database_stops_cleanly():
    with PrivateStack(demo=False, options=()) as stack:
        everything = [pid for role in ROLES for pid in family(stack.pid(role))]
        assert len(everything) > len(ROLES)
        os.kill(stack.pid("launcher"), signal.SIGKILL)
        wait_until_gone(everything, 5)
        log = (stack.layout.log / "postgres.log").read_text(encoding="utf-8")
        assert "database system is shut down" in log.splitlines()[-1]
        stack.start()
        log = (stack.layout.log / "postgres.log").read_text(encoding="utf-8")
        assert "was not properly shut down" not in log


def test_a_killed_postmaster_is_started_again_and_keeps_what_was_committed():
    with PrivateStack(demo=False, options=()) as stack:
        stack.sql("CREATE TABLE kept AS SELECT generate_series(1, 200000) AS id")
        killed = stack.kill("postgres")
        stack.wait_for_restart("postgres", killed)
        limit = time.monotonic() + 60
        while not database.answers(stack.dsn):
            assert time.monotonic() < limit
            time.sleep(0.1)
        assert stack.sql("SELECT count(*) FROM kept") == [(200000,)]
        log = (stack.layout.log / "postgres.log").read_text(encoding="utf-8")
        assert "was not properly shut down" in log


@pytest.fixture(scope="module")
def killed_often() -> Iterator[PrivateStack]:
    with PrivateStack(demo=False) as stack:
        yield stack


@pytest.mark.parametrize("role", ["web", "live", "worker", "beat", "mail", "valkey"])
def test_each_killed_process_is_started_again_and_leaves_nothing(role, killed_often):
    old = killed_often.pids(role)
    assert killed_often.wait_for_restart(role, killed_often.kill(role)) not in old
    wait_until_gone(old, 5)


def test_a_program_that_keeps_dying_stops_the_whole():
    with PrivateStack(demo=False, options=()) as stack:
        everything = [pid for role in ROLES for pid in family(stack.pid(role))]
        for _death in range(5):
            stack.wait_for_restart("mail", stack.kill("mail")) if _death < 4 else stack.kill("mail")
        assert stack.process is not None
        assert stack.process.wait(60) == 1
        assert "mail died five times in a minute" in stack.printed
        wait_until_gone(everything, 1)


def test_a_leftover_server_is_waited_for_and_never_doubled():
    with PrivateStack(demo=False, options=()) as stack:
        server = stack.pid("postgres")
        os.kill(server, signal.SIGSTOP)
        try:
            os.kill(stack.pid("launcher"), signal.SIGKILL)
            with pytest.raises(RuntimeError, match=f"still run on this data folder .*pid {server}"):
                stack.start()
        finally:
            os.kill(server, signal.SIGCONT)
        wait_until_gone([server], 10)
        stack.start()


def test_with_servers_of_ones_own_nothing_embedded_starts():
    """STACK PR-3."""
    env = Environment()
    with closing(database.connect(env.database_url)) as connection, connection.cursor() as run:
        run.execute("DROP DATABASE IF EXISTS maru_of_ones_own")
        run.execute("CREATE DATABASE maru_of_ones_own")
    address, query = env.database_url.split("?", 1) if "?" in env.database_url else (env.database_url, "")
    own = f"{address.rpartition('/')[0]}/maru_of_ones_own?{query}"
    own_broker = f"{env.redis_url.split('?')[0]}?db=13"
    try:
        with PrivateStack(options=(), env={"DATABASE_URL": own, "REDIS_URL": own_broker}) as stack:
            assert set(stack.state["children"]) == set(ROLES) - {"postgres", "valkey"}
            assert "demo company" not in stack.printed
            assert not stack.layout.cluster.exists()
            assert quote(own, safe="") not in stack.layout.state.read_text(encoding="utf-8")
    finally:
        with closing(database.connect(env.database_url)) as connection, connection.cursor() as run:
            run.execute("DROP DATABASE maru_of_ones_own WITH (FORCE)")
