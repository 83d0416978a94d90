"""S-9: hidden data changes no byte of any answer: lists, counts, facets, typeahead, search, reports, exports.

Each person reads every address of the matrix twice: before and after hidden data is added. Left out of the
comparison are the date, the id of the request, tokens of forms, nonces and what is left of the rate limit.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.security.hidden import (
    differences,
    hide_from_employees,
    hide_in_another_company,
    hide_in_the_group,
    paths_for,
    restricted_team,
    still,
    told,
)
from tests.security.world import World
from tickets.models import Ticket

PEOPLE = ("own", "agent", "supplier", "approver", "config_admin", "administrator")
EMPLOYEES = ("own", "approver", "config_admin")
# Who operates flows is told of every run in their company: number and place, never the title (SECURITY 1.1);
# who edits service levels, how many clocks of the company are open by each.
OPERATORS = ("config_admin", "administrator")
TOLD_TO_OPERATORS = ("/api/v1/flow-runs/", "/api/v1/flow-dead-letters/", "/design/flows/", "/design/sla/")
ROLES = {"config_admin": ["config_admin"], "administrator": ["agent", "administrator"]}


def person_of(world: World, who: str) -> Any:
    """The person of that column, or one more with the roles named."""
    return world.people[who] if who in world.people else UserFactory(roles=ROLES[who])


@pytest.mark.parametrize("who", PEOPLE)
def test_hidden_data_changes_no_byte(world: World, who: str):
    person, team = person_of(world, who), restricted_team()
    paths = paths_for(world, details=who in {"own", "agent"})
    if who in {"own", "approver"}:  # refused there, as the matrix says
        paths = [path for path in paths if not path.startswith(("/w/", "/design/"))]
    with still():
        before = told(person, paths)
        hide_in_another_company()
        found: list[str] = []
        if who in OPERATORS:
            found += differences(before, told(person, paths))
            paths = [path for path in paths if not path.startswith(TOLD_TO_OPERATORS)]
        hide_in_the_group(world, team)
        if who in EMPLOYEES:
            hide_from_employees(world)
        found += differences({path: before[path] for path in paths}, told(person, paths))
    print(f"S-9 as {who}: {len(paths)} addresses, {sum(len(each.body) for each in before.values())} bytes")
    assert not found, "\n".join(found)
    assert sum(each.status == 200 for each in before.values()) > 40


def test_a_hidden_parent_is_found_by_no_filter(world: World):
    """A visible ticket under a hidden one does not tell its parent's number."""
    group, agent, employee = restricted_team()
    secret = make_incident(requester=employee, group=group)
    child = Ticket.objects.get(number=world.parts["incidents", "number"])
    path = f"/api/v1/tickets/?parent={secret.number}&count=exact"
    watcher = AgentFactory()
    before = told(watcher, [path])
    Ticket.objects.filter(pk=child.pk).update(parent=secret.pk)
    assert list(differences(before, told(watcher, [path]))) == []
    assert child.number.encode() in told(agent, [path])[path].body
