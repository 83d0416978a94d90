"""Major incidents where they take words, and questions how a ticket went, so that these are written too."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.faults.story import until

if TYPE_CHECKING:
    from tests.e2e.poison import Poison

INCIDENTS = "api/v1/incidents/"
IMPACT = {"reason": "x", "business_impact": "x"}
# What each kind of ticket is called in addresses.
KINDS = {
    "tickets": "incident",
    "incidents": "incident",
    "incident-tasks": "itask",
    "problems": "problem",
    "problem-tasks": "ptask",
    "requests": "request",
    "request-items": "ritm",
    "catalog-tasks": "sctask",
}
ASKED = (
    "INSERT INTO tickets_survey (lock_version, closes_at, comment, person_id, ticket_id)"
    " SELECT 1, now() + interval '10 days', '', u.id, t.id FROM tickets_ticket t, accounts_user u"
    " WHERE t.number = %s AND u.username = 'admin' ON CONFLICT DO NOTHING"
)


def prepare(poison: Poison) -> dict[str, Callable[[], dict[str, str]]]:
    """For each operation whose subject is another than the story's, what gives its keys."""
    room, reviewed = _accepted(poison), _reviewed(poison)
    poison.pages += [f"/w/major/{number}/" for number in (room, reviewed)]
    poison.more["incidents-major-updates post"] = {"audience": "public", "channel": "page"}
    action = _post(poison, f"{room}/major/actions/", {"text": "x"})["id"]
    places: dict[str, Callable[[], dict[str, str]]] = {
        "incidents-major-propose post": lambda: {INCIDENTS: _new(poison)},
        "incidents-major-accept post": lambda: {INCIDENTS: _proposed(poison)},
        "incidents-major-reject post": lambda: {INCIDENTS: _proposed(poison)},
        "incidents-major-demote post": lambda: {INCIDENTS: _accepted(poison)},
        "incidents-major-updates post": lambda: {INCIDENTS: room},
        "incidents-major-actions post": lambda: {INCIDENTS: room},
        "incidents-major-action patch": lambda: {
            INCIDENTS: room,
            f"{INCIDENTS}<key:number>/major/actions/": action,
        },
        "incidents-major-review patch": lambda: {INCIDENTS: reviewed},
    }
    for route, kind in KINDS.items():
        poison.more[f"{route}-survey-list post"] = {"score": 5}
        places[f"{route}-survey-list post"] = _survey_of(poison, f"api/v1/{route}/", kind)
    return places


def _survey_of(poison: Poison, route: str, kind: str) -> Callable[[], dict[str, str]]:
    """The newest ticket of that kind, about which ``admin`` is asked: nobody waits for it to be closed."""

    def keys() -> dict[str, str]:
        newest = "SELECT number FROM tickets_ticket WHERE kind = %s ORDER BY id DESC LIMIT 1"
        number = str(poison.stack.sql(newest, (kind,))[0][0])
        poison.stack.sql(ASKED, (number,))
        return {route: number}

    return keys


def _new(poison: Poison) -> str:
    return str(_post(poison, "", {"title": "x"})["number"])


def _proposed(poison: Poison) -> str:
    number = _new(poison)
    _post(poison, f"{number}/major/propose/", IMPACT)
    return number


def _accepted(poison: Poison) -> str:
    number = _proposed(poison)
    _post(poison, f"{number}/major/accept/", {"work_note": "x", "business_impact": "x"})
    return number


def _reviewed(poison: Poison) -> str:
    number = _accepted(poison)
    body = {"close_code": "solution_provided", "close_notes": "x"}
    _post(poison, f"{number}/transitions/resolve/", body)
    place = f"/{INCIDENTS}{number}/major/review/"
    assert until(lambda: poison.ask(poison.tokens[0], "GET", place)[0] == 200, 30)
    return number


def _post(poison: Poison, below: str, body: dict[str, Any]) -> Any:
    status, told, _tag = poison.ask(poison.tokens[0], "POST", f"/{INCIDENTS}{below}", body)
    assert status < 300, (below, told)
    return told
