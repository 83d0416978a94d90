"""The laptop request of DOMAIN 9 with its people, for tests that rehearse and replay it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalog import reference, services
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.catalog import item_of
from workflows.reference import SEED


def laptop_graph() -> dict[str, Any]:
    """The seed flow's graph."""
    graph: dict[str, Any] = json.loads((SEED / "laptop_request.json").read_text(encoding="utf-8"))["graph"]
    return graph


@pytest.fixture
def people(db: None) -> dict[str, Any]:
    """The line above the employee, finance and the purchasing team."""
    purchasing = GroupFactory(key="purchasing")
    GroupFactory(key="service-desk")
    reference.load()
    director = UserFactory(username="director", name_ko="윤태호")
    boss = UserFactory(username="boss", name_ko="이서연", manager=director)
    return {
        "employee": UserFactory(username="employee", manager=boss),
        "boss": boss,
        "director": director,
        "finance": UserFactory(username="money", roles=["finance_approver"]),
        "buyer": AgentFactory(username="buyer", groups=[purchasing]),
    }


def order(people: dict[str, Any], model: str) -> Any:
    """What the employee ordered: one laptop of that model."""
    answers = {"model": model, "memory": "standard", "handover": "desk", "reason": "Mine is five years old."}
    return item_of(services.order_item(actor=people["employee"], item_key="laptop", answers=answers))
