"""Which fields of a ticket are written in which state, and by whom: ``field_states.csv`` against the server.

A row is a kind, a state and a field that a PATCH takes; columns are the employee who asked, an agent of the
ticket's group, and who holds every right. Cells: ``yes``; ``no`` 403; ``closed`` 409, nobody edits it in this
state any more; ``-`` not seen. Written anew with ``--rewrite``, as the field matrix is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog.choices import ItemState, RequestState
from incidents.choices import State
from tests.factories.catalog import make_item, make_request, make_task
from tests.factories.incidents import make_incident, make_incident_task
from tests.security.field_matrix import Asker, Row, table, word, write
from tests.security.field_places import WRITE, Place, places, value_for
from tests.security.world import World
from tickets.choices import TaskState

FILE = Path(__file__).with_name("field_states.csv")
PEOPLE = ("own", "agent", "super")


def _incident(world: World, state: str) -> Any:
    agent = world.people["agent"]
    return make_incident(state, requester=world.people["own"], group=agent.member_of.get(), agent=agent)


def _incident_task(world: World, state: str) -> Any:
    return make_incident_task(state, incident=make_incident(requester=world.people["own"]))


# Each kind's address, its states, and a ticket of the employee in one of them.
KINDS: dict[str, tuple[Any, Callable[[World, str], Any]]] = {
    "incidents": (State, _incident),
    "incident-tasks": ([each for each in TaskState if each != TaskState.PENDING], _incident_task),
    "requests": (RequestState, lambda world, state: make_request(state, person=world.people["own"])),
    "request-items": (ItemState, lambda world, state: make_item(state, person=world.people["own"])),
    "catalog-tasks": (TaskState, lambda world, state: make_task(state, person=world.people["own"])),
}


def cells(world: World, kind: str) -> dict[Row, dict[str, str]]:
    """What each person gets who writes each field alone, in each state."""
    states, make = KINDS[kind]
    asker, place, found = Asker(world, PEOPLE), _place(kind), {}
    for state in states:
        world.parts[kind, "number"] = make(world, state).number
        for name, each in place.operation.fields().items():
            found[kind, str(state), name] = {
                role: _cell(asker.send(place, role, {name: value_for(each, asker.keys(role))}))
                for role in PEOPLE
            }
    return found


def _place(kind: str) -> Place:
    route = f"api/v1/{kind}/<key:number>/"
    return next(
        each for each in places() if each.way == WRITE and each.route == route and each.name == "patch"
    )


def _cell(answer: Any) -> str:
    return "closed" if answer.status_code == 409 else word(answer)


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_field_is_taken_in_the_states_that_are_written(world, kind, pytestconfig):
    found = cells(world, kind)
    if pytestconfig.getoption("rewrite"):
        _rewrite(found)
    expected = {key: row for key, row in table(FILE).items() if key[0] == kind}
    assert not sorted(set(found) - set(expected)), "fields or states without a row"
    assert not sorted(set(expected) - set(found)), "rows without a field or state"
    wrong = [
        f"{' '.join(key)}, {role}: {expected[key][role]} expected, {cell} found"
        for key, each in found.items()
        for role, cell in each.items()
        if expected[key][role] != cell
    ]
    assert not wrong, "\n".join(wrong)


def _rewrite(found: dict[Row, dict[str, str]]) -> None:
    known = table(FILE) if FILE.exists() else {}
    everything = known | found
    kept = {
        key: everything[key]
        for kind in KINDS
        for key in (found if kind in _kinds(found) else known)
        if key[0] == kind
    }
    write(FILE, ("kind", "state", "field"), PEOPLE, kept)


def _kinds(rows: dict[Row, dict[str, str]]) -> set[str]:
    return {kind for kind, _state, _name in rows}


def test_a_closed_ticket_takes_nothing_from_anybody():
    ended = [
        row for (_kind, state, _name), row in table(FILE).items() if state.startswith(("closed", "cancel"))
    ]
    assert len(ended) > 60
    assert {row[role] for row in ended for role in PEOPLE} <= {"closed", "no", "-"}
