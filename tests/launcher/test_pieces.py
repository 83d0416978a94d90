"""The launcher's parts, each by itself."""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import stat
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from itsm.environment import Environment
from itsm.launcher import keys, ports
from itsm.launcher.children import Child, Spec
from itsm.launcher.embedded import address
from itsm.launcher.errors import NoAnswerError, StartError, StopRequestedError
from itsm.launcher.installing import StaticFiles
from itsm.launcher.layout import Layout, fits, forget_socket_folder, is_private, socket_folder
from itsm.launcher.readiness import HttpProbe
from itsm.launcher.resolver import resolve
from itsm.launcher.spawn import spawn
from itsm.launcher.state import Lock, State, running
from itsm.launcher.waiting import Signals, wait_for


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(tmp_path / "data")
    made.make()
    return made


def test_the_keys_are_made_once_and_closed_to_others(layout):
    first = keys.keys(layout.secrets)
    assert set(first) == {"ITSM_SECRET_KEY", "ITSM_FIELD_KEY"}
    assert len(first["ITSM_SECRET_KEY"]) >= 50
    assert stat.S_IMODE(layout.secrets.stat().st_mode) == 0o600
    assert keys.keys(layout.secrets) == first


def test_a_key_added_by_a_later_version_leaves_the_old_ones_alone(layout):
    layout.secrets.write_text("ITSM_SECRET_KEY=old\n", encoding="utf-8")
    found = keys.keys(layout.secrets)
    assert found["ITSM_SECRET_KEY"] == "old"
    assert found["ITSM_FIELD_KEY"]


def test_sockets_stay_in_the_data_folder_when_their_path_is_short(tmp_path):
    short = Path("/tmp/maru-short-path-test")
    assert fits(short / "run")
    assert not fits(short / ("deep" * 30))


@pytest.mark.parametrize("name", ["d" * 120, "my data", "마루", 'quo"te', "com,ma"])
def test_a_long_or_odd_path_puts_the_sockets_into_a_private_folder_that_is_found_again(tmp_path, name):
    layout = Layout(tmp_path / name)
    layout.make()
    folder = socket_folder(layout)
    assert fits(folder)
    assert is_private(folder)
    assert not folder.is_relative_to(layout.data)
    assert socket_folder(layout) == folder
    forget_socket_folder(layout, folder)
    assert not folder.exists()


def test_a_socket_folder_that_others_can_enter_is_not_trusted(tmp_path):
    layout = Layout(tmp_path / "my data")
    layout.make()
    open_to_all = tmp_path / "open"
    open_to_all.mkdir(mode=0o755)
    (layout.run / "sockets").write_text(str(open_to_all), encoding="utf-8")
    folder = socket_folder(layout)
    assert folder != open_to_all
    folder.rmdir()


def test_the_lock_has_one_holder_and_dies_with_it(layout):
    first, second = Lock(layout.lock), Lock(layout.lock)
    assert first.take()
    assert not second.take()
    assert running(layout) is not None
    first.release()
    assert running(layout) is None
    assert second.take()
    second.release()


def test_state_survives_a_round_trip_and_is_closed_to_others(layout):
    lock = Lock(layout.lock)
    lock.take()
    State(url="http://127.0.0.1:8000", phase="ready").save(layout)
    found = running(layout)
    assert found is not None
    assert (found.url, found.phase, found.pid) == ("http://127.0.0.1:8000", "ready", os.getpid())
    assert stat.S_IMODE(layout.state.stat().st_mode) == 0o600
    lock.release()


def test_a_wanted_port_that_is_taken_is_an_error_and_without_a_wish_another_is_found():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=str(port)):
            ports.web_port("127.0.0.1", port)
        assert ports.neighbour_port("127.0.0.1", port - 1) != port
    assert ports.is_free("127.0.0.1", ports.web_port("127.0.0.1", None))


def test_an_address_of_another_machine_is_an_error():
    with pytest.raises(StartError, match=r"192\.0\.2\.1"):
        ports.web_port("192.0.2.1", 8000)


def test_servers_of_the_environment_are_used_and_none_is_started(layout):
    env = Environment(database_url="postgres://itsm_app@db/maru", redis_url="redis://broker/0")
    found = resolve(layout, env)
    assert (found.postgres, found.valkey, found.embedded) == (None, None, [])
    assert found.owner_database_url == "postgres://itsm_app@db/maru"
    assert found.application_role == "itsm_app"


def test_without_an_environment_both_servers_are_embedded_and_the_application_is_not_the_owner(layout):
    found = resolve(layout, Environment(database_url="", redis_url="", migrate_database_url=""))
    assert found.embedded == ["postgres", "valkey"]
    assert found.postgres is not None
    assert found.database_url == address("itsm_app", found.postgres.sockets)
    assert found.owner_database_url == address("maru", found.postgres.sockets)
    forget_socket_folder(layout, found.postgres.folder)


def test_half_collected_static_files_are_not_accepted(layout):
    files = StaticFiles(layout, "abc")
    files.start_afresh()
    (files.fresh / "half.css").touch()
    assert not StaticFiles(layout, "abc").exists
    files.start_afresh()
    assert list(files.fresh.iterdir()) == []
    (layout.static / "older").mkdir()
    files.accept()
    assert [path.name for path in layout.static.iterdir()] == ["abc"]


def sleeper(layout: Layout, code: str = "import time; time.sleep(60)") -> Child:
    return Child(
        Spec(
            "sleeper", [sys.executable, "-c", code], dict(os.environ), layout.data, layout.log / "sleeper.log"
        )
    )


def test_a_dead_child_waits_longer_each_time_and_five_deaths_in_a_minute_are_too_many(layout):
    child = sleeper(layout)
    delays, verdicts = [], []
    for _death in range(5):
        now = child.started = time.monotonic()
        verdicts.append(child.plan_restart(at_once=False))
        delays.append(round((child.next_start or 0) - now))
    assert delays == [1, 2, 4, 8, 16]
    assert verdicts == [True, True, True, True, False]


def test_a_drill_restarts_at_once_and_for_ever(layout):
    child = sleeper(layout)
    assert all(child.plan_restart(at_once=True) for _death in range(20))
    assert (child.next_start or 0) <= time.monotonic()


def test_a_killed_child_takes_its_own_children_with_it(layout):
    code = (
        "import subprocess,time; p=subprocess.Popen(['sleep','60']); print(p.pid,flush=True); time.sleep(60)"
    )
    child = sleeper(layout, code)
    child.start()
    signals = Signals()

    def printed() -> int | None:
        text = child.spec.log.read_text(encoding="utf-8")
        return int(text) if text.endswith("\n") else None

    grandchild = wait_for(printed, what="child", seconds=20, signals=signals, watch=lambda: None)
    child.signal(signal.SIGKILL)
    assert wait_for(child.has_died, what="death", seconds=20, signals=signals, watch=lambda: None) == -9
    gone = lambda: None if alive(grandchild) else True  # noqa: E731 - read once, here
    assert wait_for(gone, what="grandchild's end", seconds=20, signals=signals, watch=lambda: None)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_was_spawned_ends_with_its_spawner(tmp_path):
    code = (
        "import pathlib,subprocess,time,sys\n"
        "from itsm.launcher.spawn import spawn\n"
        "env = {'PATH': '/usr/bin:/bin'}\n"
        "p = spawn(['sleep','60'], output=subprocess.DEVNULL, env=env, cwd=pathlib.Path('/'))\n"
        "print(p.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    gone = lambda: None if alive(child) else True  # noqa: E731 - read once, here
    assert wait_for(gone, what="child's end", seconds=5, signals=Signals(), watch=lambda: None)


def test_waiting_ends_with_a_limit_a_signal_or_a_problem():
    signals = Signals()
    with pytest.raises(StartError, match="Nothing did not answer"):
        wait_for(lambda: None, what="Nothing", seconds=0.05, signals=signals, watch=lambda: None)
    signals.stops = 1
    with pytest.raises(StopRequestedError):
        wait_for(lambda: None, what="", seconds=60, signals=signals, watch=lambda: None)


def test_the_mail_catcher_keeps_each_message_as_a_file_with_its_recipients(tmp_path):
    port = ports.free_port()
    arguments = ["-m", "itsm", "mailcatcher", "--port", str(port), "--folder", str(tmp_path / "mail")]
    process = spawn(
        [sys.executable, *arguments], output=subprocess.DEVNULL, env=dict(os.environ), cwd=Path.cwd()
    )
    try:
        listening = lambda: None if ports.is_free("127.0.0.1", port) else True  # noqa: E731 - read once, here
        wait_for(listening, what="catcher", seconds=20, signals=Signals(), watch=lambda: None)
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.sendmail("a@x.test", ["b@x.test", "c@x.test"], "Subject: 안녕\r\n\r\n노트북".encode())
        messages = list((tmp_path / "mail").glob("*"))
        assert [path.suffix for path in messages] == [".eml"]
        content = messages[0].read_text(encoding="utf-8")
        assert content.startswith("X-Envelope-To: b@x.test, c@x.test\n")
        assert "Subject: 안녕" in content
        assert content.rstrip().endswith("노트북")
    finally:
        process.terminate()
        assert process.wait(10) == 0


class Answering(BaseHTTPRequestHandler):
    """Answers the status that the path names, and only to one host name."""

    def do_GET(self):
        status = int(self.path.strip("/")) if self.headers["Host"] == "maru.example" else 400
        self.send_response(status)
        self.end_headers()

    def log_message(self, *arguments):
        """Say nothing."""


def test_a_probe_waits_for_200_asks_for_the_right_host_and_gives_up_on_a_fault_in_the_code():
    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        assert HttpProbe(f"{url}/200", host="maru.example")() is True
        assert HttpProbe(f"{url}/200")() is None
        assert HttpProbe(f"{url}/503", host="maru.example")() is None
        with pytest.raises(NoAnswerError, match="/500 answers 500"):
            HttpProbe(f"{url}/500", host="maru.example")()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert HttpProbe(f"{url}/200")() is None
