"""The Python client and its command against a running installation: the guide, and what no fake can show."""

from __future__ import annotations

import contextlib
import io
import json
import os
import queue
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from itsm.environment import BASE_DIR
from maru_client import ConflictError, Maru, NotFoundError, NotSignedInError, StaleVersionError
from tests.client.fake import eventually
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e

CLIENT = BASE_DIR / "clients" / "python"
GUIDE = CLIENT / "README.md"
PEOPLE = {"agent": "haneul", "employee": "jimin", "manager": "seoyeon"}
Tokens = dict[str, str]


@pytest.fixture(scope="module")
def tokens(stack: PrivateStack) -> Tokens:
    """A token for each role of the guide."""
    made = stack.manage("mint_token", *PEOPLE.values(), "--name", "client").stdout.split()[-len(PEOPLE) :]
    return dict(zip(PEOPLE, made, strict=True))


@pytest.fixture
def agent(stack: PrivateStack, tokens: Tokens) -> Iterator[Maru]:
    """The agent's client."""
    with Maru(stack.url, tokens["agent"], language="en") as found:
        yield found


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_every_block_of_the_guide_works(
    stack: PrivateStack, tokens: Tokens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    script = "\n".join(blocks("python")).replace("https://maru.example", stack.url)
    for role, token in tokens.items():
        script = script.replace(f"itsm_pat_{role}", token)
    known: dict[str, object] = {}
    told = io.StringIO()
    try:
        with contextlib.redirect_stdout(told):
            exec(compile(script, str(GUIDE), "exec"), known)
    finally:
        for each in known.values():
            if isinstance(each, Maru):
                each.close()
    lines = told.getvalue()
    assert re.search(r"^Haneul Oh \['network'\]$", lines, re.MULTILINE)
    assert re.search(r"^INC\d{7} resolved ", lines, re.MULTILINE)
    assert re.search(r"^rule_refused \[\('close_code', 'required'\), .*\] \S+$", lines, re.MULTILINE)
    assert re.search(r"^gateway.log 20 b'12:00 up", lines, re.MULTILINE)
    assert re.search(r"^already_decided ", lines, re.MULTILINE)
    assert "{'amount': '2190000', 'currency': 'KRW'}" in lines
    assert (tmp_path / "gateway-copy.log").read_bytes() == b"12:00 up\n13:00 down\n"


def run(tmp_path: Path, script: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A shell in which ``maru`` is the command."""
    program = tmp_path / "bin" / "maru"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m maru_client "$@"\n')
    program.chmod(0o755)
    around = {"PATH": f"{program.parent}:/usr/bin:/bin", "PYTHONPATH": str(CLIENT), "HOME": str(tmp_path)}
    return subprocess.run(
        ["sh", "-c", script],
        env=around | {"LANG": "C.UTF-8", "PYTHONUTF8": "1"} | env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_shell_lines_of_the_guide_work(stack: PrivateStack, tokens: Tokens, tmp_path: Path) -> None:
    install, script = blocks("sh")
    assert "./clients/python" in install
    script = script.replace("https://maru.example", f"{stack.url} < {tmp_path}/token")
    (tmp_path / "token").write_text(tokens["agent"] + "\n")
    done = run(tmp_path, f"set -e\n{script}")
    assert done.returncode == 0, done.stderr
    kept = tmp_path / ".config" / "maru" / "login.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    opened = re.search(r"^(INC\d{7}) opened: VPN drops every hour$", done.stdout, re.MULTILINE)
    assert opened
    listed = json.loads(done.stdout[done.stdout.index("\n[") :])
    assert opened[1] in {each["number"] for each in listed}
    assert tokens["agent"] not in done.stdout + done.stderr


def test_the_command_does_the_common_jobs(stack: PrivateStack, tokens: Tokens, tmp_path: Path) -> None:
    as_agent = {"MARU_URL": stack.url, "MARU_TOKEN": tokens["agent"]}
    script = """
    N=$(maru open 'Printer is slow' --requester jimin | grep -o 'INC[0-9]*')
    echo "number $N"
    echo 'From a pipe.' | maru comment $N -
    maru note $N 'An internal word.' --attach "$0"
    maru assign $N me --group network
    maru move $N start
    maru move $N
    maru move $N resolve close_code=solution_provided; echo "code $?"
    maru move $N resolve close_code=solution_provided close_notes=Cleaned.
    maru clocks $N
    maru show $N --lang ko
    maru show INC9999999; echo "code $?"
    MARU_TOKEN=itsm_pat_x_y maru whoami; echo "code $?"
    """
    done = run(tmp_path, script.replace('"$0"', f'"{GUIDE}"'), **as_agent)
    told = done.stdout
    number = re.search(r"^number (INC\d{7})$", told, re.MULTILINE)
    assert number, done.stderr
    assert f"{number[1]} is with Haneul Oh." in told
    assert re.search(r"^resolve +Resolve +close_code\* close_notes\*", told, re.MULTILINE), told
    assert [int(code) for code in re.findall(r"^code (\d+)$", told, re.MULTILINE)] == [1, 5, 3]
    assert "close_notes: " in done.stderr
    assert f"{number[1]} is now: Resolved" in told
    assert "From a pipe." in told.rpartition("상태")[2]
    assert tokens["agent"] not in told + done.stderr
    bought = """
    maru order laptop
    maru order laptop model=office_13 reason=Slow. --quote
    maru order laptop reason=Slow.; echo "code $?"
    maru order laptop model=office_13 reason=Slow.
    """
    done = run(tmp_path, bought, MARU_URL=stack.url, MARU_TOKEN=tokens["employee"])
    assert re.search(
        r"^model +choice +yes +Model +office_13 developer_14 video_16$", done.stdout, re.MULTILINE
    )
    assert "1290000 KRW" in done.stdout
    assert "code 1" in done.stdout
    assert "variables.model" in done.stderr
    assert re.search(r"^REQ\d{7} ordered: ", done.stdout, re.MULTILINE)


def test_a_manager_decides_from_the_command_line(stack: PrivateStack, tokens: Tokens, tmp_path: Path) -> None:
    with Maru(stack.url, tokens["employee"]) as employee, Maru(stack.url, tokens["manager"]) as manager:
        request = employee.catalog.order("laptop", {"model": "office_13", "reason": "Slow."})
        item = request.items[0]["number"]
        assert eventually(lambda: manager.approvals.list(mine="pending", ticket=item).first(), 30)
        script = (
            f"maru approvals; maru reject {item} --comment 'Not this year.'; maru reject {item} --comment x"
        )
        done = run(tmp_path, script, MARU_URL=stack.url, MARU_TOKEN=tokens["manager"])
        assert re.search(rf"^\S{{36}} +{item} ", done.stdout, re.MULTILINE), done.stdout + done.stderr
        assert "Rejected: " in done.stdout
        assert done.returncode == 2  # nothing waits any more
        assert eventually(lambda: request.refresh().phase == "done", 30)


def test_one_key_opens_one_incident_however_many_ask(agent: Maru) -> None:
    def ask(_turn: int) -> str:
        return str(agent.incidents.create(title="Once only", idempotency_key="client-once").number)

    with ThreadPoolExecutor(6) as pool:
        numbers = set(pool.map(ask, range(12)))
    assert len(numbers) == 1
    assert len(agent.incidents.list(q="Once only").take(9)) == 1


def test_two_agents_edit_one_incident(agent: Maru) -> None:
    incident = agent.incidents.create(title="Edited by two", impact=3, urgency=3)
    other = agent.incidents.get(incident.number)
    other.change(urgency=2)
    with pytest.raises(StaleVersionError) as caught:
        incident.change(impact=2)
    assert "urgency" in caught.value.changed_fields
    incident.change(refresh=True, impact=2)
    assert (incident.impact, incident.urgency) == (2, 2)
    other.comment("And a word between.")
    other.change(refresh=True, title="Edited by both")
    with pytest.raises(StaleVersionError):
        incident.change(refresh=True, title="Mine")
    assert agent.tickets.get(incident.number).title == "Edited by both"


def test_pages_and_parts_of_real_lists(agent: Maru, tokens: Tokens, stack: PrivateStack) -> None:
    numbers = [each.number for each in agent.tickets.list(page_size=3, kind=["incident", "request"])]
    assert len(numbers) == len(set(numbers)) > 3
    whole = agent.tickets.list(count="exact", page_size=1, kind=["incident", "request"])
    assert next(iter(whole.pages())).count == len(numbers)
    incident = agent.incidents.create(title="With all its parts")
    incident.watch("seojin")
    assert [each.username for each in incident.watchers()] == ["seojin"]
    incident.unwatch("seojin")
    assert incident.watchers() == []
    other = agent.incidents.create(title="The cause")
    link = incident.link("caused_by", other.number)
    assert [each.target["number"] for each in incident.links()] == [other.number]
    incident.unlink(link.id)
    assert incident.links() == []
    note = incident.note("Internal.")
    assert [each.id for each in incident.notes()] == [note.id]
    assert incident.clocks()[0].timeline()
    assert [each.kind for each in incident.activity()]
    with Maru(stack.url, tokens["employee"]) as employee, pytest.raises(NotFoundError):
        employee.tickets.get(incident.number).notes().first()


def test_a_stream_tells_and_ends_with_its_token(agent: Maru, stack: PrivateStack) -> None:
    made = agent.post("/tokens/", {"name": "stream", "days": 1})
    incident = agent.incidents.create(title="Listened to")
    heard: queue.Queue[object] = queue.Queue()

    def listen() -> None:
        try:
            with Maru(stack.url, made["token"]) as maru, maru.events(f"tickets/{incident.number}") as events:
                heard.put("open")
                for event in events:
                    heard.put(event)
        except NotSignedInError as end:
            heard.put(end)

    reader = threading.Thread(target=listen)
    reader.start()
    assert heard.get(timeout=20) == "open"
    incident.comment("Is anybody there?")
    while (event := heard.get(timeout=20)).type != "ticket.changed":  # type: ignore[attr-defined]
        pass
    assert event.data["number"] == incident.number  # type: ignore[attr-defined]
    agent.post(f"/tokens/{made['id']}/revoke/")
    while not isinstance(heard.get(timeout=30), NotSignedInError):
        pass
    reader.join(10)
    assert not reader.is_alive()


def test_who_was_faster_is_told(agent: Maru) -> None:
    incident = agent.incidents.create(title="Moved twice")
    incident.move("start")
    with pytest.raises(ConflictError) as caught:
        incident.move("start")
    assert caught.value.current_state == "in_progress"
    assert "resolve" in caught.value.allowed


def test_watching_from_a_terminal(agent: Maru, stack: PrivateStack, tokens: Tokens) -> None:
    incident = agent.incidents.create(title="Watched")
    program = [sys.executable, "-m", "maru_client", "watch", incident.number, "--count", "1", "--lang", "en"]
    env = os.environ | {"MARU_URL": stack.url, "MARU_TOKEN": tokens["agent"], "PYTHONPATH": str(CLIENT)}
    watching = subprocess.Popen(program, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with watching:
        assert watching.stderr is not None
        assert "Watching" in watching.stderr.readline()
        for _turn in range(40):  # said again until it is heard: the stream opens after its announcement
            incident.note("Hello.")
            with contextlib.suppress(subprocess.TimeoutExpired):
                watching.wait(1)
                break
        assert watching.returncode == 0
        assert watching.stdout is not None
        line = watching.stdout.read()
    assert re.fullmatch(rf"{incident.number}  (incident\.opened|ticket\.commented)  New  Watched\n", line)
