"""The command ``maru``: what it prints, what it keeps, how it ends."""

from __future__ import annotations

import io
import json
import stat

import pytest

from maru_client.cli import login, main
from maru_client.cli.commands import COMMANDS
from tests.client.conftest import TOKEN
from tests.client.fake import Fake

TICKET = {
    "number": "INC1",
    "kind": "incident",
    "kind_label": "Incident",
    "title": "결제 화면",
    "state": "new",
    "state_label": "New",
    "priority_label": "High",
    "group": {"key": "network", "name": "네트워크"},
    "assignee": None,
    "requester": {"username": "jimin", "name": "Jimin Kim"},
    "opened_at": "2026-03-02T08:15:00.000Z",
    "description": "One.\nTwo.",
}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    for name in ("MARU_URL", "MARU_TOKEN", "MARU_STREAM_URL", "MARU_CA_FILE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("MARU_CONFIG", str(tmp_path / "config" / "login.json"))


@pytest.fixture
def signed_in(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """The environment names the fake server."""
    monkeypatch.setenv("MARU_URL", fake.url)
    monkeypatch.setenv("MARU_TOKEN", TOKEN)
    return fake


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def rows(*found: object) -> dict[str, object]:
    return {"results": list(found), "next": None}


def test_login_tries_the_token_and_keeps_it_for_its_owner_alone(fake, monkeypatch, capsys):
    typed(monkeypatch, f"{TOKEN}\n")
    fake.says({"username": "seojin"})
    assert main(["login", f"{fake.url}/"]) == 0
    path = login.config_file()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert json.loads(path.read_text()) == {"url": fake.url, "token": TOKEN}
    assert [each.name for each in path.parent.iterdir()] == ["login.json"]
    fake.says({"username": "seojin", "name": "Seojin", "groups": [], "roles": []})
    assert main(["whoami"]) == 0
    assert fake.asked[1].headers["authorization"] == f"Bearer {TOKEN}"
    told = "".join(capsys.readouterr())
    assert "seojin" in told
    assert TOKEN not in told
    assert main(["logout"]) == 0
    assert not path.exists()
    assert main(["logout"]) == 0
    assert main(["whoami"]) == 3


def test_a_token_that_does_not_work_is_not_kept(fake, monkeypatch, capsys):
    typed(monkeypatch, f"{TOKEN}\n")
    fake.refuses(401, "not_signed_in")
    assert main(["login", fake.url]) == 3
    assert not login.config_file().exists()
    assert TOKEN not in "".join(capsys.readouterr())


def test_a_kept_token_goes_to_its_own_server_only(fake, monkeypatch, capsys):
    login.keep("https://maru.example", TOKEN)
    assert main(["--url", fake.url, "whoami"]) == 3
    assert fake.asked == []
    assert fake.url in capsys.readouterr().err
    monkeypatch.setenv("MARU_URL", fake.url)
    assert main(["whoami"]) == 3
    assert fake.asked == []


def test_a_file_that_others_can_read_is_not_used(fake, capsys):
    path = login.keep(fake.url, TOKEN)
    path.chmod(0o640)
    assert main(["whoami"]) == 3
    assert str(path) in capsys.readouterr().err
    path.chmod(0o600)
    path.write_text("{")
    assert main(["whoami"]) == 3
    assert fake.asked == []


def test_a_plain_address_is_warned_about(monkeypatch, capsys):
    typed(monkeypatch, "two words\n")
    assert main(["login", "http://maru.example"]) == 2
    told = capsys.readouterr().err
    assert "not encrypted" in told
    assert "two words" not in told


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, 1), (401, 3), (403, 4), (404, 5), (409, 1), (412, 1), (422, 1), (500, 7), (507, 7)],
)
def test_each_refusal_has_its_exit_code_and_its_words(signed_in, capsys, status, code):
    errors = [{"pointer": "/close_notes", "code": "required", "detail": "This field is required."}]
    signed_in.refuses(status, "some_code", errors=errors)
    assert main(["show", "INC1"]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "error: It is some_code. (some_code)",
        "  close_notes: This field is required.",
        "Request id: r-1",
    ]


def test_no_answer_and_a_stranger_have_theirs(signed_in, capsys, pauses):
    for _each in range(5):
        signed_in.cuts()
    assert main(["show", "INC1"]) == 6
    signed_in.sends(b"<html>")
    assert main(["show", "INC1"]) == 6
    for _each in range(5):
        signed_in.refuses(429, "rate_limited", wait="1")
    assert main(["show", "INC1"]) == 7
    assert TOKEN not in "".join(capsys.readouterr())


def test_words_that_make_no_sense_end_with_2(signed_in, capsys):
    for words in (
        [],
        ["dance"],
        ["show"],
        ["list", "--limit", "many"],
        ["open", "x", "--impact", "9"],
        ["move", "INC1", "hold", "reason"],
        ["order", "laptop", "model:={"],
        ["assign", "INC1"],
        ["watch"],
        ["reject", "INC1"],
        ["comment", "INC1", "x", "--attach", "/no/such/file"],
    ):
        assert main(words) == 2, words
        assert capsys.readouterr().err
    assert signed_in.asked == []


def test_korean_is_spoken_where_korean_is_spoken(signed_in, monkeypatch, capsys):
    signed_in.says(rows(TICKET)).says(rows(TICKET)).says(rows(TICKET))
    assert main(["list"]) == 0
    assert capsys.readouterr().out.startswith("number")
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    assert main(["list"]) == 0
    assert capsys.readouterr().out.startswith("번호")
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert main(["list", "--lang", "ko"]) == 0
    assert capsys.readouterr().out.startswith("번호")
    assert [each.headers["accept-language"] for each in signed_in.asked] == ["en", "ko", "ko"]
    assert main(["--lang=ko", "show"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("사용법: maru show")
    assert "다음 인자가 필요합니다: number" in told


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_explains_itself(lang, command, capsys):
    assert main([*([command] if command else []), "--lang", lang, "--help"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("사용법" if lang == "ko" else "usage")
    assert "None" not in told


def test_columns_stand_under_each_other_also_in_korean(signed_in, capsys):
    other = TICKET | {"number": "INC22", "title": "VPN", "group": None, "assignee": {"name": "한지우"}}
    signed_in.says(rows(TICKET, other))
    assert main(["list", "vpn", "--phase", "open", "--group", "network", "--filter", "unassigned=true"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "number  state  priority  group     assignee  title",
        "INC1    New    High      네트워크            결제 화면",
        "INC22   New    High                한지우    VPN",
    ]
    path = signed_in.paths[0]
    for part in ("q=vpn", "phase=open", "group=network", "unassigned=true", "page_size=21"):
        assert part in path


def test_a_list_says_that_there_is_more(signed_in, capsys):
    signed_in.says(rows(TICKET, TICKET))
    assert main(["list", "--limit", "1"]) == 0
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 2
    assert "more" in told.err


def test_json_is_the_answer_of_the_api(signed_in, capsys):
    signed_in.says(TICKET)
    assert main(["--json", "show", "INC1"]) == 0
    assert json.loads(capsys.readouterr().out) == TICKET
    signed_in.says(rows(TICKET))
    assert main(["list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [TICKET]
    signed_in.says(TICKET, 201)
    assert main(["open", "x", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == TICKET


def test_what_people_wrote_cannot_steer_the_terminal(signed_in, capsys):
    evil = "a\x1b[2Jb\x9b31mc\u202ed\r\ne"
    word = {"at": "2026-03-02T08:16:00Z", "actor": {"name": evil}, "kind_label": "Comment", "body": evil}
    signed_in.says(TICKET | {"title": evil, "description": evil}).says(rows(word))
    assert main(["show", "INC1"]) == 0
    signed_in.says(rows(TICKET | {"title": evil}))
    assert main(["list"]) == 0
    told = capsys.readouterr().out
    assert not [letter for letter in told if letter in "\x1b\x9b\u202e\r"]


def test_writing_sends_what_was_typed(signed_in, monkeypatch, capsys, tmp_path):
    (tmp_path / "a.txt").write_text("x")
    signed_in.says(TICKET, 201)
    assert main(["open", "VPN drops", "--impact", "2", "--urgency", "1", "--category", "network"]) == 0
    assert signed_in.asked[-1].json == {
        "title": "VPN drops",
        "impact": 2,
        "urgency": 1,
        "category": "network",
    }
    typed(monkeypatch, "From a pipe.\n")
    signed_in.says({"id": "u1"}, 201).says({"id": "c1"}, 201)
    assert main(["comment", "inc1", "-", "--attach", str(tmp_path / "a.txt")]) == 0
    assert signed_in.asked[-1].path == "/api/v1/tickets/INC1/comments/"
    assert signed_in.asked[-1].json == {"body": "From a pipe.", "attachments": ["u1"]}
    signed_in.says({"id": "n1"}, 201)
    assert main(["note", "INC1", "Internal."]) == 0
    assert signed_in.asked[-1].path == "/api/v1/tickets/INC1/work-notes/"
    signed_in.says({"kind": "incident"}).says(TICKET | {"state_label": "Resolved"})
    assert main(["move", "INC1", "resolve", "close_notes=a=b", "spare:=[1, true]"]) == 0
    assert signed_in.asked[-1].path == "/api/v1/incidents/INC1/transitions/resolve/"
    assert signed_in.asked[-1].json == {"close_notes": "a=b", "spare": [1, True]}
    assert "INC1 is now: Resolved" in capsys.readouterr().out


def test_assigning_to_oneself_asks_who_one_is(signed_in, capsys):
    signed_in.says({"username": "seojin"}).says(TICKET, ETag='"v1"')
    signed_in.says(TICKET | {"assignee": {"username": "seojin", "name": "Seojin"}})
    assert main(["assign", "INC1", "me"]) == 0
    assert signed_in.asked[-1].json == {"assignee": "seojin"}
    assert capsys.readouterr().out == "INC1 is with Seojin.\n"


def test_an_approval_is_found_by_its_ticket(signed_in, capsys):
    waiting = {"id": "01234567-0123-0123-0123-0123456789ab", "title": "A laptop"}
    signed_in.says(rows(waiting)).says(waiting | {"status": "approved"})
    assert main(["approve", "ritm7", "--comment", "Fine."]) == 0
    assert signed_in.paths[0] == "/api/v1/approvals/?mine=pending&ticket=RITM7"
    assert signed_in.asked[1].json == {"decision": "approve", "comment": "Fine."}
    signed_in.says(rows())
    assert main(["reject", "RITM7", "--comment", "No."]) == 2
    signed_in.says(rows(waiting, waiting))
    assert main(["reject", "RITM7", "--comment", "No."]) == 2
    told = capsys.readouterr()
    assert told.out == "Approved: A laptop\n"
    assert "2 approvals" in told.err


def test_watching_prints_each_event_and_ends_when_told(signed_in, capsys):
    frames = 'id: e1\nevent: ticket.changed\ndata: {"number":"INC1","kind":"ticket.commented"}\n\n'
    for _each in range(2):
        signed_in.says({}).streams(frames, stays=True).says(rows(TICKET))
    assert main(["watch", "inc1", "--queue", "network", "--mine", "--count", "1"]) == 0
    assert "topics=tickets/INC1,queue/network,users/me" in signed_in.paths[1]
    assert capsys.readouterr().out == "INC1  ticket.commented  New  결제 화면\n"
    signed_in.acts.clear()
    signed_in.says({}).streams(frames, stays=True)
    assert main(["watch", "INC1", "--count", "1", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {
        "type": "ticket.changed",
        "data": {"number": "INC1", "kind": "ticket.commented"},
    }


def test_clocks_stand_in_a_table(signed_in, capsys):
    clock = {
        "name": "Solution",
        "state": "running",
        "percent": 40,
        "left": "PT4H",
        "target_duration": "PT8H",
        "due_at": "2026-03-02T08:15:00.000Z",
    }
    signed_in.says(rows(clock))
    assert main(["clocks", "INC1"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == [
        *("Solution", "running", "40", "%", "PT4H", "PT8H", "2026-03-02", "08:15"),
    ]


def test_an_interruption_has_its_code(signed_in, capsys, monkeypatch):
    def interrupt(_context: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(COMMANDS, "whoami", interrupt)
    assert main(["whoami"]) == 130
