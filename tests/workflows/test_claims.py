"""How the engine takes its work from the database."""

from __future__ import annotations

import json

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories.workflows import make_flow
from workflows import nodes, services
from workflows.models import FlowRun
from workflows.selectors import claims

pytestmark = pytest.mark.django_db


def rows_read(plan):
    """How many rows the parts of a plan that read tables have read."""
    own = plan["Actual Rows"] * plan["Actual Loops"] if "Relation Name" in plan else 0
    return own + sum(rows_read(part) for part in plan.get("Plans", []))


def test_taking_a_step_costs_the_same_however_many_are_ready():
    make_flow({"n0": {"kind": "log", "message": "x"}}, key="many")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE workflows_flowstep; ANALYZE workflows_flowrun")  # when nothing was ready
    runs = [services.start_run("many", ticket=None) for _ in range(60)]
    FlowRun.objects.filter(pk=runs[0].pk).update(stage="")  # its row lies at the end of the table now
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        assert claims.ready_step(nodes.OUTSIDE).run == runs[0]
    before, select, after = [query["sql"] for query in asked.captured_queries]
    with connection.cursor() as cursor:
        cursor.execute(before)
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {select}")
        found = cursor.fetchone()[0]
        cursor.execute(after)
        cursor.execute("SHOW enable_sort")
        assert cursor.fetchone() == ("on",)
    [plan] = json.loads(found) if isinstance(found, str) else found
    assert rows_read(plan["Plan"]) == 2  # the step and its run
