"""The nodes that make tasks and records and change tickets."""

from __future__ import annotations

import datetime as dt

import pytest

from cmdb.models import CI
from incidents import services as incident_services
from incidents.models import Incident
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, make_run, output_of, statuses
from tickets.models import Activity

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
ASK = {"kind": "approval", "approvers": [{"path": "requester.manager"}], "on_empty": "fail"}


def with_manager():
    """A requester's incident and the manager."""
    manager = UserFactory()
    return make_incident(requester=UserFactory(manager=manager)), manager


@pytest.mark.django_db
def test_create_task_opens_waits_for_the_end_and_hands_on_the_result():
    team, agent = GroupFactory(), AgentFactory()
    run = make_run(
        {
            "do": {
                "kind": "create_task",
                "type": "incident",
                "title": {"ko": "{{ requester.name }} 점검", "en": "Check"},
                "description": "For {{ ticket.number }}",
                "assign": {"group": team.key},
                "inputs": {"category": "network", "impact": 1},
                "wait": "closed",
                "next": "say",
            },
            "say": {"kind": "log", "message": "{{ steps.do.output.number }} {{ steps.do.output.state }}"},
        },
        ticket=make_incident(requester=UserFactory(name_ko="박민서")),
    )
    go()
    task = Incident.objects.exclude(pk=run.ticket_id).get()
    assert (task.title, task.group, task.category, task.impact) == ("박민서 점검", team, "network", 1)
    assert (task.parent_id, task.requester, task.description) == (
        run.ticket_id,
        run.ticket.requester,
        f"For {run.ticket.number}",
    )
    go()
    assert statuses(run) == {"do": "waiting"}
    incident_services.cancel_incident(task.pk, actor=agent, reason_text="Sent twice")
    go()
    assert output_of(run, "do") == {
        "ticket_id": task.pk,
        "number": task.number,
        "type": "incident",
        "state": "cancelled",
        "close_code": "",
        "outcome": "cancelled",
    }
    assert Activity.objects.get(verb="flow_log").body == f"{task.number} cancelled"


@pytest.mark.django_db
def test_create_task_without_waiting_goes_on():
    run = make_run({"do": {"kind": "create_task", "type": "incident", "title": "Check"}})
    go()
    assert fresh(run).status == "completed"
    assert output_of(run, "do")["number"] == Incident.objects.exclude(pk=run.ticket_id).get().number


@pytest.mark.django_db
@pytest.mark.parametrize("assign", [{"group": "nowhere"}, {"path": "ticket.category", "else": "nowhere"}])
def test_a_missing_team_stops_the_run_and_names_it(assign):
    run = make_run({"do": {"kind": "create_task", "type": "incident", "title": "Check", "assign": assign}})
    go()
    assert fresh(run).status == "suspended"
    assert "nowhere" in fresh(run).error["message"]
    assert Incident.objects.count() == 1


@pytest.mark.django_db
def test_the_team_may_stand_in_a_name_with_another_to_fall_back_on():
    team, other = GroupFactory(), GroupFactory()
    assign = {"path": "vars.team", "else": other.key}
    node = {"kind": "create_task", "type": "incident", "title": "Check", "assign": assign}
    for given, expected in ((team.key, team), ("", other)):
        run = make_run({"do": node}, given={"team": given}, vars={"team": ""})
        go()
        assert Incident.objects.get(number=output_of(run, "do")["number"]).group == expected


@pytest.mark.django_db
def test_create_record_makes_a_configuration_item_from_names():
    ticket, manager = with_manager()
    run = make_run(
        {
            "a": {
                "kind": "create_record",
                "table": "ci",
                "class": "laptop",
                "map": {
                    "name": "Laptop of {{ requester.username }}",
                    "assigned_to": "{{ requester.username }}",
                    "owner": {"path": "requester.manager"},
                    "status": "in_use",
                    "serial": "{{ vars.unknown }}",
                },
            }
        },
        ticket=ticket,
        vars={"unknown": {"path": "ticket.close_code"}},
    )
    go()
    row = CI.objects.get()
    assert (row.assigned_to, row.owner, row.status, row.ci_class.key) == (
        ticket.requester,
        manager,
        "in_use",
        "laptop",
    )
    assert (row.name, row.serial, row.company) == (
        f"Laptop of {ticket.requester.username}",
        "",
        ticket.company,
    )
    assert output_of(run, "a") == {"number": row.number, "id": row.pk}


@pytest.mark.django_db
def test_a_record_that_names_nobody_real_is_not_made():
    run = make_run({"a": {"kind": "create_record", "table": "ci", "class": "laptop",
                          "map": {"assigned_to": "nobody-of-this-name"}}})  # fmt: skip
    go()
    assert fresh(run).status == "suspended"
    assert not CI.objects.exists()


@pytest.mark.django_db
def test_update_record_moves_changes_and_comments():
    team = GroupFactory()
    run = make_run(
        {
            "a": {
                "kind": "update_record",
                "set": {"urgency": 1, "group": team.key},
                "comment": "We are on it, {{ requester.name }}",
                "next": "b",
            },
            "b": {"kind": "update_record", "transition": "start", "next": "c"},
            "c": {"kind": "log", "message": "{{ ticket.state }} {{ ticket.group.key }}"},
        },
        ticket=make_incident(requester=UserFactory(name_ko="박민서")),
    )
    go()
    incident = Incident.objects.get(pk=run.ticket_id)
    assert (incident.state, incident.urgency, incident.group) == ("in_progress", 1, team)
    comment = Activity.objects.get(kind="comment")
    assert (comment.body, comment.actor, comment.channel) == ("We are on it, 박민서", None, "flow")
    assert Activity.objects.get(verb="flow_log").body == f"in_progress {team.key}"


@pytest.mark.django_db
def test_a_transition_that_is_not_possible_stops_the_run_and_changes_nothing():
    run = make_run(
        {
            "a": {
                "kind": "update_record",
                "transition": "reopen",
                "inputs": {"comment": "x"},
                "set": {"urgency": 1},
            }
        }
    )
    go()
    assert (fresh(run).status, fresh(run).error["code"]) == ("suspended", "wrong_state")
    assert Incident.objects.get().urgency == 3
