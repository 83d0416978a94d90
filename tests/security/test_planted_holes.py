"""Holes planted on purpose: each must be seen by a matrix or by the comparison of two databases.

Without this a green matrix could mean that it looks at nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import Q
from rest_framework import serializers

from accounts.access.decisions import yes
from accounts.api.serializers import PersonOut
from desk import counting
from tests.security import test_field_matrix
from tests.security.field_matrix import Asker
from tests.security.field_matrix import wrong_cells as wrong_fields
from tests.security.field_places import places
from tests.security.field_world import furnish
from tests.security.hidden import (
    differences,
    hide_from_employees,
    hide_from_everybody,
    restricted_team,
    still,
    told,
)
from tests.security.matrix import wrong_cells
from tests.security.world import World
from tickets import selectors
from tickets.models import Ticket

OPEN = yes("planted", "A forgotten check.")


def allow(*_args: Any, **_kwargs: Any) -> Any:
    """A policy that says yes to everybody."""
    return OPEN


def show_all(*_args: Any, **_kwargs: Any) -> Q:
    """A selector's filter that was left out."""
    return Q()


def everything(*_args: Any, **_kwargs: Any) -> Any:
    """A gate that was walked around."""
    return Ticket.objects.all()


def forget() -> None:
    """What is asked of tickets is kept in a process: a hole would not be in it, or would stay in it."""
    selectors._seen.cache_clear()
    counting._count.cache_clear()


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Puts a hole in a place: ``plant(place, hole)``."""

    def planted(place: str, hole: Any) -> None:
        monkeypatch.setattr(place, hole)
        forget()

    forget()
    yield planted
    forget()


IN_THE_MATRIX = [
    ("connectors.policies.why", allow, ["design/connect/", "api/v1/connectors/"]),
    ("workflows.policies.why", allow, ["api/v1/flows/<key:key>/dry-run/"]),
    ("sla.policies.why", allow, ["design/sla/", "api/v1/sla/definitions/"]),
    ("schedules.policies.why", allow, ["design/calendars/new/"]),
    ("accounts.roles.policies.why_people", allow, ["design/roles/", "api/v1/roles/"]),
    ("accounts.policies.why_people", allow, ["design/access/", "api/v1/access/explain/"]),
    ("reports.policies.why_read", allow, ["api/v1/reports/sla/"]),
    ("desk.policies.works_inside", allow, ["w/all/"]),
    ("approvals.selectors.lists.visible_to", show_all, ["api/v1/approvals/<uuid:public_id>/"]),
    ("cmdb.selectors.visible_to", show_all, ["api/v1/cis/<key:number>/"]),
    ("tickets.selectors.visible_to", show_all, ["my/<str:number>/", "api/v1/tickets/<key:number>/"]),
]


@pytest.mark.parametrize(("place", "hole", "routes"), IN_THE_MATRIX, ids=[row[0] for row in IN_THE_MATRIX])
def test_the_matrix_sees_a_forgotten_check(
    world: World, plant: Any, place: str, hole: Any, routes: list[str]
):
    assert wrong_cells(world, routes) == []
    plant(place, hole)
    seen = wrong_cells(world, routes)
    for route in routes:
        assert any(each.startswith(f"{route},") for each in seen), route


IN_THE_COMPARISON = [
    ("tickets.selectors.visible_to", "agent", ["/api/v1/tickets/?count=exact", "/w/search/?q=VPN"]),
    ("desk.selectors.lists.seen_by", "agent", ["/w/all/?view=open"]),
    ("desk.counting.seen_by", "agent", ["/w/all/"]),
    ("reports.selectors.seen_by", "agent", ["/w/reports/sla/?period=quarter"]),
    ("cmdb.selectors.visible_to", "own", ["/api/v1/cis/?count=exact"]),
    ("accounts.selectors.visible_people", "agent", ["/api/v1/users/?count=exact"]),
    ("accounts.roles.selectors.visible_roles", "agent", ["/api/v1/roles/"]),
    ("tickets.api.selectors.visible_activity", "own", ["/api/v1/incidents/{number}/activity/"]),
]


@pytest.mark.parametrize(
    ("place", "who", "paths"), IN_THE_COMPARISON, ids=[row[0] for row in IN_THE_COMPARISON]
)
def test_the_comparison_sees_a_forgotten_filter(
    world: World, plant: Any, place: str, who: str, paths: list[str]
):
    plant(place, everything if place.endswith("seen_by") else show_all)
    team, person = restricted_team(), world.people[who]
    asked = [path.format(number=world.parts["incidents", "number"]) for path in paths]
    with still():
        before = told(person, asked)
        hide_from_everybody(world, team)
        if who == "own":
            hide_from_employees(world)
        seen = list(differences(before, told(person, asked)))
    for path in asked:
        assert any(each.startswith(path) for each in seen), path


IN_THE_FIELDS = [
    ("tickets.api.serializers.TicketOut.agent_fields", frozenset(), "tickets/<key:number>/", "updated_at"),
    ("incidents.api.serializers.IncidentIn.agent_fields", frozenset(), "incidents/", "group"),
    ("tickets.filters.TicketFilterSet.asked_as", {}, "tickets/", "updated_after"),
    ("tickets.api.serializers.TicketOut.agent_fields", frozenset(), "tickets/", "ordering=updated_at"),
    ("accounts.api.views.AccountsViewSet.reads_internal", allow, "users/<key:username>/", "phone"),
    ("tickets.api.views.TicketsViewSet.reads_internal", allow, "tickets/<key:number>/", "requester.phone"),
]


@pytest.mark.parametrize(
    ("place", "hole", "route", "field"), IN_THE_FIELDS, ids=[f"{row[2]} {row[3]}" for row in IN_THE_FIELDS]
)
def test_the_field_matrix_sees_a_field_that_is_shown_to_everybody(
    world: World, monkeypatch: pytest.MonkeyPatch, place: str, hole: Any, route: str, field: str
):
    furnish(world)
    asked = [each for each in places() if each.route == f"api/v1/{route}" and field in each.fields]
    assert wrong_fields(Asker(world).cells(asked)) == []
    monkeypatch.setattr(place, hole)
    seen = wrong_fields(Asker(world).cells(asked))
    assert any(f" {field}, o" in each for each in seen), seen


def test_the_field_matrix_sees_a_field_without_a_row(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(PersonOut._declared_fields, "password", serializers.CharField())
    with pytest.raises(AssertionError, match="fields without a row"):
        test_field_matrix.test_the_rows_are_the_fields_there_are()
