"""What the OpenAPI document says of query parameters is so: those it names are taken, all others refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from api.urls import addresses
from api.views import description_of
from tests.api.calls import Caller
from tests.factories.accounts import AgentFactory
from tests.security.world import World, build

GETS = [each for each in addresses if "get" in each.actions]


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("core.api.throttling.CallerThrottle.count", staticmethod(lambda *_args: 1))
    return build()


def documented(route: str) -> dict[str, dict[str, Any]]:
    """The query parameters of reading there, with their schemas."""
    path = "/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route)
    return {
        each["name"]: each["schema"]
        for each in description_of()["paths"][path]["get"].get("parameters", [])
        if each["in"] == "query"
    }


def ask(caller: Caller, path: str) -> Any:
    """The answer, read to its end."""
    answer = caller.get(path)
    if answer.streaming:
        list(answer)
    return answer


def told(answer: Any, name: str) -> set[str]:
    """The codes that a refusal has for that parameter."""
    if answer.status_code < 400:
        return set()
    return {
        each["code"]
        for each in answer.json().get("errors", [])
        if each.get("parameter", "").split("=")[0] == name
    }


def test_what_is_documented_is_taken_and_nothing_else(world: World):
    caller, wrong, taken = Caller(AgentFactory(roles=["administrator"])), [], 0
    for address in GETS:
        path = world.path(f"api/v1/{address.route}")
        if ask(caller, path).status_code != 200:
            continue  # another's, or one that is asked for something first
        if told(ask(caller, f"{path}?bogus=1"), "bogus") != {"unknown"}:
            wrong.append(f"{address.route}: takes bogus")
        known = documented(address.route)
        for name in {*known, "cursor", "page_size", "count", "ordering", "fields", "expand", "q", "state"}:
            codes = told(ask(caller, f"{path}?{name}=%C2%84"), name)
            if (codes == {"unknown"}) is (name in known) and name not in {"fields", "expand", "ordering"}:
                wrong.append(f"{address.route}: {name} documented {name in known}, told {codes}")
            taken += name in known
        wrong += [f"{address.route}: {each}" for each in choosing(caller, path, known)]
    print(f"{len(GETS)} addresses, {taken} documented parameters")
    assert not wrong, "\n".join(wrong)


def choosing(caller: Caller, path: str, known: Any) -> Iterator[str]:
    """What is wrong with ``fields``, ``expand`` and ``ordering`` there."""
    for name in ("fields", "expand", "ordering"):
        codes = told(ask(caller, f"{path}?{name}=%C2%84"), name)
        if name in known and not codes and not is_empty(ask(caller, path)):
            yield f"{name} is documented and does nothing"
        if name not in known and codes != {"unknown"}:
            yield f"{name} is taken and not documented"


def is_empty(answer: Any) -> bool:
    """Whether there was nothing to choose fields of."""
    if answer.streaming:
        return False
    return answer.json() == {"results": [], "next": None, "previous": None}


def test_a_value_that_the_document_rules_out_is_refused(world: World):
    """No typed parameter takes an empty or a wrong value for none."""
    caller, wrong, met = Caller(AgentFactory(roles=["administrator"])), [], 0
    for address in GETS:
        path = world.path(f"api/v1/{address.route}")
        if ask(caller, path).status_code != 200:
            continue
        for name, schema in documented(address.route).items():
            inner = schema.get("items", schema)
            if inner.get("type") == "string" and not {"format", "enum"} & set(inner):
                continue  # free text; codes that name nothing find nothing
            for value in ("", "null", "x", "1.5", "-1", "99999999999999999999", "2026-13-45"):
                answer = ask(caller, f"{path}?{name}={value}")
                met += 1
                if answer.status_code not in {400, 422}:
                    wrong.append(f"{address.route}?{name}={value}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert met > 500
