"""The figures of a flow against a naive computation."""

from __future__ import annotations

import datetime as dt
import math
import random

import pytest

from core.time import db_now
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import go, make_flow, make_run
from workflows import services
from workflows.models import FlowRun, FlowStep
from workflows.selectors import FlowStatistics, NodeStatistics, flow_statistics, node_statistics

NOTE = {"note": {"kind": "log", "message": "Seen."}}


def naive_percentile(values, share):
    """Linear between the two nearest ranks, as SQL's percentile_cont."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low, high = math.floor(place), math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def add_step(run, *, seconds, status="done", days_ago=1, number=0):
    began = db_now() - dt.timedelta(days=days_ago)
    ended = began + dt.timedelta(seconds=seconds) if status in ("done", "failed", "skipped") else None
    return FlowStep.objects.create(
        run=run, node_id="note", iter=number, kind="log", status=status, started_at=began, done_at=ended
    )


@pytest.fixture
def run(db):
    found = make_run(NOTE)
    FlowStep.objects.filter(run=found).delete()
    return found


def test_percentiles_are_those_of_the_done_steps(run):
    rng = random.Random(4)
    seconds = [round(rng.expovariate(1 / 600), 3) for _each in range(57)]
    for number, each in enumerate(seconds):
        add_step(run, seconds=each, number=number)
    add_step(run, seconds=99_999, status="failed", number=100)
    add_step(run, seconds=88_888, status="skipped", number=101)
    add_step(run, seconds=0, status="waiting", number=102)
    add_step(run, seconds=77_777, days_ago=31, number=103)
    found = node_statistics(AgentFactory(), run.flow_version_id)["note"]
    assert (found.count, found.failures, found.open) == (60, 1, 1)
    assert found.p50 == pytest.approx(naive_percentile(seconds, 0.5), abs=1e-6)
    assert found.p95 == pytest.approx(naive_percentile(seconds, 0.95), abs=1e-6)
    longer = node_statistics(AgentFactory(), run.flow_version_id, days=60)["note"]
    assert longer.count == 61


def test_nothing_done_has_no_times(run):
    add_step(run, seconds=0, status="ready")
    assert node_statistics(AgentFactory(), run.flow_version_id) == {
        "note": NodeStatistics("note", 1, None, None, 0, 1)
    }


def test_figures_stop_at_the_wall_between_companies(run):
    stranger = AgentFactory(company=CompanyFactory())
    add_step(run, seconds=5)
    assert node_statistics(stranger, run.flow_version_id) == {}
    assert flow_statistics(stranger) == {}
    assert node_statistics(None, run.flow_version_id)["note"].count == 1


def test_figures_cost_one_query(run, django_assert_num_queries):
    agent = AgentFactory()
    for number in range(20):
        add_step(run, seconds=5, number=number)
    node_statistics(agent, run.flow_version_id)  # what the agent holds is known from then on
    with django_assert_num_queries(1):
        node_statistics(agent, run.flow_version_id)


def test_a_flow_tells_how_its_runs_are(db):
    version = make_flow({"note": {"kind": "wait_signal", "name": "x", "key": "y"}})
    agent, flow = AgentFactory(), version.flow
    assert flow.pk not in flow_statistics(agent)
    runs = [services.start_run(flow.key, ticket=make_incident(requester=UserFactory())) for _each in range(3)]
    go()
    FlowRun.objects.filter(pk=runs[0].pk).update(status="suspended")
    runs[2].refresh_from_db()
    assert flow_statistics(agent)[flow.pk] == FlowStatistics(2, 1, runs[2].started_at)
