"""What a token may do is its scopes and its owner's present rights, at every address (API A-40)."""

from __future__ import annotations

from accounts import scopes, tokens
from api.scopes import RESOURCES
from api.urls import addresses as every
from tests.api.calls import Caller
from tests.factories.accounts import UserFactory

# Calls that bring a signature of their own and take no token.
SIGNED = {"hooks"}
addresses = [each for each in every if each.name not in SIGNED]


def test_the_words_are_of_the_resources_there_are():
    used = {each.scope for each in addresses if each.scope}
    assert used == set(RESOURCES)
    assert set(scopes.known()) == {f"{name}:{way}" for name in used for way in ("read", "write")}
    assert not [each.name for each in addresses if not each.scope], (
        "an address without a scope is open to all tokens"
    )


def test_a_token_for_one_thing_opens_no_other(world):
    owner = UserFactory(roles=["super"])
    opened, asked = [], 0
    callers = {}
    for code in ("notifications:write", "event-log:read"):
        callers[code] = Caller(token=tokens.mint(actor=owner, owner=owner, name=code, scopes=[code])[1])
    for each in addresses:
        code = "event-log:read" if each.scope == "notifications" else "notifications:write"
        for method in each.actions:
            answer = callers[code].call(
                method.upper(), world.path(f"api/v1/{each.route}"), {} if method != "get" else None
            )
            asked += 1
            if answer.status_code != 403 or f"{each.scope}:" not in answer.content.decode():
                opened.append(f"{method} {each.route}: {answer.status_code}")
    assert opened == []
    assert asked > 200


def test_reading_is_not_writing(world):
    owner = UserFactory(roles=["super"])
    codes = sorted(code for code in scopes.known() if code.endswith(":read"))
    caller = Caller(token=tokens.mint(actor=owner, owner=owner, name="r", scopes=codes)[1])
    written = [
        f"{method} {each.route}: {answer.status_code}"
        for each in addresses
        for method in each.actions
        if method != "get"
        for answer in [caller.call(method.upper(), world.path(f"api/v1/{each.route}"), {})]
        if answer.status_code != 403
    ]
    assert written == []


def test_every_scope_together_gives_no_right_the_owner_lacks(world):
    """The scopes of an employee's token are those of the page; the gate still decides each call."""
    person = world.people["other"]
    codes = [scope.code for scope in scopes.allowed_to(person)]
    wide = Caller(token=tokens.mint(actor=person, owner=person, name="w", scopes=codes)[1])
    full = Caller(token=tokens.mint(actor=person, owner=person, name="f")[1])
    differing = []
    for each in addresses:
        if "get" not in each.actions or f"{each.scope}:read" not in codes:
            continue
        path = world.path(f"api/v1/{each.route}")
        found = wide.get(path).status_code, full.get(path).status_code
        if found[0] != found[1]:
            differing.append((path, found))
    assert differing == []
