"""Who is told what of each event: literal tables; every handler run twice leaves the same rows."""

from __future__ import annotations

import pytest

from approvals.services import decide, request_approval
from core import dispatch, outbox
from core.models import Delivery, OutboxEvent
from core.time import db_now
from incidents import services as incidents
from notifications import handlers
from notifications.models import Notification
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.approvals import make_delegation
from tests.factories.incidents import make_incident
from tests.factories.notifications import last_event
from tickets.services import add_comment, add_work_note, update_ticket, watch

pytestmark = pytest.mark.django_db


class Cast:
    """One of each who may be told of an incident."""

    def __init__(self) -> None:
        self.group = GroupFactory(key="desk")
        self.agent = AgentFactory(username="agent", groups=[self.group])
        self.mate = AgentFactory(username="mate", groups=[self.group])
        self.elsewhere = AgentFactory(username="elsewhere")
        self.requester = UserFactory(username="requester")
        self.behalf = UserFactory(username="behalf")
        self.watcher = UserFactory(username="watcher")
        self.watching_agent = AgentFactory(username="watching_agent")

    def incident(self, state="in_progress", **fields):
        fields = {"group": self.group, "on_behalf_of": self.behalf} | fields
        incident = make_incident(state, requester=self.requester, agent=self.agent, **fields)
        for person in (self.watcher, self.watching_agent):
            watch(incident.pk, actor=None, user=person)
        if fields.get("assignee", self.agent) is not None:
            update_ticket(incident.pk, actor=self.agent, assignee=self.agent)
        OutboxEvent.objects.update(relayed_at=db_now())
        return incident


@pytest.fixture
def cast() -> Cast:
    return Cast()


def told() -> dict[str, tuple[str, str]]:
    """Who was told what, and by which channels: ``{user name: (template, "inapp+mail")}``."""
    found: dict[str, tuple[str, set[str]]] = {}
    for row in Notification.objects.select_related("user"):
        found.setdefault(row.user.username, (row.template, set()))[1].add(row.channel)
        assert found[row.user.username][0] == row.template
    return {name: (template, "+".join(sorted(ways))) for name, (template, ways) in found.items()}


def run_last(name: str) -> dict[str, tuple[str, str]]:
    """Let the last event of that name reach its handlers, twice, and compare."""
    event = last_event(name)
    names = [each for each in outbox.handlers_for(event.name) if each.run.__module__ == handlers.__name__]
    assert names
    for each in names:
        each.run(event)
    once = (sorted(Notification.objects.values_list()), sorted(Delivery.objects.values_list("idem_key")))
    for each in names:
        each.run(event)
    twice = (sorted(Notification.objects.values_list()), sorted(Delivery.objects.values_list("idem_key")))
    assert once == twice
    return told()


BOTH = "inapp+mail"


def test_of_an_own_report_the_group_is_told(cast):
    make_incident(requester=cast.requester, group=cast.group)
    assert run_last("incident.opened") == {
        "agent": ("ticket_new_in_group", BOTH),
        "mate": ("ticket_new_in_group", BOTH),
    }


def test_of_a_report_that_an_agent_wrote_down_the_requester_gets_a_receipt(cast):
    incidents.open_incident(actor=cast.agent, title="No sound", requester=cast.requester, group=cast.group)
    assert run_last("incident.opened") == {
        "requester": ("ticket_received", BOTH),
        "mate": ("ticket_new_in_group", BOTH),
    }


def test_an_assignee_is_told_instead_of_the_group(cast):
    make_incident(requester=cast.requester, group=cast.group, assignee=cast.mate)
    assert run_last("incident.opened") == {"mate": ("ticket_assigned", BOTH)}


def test_a_new_assignee_is_told_and_nobody_else(cast):
    incident = cast.incident()
    update_ticket(incident.pk, actor=cast.agent, assignee=cast.mate)
    assert run_last("ticket.assigned") == {"mate": ("ticket_assigned", BOTH)}


def test_who_takes_a_ticket_is_not_told(cast):
    incident = cast.incident()
    update_ticket(incident.pk, actor=cast.mate, assignee=cast.mate)
    assert run_last("ticket.assigned") == {}


def test_a_new_group_is_told_when_nobody_is_assignee(cast):
    other = GroupFactory(key="network")
    far = AgentFactory(username="far", groups=[other])
    incident = cast.incident()
    update_ticket(incident.pk, actor=cast.agent, group=other, assignee=None)
    assert run_last("ticket.assigned") == {far.username: ("ticket_new_in_group", BOTH)}


def test_an_agents_public_word_goes_to_the_requesters_side_and_who_follows(cast):
    incident = cast.incident()
    add_comment(incident.pk, actor=cast.agent, body="Which office?")
    assert run_last("ticket.commented") == {
        "requester": ("ticket_replied", BOTH),
        "behalf": ("ticket_replied", BOTH),
        "watcher": ("ticket_replied", BOTH),
        "watching_agent": ("ticket_commented", BOTH),
    }


def test_another_agents_public_word_also_goes_to_the_assignee(cast):
    incident = cast.incident()
    add_comment(incident.pk, actor=cast.mate, body="I know this one.")
    assert run_last("ticket.commented")["agent"] == ("ticket_commented", BOTH)


def test_the_requesters_word_goes_to_the_assignee(cast):
    incident = cast.incident()
    add_comment(incident.pk, actor=cast.requester, body="Busan.")
    assert run_last("ticket.commented") == {
        "agent": ("ticket_requester_replied", BOTH),
        "behalf": ("ticket_replied", BOTH),
        "watcher": ("ticket_replied", BOTH),
        "watching_agent": ("ticket_commented", BOTH),
    }


def test_without_an_assignee_the_requesters_word_goes_to_the_group(cast):
    incident = cast.incident("new", assignee=None)
    add_comment(incident.pk, actor=cast.requester, body="Still broken.")
    found = run_last("ticket.commented")
    assert found["agent"] == found["mate"] == ("ticket_requester_replied", BOTH)


def test_an_internal_note_goes_to_the_assignee_and_watching_agents_only(cast):
    incident = cast.incident()
    add_work_note(incident.pk, actor=cast.mate, body="The requester is difficult.")
    assert run_last("ticket.commented") == {
        "agent": ("ticket_internal_note", BOTH),
        "watching_agent": ("ticket_internal_note", BOTH),
    }


def test_a_question_that_comes_with_the_hold_reaches_the_requester(cast):
    incident = cast.incident()
    incidents.hold_incident(
        incident.pk, actor=cast.agent, hold_reason="awaiting_caller", comment="Which office?"
    )
    assert run_last("incident.moved") == {
        "requester": ("ticket_answer_needed", BOTH),
        "behalf": ("ticket_answer_needed", BOTH),
        "watcher": ("ticket_replied", BOTH),
        "watching_agent": ("ticket_commented", BOTH),
    }


def test_a_hold_for_the_vendor_only_rings_with_who_follows(cast):
    incident = cast.incident()
    incidents.hold_incident(incident.pk, actor=cast.agent, hold_reason="awaiting_vendor")
    assert run_last("incident.moved") == {
        "watcher": ("ticket_progress", "inapp"),
        "watching_agent": ("ticket_moved", "inapp"),
    }


def test_the_end_of_waiting_is_told_to_the_assignee_and_watching_agents(cast):
    incident = cast.incident()
    incidents.hold_incident(incident.pk, actor=cast.agent, hold_reason="awaiting_vendor")
    incidents.resume_incident(incident.pk, actor=None)
    assert run_last("incident.moved") == {
        "agent": ("ticket_resumed", BOTH),
        "watching_agent": ("ticket_resumed", BOTH),
        "watcher": ("ticket_progress", "inapp"),
    }


def test_a_solution_is_told_to_the_requesters_side(cast):
    incident = cast.incident()
    incidents.resolve_incident(
        incident.pk, actor=cast.agent, close_code="solution_provided", close_notes="Restarted."
    )
    assert run_last("incident.moved") == {
        "requester": ("ticket_resolved", BOTH),
        "behalf": ("ticket_resolved", BOTH),
        "watcher": ("ticket_progress", "inapp"),
        "watching_agent": ("ticket_moved", "inapp"),
    }


def test_a_reopened_ticket_is_told_to_the_assignee(cast):
    incident = cast.incident("resolved")
    incidents.reopen_incident(incident.pk, actor=cast.requester, comment="Not at all solved.")
    found = run_last("incident.moved")
    assert found["agent"] == ("ticket_reopened", BOTH)
    assert "requester" not in found


def test_the_automatic_end_is_told_to_the_requesters_side(cast):
    incident = cast.incident("resolved")
    incidents.close_incident(incident.pk, actor=None)
    found = run_last("incident.moved")
    assert found["requester"] == found["behalf"] == ("ticket_closed", BOTH)
    assert "agent" not in found


def test_who_accepts_a_solution_is_not_told_that_it_is_closed(cast):
    incident = cast.incident("resolved")
    incidents.close_incident(incident.pk, actor=cast.requester)
    assert "requester" not in run_last("incident.moved")


def test_a_withdrawal_by_an_agent_is_told_with_its_reason(cast):
    incident = cast.incident()
    incidents.cancel_incident(incident.pk, actor=cast.mate, reason_text="Sent twice.")
    found = run_last("incident.moved")
    assert found["requester"] == ("ticket_cancelled", BOTH)
    assert found["agent"] == ("ticket_withdrawn", BOTH)


def test_approvers_and_their_stand_ins_are_asked(cast):
    boss, stand_in = UserFactory(username="boss"), UserFactory(username="stand_in")
    make_delegation(boss, stand_in)
    incident = cast.incident()
    request_approval(incident.pk, actor=None, approvers=[boss], title="A laptop")
    assert run_last("approval.requested") == {
        "boss": ("approval_requested", BOTH),
        "stand_in": ("approval_requested", BOTH),
    }
    assert Notification.objects.filter(ticket=None, side="approval").count() == 4


def test_a_decision_rings_at_the_requesters_side(cast):
    boss = UserFactory(username="boss")
    incident = cast.incident()
    request = request_approval(incident.pk, actor=None, approvers=[boss], title="A laptop")
    decide(request.approvals.get().pk, actor=boss, decision="rejected", comment="Too expensive.")
    assert run_last("approval.decided") == {
        "requester": ("request_declined", "inapp"),
        "behalf": ("request_declined", "inapp"),
    }
    notice = Notification.objects.filter(user=cast.requester).get()
    assert notice.title_params["activity"]


def test_a_flow_tells_whom_it_names(cast):
    incident = cast.incident()
    payload = {
        "template": "laptop_ready",
        "user_ids": [cast.requester.pk],
        "ticket_id": incident.pk,
        "names": {"serial": "C02X"},
    }
    outbox.publish("flow.notice", payload)
    assert run_last("flow.notice") == {"requester": ("laptop_ready", BOTH)}


def test_a_flow_that_names_no_known_text_ends_as_a_dead_letter(cast):
    outbox.publish("flow.notice", {"template": "no_such_text", "user_ids": [cast.requester.pk], "names": {}})
    dispatch.relay(limit=100)
    dispatch.run_handlers(limit=100)
    dead = Delivery.objects.get(dead_at__isnull=False)
    assert dead.target == "notifications.handlers.tell_for_flow"
    assert "no_such_text" in dead.last_error


@pytest.mark.parametrize(
    ("event", "percent", "template", "ways", "expected"),
    [
        ("sla.warned", 50, "sla_warned", "inapp", {"agent"}),
        ("sla.warned", 75, "sla_warned", BOTH, {"agent"}),
        ("sla.breached", 100, "sla_breached", BOTH, {"agent", "chief"}),
    ],
)
def test_of_a_promise_the_assignee_hears_and_of_a_missed_one_the_manager_too(
    cast, event, percent, template, ways, expected
):
    cast.group.manager = AgentFactory(username="chief")
    cast.group.save()
    incident = cast.incident()
    outbox.publish(event, {"ticket_id": incident.pk, "percent": percent})
    found = run_last(event)
    assert set(found) == expected
    assert set(found.values()) == {(template, ways)}


def test_one_event_through_the_outbox_makes_the_same_rows(cast):
    make_incident(requester=cast.requester, group=cast.group)
    while dispatch.relay(limit=100) + dispatch.run_handlers(limit=100):
        pass
    assert told() == {"agent": ("ticket_new_in_group", BOTH), "mate": ("ticket_new_in_group", BOTH)}
    assert not Delivery.objects.filter(dead_at__isnull=False).exists()
