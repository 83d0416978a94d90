"""Who gets a delivery of what happened, once, and only of what was committed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from core import dispatch, outbox
from core.models import Delivery, OutboxEvent
from notifications.models import Notification
from notifications.texts import rendered
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.webhooks import make_delivery, make_event, make_webhook
from webhooks import services
from webhooks.handlers import hand_on
from webhooks.models import WebhookDelivery
from webhooks.services import outcomes

pytestmark = pytest.mark.django_db


def relay() -> None:
    """What is in the outbox goes to its handlers."""
    while dispatch.relay(limit=200) + dispatch.run_handlers(limit=200):
        pass


def names(webhook: Any) -> list[str]:
    return list(webhook.deliveries.order_by("pk").values_list("event_name", flat=True))


def test_an_event_reaches_each_webhook_that_wants_it_once():
    all_of_incidents = make_webhook(events=["incident.*"])
    openings = make_webhook(events=["*.opened"])
    make_webhook(events=["ci.*"])
    off = make_webhook(events=["incident.*"], enabled=False)
    make_incident("in_progress")
    relay()
    assert names(all_of_incidents) == ["incident.opened", "incident.moved"]
    assert names(openings) == ["incident.opened"]
    assert WebhookDelivery.objects.filter(webhook=off).count() == 0
    row = openings.deliveries.get()
    assert row.message_id == row.event.public_id


def test_handed_on_twice_there_is_one():
    webhook = make_webhook()
    event = make_event("incident.opened")
    hand_on(event)
    hand_on(event)
    assert webhook.deliveries.count() == 1


def test_a_webhook_hears_of_what_happens_right_after_it_was_made():
    make_incident()
    relay()
    webhook = make_webhook()
    make_incident()
    relay()
    assert names(webhook) == ["incident.opened"]


def test_nobody_waiting_costs_no_delivery():
    make_incident()
    relay()
    assert not Delivery.objects.filter(target="webhooks.handlers.hand_on").exists()


def test_what_is_not_in_the_catalogue_goes_to_nobody():
    relay()  # what the seeds published
    webhook = make_webhook(events=["*.*"])
    with transaction.atomic():
        outbox.publish("flow.stepped", {"run_id": 1, "ticket_id": None})
        outbox.publish("webhook.created", {"webhook": "x"})
    relay()
    assert names(webhook) == []


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_told_to_nobody():
    webhook = make_webhook()
    requester = UserFactory()
    with transaction.atomic():
        make_incident(requester=requester)
        transaction.set_rollback(True)
    relay()
    assert not OutboxEvent.objects.filter(name="incident.opened").exists()
    assert webhook.deliveries.count() == 0
    make_incident(requester=requester)
    relay()
    assert webhook.deliveries.count() == 1


def test_a_condition_over_the_ticket_chooses():
    webhook = make_webhook(condition={"f": "impact", "op": "eq", "v": 1})
    low, high = make_incident(impact=3), make_incident(impact=1)
    relay()
    events = [row.event.payload["ticket_id"] for row in webhook.deliveries.all()]
    assert events == [high.pk] != [low.pk]


def test_a_condition_takes_nothing_that_is_about_no_ticket():
    webhook = make_webhook(events=["ci.*"], condition={"f": "impact", "op": "eq", "v": 1})
    services.fan_out(make_event("ci.created", number="CI1"))
    assert webhook.deliveries.count() == 0


def test_handing_on_costs_the_same_for_any_number_of_webhooks(django_assert_num_queries):
    incident = make_incident()
    for count in (2, 18):
        for _number in range(count):
            make_webhook(condition={"f": "requester.department.key", "op": "empty"})
        event = make_event("incident.moved", ticket_id=incident.pk)
        with django_assert_num_queries(6):  # savepoint twice, webhooks, ticket, the time, rows
            services.fan_out(event)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("reason", ["gone", "failing", "run_as"])
def test_the_owner_is_told_in_his_language_what_stopped_it(language, reason):
    owner = AgentFactory(language=language)
    webhook = make_webhook(owner=owner, run_as=UserFactory(), name="전사자원 연동")
    with transaction.atomic():
        outcomes._switch_off(webhook, reason)
    relay()
    notice = Notification.objects.get(user=owner, channel="inapp")
    assert notice.url == f"/design/webhooks/{webhook.public_id}/"
    assert "전사자원 연동" in rendered([notice], owner)[notice.pk].subject


def test_the_owner_is_told_of_what_was_given_up():
    owner = AgentFactory()
    webhook = make_webhook(owner=owner)
    outcomes.bury(make_delivery(webhook), webhook.pulse)
    relay()
    relay()
    assert Notification.objects.filter(user=owner, template="webhook_dead", channel="inapp").count() == 1
