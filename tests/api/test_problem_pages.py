"""The ``type`` of every refusal is the address of a page that says why it comes and what helps (API A-37)."""

from __future__ import annotations

import ast

import pytest
from django.test import Client

from core.api.problem_pages import MEANINGS
from core.errors import DomainError
from itsm.livestream.http import _TITLES as TITLES
from tests.api.calls import Caller
from tests.security.test_s01_injection import sources
from workflows.nodes.base import NodeError

# A mark of a clock or a step of a trial that could not act: its page tells it, no refusal does.
TOLD_IN_LOGS = {"sla/escalations.py", "workflows/escalations.py", "workflows/rehearsal/moves.py"}
# The live process answers with it by itself (itsm.livestream.http).
OF_THE_STREAM = {"too_many_streams"}


def refusals(kind: type[DomainError] = DomainError) -> set[type[DomainError]]:
    """Every kind of refusal there is."""
    return {kind}.union(*[refusals(each) for each in kind.__subclasses__()])


def given_codes() -> set[str]:
    """Codes that a refusal is raised with in place of its kind's own, and reaches the caller with."""
    kinds = {kind.__name__ for kind in refusals() - refusals(NodeError)}
    return {
        word.value.value
        for path, tree in sources()
        if path not in TOLD_IN_LOGS
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in kinds
        for word in call.keywords
        if word.arg == "code" and isinstance(word.value, ast.Constant)
    }


def test_every_code_has_a_page_and_no_page_is_of_no_code():
    own = {kind.code: kind for kind in refusals() if kind.__module__.split(".")[0] != "tests"}
    assert "csrf" in given_codes()
    assert set(MEANINGS) == set(own) | given_codes() | OF_THE_STREAM
    assert {code for code, _text in TITLES.values()} <= set(MEANINGS)
    assert {code: MEANINGS[code].status for code in own} == {code: kind.status for code, kind in own.items()}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_is_for_anybody_and_kept_until_it_changes(db, language):
    client = Client(headers={"Accept-Language": language})
    for code, meaning in MEANINGS.items():
        page = client.get(f"/problems/{code.replace('_', '-')}")
        assert page.status_code == 200, code
        text = page.content.decode()
        assert f"{meaning.status} · {code}" in text
        assert ("해결하려면" in text) is (language == "ko"), code
        again = client.get(f"/problems/{code.replace('_', '-')}", headers={"If-None-Match": page["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    other = Client(headers={"Accept-Language": "en" if language == "ko" else "ko"})
    assert other.get(
        "/problems/busy", headers={"If-None-Match": client.get("/problems/busy")["ETag"]}
    ).content


def test_the_type_of_a_refusal_is_such_an_address(db):
    refused = Caller().get("incidents/").json()
    assert Client().get(refused["type"]).status_code == 200


@pytest.mark.parametrize(
    "slug", ["nothing", "rule_refused", "RULE-REFUSED", "a" * 300, "..", "rule-refused/"]
)
def test_another_address_is_not_there(db, slug):
    assert Client().get(f"/problems/{slug}").status_code == 404


def test_the_pages_take_no_other_method(db):
    assert Client().post("/problems/busy").status_code == 405
    assert Client().head("/problems/busy").status_code == 200
