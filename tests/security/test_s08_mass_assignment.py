"""S-8: what a body does not take is refused by name and changes nothing.

Every field name of every model is put into every body of the API at once, also by an employee who does not
read internal fields; nested bodies as well.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.factories.accounts import AgentFactory
from tests.security.operations import Operation, call, model_names, nested, operations, rows_digest
from tests.security.world import World


def refused(answer: Any) -> set[str]:
    """The fields that the answer names as unknown."""
    if answer.status_code != 400:
        return set()
    return {each.get("pointer", "").strip("/") for each in answer.json().get("errors", [])}


def reached(answer: Any) -> bool:
    """Whether the body was looked at: others are refused, or do not see the record."""
    return answer.status_code not in {403, 404}


@pytest.mark.parametrize("who", ["administrator", "employee"])
def test_every_name_of_every_model_is_refused_in_every_body(world: World, who: str):
    caller = AgentFactory(roles=["super"]) if who == "administrator" else world.people["own"]
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(caller)
    if who == "administrator":
        assert client.post(world.path("api/v1/sla/definitions/<key:key>/draft/")).status_code == 201
    before, wrong, count, met = rows_digest(), [], 0, 0
    for operation in operations():
        names = model_names() - set(operation.fields(internal=who == "administrator")) - _moves(operation)
        answer = call(client, world, operation, dict.fromkeys(names, 1))
        if answer.digest not in {"", before}:
            wrong.append(f"{operation.name}: rows changed")
        if not reached(answer):
            if who == "administrator" and not _is_out_of_reach(operation):
                wrong.append(f"{operation.name}: {answer.status_code} {answer.content[:200]!r}")
            continue
        met += 1
        count += len(names)
        if names - refused(answer):
            told = sorted(names - refused(answer))[:5]
            wrong.append(f"{operation.name}: {answer.status_code}, not refused by name: {told}")
    print(f"S-8 as {who}: {met} bodies, {count} pairs of a name and a body")
    assert not wrong, "\n".join(wrong)
    assert met >= (55 if who == "administrator" else 12)


def _moves(operation: Operation) -> set[str]:
    """A change of a ticket takes its state as the wish for a move (PROCESSES G-02); others are refused."""
    return {"state"} if operation.route.endswith("<key:number>/") and "cis/" not in operation.route else set()


def _is_out_of_reach(operation: Operation) -> bool:
    """What the administrator here may not do: decide for others, change a view of another group."""
    return operation.name in {"approvals-decision post", "macros-detail patch", "views-detail patch"}


def test_a_body_in_a_body_is_as_strict(world: World):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(AgentFactory(roles=["super"]))
    before, wrong, met = rows_digest(), [], 0
    for operation in operations():
        for name, fields, many in nested(operation):
            strange = dict.fromkeys(model_names() - fields, 1)
            answer = call(client, world, operation, {name: [strange] if many else strange})
            met += 1
            if answer.status_code not in {400, 422} or answer.digest not in {"", before}:
                wrong.append(f"{operation.name} {name}: {answer.status_code}")
    print(f"S-8: {met} bodies in bodies")
    assert not wrong, "\n".join(wrong)
    assert met >= 3
