"""What one may not see is answered as what does not exist: status, headers and body (SECURITY AC-10)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.security.matrix import METHODS, ask, rows
from tests.security.world import World, routes

SHARES = 4
# What differs between any two pages: the secrets of the session in their forms.
VARYING = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*|("X-CSRFToken": ?")[^"]*')
OWN_HEADERS = {"X-Request-Id", "RateLimit", "Content-Security-Policy"}  # the last bears a nonce


def seen(answer: Any, path: str) -> tuple[int, dict[str, str], str]:
    """All that the caller learns, without the key they sent themselves."""
    told = {name: value for name, value in answer.headers.items() if name not in OWN_HEADERS}
    body = answer.content.decode().replace(answer["X-Request-Id"], "ID").replace(path, "PATH")
    for part in path.strip("/").split("/"):
        if len(part) > 3 and re.search(r"\d|-", part):  # a short number stands everywhere
            body = body.replace(part, "KEY")
    return answer.status_code, told, VARYING.sub(r"\1\2", body)


def _first(one: str, other: str) -> str:
    """The words around the first difference."""
    place = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
    return f"{one[max(0, place - 60) : place + 60]!r} but {other[max(0, place - 60) : place + 60]!r}"


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("who", ["other", "other_company"])
def test_hidden_and_absent_are_told_alike(world: World, who: str, share: int) -> None:
    expected, told, compared = rows(), [], 0
    for route in [route for route, _view in routes()][share::SHARES]:
        path, absent = world.path(route), world.path(route, absent=True)
        if path == absent:
            continue
        for method in METHODS:
            row = expected.get((route, method))
            if row is None or row[who] != "gone":
                continue
            compared += 1
            hidden, nothing = (
                seen(ask(world, who, method, path), path),
                seen(ask(world, who, method, absent), absent),
            )
            if hidden != nothing:
                told.append(f"{method} {route}: {_first(str(hidden), str(nothing))}")
    assert compared > 5
    assert not told, "\n".join(told)
