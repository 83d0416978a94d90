"""One search field, also for Hangul typed in other ways."""

from __future__ import annotations

import pytest

from core import hangul
from portal.selectors.search import find, is_long_enough
from tests.factories.accounts import UserFactory
from tests.factories.catalog import make_version
from tests.factories.incidents import make_incident


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("shxmqnr", "노트북"),
        ("ahslxj", "모니터"),
        ("rnjsgks tlscjd", "권한 신청"),
        ("ekfrdmf", "닭을"),
        ("dhksfy", "완료"),
        ("dml", "의"),
        ("Tlwkr", "씨작"),
        ("rkskek", "가나다"),
        ("laptop", ""),
        ("vpn", ""),
        ("노트북", ""),
        ("42", ""),
        ("", ""),
    ],
)
def test_latin_keys_become_the_hangul_that_was_meant(typed, meant):
    assert hangul.from_latin_keys(typed) == meant


def test_initials_stand_for_syllables():
    assert hangul.initials("노트북 신청") == "ㄴㅌㅂ ㅅㅊ"
    assert hangul.is_initials("ㄴㅌㅂ")
    assert not hangul.is_initials("ㄴ노")
    assert not hangul.is_initials(" ")


@pytest.mark.parametrize(("query", "enough"), [("v", False), ("vp", True), ("노", True), ("", False)])
def test_suggestions_begin_at_two_letters_or_one_syllable(query, enough):
    assert is_long_enough(query) is enough


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["책상의자", "책상 의자", "ㅊㅅㅇㅈ", "cortkddmlwk", "Office chair", "chair"]
)
def test_a_form_is_found_in_all_these_ways(typed, employee):
    version = make_version(name_ko="책상의자", name_en="Office chair")
    assert [offer.version for offer in find(employee, typed).forms] == [version]


@pytest.mark.django_db
def test_only_own_requests_are_found(employee):
    mine = make_incident(requester=employee, title="Projector is dark")
    make_incident(requester=UserFactory(), title="Projector is loud")
    assert [row.ticket.number for row in find(employee, "projector").requests] == [mine.number]
    assert [row.ticket.number for row in find(employee, mine.number).requests] == [mine.number]


@pytest.mark.django_db
def test_with_nothing_found_the_words_go_to_the_problem_form(own):
    html = own.get("/search/", {"q": "zzz & <b>"}).content.decode()
    assert "Nothing fits these words." in html
    assert 'href="/report/?text=zzz%20%26%20%3Cb%3E"' in html


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["'", '"', "%", "_", "\0", "\\", "x" * 5000, "'; drop table x;--", "ㄴ'"])
def test_odd_queries_are_harmless(own, query):
    assert own.get("/search/", {"q": query}).status_code == 200
    assert own.get("/search/suggest/", {"q": query}).status_code == 200


@pytest.mark.django_db
def test_suggestions_are_options_and_no_page(own, employee):
    make_incident(requester=employee, title="Projector is dark")
    html = own.get("/search/suggest/", {"q": "proj"}, headers={"HX-Request": "true"}).content.decode()
    assert 'role="option"' in html
    assert "<html" not in html
    assert own.get("/search/suggest/", {"q": "p"}).content.decode().strip() == ""
