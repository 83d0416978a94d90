"""What a message says: by the rights of the person whose eyes the webhook has, at the moment of sending."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import translation

from accounts.models import Membership
from cmdb.services import create_ci, update_ci
from core.models import OutboxEvent
from core.time import db_now
from incidents.services import resolve_incident
from tests.factories.accounts import (
    AgentFactory,
    CompanyFactory,
    GroupFactory,
    UserFactory,
    administrator,
    default_company,
)
from tests.factories.incidents import make_incident
from tests.factories.webhooks import make_delivery, make_webhook
from tickets.services import add_comment, add_work_note, link, update_ticket, watch
from webhooks import services
from webhooks.catalogue import TEST, all_types, find
from webhooks.messages import body_of, sample_body
from webhooks.models import WebhookDelivery
from webhooks.services import outcomes

pytestmark = pytest.mark.django_db


def event(name: str) -> OutboxEvent:
    """The newest event of that name."""
    return OutboxEvent.objects.filter(name=name).latest("pk")


def told(name: str, reader: Any, payload: str = "thin") -> dict[str, Any] | None:
    body = body_of(event(name), reader, payload)
    return None if body is None else json.loads(body)


def data(name: str, reader: Any, payload: str = "thin") -> dict[str, Any]:
    found = told(name, reader, payload)
    assert found is not None
    return found["data"]


def test_a_thin_message_holds_ids_codes_and_times(agent, settings):
    incident = make_incident("in_progress", agent=agent, title="비밀 제목")
    message = told("incident.moved", agent)
    assert message["type"] == "incident.moved"
    assert message["timestamp"].endswith("Z")
    assert message["data"] == {
        "sequence": event("incident.moved").pk,
        "number": incident.number,
        "kind": "incident",
        "url": f"{settings.BASE_URL}/api/v1/incidents/{incident.number}/",
        "from": "new",
        "to": "in_progress",
        "transition": "start",
        "changed": message["data"]["changed"],
    }
    assert "state" in message["data"]["changed"]
    assert "비밀" not in json.dumps(message, ensure_ascii=False)


def test_no_key_of_a_row_leaves_the_platform(agent):
    incident = make_incident("in_progress", agent=agent)
    for name in ("incident.opened", "incident.moved"):
        for payload in ("thin", "full"):
            text = json.dumps(data(name, agent, payload))
            assert "_id" not in text.replace("request_public_id", "")
            assert f'"{incident.pk}"' not in text


def test_a_full_message_is_what_the_api_tells_that_person(agent, client_of):
    requester = UserFactory(language="ko")
    make_incident("in_progress", agent=agent, requester=requester, description="안 돼요")
    for reader in (agent, requester):
        ticket = data("incident.moved", reader, "full")["ticket"]
        path = f"/api/v1/tickets/{ticket['number']}/"
        api = client_of(reader).get(path, headers={"Accept-Language": reader.language}).json()
        api.pop("_transitions")
        assert ticket == api
    assert "channel" in data("incident.moved", agent, "full")["ticket"]
    assert "channel" not in ticket


def test_who_may_not_see_the_ticket_hears_nothing(agent):
    make_incident("in_progress", agent=agent)
    assert told("incident.moved", UserFactory()) is None
    assert told("incident.moved", AgentFactory(company=CompanyFactory())) is None
    assert told("incident.moved", agent) is not None


def test_a_restricted_group_hides_its_tickets_at_the_moment_of_sending(agent):
    group = GroupFactory(is_restricted=True)
    insider = AgentFactory(groups=[group])
    incident = make_incident(group=group)
    assert event("incident.opened").payload["ticket_id"] == incident.pk
    assert told("incident.opened", insider) is not None
    assert told("incident.opened", agent) is None
    Membership.objects.filter(user=insider).delete()
    insider.__dict__.pop("_group_ids")  # a new sending reads the person anew
    assert told("incident.opened", insider) is None


@pytest.mark.parametrize("payload", ["thin", "full"])
def test_an_internal_note_is_for_agents_alone(agent, payload):
    incident = make_incident("in_progress", agent=agent)
    watch(incident.pk, actor=agent, user=incident.requester)
    row = add_work_note(incident.pk, actor=agent, body="내부 이야기")
    assert told("ticket.commented", incident.requester, payload) is None
    told_agent = data("ticket.commented", agent, payload)
    row.refresh_from_db()
    assert (told_agent["public"], told_agent["activity"]) == (False, str(row.public_id))
    assert ("comment" in told_agent) is (payload == "full")


def test_a_public_comment_reaches_the_requester(agent):
    incident = make_incident("in_progress", agent=agent)
    add_comment(incident.pk, actor=agent, body="곧 됩니다")
    assert "곧" not in json.dumps(data("ticket.commented", incident.requester), ensure_ascii=False)
    assert data("ticket.commented", incident.requester, "full")["comment"]["body"] == "곧 됩니다"


def test_internal_fields_are_not_named_to_who_may_not_read_them(agent):
    incident = make_incident("in_progress", agent=agent)
    ci = create_ci(actor=None, company=default_company(), class_key="laptop", name="l")
    update_ticket(incident.pk, actor=agent, ci=ci)
    assert data("incident.updated", agent)["changed"] == ["ci"]
    assert told("incident.updated", incident.requester) is None, "nothing he could see has changed"


def test_what_comes_with_a_move_is_told_with_it(agent):
    incident = make_incident("in_progress", agent=agent)
    resolve_incident(
        incident.pk, actor=agent, close_code="solution_provided", close_notes="Done.", comment="다 됐어요"
    )
    assert data("incident.moved", agent, "full")["comment"]["body"] == "다 됐어요"


def test_a_link_names_the_other_ticket_if_it_may_be_seen(agent):
    group = GroupFactory(is_restricted=True)
    insider = AgentFactory(groups=[group])
    first, hidden = make_incident(), make_incident(group=group)
    link(first.pk, actor=insider, target=hidden, type="related")
    assert data("ticket.linked", insider)["target"] == hidden.number
    assert told("ticket.linked", agent) is None


def test_engines_and_orders_of_teams_are_for_agents(agent):
    incident = make_incident("in_progress", agent=agent)
    fact = OutboxEvent.objects.create(
        name="sla.breached",
        payload={"ticket_id": incident.pk, "number": incident.number, "clock_id": 7, "percent": 100},
    )
    fact.refresh_from_db()
    assert body_of(fact, incident.requester, "thin") is None
    assert json.loads(body_of(fact, agent, "thin"))["data"]["percent"] == 100


def test_configuration_items_and_configuration(agent):
    keeper = administrator()
    ci = create_ci(actor=None, company=default_company(), class_key="laptop", name="노트북")
    update_ci(ci.pk, actor=None, name="다른 이름")
    thin = data("ci.changed", agent)
    assert (thin["number"], thin["fields"], "ci" in thin) == (ci.number, ["name"], False)
    assert data("ci.changed", agent, "full")["ci"]["name"] == "다른 이름"
    assert told("ci.changed", UserFactory()) is None
    fact = OutboxEvent.objects.create(name="flow.published", payload={"flow": "x", "version": 2})
    fact.refresh_from_db()
    assert json.loads(body_of(fact, keeper, "thin"))["data"] == {
        "sequence": fact.pk, "flow": "x", "version": 2,
    }  # fmt: skip
    assert body_of(fact, agent, "thin") is None


def test_a_message_costs_a_fixed_number_of_queries(agent, django_assert_num_queries):
    make_incident("in_progress", agent=agent)
    fact = event("incident.moved")
    for payload in ("thin", "full"):
        fresh = type(agent).objects.get(pk=agent.pk)
        with django_assert_num_queries(3):  # grants, groups, the ticket
            body_of(fact, fresh, payload)


def test_what_the_person_lost_sight_of_is_skipped_and_not_tried_again(agent):
    incident = make_incident(requester=UserFactory())
    row = make_delivery(make_webhook(run_as=UserFactory()), event=event("incident.opened"))
    assert incident.pk == row.event.payload["ticket_id"]
    claimed = services.claim()
    assert body_of(claimed.event, claimed.webhook.run_as, "thin") is None
    outcomes.skip(claimed, "not_visible")
    row.refresh_from_db()
    assert (row.state, row.error, row.attempts) == ("skipped", "not_visible", 0)


@pytest.mark.django_db(transaction=True)
def test_an_inactive_person_lends_no_eyes_and_stops_the_webhook(sink):
    webhook = make_webhook(sink.url)
    row = make_delivery(webhook)
    type(webhook.run_as).objects.filter(pk=webhook.run_as_id).update(is_active=False)
    services.send(services.claim())
    row.refresh_from_db()
    webhook.refresh_from_db()
    assert (row.state, row.error) == ("skipped", "run_as")
    assert (webhook.enabled, webhook.off_reason) == (False, "run_as")
    assert sink.connections == 0


@pytest.mark.django_db(transaction=True)
def test_rights_count_when_it_is_sent(sink, agent):
    group = GroupFactory(is_restricted=True)
    insider = AgentFactory(groups=[group])
    make_incident(group=group)
    webhook = make_webhook(sink.url + "/ok", run_as=insider)
    services.fan_out(event("incident.opened"))
    Membership.objects.filter(user=insider).delete()
    services.send(services.claim())
    assert WebhookDelivery.objects.get(webhook=webhook).state == "skipped"
    assert sink.connections == 0


# The catalogue


def test_every_type_has_a_name_in_both_languages_and_a_schema():
    names = [each.name for each in all_types()]
    assert len(names) == len(set(names)) > 20
    for each in all_types():
        with translation.override("en"):
            english = each.label
        with translation.override("ko"):
            korean = each.label
        assert english != korean, each.name
        assert each.schema()["properties"]["type"] == {"const": each.name}


def test_what_only_engines_need_stays_inside():
    for name in ("flow.notice", "flow.stepped", "approval.reply_answered", "webhook.created", "x.y"):
        assert find(name) is None


def test_the_sample_names_the_webhook():
    message = json.loads(sample_body("an-id", db_now()))
    assert (message["type"], message["data"]) == (TEST, {"sequence": 0, "webhook": "an-id"})
