"""What finds a ticket: particles, syllables, initials, the wrong layout, numbers, typos; and who finds it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.problems import make_problem
from tickets import finding, indexing
from tickets.models import TicketText
from tickets.selectors import tickets_for
from tickets.services import add_comment, add_work_note, update_ticket

pytestmark = pytest.mark.django_db

TITLES = {
    "wifi": "판교 3층 와이파이가 끊겨요",
    "laptop": "노트북이 켜지지 않음",
    "mail": "메일서버 응답 없음",
    "vpn": "VPN drops on vpn-gateway-01",
    "printer": "The printer in room 404 is jammed",
    "share": "SharePoint is slow",
    "cafe": "Café menu screen",
    "lg": "LG전자 회의실 모니터",
}


def found(actor: Any, text: str, **more: Any) -> list[str]:
    """The titles a person finds, best first."""
    internal = more.pop("internal", True)
    page = finding.find(tickets_for(actor), text, internal=internal, most=more.pop("most", 50), **more)
    return [row.title for row in page.rows]


@pytest.fixture
def agent() -> Any:
    """Who looks."""
    return AgentFactory()


@pytest.fixture
def tickets() -> dict[str, Any]:
    """One for each title."""
    return {name: make_incident(title=title) for name, title in TITLES.items()}


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("와이파이", ["wifi"]),
        ("와이파이가", ["wifi"]),
        ("와이파이는", ["wifi"]),
        ("이파", ["wifi"]),
        ("wifi", ["wifi"]),
        ("무선랜", ["wifi"]),
        ("판교 와이파이", ["wifi"]),
        ("와이파이 프린터", []),
        ("3층", ["wifi"]),
        ("층", ["wifi"]),
        ("ㄴㅌㅂ", ["laptop"]),
        ("ㅇㅇㅍㅇ", ["wifi"]),
        ("ㅁㅇㅅㅂ", ["mail"]),
        ("shxmqnr", ["laptop"]),
        ("Shxmqnr", ["laptop"]),
        ("페ㅜ", ["vpn"]),
        ("ㅔ갸ㅜㅅㄷㄱ", ["printer"]),
        ("노트북", ["laptop"]),
        ("laptop", ["laptop"]),
        ("노트붝", ["laptop"]),
        ("노투북", ["laptop"]),
        ("lpatop", []),
        ("pirnter", ["printer"]),
        ("pritner jammed", ["printer"]),
        ("sharepiont", ["share"]),
        ("서버", ["mail"]),
        ("서버를", ["mail"]),
        ("server", ["mail"]),
        ("vpn-gateway", ["vpn"]),
        ("gateway-01", ["vpn"]),
        ("gateway 01", ["vpn"]),
        ("point", ["share"]),
        ("SHAREP", ["share"]),
        ("404", ["printer"]),
        ("cafe", ["cafe"]),
        ("CAFÉ", ["cafe"]),
        ("\uff36\uff30\uff2e", ["vpn"]),
        ("lg전자", ["lg"]),
        ("전자", ["lg"]),
        ("노트북\u1100", []),
        ("메일서버", ["mail"]),
        ("zebra", []),
        ("얼룩말", []),
    ],
)
def test_a_query_finds_these_and_no_others(text, hits, agent, tickets):
    assert found(agent, text) == [TITLES[each] for each in hits]


def test_decomposed_hangul_is_the_same_word(agent, tickets):
    assert found(agent, "\u1102\u1169\u1110\u1173\u1107\u116e\u11a8") == [TITLES["laptop"]]


def test_a_number_is_found_however_it_is_written_and_comes_first(agent):
    incident = make_incident(title="Something")
    digits = str(int(incident.number.removeprefix("INC")))
    other = make_incident(title=f"Room {digits} is locked")
    for text in (incident.number, incident.number.lower(), f"inc {digits}", f"INC-{digits}", f"inc{digits}"):
        assert found(agent, text)[0] == "Something", text
    assert found(agent, digits) == ["Something", other.title]
    assert finding.numbers_meant("inc 1012") == ["INC0001012"]
    assert "INC0001012" in finding.numbers_meant("1012")
    assert finding.numbers_meant("1" * 30) == []
    problem = make_problem(agent=agent, title="A problem")
    assert found(agent, problem.number.lower()) == ["A problem"]


def test_titles_come_before_texts_and_the_newest_first(agent):
    make_incident(title="Something else", description="The zebra is loose")
    make_incident(title="Old zebra")
    make_incident(title="New zebra")
    make_incident(title="Another thing", description="zebra zebra zebra")
    assert found(agent, "zebra") == ["New zebra", "Old zebra", "Another thing", "Something else"]


def test_words_may_stand_in_title_text_and_comment(agent, group):
    incident = make_incident(title="결제 화면", description="응답이 없어요")
    add_comment(incident.pk, actor=agent, body="Timeout 504 from the gateway")
    assert found(agent, "결제 응답 timeout") == ["결제 화면"]


@pytest.mark.parametrize("many", [0, 2])
def test_pages_follow_each_other_without_a_gap(many, agent, monkeypatch):
    """Also where hits are too many to list."""
    if many:
        monkeypatch.setattr(finding, "MOST_LISTED", many)
    for number in range(4):
        make_incident(title=f"Zebra {number}")
        make_incident(title=f"Horse {number}", description="striped like a zebra")
    make_incident(title="Zebra hidden", group=GroupFactory(is_restricted=True))
    whole = [f"Zebra {number}" for number in (3, 2, 1, 0)] + [f"Horse {number}" for number in (3, 2, 1, 0)]
    assert found(agent, "zebra") == whole
    for size in (1, 3, 4, 5):
        walked = []
        for start in range(0, 8, size):
            walked += found(agent, "zebra", most=size, start=start)
        assert walked == whole, size
    page = finding.find(tickets_for(agent), "zebra", internal=True, most=8)
    assert (len(page.rows), page.more) == (8, False)
    assert finding.find(tickets_for(agent), "zebra", internal=True, most=7).more


def test_notes_are_found_by_who_reads_them_only(agent):
    person = UserFactory()
    incident = make_incident(requester=person, title="Door")
    add_work_note(incident.pk, actor=agent, body="Suspected sabotage")
    add_comment(incident.pk, actor=agent, body="We are on our way")
    assert found(agent, "sabotage") == ["Door"]
    assert found(agent, "sabotage way door") == ["Door"]
    assert found(person, "sabotage", internal=False) == []
    assert found(person, "way", internal=False) == ["Door"]
    assert not tickets_for(person).filter(finding.search(person, "sabotage")).exists()
    assert tickets_for(agent).filter(finding.search(agent, "sabotage")).exists()


def test_what_is_hidden_is_not_found_and_moves_nothing(agent):
    make_incident(title="Payroll page")
    hidden = [
        make_incident(group=GroupFactory(is_restricted=True), title="Payroll secret"),
        make_incident(requester=UserFactory(company=CompanyFactory()), title="Payroll elsewhere"),
    ]
    for text in ("payroll", "payrol", "pyaroll", "ㅔ묘개ㅣㅣ", *(each.number for each in hidden)):
        assert [title for title in found(agent, text) if title != "Payroll page"] == [], text
    assert found(agent, "payroll") == ["Payroll page"]


def test_a_hidden_hit_does_not_keep_the_other_layout_from_being_tried(agent):
    make_incident(group=GroupFactory(is_restricted=True), title="shxmqnr")
    make_incident(title="노트북")
    page = finding.find(tickets_for(agent), "shxmqnr", internal=True, most=5)
    assert ([row.title for row in page.rows], page.meant) == (["노트북"], "노트북")


def test_an_edited_text_is_found_by_its_new_words_alone(agent):
    incident = make_incident(title="Old words", description="First story")
    add_comment(incident.pk, actor=agent, body="A remark")
    add_work_note(incident.pk, actor=agent, body="An aside")
    update_ticket(incident.pk, actor=agent, title="Fresh letters")
    assert found(agent, "old") == []
    for text in ("fresh", "story", "remark", "aside", "fresh aside remark story"):
        assert found(agent, text) == ["Fresh letters"], text


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\0", "%", "_", "\\", "'", "''", "' OR 1=1 --", "a'; DROP TABLE x; --",
        "\\'", "':*",
        "(((", "!&|", "<->", "a & b | !c", "a:*", "'a':*", "^", "<", ".*", "[a-z]+", "(a+)+$", "<b>x</b>",
        "<script>alert(1)</script>",
        "👩‍💻", "🙂 🙃", "ㅏ", "ㅏㅑㅓ", "ㄳ", "ㅋㅋㅋㅋ", "ㄴ", "\u1100\u1161", "\u200b",
        "\ud7ff",
        "x" * 100_000, "가" * 100_000, "ab " * 30_000, "ㄱ" * 100_000, "\u0301" * 5_000, "İstanbul", "١٢٣",
        "१२३", "\uff19\uff19", "a\u0000b", "inc" + "9" * 5_000, "-1", "1e9", "0x10",
    ],
)  # fmt: skip
def test_any_text_may_be_looked_for(text, agent):
    make_incident(title="Quiet")
    assert found(agent, text) == []
    assert list(tickets_for(agent).filter(finding.search(agent, text))) == []


@pytest.mark.parametrize(
    "text",
    [
        "'",
        "''quoted''",
        "\\",
        "a\\'b:1A",
        "^<:*&|!",
        "👩‍💻 zwj",
        "İstanbul",
        "x" * 19_999,
        "가" * 20_000,
        "ㅠㅠ",
    ],
)
def test_any_text_may_be_stored(text, agent):
    incident = make_incident(title=f"Zebra {text}"[:160], description=text)
    for _time in range(3):
        add_comment(incident.pk, actor=agent, body=text)
        add_work_note(incident.pk, actor=agent, body=text)
    assert len(found(agent, "zebra")) == 1


def test_a_long_conversation_stays_within_what_a_vector_takes(agent):
    incident = make_incident(title="Zebra")
    for turn in range(12):
        body = " ".join(f"w{turn:02}{number:05}" for number in range(2_400))
        add_comment(incident.pk, actor=agent, body=body[:20_000])
    assert found(agent, "w0000001") == ["Zebra"]
    assert TicketText.objects.get(ticket=incident.pk).is_public


def pieces() -> dict[Any, set[str]]:
    """What every ticket is found by; where words stand differs after a comment, not what stands together."""
    rows = TicketText.objects.values_list("ticket_id", "is_public", "words")
    return {
        (ticket, public): {each.split(":")[0] for each in words.split()} for ticket, public, words in rows
    }


def test_the_pieces_are_made_again_and_older_tickets_get_theirs(agent, tickets, capsys):
    add_work_note(tickets["vpn"].pk, actor=agent, body="Sabotage")
    before = pieces()
    TicketText.objects.all().delete()
    assert found(agent, "sabotage") == []
    indexing.fill()
    assert pieces() == before
    call_command("search_rebuild")
    call_command("search_rebuild", "--all")
    assert capsys.readouterr().out.split("\n")[:2] == ["0 tickets", "8 tickets"]
    TicketText.objects.filter(ticket__gte=tickets["share"].pk).delete()  # stopped half way
    assert indexing.rebuild(batch=2) == 3
    assert pieces() == before


def test_a_search_that_takes_too_long_says_so(agent, monkeypatch, tickets):
    def slow(*_args: Any, **_more: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(2)")

    monkeypatch.setattr(finding, "_find", slow)
    monkeypatch.setattr(finding, "PATIENCE_MS", 50)
    assert finding.find(tickets_for(agent), "vpn", internal=True, most=5).too_slow
    monkeypatch.undo()
    assert found(agent, "vpn") == [TITLES["vpn"]]
