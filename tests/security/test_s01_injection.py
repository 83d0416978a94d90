"""S-1: no text that a caller sends becomes part of a statement, and none is a defect or makes a query wait.

Every query parameter of every list of the API, and every page, is given each payload. Statements are seen
before their parameters are put in: the mark of a payload must never be in their text. A statement that slept
would be cut off by ``statement_timeout`` and answered 503.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client

from api.urls import addresses
from api.views import description_of
from itsm.environment import BASE_DIR
from tests.factories.accounts import AgentFactory
from tests.security.hidden import paths_for
from tests.security.world import World

MARK = "zq7x"
# What breaks out of any quoting stands in one text: a text that got into a statement is seen whatever it is.
PAYLOADS = [
    f"{MARK}'",
    f"{MARK}'\"; SELECT pg_sleep(3); -- \\' %s %(x)s {{0}} $${MARK}$$ /* */ %_[a-z]*( \u202e",
    f"1);SELECT pg_sleep(3) --{MARK}",
    f"{MARK}\0",
    f'{MARK}.b"c',
    f"{MARK}__password__startswith",
    "",
    "-1",
    "9" * 40,
    "[]",
    "x" * 500,
]
RAW = ["%ED%A0%80", "%00", "%", "%zz"]  # as they stand in the address
NO_NAMES = ("bogus__lookup", "password")  # refused before their text is looked at
SHARES = 4
# What pages read of the query, found in the source (see ``names_read_by_pages``).
_NAMES = ("q", "state", "group", "assignee", "priority", "order", "period", "cursor", "page")


def parameters() -> list[tuple[str, str]]:
    """Each query parameter of each list, and names that are none."""
    found = []
    for route in sorted({each.route for each in addresses if each.is_collection}):
        described = description_of()["paths"][f"/api/v1/{route}"]["get"].get("parameters", [])
        names = [each["name"] for each in described if each["in"] == "query"]
        found += [(f"/api/v1/{route}", name) for name in [*names, *NO_NAMES]]
    return found


class Spy:
    """Notes statements that hold the mark outside their parameters, and cuts off those that wait."""

    def __init__(self) -> None:
        self.marked: list[str] = []

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        """As ``connection.execute_wrapper`` wants it."""
        if MARK in str(sql) or "pg_sleep" in str(sql):
            self.marked.append(str(sql)[:300])
        return execute(sql, params, many, context)


def wrong_answers(client: Client, asked: Iterator[str] | list[str]) -> list[str]:
    """Defects, statements with the mark in them, and refusals in no form of ours."""
    spy, wrong, count = Spy(), [], 0
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '1500ms'")
    with connection.execute_wrapper(spy):
        for path in asked:
            answer = client.get(path)
            count += 1
            if answer.status_code >= 500:
                wrong.append(f"{path}: {answer.status_code}")
            refused = path.startswith("/api/") and answer.status_code >= 400
            if refused and answer["Content-Type"] != "application/problem+json":
                wrong.append(f"{path}: {answer['Content-Type']}")
            if answer.streaming:
                list(answer)
    print(f"S-1: {count} calls")
    return [*wrong, *spy.marked]


def administrator() -> Client:
    client = Client(raise_request_exception=False, headers={"Accept-Language": "en"})
    client.force_login(AgentFactory(roles=["administrator"]))
    return client


@pytest.mark.parametrize("share", range(SHARES))
def test_no_parameter_of_a_list_reaches_a_statement(world: World, share: int):
    told = [*[quote(each, safe="") for each in PAYLOADS], *RAW]
    asked = [
        f"{path}?{name}={text}"
        for path, name in parameters()[share::SHARES]
        for text in (told[:2] if name in NO_NAMES else told)
    ]
    assert len(asked) > 1000
    assert wrong_answers(administrator(), asked) == []


def test_no_parameter_of_a_page_reaches_a_statement(world: World):
    """All names that pages read, at once; pages take what they know of them."""
    names = sorted(names_read_by_pages() | set(_NAMES))
    assert len(names) > 25
    pages = [path.split("?")[0] for path in paths_for(world, details=True) if not path.startswith("/api/")]
    asked = [
        f"{path}?{'&'.join(f'{name}={text}' for name in names)}"
        for path in sorted(set(pages))
        for text in [*[quote(each, safe="") for each in PAYLOADS[:7]], *RAW]
    ]
    assert len(asked) > 500
    assert wrong_answers(administrator(), asked) == []


def as_sent(text: str) -> str:
    """A header's value as servers hand it on: its bytes, read as Latin-1."""
    return text.encode().decode("latin-1")


@pytest.mark.parametrize("scheme", ["Bearer", "Basic", "bearer"])
def test_no_token_reaches_a_statement(world: World, scheme: str):
    client, spy = Client(raise_request_exception=False), Spy()
    with connection.execute_wrapper(spy):
        for text in [
            *map(as_sent, PAYLOADS),
            "itsm_pat_" + "'" * 16 + "_" + "A" * 43 + "00000000",
            "é",
            "a b c",
        ]:
            answer = client.get("/api/v1/users/me/", headers={"Authorization": f"{scheme} {text}"})
            assert answer.status_code == 401, text
    assert spy.marked == []


def test_the_spy_sees_a_planted_hole(db: None):
    spy = Spy()
    with connection.execute_wrapper(spy), connection.cursor() as cursor:
        cursor.execute(f"SELECT '{MARK}'")
        cursor.execute("SELECT %s", [MARK])
    assert len(spy.marked) == 1


# Statements that are put together from our own names, never from what somebody sent: file → how many.
BUILT = {
    "core/rows.py": 3,  # quoted table and column names of models, placeholders for every value
    "core/trail/sealing.py": 1,  # the names of the two sealed tables
    "core/trail/verifying.py": 2,  # the same
    "desk/counting.py": 1,  # statements that the ORM made, their values as parameters
    "tickets/indexing.py": 1,  # a mark for every value of one or two rows
    "workflows/rehearsal/moves.py": 1,  # milliseconds as int
    "workflows/rehearsal/play.py": 1,  # a constant
}


def test_no_statement_is_put_together_from_strings():
    found: dict[str, int] = {}
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _is_built(node):
                found[path] = found.get(path, 0) + 1
    assert found == BUILT


def test_no_raw_pieces_of_sql():
    wrong = []
    for path, tree in sources():
        for node in ast.walk(tree):
            func = getattr(node, "func", None)
            name = getattr(func, "attr", getattr(func, "id", ""))
            if name in {"RawSQL", "extra"} or (name == "raw" and isinstance(func, ast.Attribute)):
                wrong.append(f"{path}:{node.lineno} {name}")
    assert wrong == []


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Our Python files that run in an installation, less migrations and the launcher."""
    for path in sorted(BASE_DIR.rglob("*.py")):
        place = path.relative_to(BASE_DIR)
        outside = {".venv", "tests", "bench", "clients", "var", "migrations", "launcher", "devtools"}
        if not outside & set(place.parts):
            yield place.as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _is_built(call: ast.Call) -> bool:
    """Whether it executes an f-string, a sum or a formatted text."""
    if getattr(call.func, "attr", "") not in {"execute", "executemany"} or not call.args:
        return False
    text = call.args[0]
    formatted = isinstance(text, ast.Call) and getattr(text.func, "attr", "") in {"format", "join"}
    return isinstance(text, ast.JoinedStr | ast.BinOp) or formatted


def names_read_by_pages() -> set[str]:
    """Every literal name that our code takes from ``request.GET``."""
    found = set()
    for _path, tree in sources():
        for node in ast.walk(tree):
            place = node.func if isinstance(node, ast.Call) else node
            of = getattr(place, "value", None)
            if getattr(of, "attr", "") != "GET":
                continue
            given = node.args[0] if isinstance(node, ast.Call) and node.args else getattr(node, "slice", None)
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                found.add(given.value)
    return found
