"""The flows that ship: each can be published, and does what its name says (issue: eight useful flows)."""

from __future__ import annotations

import json

import pytest
from django.utils import translation

from approvals.models import ApprovalRequest
from catalog.models import CatalogTask
from catalog.services import complete_task
from connectors.models import Connector
from core.models import OutboxEvent
from incidents import services as incident_services
from incidents.models import Incident
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.approvals import answer
from tests.factories.catalog import make_item
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, statuses
from tickets.models import Activity
from workflows import scheduled, services
from workflows.models import Flow, FlowRun, FlowStep, FlowTrigger
from workflows.reference import SEED

EIGHT = [
    "emergency_change", "laptop_request", "leaver", "major_incident", "new_hire", "password_reset",
    "patch_window", "software_request",
]  # fmt: skip


@pytest.mark.django_db
def test_eight_flows_are_published_with_both_languages():
    assert sorted(Flow.objects.values_list("key", flat=True)) == EIGHT
    for flow in Flow.objects.all():
        assert flow.versions.get().status == "published"
        assert flow.name_ko != flow.name_en


def test_every_step_of_theirs_has_a_name_in_both_languages():
    for path in SEED.glob("*.json"):
        graph = json.loads(path.read_text(encoding="utf-8"))["graph"]
        for node_id, node in graph["nodes"].items():
            if node["kind"] != "end":
                assert set(node["label"]) == {"ko", "en"}, (path.name, node_id)


def teams():
    return [GroupFactory(key=key) for key in ("service-desk", "purchasing", "network", "it-approvers")]


def notices(template):
    return [
        row for row in OutboxEvent.objects.filter(name="flow.notice") if row.payload["template"] == template
    ]


@pytest.mark.django_db
def test_a_major_incident_is_told_of_at_once_each_half_hour_and_at_its_end():
    manager = UserFactory(roles=["incident_manager"])
    ticket = make_incident(impact=1, urgency=1)
    go()
    run = FlowRun.objects.get(flow_version__flow__key="major_incident")
    [first] = notices("major_incident")
    assert manager.pk in first.payload["user_ids"]
    for _half_hour in range(2):
        FlowStep.objects.filter(run=run, kind="wait_condition", status="waiting").update(
            due_at="2020-01-01T00:00:00Z"
        )
        go()
    assert len(notices("major_incident_update")) == 2
    incident_services.cancel_incident(ticket.pk, actor=None, reason_text="false alarm")
    go()
    assert (fresh(run).status, len(notices("major_incident_over"))) == ("completed", 1)


@pytest.mark.django_db
def test_a_lesser_incident_starts_nothing():
    make_incident(impact=3, urgency=3)
    go()
    assert not FlowRun.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("decision", "outcome"), [("approved", "done"), ("rejected", "rejected")])
def test_an_emergency_change_notes_the_answer(decision, outcome):
    _desk, _buyers, _network, approvers = teams()
    boss = AgentFactory(groups=[approvers])
    ticket = make_incident()
    run = services.start_run("emergency_change", ticket=ticket)
    go()
    answer(ApprovalRequest.objects.get(), boss, decision)
    go()
    assert (fresh(run).status, fresh(run).outcome) == ("completed", outcome)
    assert Activity.objects.filter(ticket=ticket, is_public=False, kind="work_note").exists()


@pytest.mark.django_db
def test_the_patch_window_opens_work_for_the_network_team():
    teams()
    UserFactory(roles=["administrator"])
    trigger = FlowTrigger.objects.get(flow_version__flow__key="patch_window")
    assert trigger.next_at is not None
    FlowTrigger.objects.filter(pk=trigger.pk).update(next_at="2026-01-13T13:00:00Z")
    scheduled.start_scheduled(limit=5)
    go()
    ticket = Incident.objects.get()
    assert (ticket.group.key, statuses(FlowRun.objects.get())["work"]) == ("network", "waiting")
    with translation.override("en"):
        incident_services.cancel_incident(ticket.pk, actor=None, reason_text="done")
    go()
    assert FlowRun.objects.get().status == "completed"


def ordered(flow, **answers):
    """A request item whose flow is this one, and its run."""
    item = make_item()
    type(item).objects.filter(pk=item.pk).update(variables=answers)
    return services.start_run(flow, ticket=item)


def of_flows():
    """The tasks that flows made; the order itself made one too."""
    return CatalogTask.objects.filter(flow_step__isnull=False)


def finish(*, but=()):
    for task in of_flows().filter(active=True):
        if task.group.key not in but:
            complete_task(task.pk, actor=None)
    go()


@pytest.mark.django_db
def test_a_new_hire_goes_to_three_teams_at_once():
    teams()
    run = ordered("new_hire", full_name="한지우", directory=False)
    go()
    found = of_flows().values_list("group__key", flat=True)
    assert sorted(found) == ["network", "purchasing", "service-desk"]
    finish(but=("network",))
    assert fresh(run).status == "waiting"
    finish()
    assert (fresh(run).status, fresh(run).outcome) == ("completed", "delivered")


@pytest.mark.django_db
def test_the_directory_is_off_until_somebody_says_where_it_is():
    assert Connector.objects.get(key="directory").enabled is False


@pytest.mark.django_db
def test_a_leaver_loses_each_system_and_the_device_on_the_last_day():
    teams()
    run = ordered("leaver", full_name="x", last_day="2020-01-01", systems=["mail", "erp", "hr"])
    go()
    titles = list(of_flows().order_by("title").values_list("title", flat=True))
    assert len(titles) == 4
    finish()
    assert (fresh(run).status, fresh(run).outcome) == ("completed", "delivered")


@pytest.mark.django_db
@pytest.mark.parametrize("until", ["", "2096-01-01"])
def test_access_with_an_end_is_taken_back_on_that_day(until):
    teams()
    item = make_item(person=UserFactory(manager=UserFactory()))
    type(item).objects.filter(pk=item.pk).update(variables={"until": until})
    run = services.start_run("software_request", ticket=item)
    go()
    answer(ApprovalRequest.objects.get(), item.requester.manager)
    go()
    finish()
    if until:
        assert statuses(run)["end_day"] == "waiting"
        FlowStep.objects.filter(run=run, node_id="end_day").update(due_at="2020-01-01T00:00:00Z")
        type(item).objects.filter(pk=item.pk).update(variables={"until": "2020-01-01"})
        go()
        assert of_flows().filter(active=True).count() == 1
        finish()
    assert (fresh(run).status, fresh(run).outcome) == ("completed", "delivered")


@pytest.mark.django_db
def test_a_password_reset_asks_nobody():
    teams()
    run = ordered("password_reset", system="mail")
    go()
    assert not ApprovalRequest.objects.exists()
    finish()
    assert (fresh(run).status, fresh(run).outcome) == ("completed", "delivered")
