"""What a parent does to its children (PROCESSES INC-11), and both variants of reopening (INC-07)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import dispatch
from core.errors import NotAllowedError, RuleRefusedError, WrongStateError
from core.models import OutboxEvent
from core.time import db_now
from incidents import handlers, services
from incidents.models import Incident
from notifications.models import Notification
from tests.factories.accounts import AgentFactory, GroupFactory
from tests.factories.incidents import make_incident, make_incident_task
from tests.settling import again, settle
from tickets.models import Activity
from tickets.services import add_comment, update_ticket

pytestmark = pytest.mark.django_db
SOLVED = {"close_code": "workaround_provided", "close_notes": "Use the other gateway."}


def put_below(parent: Incident, state: str = "new", **fields: Any) -> Incident:
    """A child of ``parent`` in that state."""
    child = make_incident(state, **fields)
    settle()  # what happened to either before is no matter of the other
    Incident.objects.filter(pk=child.pk).update(parent=parent)
    return Incident.objects.get(pk=child.pk)


def stands(incident: Incident) -> tuple[str, str]:
    """State and hold reason in the database."""
    row = Incident.objects.get(pk=incident.pk)
    return row.state, row.hold_reason


def notes_of(incident: Incident) -> list[str]:
    """The internal notes, oldest first."""
    rows = Activity.objects.filter(ticket=incident.pk, kind="work_note").order_by("pk")
    return list(rows.values_list("body", flat=True))


CHILDREN = ["new", "in_progress", "on_hold", "resolved", "closed", "cancelled"]
ENDED = {"resolved": ("resolved", ""), "closed": ("closed", ""), "cancelled": ("cancelled", "")}


@pytest.mark.parametrize("state", CHILDREN)
def test_a_parent_in_progress_takes_its_children_along(state: str, agent: Any):
    parent = make_incident()
    child = put_below(parent, state)
    services.start_incident(parent.pk, actor=agent)
    settle()
    assert stands(child) == ENDED.get(state, ("in_progress", ""))


@pytest.mark.parametrize("reason", ["awaiting_problem", "awaiting_change", "awaiting_vendor"])
@pytest.mark.parametrize("state", CHILDREN)
def test_a_parent_on_hold_holds_its_children_for_the_same_reason(state: str, reason: str, agent: Any):
    parent = make_incident("in_progress")
    child = put_below(parent, state)
    held = services.hold_incident(parent.pk, actor=agent, hold_reason=reason)
    settle()
    waiting = ("on_hold", "awaiting_caller" if state == "on_hold" else reason)
    assert stands(child) == ENDED.get(state, waiting)
    if state in {"new", "in_progress"}:
        assert Incident.objects.get(pk=child.pk).hold_until == held.hold_until


@pytest.mark.parametrize("state", CHILDREN)
def test_waiting_for_the_caller_of_the_parent_leaves_its_children(state: str, agent: Any):
    parent = make_incident("in_progress")
    child = put_below(parent, state)
    before = stands(child)
    services.hold_incident(parent.pk, actor=agent, hold_reason="awaiting_caller", comment="Which office?")
    settle()
    assert stands(child) == before


@pytest.mark.parametrize("state", CHILDREN)
def test_a_resolved_parent_resolves_its_children_with_its_words(state: str, agent: Any):
    parent = make_incident("in_progress")
    child = put_below(parent, state)
    code = child.close_code
    services.resolve_incident(parent.pk, actor=agent, **SOLVED)
    settle()
    row = Incident.objects.get(pk=child.pk)
    assert row.state == ENDED.get(state, ("resolved", ""))[0]
    if state in ENDED:
        assert row.close_code == code
        return
    assert (row.close_code, row.close_notes) == (SOLVED["close_code"], SOLVED["close_notes"])
    assert parent.number in notes_of(child)[-1]
    told = Notification.objects.filter(user=child.requester, template="ticket_resolved", ticket=child.pk)
    assert told.exists()


@pytest.mark.parametrize("move", ["close", "cancel"])
@pytest.mark.parametrize("state", CHILDREN)
def test_a_closed_or_cancelled_parent_leaves_its_children(state: str, move: str, agent: Any):
    parent = make_incident("resolved" if move == "close" else "in_progress")
    child = put_below(parent, state)
    before = stands(child)
    if move == "close":
        services.close_incident(parent.pk, actor=None)
    else:
        services.cancel_incident(parent.pk, actor=agent, reason_text="Sent twice.")
    settle()
    assert stands(child) == before


def test_nothing_goes_from_a_child_to_its_parent(agent: Any):
    parent = make_incident()
    child = put_below(parent)
    services.start_incident(child.pk, actor=agent)
    services.resolve_incident(child.pk, actor=agent, **SOLVED)
    settle()
    assert stands(parent) == ("new", "")


def test_grandchildren_follow_too_and_the_same_event_twice_acts_once(agent: Any):
    parent = make_incident()
    child = put_below(parent)
    grandchild = put_below(child)
    services.start_incident(parent.pk, actor=agent)
    settle()
    assert stands(grandchild) == ("in_progress", "")
    version = Incident.objects.get(pk=child.pk).lock_version
    event = OutboxEvent.objects.filter(name="incident.parent_moved", payload__incident_id=child.pk).get()
    handlers.follow_the_parent(event)
    assert Incident.objects.get(pk=child.pk).lock_version == version


def test_a_child_taken_out_meanwhile_is_left_alone(agent: Any):
    parent = make_incident()
    child = put_below(parent)
    services.start_incident(parent.pk, actor=agent)
    dispatch.relay(limit=100)
    update_ticket(child.pk, actor=agent, parent=None)
    settle()
    assert stands(child) == ("new", "")


def test_a_child_with_an_open_task_stays_open_and_says_why(agent: Any):
    parent = make_incident("in_progress")
    child = put_below(parent)
    make_incident_task(incident=child)
    services.resolve_incident(parent.pk, actor=agent, **SOLVED)
    settle()
    assert stands(child) == ("new", "")
    assert parent.number in notes_of(child)[-1]


# reopening


def reopened_family(agent: Any, *, by_requester: bool) -> tuple[Incident, Incident]:
    """A child that its parent resolved, another that an agent did, and the parent taken up again."""
    parent = make_incident("in_progress")
    child, other = put_below(parent, "in_progress"), put_below(parent, "in_progress")
    services.resolve_incident(other.pk, actor=agent, **SOLVED)
    services.resolve_incident(parent.pk, actor=agent, **SOLVED)
    settle()
    who = parent.requester if by_requester else agent
    services.reopen_incident(parent.pk, actor=who, comment="It is back.")
    settle()
    return child, other


def test_an_agent_who_reopens_the_parent_reopens_what_it_resolved(agent: Any):
    child, other = reopened_family(agent, by_requester=False)
    assert stands(child) == ("in_progress", "")
    assert stands(other) == ("resolved", "")


def test_a_requester_who_reopens_the_parent_reopens_nothing_else(agent: Any):
    child, other = reopened_family(agent, by_requester=True)
    assert stands(child) == ("resolved", "")
    assert stands(other) == ("resolved", "")


def test_the_word_of_a_requester_reopens_the_parent_alone(agent: Any):
    parent = make_incident("in_progress")
    child = put_below(parent)
    services.resolve_incident(parent.pk, actor=agent, **SOLVED)
    settle()
    add_comment(parent.pk, actor=parent.requester, body="reopen")
    settle()
    assert stands(parent) == ("in_progress", "")
    assert stands(child) == ("resolved", "")


# who may be joined


def test_a_parent_that_does_not_fit_is_refused(agent: Any, group: Any):
    first, second = make_incident(group=group), make_incident(group=group)
    task = make_incident_task(incident=second)
    closed = make_incident("closed", group=group)
    for wrong in (first, task, closed):
        with pytest.raises(RuleRefusedError) as refusal:
            update_ticket(first.pk, actor=agent, parent=wrong)
        assert refusal.value.errors[0].field == "parent"
    with pytest.raises(NotAllowedError):
        update_ticket(first.pk, actor=first.requester, parent=second)
    assert Incident.objects.get(pk=first.pk).parent_id is None


def test_families_are_no_circles_and_have_three_levels(agent: Any, group: Any):
    a, b, c, d = (make_incident(group=group) for _ in range(4))
    update_ticket(b.pk, actor=agent, parent=a)
    update_ticket(c.pk, actor=agent, parent=b)
    for child, parent in ((a, c), (a, b), (b, b)):
        with pytest.raises(RuleRefusedError):
            update_ticket(child.pk, actor=agent, parent=Incident.objects.get(pk=parent.pk))
    with pytest.raises(RuleRefusedError):
        update_ticket(d.pk, actor=agent, parent=Incident.objects.get(pk=c.pk))
    with pytest.raises(RuleRefusedError):
        update_ticket(a.pk, actor=agent, parent=Incident.objects.get(pk=d.pk))
    with pytest.raises(RuleRefusedError):
        services.open_incident(actor=agent, title="Fourth", parent=Incident.objects.get(pk=c.pk))
    update_ticket(d.pk, actor=agent, parent=Incident.objects.get(pk=b.pk))
    assert Incident.objects.get(pk=d.pk).parent_id == b.pk


# what is said to all


def test_a_comment_for_parent_and_children_stands_on_each_open_child_once(agent: Any):
    parent = make_incident("in_progress")
    first, second = put_below(parent), put_below(parent, "resolved")
    hidden = put_below(parent, group=GroupFactory(is_restricted=True))
    services.comment_with_children(parent.pk, actor=agent, body="It takes ten minutes.")
    settle()
    event = OutboxEvent.objects.get(name="incident.parent_commented")
    assert event.payload["incident_id"] == first.pk
    said = Activity.objects.filter(kind="comment", body="It takes ten minutes.").order_by("pk")
    assert list(said.values_list("ticket", "actor")) == [(parent.pk, agent.pk), (first.pk, agent.pk)]
    assert not Activity.objects.filter(
        ticket__in=[second.pk, hidden.pk], kind="comment", actor=agent
    ).exists()


def test_a_comment_delivered_twice_is_said_once(agent: Any):
    parent = make_incident("in_progress")
    child = put_below(parent)
    services.comment_with_children(parent.pk, actor=agent, body="Ten minutes.")
    settle()
    again("incidents.handlers.repeat_the_comment")
    assert Activity.objects.filter(ticket=child.pk, body="Ten minutes.").count() == 1


def test_without_open_children_nothing_is_said(agent: Any):
    parent = make_incident("in_progress")
    with pytest.raises(WrongStateError):
        services.comment_with_children(parent.pk, actor=agent, body="To nobody.")
    assert not Activity.objects.filter(body="To nobody.").exists()


# the last child


def test_the_assignee_hears_when_the_last_child_is_resolved(agent: Any):
    parent = make_incident("in_progress", agent=agent)
    children = [put_below(parent, "in_progress") for _ in range(2)]
    update_ticket(parent.pk, actor=agent, assignee=agent)
    for number, child in enumerate(children):
        services.resolve_incident(child.pk, actor=AgentFactory(), **SOLVED)
        settle()
        told = Notification.objects.filter(user=agent, template="children_resolved", ticket=parent.pk)
        assert told.exists() == (number == 1)


def test_children_that_the_parent_resolved_are_no_news_to_its_assignee(agent: Any):
    parent = make_incident("in_progress", agent=agent)
    put_below(parent, "in_progress")
    services.resolve_incident(parent.pk, actor=agent, **SOLVED)
    settle()
    assert not Notification.objects.filter(template="children_resolved").exists()


def test_a_hold_that_is_over_holds_no_child(agent: Any):
    parent = make_incident("in_progress")
    child = put_below(parent)
    until = db_now() + dt.timedelta(minutes=1)
    services.hold_incident(parent.pk, actor=agent, hold_reason="awaiting_vendor", hold_until=until)
    Incident.objects.filter(pk=parent.pk).update(hold_until=db_now() - dt.timedelta(minutes=1))
    services.follow_parent(child.pk, parent_pk=parent.pk, move="hold")
    assert stands(child) == ("new", "")
