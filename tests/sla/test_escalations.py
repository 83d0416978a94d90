"""What the marks of a clock set going: each step once, as the system, with the mark as its cause (SLA-12)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core import dispatch, outbox
from core.models import Delivery, OutboxEvent
from core.time import db_now
from incidents import services as incidents
from notifications.models import Notification, OnCallPage
from schedules import selectors as schedules_read
from schedules import services as schedules
from sla import handlers
from sla.models import Clock, ClockEscalation
from sla.services import fire_due_clocks
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.schedules import WEEKLY, make_override, make_rota
from tests.factories.sla import SLADefinitionFactory, is_
from tests.factories.workflows import make_flow
from tickets.models import Activity, Ticket
from tickets.services import update_ticket, watch
from workflows.models import FlowRun

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def promise(*steps, **fields):
    """Four hours round the clock for every incident, with these steps."""
    fields = {
        "key": "esc", "kind": "incident", "name_ko": "약속", "calendar": None, "calendar_source": "none",
        "thresholds": [50, 75], "pause_cond": None, "start_cond": {"not": is_("state", "cancelled")},
        "stop_cond": {"f": "state", "op": "in", "v": ["resolved", "closed"]},
    } | fields  # fmt: skip
    return SLADefinitionFactory(escalations=list(steps), **fields)


def work():
    while dispatch.relay(limit=100) + dispatch.run_handlers(limit=100):
        pass


def pass_hours(incident, hours):
    """The sweep at that many hours after the opening, and the handlers of what it told."""
    fire_due_clocks(limit=100, now=incident.opened_at + hours * HOUR)
    work()


def fresh(incident):
    return Ticket.objects.select_related("group", "assignee").get(pk=incident.pk)


def lines(incident):
    rows = Activity.objects.filter(ticket=incident.pk, kind="sla", verb__startswith="sla_escalat")
    return list(rows.order_by("pk").values_list("verb", flat=True))


def outcomes():
    return list(ClockEscalation.objects.order_by("pk").values_list("step", "action", "outcome"))


def mark_event(name="sla.warned"):
    return OutboxEvent.objects.get(name=name, payload__definition="esc")


def test_at_its_mark_and_not_before_the_priority_is_raised_by_one():
    promise({"at": 75, "do": "raise_priority"})
    incident = make_incident()
    before = fresh(incident).priority
    pass_hours(incident, 2.99)
    assert (fresh(incident).priority, outcomes()) == (before, [])
    pass_hours(incident, 3)
    ticket = fresh(incident)
    assert ticket.priority == before - 1
    assert "약속" in ticket.priority_override_reason
    assert outcomes() == [(0, "raise_priority", "done")]
    line = Activity.objects.get(ticket=incident.pk, verb="sla_escalated")
    assert (line.actor, line.is_public, line.kind) == (None, False, "sla")
    assert "약속, 75%" in line.body


def test_the_change_names_the_mark_among_its_causes():
    promise({"at": 50, "do": "raise_priority"})
    incident = make_incident()
    pass_hours(incident, 2)
    change = Activity.objects.filter(ticket=incident.pk, kind="field", changes__has_key="priority").last()
    clock = Clock.objects.get(ticket=incident.pk, track="esc")
    event = mark_event()
    assert change.actor is None
    assert change.cause_chain == [
        f"event:{event.pk}:sla.handlers.take_steps",
        f"sla:esc:{clock.pk}:1:50:0",
    ]


@pytest.mark.parametrize(("to", "expected"), [(1, 1), (2, 2), (5, 5), (None, 4)])
def test_the_priority_may_be_raised_to_a_level_and_is_never_lowered(to, expected):
    promise({"at": 50, "do": "raise_priority"} | ({"to": to} if to else {}))
    incident = make_incident(impact=3, urgency=3)
    assert fresh(incident).priority == 5
    pass_hours(incident, 2)
    assert fresh(incident).priority == expected
    assert outcomes() == [(0, "raise_priority", "done")]


def test_the_ticket_goes_to_another_group_and_person():
    group = GroupFactory(key="second-line")
    person = AgentFactory(username="expert", groups=[group])
    promise({"at": 50, "do": "reassign", "group": "second-line", "person": "expert"})
    incident = make_incident()
    pass_hours(incident, 2)
    ticket = fresh(incident)
    assert (ticket.group, ticket.assignee) == (group, person)
    assert lines(incident) == ["sla_escalated"]
    assert OutboxEvent.objects.filter(name="ticket.assigned").count() >= 1


def test_a_group_alone_leaves_the_person_to_the_group():
    promise({"at": 50, "do": "reassign", "group": "second-line"})
    group = GroupFactory(key="second-line")
    incident = make_incident("in_progress")
    pass_hours(incident, 2)
    ticket = fresh(incident)
    assert (ticket.group, ticket.assignee) == (group, None)


@pytest.mark.parametrize("gone", ["group", "other company", "no member", "person left"])
def test_a_step_that_is_refused_changes_nothing_says_why_and_stops_no_other(gone):
    home = GroupFactory()
    step = {"at": 50, "do": "reassign", "group": "second-line"}
    if gone == "other company":
        GroupFactory(key="second-line", company=CompanyFactory())
    elif gone != "group":
        AgentFactory(username="expert", is_active=gone != "person left")
        step = {"at": 50, "do": "reassign", "person": "expert"}
    promise(step, {"at": 50, "do": "raise_priority"})
    incident = make_incident(group=home)
    before = fresh(incident)
    pass_hours(incident, 2)
    ticket = fresh(incident)
    assert (ticket.group, ticket.assignee, ticket.priority) == (home, None, before.priority - 1)
    assert lines(incident) == ["sla_escalation_refused", "sla_escalated"]
    assert outcomes() == [(0, "reassign", "refused"), (1, "raise_priority", "done")]
    assert not Delivery.objects.filter(dead_at__isnull=False).exists()


def test_run_again_each_step_is_done_once():
    promise({"at": 50, "do": "raise_priority"}, {"at": 50, "do": "raise_priority"})
    incident = make_incident(impact=3, urgency=3)
    pass_hours(incident, 2)
    for _again in range(3):
        handlers.take_steps(mark_event())
    assert fresh(incident).priority == 3
    assert lines(incident) == ["sla_escalated"] * 2
    assert ClockEscalation.objects.count() == 2


def test_a_worker_killed_after_the_work_leaves_no_trace_and_the_next_does_it_once(settings):
    promise({"at": 50, "do": "raise_priority"})
    incident = make_incident(impact=3, urgency=3)
    work()
    settings.FAILPOINT = "after_handler:raise"
    pass_hours(incident, 2)
    assert (fresh(incident).priority, outcomes(), lines(incident)) == (5, [], [])
    settings.FAILPOINT = ""
    Delivery.objects.filter(done_at=None).update(not_before=db_now())
    work()
    assert (fresh(incident).priority, outcomes()) == (4, [(0, "raise_priority", "done")])
    assert lines(incident) == ["sla_escalated"]


@pytest.mark.parametrize("over", ["resolved", "cancelled"])
def test_a_promise_that_is_over_by_then_needs_nothing_any_more(over):
    promise({"at": 50, "do": "raise_priority"})
    incident = make_incident()
    before = fresh(incident).priority
    fire_due_clocks(limit=100, now=incident.opened_at + 2 * HOUR)
    agent = AgentFactory()
    if over == "cancelled":
        incidents.cancel_incident(incident.pk, actor=agent, reason_text="Sent twice.")
    else:
        incidents.start_incident(incident.pk, actor=agent)
        incidents.resolve_incident(
            incident.pk, actor=agent, close_code="solution_provided", close_notes="Restarted."
        )
    work()
    assert (fresh(incident).priority, lines(incident)) == (before, [])
    assert outcomes() == [(0, "raise_priority", "skipped")]


def test_each_reminder_takes_its_steps():
    promise({"at": "overdue", "do": "raise_priority"}, overdue_repeat_s=3600)
    incident = make_incident(impact=3, urgency=3)
    pass_hours(incident, 4)
    assert fresh(incident).priority == 5
    pass_hours(incident, 6)
    assert fresh(incident).priority == 3
    assert outcomes() == [(0, "raise_priority", "done")] * 2


def test_the_steps_are_those_of_the_version_the_clock_went_by():
    old = promise({"at": 50, "do": "raise_priority"})
    incident = make_incident(impact=3, urgency=3)
    type(old).objects.filter(pk=old.pk).update(status="retired")
    promise(no=2)
    pass_hours(incident, 2)
    assert fresh(incident).priority == 4


def test_a_mark_without_a_step_costs_no_lock_and_leaves_nothing(django_assert_num_queries):
    promise({"at": 75, "do": "raise_priority"})
    incident = make_incident()
    fire_due_clocks(limit=100, now=incident.opened_at + 2 * HOUR)
    event = mark_event()
    with django_assert_num_queries(2):  # the savepoint
        handlers.take_steps(event)


def told(template):
    rows = Notification.objects.filter(template=template).select_related("user")
    return {(row.user.username, row.channel) for row in rows}


@pytest.fixture
def cast():
    """An incident with a group of two and its manager, watched by an agent and an employee."""
    group = GroupFactory(key="desk", manager=AgentFactory(username="chief"))
    agent = AgentFactory(username="agent", groups=[group])
    AgentFactory(username="mate", groups=[group])
    requester = UserFactory(username="requester")

    def make(*steps):
        promise(*steps)
        incident = make_incident(requester=requester, group=group)
        update_ticket(incident.pk, actor=None, assignee=agent)
        for person in (UserFactory(username="watcher"), AgentFactory(username="watching")):
            watch(incident.pk, actor=None, user=person)
        work()
        return incident

    return make


@pytest.mark.parametrize(
    ("step", "agents", "others"),
    [
        ({"to": ["assignee"]}, {"agent"}, set()),
        ({"to": ["group"]}, {"agent", "mate"}, set()),
        ({"to": ["group_manager"]}, {"chief"}, set()),
        ({"to": ["requester"]}, set(), {"requester"}),
        ({"to": ["watchers"]}, {"watching"}, {"watcher"}),
        ({"people": ["OUTSIDER"]}, {"outsider"}, set()),
        (
            {"to": ["assignee", "requester"], "people": ["outsider"]},
            {"agent", "outsider"},
            {"requester"},
        ),
    ],
)
def test_who_is_named_is_told_by_bell_and_mail(cast, step, agents, others):
    AgentFactory(username="outsider")
    incident = cast({"at": 75, "do": "notify", **step})
    Notification.objects.all().delete()
    fire_due_clocks(limit=100, now=incident.opened_at + 3 * HOUR)
    handlers.take_steps(OutboxEvent.objects.get(payload__definition="esc", payload__percent=75))
    assert told("sla_escalated") == {(name, way) for name in agents for way in ("inapp", "mail")}
    assert told("ticket_late") == {(name, way) for name in others for way in ("inapp", "mail")}
    assert lines(incident) == ["sla_escalated"]


def test_together_with_the_usual_notice_nobody_is_told_twice_of_a_mark(cast):
    incident = cast({"at": 75, "do": "notify", "to": ["assignee", "group_manager"]})
    Notification.objects.all().delete()
    pass_hours(incident, 3)
    event = OutboxEvent.objects.get(payload__definition="esc", payload__percent=75)
    rows = Notification.objects.filter(event_id=event.pk).values_list("user__username", "channel")
    assert sorted(rows) == [("agent", "inapp"), ("agent", "mail"), ("chief", "inapp"), ("chief", "mail")]


def rota_of(group, *people):
    """A rota ``network`` with a layer for each person, the first to call first."""
    make_rota(group, key="network")
    for number, person in enumerate(people):
        layer = WEEKLY | {"name": f"Line {number}", "members": [person]}
        schedules.add_layer("network", actor=None, **layer)


def test_the_first_on_call_is_paged_once(cast):
    group = GroupFactory()
    first, second = (AgentFactory(username=name, groups=[group]) for name in ("first", "second"))
    rota_of(group, first, second)
    incident = cast({"at": 100, "do": "page_on_call", "rota": "network"})
    pass_hours(incident, 4)
    handlers.take_steps(mark_event("sla.breached"))
    work()
    assert told("sla_paged") == {("first", "inapp"), ("first", "mail")}
    event, page = OutboxEvent.objects.get(name="sla.paged"), OnCallPage.objects.get()
    assert event.payload == {
        "ticket_id": incident.pk, "number": incident.number, "rota": "network", "user_ids": [first.pk],
        "percent": 100, "level": 1, "page_id": page.pk,
    }  # fmt: skip
    assert lines(incident) == ["sla_escalated"]


def test_the_one_on_call_is_paged_also_when_the_usual_notice_told_them(cast):
    incident = cast({"at": 100, "do": "page_on_call", "rota": "network"})
    rota_of(fresh(incident).group, fresh(incident).assignee)
    pass_hours(incident, 4)
    assert told("sla_paged") == {("agent", "inapp"), ("agent", "mail")}
    assert ("agent", "mail") in told("sla_breached")


def test_who_stands_in_is_paged_instead(cast):
    group = GroupFactory()
    usual, other = (AgentFactory(username=name, groups=[group]) for name in ("usual", "other"))
    rota_of(group, usual)
    start, end = db_now() - HOUR, db_now() + 8 * HOUR
    make_override(schedules_read.rota_keyed(None, "network"), other, start, end)
    incident = cast({"at": 100, "do": "page_on_call", "rota": "network"})
    pass_hours(incident, 4)
    assert told("sla_paged") == {("other", "inapp"), ("other", "mail")}


@pytest.mark.parametrize("rota", ["network", "unknown"])
def test_nobody_on_call_is_said_on_the_ticket(cast, rota):
    rota_of(GroupFactory())
    incident = cast({"at": 100, "do": "page_on_call", "rota": rota})
    pass_hours(incident, 4)
    assert lines(incident) == ["sla_escalation_refused"]
    assert outcomes() == [(0, "page_on_call", "refused")]
    assert not OutboxEvent.objects.filter(name="sla.paged").exists()


def test_a_flow_is_started_about_the_ticket_once():
    version = make_flow({"a": {"kind": "log", "message": "late"}}, key="late-flow")
    promise({"at": 50, "do": "start_flow", "flow": "late-flow"})
    incident = make_incident()
    pass_hours(incident, 2)
    handlers.take_steps(mark_event())
    run = FlowRun.objects.get(flow_version=version)
    assert run.ticket_id == incident.pk
    assert (run.vars["trigger"]["event"], run.vars["trigger"]["percent"]) == ("sla.warned", 50)
    assert "escalate" not in run.vars["trigger"]
    assert run.cause_chain[-1].startswith("sla:esc:")
    assert lines(incident) == ["sla_escalated"]


def test_a_flow_that_is_gone_or_among_the_causes_is_refused():
    make_flow({"a": {"kind": "log", "message": "late"}}, key="looping")
    promise({"at": 50, "do": "start_flow", "flow": "gone"}, {"at": 50, "do": "start_flow", "flow": "looping"})
    incident = make_incident()
    fire_due_clocks(limit=100, now=incident.opened_at + 2 * HOUR)
    event = mark_event()
    OutboxEvent.objects.filter(pk=event.pk).update(cause_chain=["flow:looping:7"])
    work()
    assert outcomes() == [(0, "start_flow", "refused"), (1, "start_flow", "refused")]
    assert not FlowRun.objects.filter(flow_version__flow__key="looping").exists()


def test_of_a_reminder_who_works_it_and_the_manager_hear(cast):
    incident = cast()
    outbox.publish("sla.overdue", {"ticket_id": incident.pk, "percent": 125, "repeat": 1})
    work()
    assert told("sla_overdue") == {(name, way) for name in ("agent", "chief") for way in ("inapp", "mail")}


def test_the_proof_of_a_step_is_unique_and_stays():
    promise({"at": 50, "do": "raise_priority"})
    incident = make_incident()
    pass_hours(incident, 2)
    row = ClockEscalation.objects.get()
    with pytest.raises(IntegrityError, match="clock_escalation_once"), transaction.atomic():
        ClockEscalation.objects.create(
            clock=row.clock, event=row.event, step=0, action="notify", outcome="done"
        )
    with pytest.raises(DatabaseError, match=r"[Cc]annot"), transaction.atomic():
        ClockEscalation.objects.filter(pk=row.pk).delete()
