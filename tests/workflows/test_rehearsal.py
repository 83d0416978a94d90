"""Dry runs: the same interpreter, scripted answers, a clock of its own, and nothing remains (DF-34, DF-60)."""

from __future__ import annotations

import datetime as dt

import pytest

from approvals.models import Approval, ApprovalRequest
from approvals.services import decide
from catalog import services as catalog_services
from catalog.models import CatalogTask
from tests.factories.workflows import go, graph_of
from tests.workflows.laptop import laptop_graph, order, people  # noqa: F401 - a fixture
from workflows.models import FlowRun, FlowStep
from workflows.rehearsal import Script, rehearse

pytestmark = pytest.mark.django_db
CHEAP, EXPENSIVE = "developer_14", "video_16"
YES = {"decision": "approve"}


def dry(item, script, **more):
    graph = more.pop("graph", None) or laptop_graph()
    return rehearse(graph, ticket=item, script=Script.parse(script), actor=None, **more)


BOUGHT = {"buy": {"state": "closed_complete", "fields": {"serial": "SN-1"}, "by": "buyer", "after": "PT3H"}}
CHEAP_PATH = ["ask", "dec", "buy", "bought", "asset", "ready", "ok"]
EXPENSIVE_PATH = ["ask", "dec", "cfo", "dec2", "buy", "bought", "asset", "ready", "ok"]
STORIES = {
    "cheap approved": (CHEAP, {"approvals": {"ask": YES}, "tasks": BOUGHT}, CHEAP_PATH, "delivered"),
    "expensive approved": (
        EXPENSIVE,
        {"approvals": {"ask": YES, "cfo": YES}, "tasks": BOUGHT},
        EXPENSIVE_PATH,
        "delivered",
    ),
    "manager rejects": (
        CHEAP,
        {"approvals": {"ask": {"decision": "reject", "by": "boss", "comment": "No."}}},
        ["ask", "dec", "rejected", "no"],
        "rejected",
    ),
    "manager silent": (
        CHEAP,
        {"approvals": {"ask": {"decision": "approve", "by": "director"}}, "tasks": BOUGHT},
        CHEAP_PATH,
        "delivered",
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_the_four_laptop_stories_dry(people, story):  # noqa: F811
    model, script, path, outcome = STORIES[story]
    found = dry(order(people, model), script)
    assert (found.stopped.reason, found.status, found.outcome, found.nodes) == (
        "ended", "completed", outcome, path,
    )  # fmt: skip
