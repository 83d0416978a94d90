"""Whom a notice reaches, and that it reaches them once."""

from __future__ import annotations

import pytest
from django.db import transaction

from core import outbox
from core.errors import NotAllowedError, NotVisibleError, StaleVersionError
from core.models import AuditLog, Delivery
from core.values import BadTemplateError
from notifications import choosing, services
from notifications.choices import Channel, Side
from notifications.models import Notification, NotificationTemplate
from notifications.reference import TEXTS, allowed_names
from notifications.selectors import sees_queue
from notifications.services import Notice, notify
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.notifications import make_notice
from tickets.models import Ticket
from tickets.policies import visible_to
from tickets.selectors import readers_of
from tickets.services import watch

pytestmark = pytest.mark.django_db


def test_a_notice_is_a_row_and_a_mail_with_stable_keys():
    person = UserFactory()
    event = outbox.publish("test.happened", {})
    assert notify(event, [Notice("ticket_moved", [person.pk], Side.DESK)]) == 2
    rows = Notification.objects.filter(event_id=event.pk)
    assert {(row.user_id, row.channel) for row in rows} == {(person.pk, "inapp"), (person.pk, "mail")}
    delivery = Delivery.objects.get(channel="email")
    assert delivery.idem_key == f"notice:{event.pk}:{person.pk}:mail"
    assert delivery.payload == {"event_id": event.pk, "user_id": person.pk}


def test_told_twice_is_told_once():
    person = UserFactory()
    event = outbox.publish("test.happened", {})
    for _ in range(2):
        notify(event, [Notice("ticket_moved", [person.pk, person.pk], Side.DESK)])
    assert Notification.objects.count() == 2
    assert Delivery.objects.filter(channel="email").count() == 1


def test_the_first_notice_that_names_a_person_is_the_one_they_get():
    person = UserFactory()
    event = outbox.publish("test.happened", {})
    first = Notice("ticket_assigned", [person.pk], Side.DESK)
    notify(event, [first, Notice("ticket_moved", [person.pk], Side.DESK)])
    assert set(Notification.objects.values_list("template", flat=True)) == {"ticket_assigned"}


def test_the_actor_inactive_people_and_service_accounts_are_never_told():
    actor, gone, robot = UserFactory(), UserFactory(is_active=False), UserFactory(is_service=True)
    event = outbox.publish("test.happened", {}, actor=actor)
    assert notify(event, [Notice("ticket_moved", [actor.pk, gone.pk, robot.pk], Side.DESK)]) == 0
    assert not Notification.objects.exists()
    assert not Delivery.objects.filter(channel="email").exists()


def test_who_may_not_read_the_ticket_is_not_told():
    incident = make_incident()
    stranger, foreign = UserFactory(), AgentFactory(company=CompanyFactory())
    agent = AgentFactory()
    event = outbox.publish("test.happened", {})
    people = [stranger.pk, foreign.pk, agent.pk]
    notify(event, [Notice("ticket_moved", people, Side.DESK)], ticket=incident)
    assert set(Notification.objects.values_list("user_id", flat=True)) == {agent.pk}


def test_a_person_without_address_gets_no_mail_and_one_who_wants_none_neither():
    silent, unreachable = UserFactory(), UserFactory(email="")
    choosing.set_preference(actor=silent, channel="mail", is_on=False)
    event = outbox.publish("test.happened", {})
    notify(event, [Notice("ticket_moved", [silent.pk, unreachable.pk], Side.DESK)])
    assert {(row.user_id, row.channel) for row in Notification.objects.all()} == {
        (silent.pk, "inapp"),
        (unreachable.pk, "inapp"),
    }


def test_readers_of_agrees_with_the_gate_for_every_kind_of_person():
    restricted = GroupFactory(is_restricted=True)
    group = GroupFactory()
    watcher = UserFactory()
    people = [
        UserFactory(),
        AgentFactory(),
        AgentFactory(groups=[restricted]),
        AgentFactory(company=CompanyFactory()),
        watcher,
        UserFactory(is_active=False),
        *(UserFactory() for _ in range(45)),
    ]
    tickets = [make_incident(group=None), make_incident(group=group), make_incident(group=restricted)]
    tickets.append(make_incident(requester=people[0]))
    watch(tickets[2].pk, actor=None, user=watcher)
    for ticket in tickets:
        expected = {p.pk for p in people if Ticket.objects.filter(visible_to(p), pk=ticket.pk).exists()}
        assert readers_of(people, pk=ticket.pk) == expected
        assert readers_of(people, number=ticket.number) == expected
    assert readers_of(people, number="INC9999999") == set()


@pytest.mark.parametrize(
    ("who", "queue", "expected"),
    [
        ("agent", "open", True),
        ("agent", "secret", False),
        ("member", "secret", True),
        ("requester", "open", False),
        ("requester", "all", False),
        ("agent", "all", True),
        ("foreign", "open", False),
        ("agent", "no-such-queue", False),
    ],
)
def test_who_may_watch_a_queue(who, queue, expected):
    GroupFactory(key="open")
    secret = GroupFactory(key="secret", is_restricted=True)
    people = {
        "agent": AgentFactory,
        "member": lambda: AgentFactory(groups=[secret]),
        "requester": UserFactory,
        "foreign": lambda: AgentFactory(company=CompanyFactory()),
    }
    assert sees_queue(people[who](), queue) is expected


def test_reading_a_notice_is_for_its_owner_alone():
    owner = UserFactory()
    notice = make_notice(owner)
    with pytest.raises(NotVisibleError):
        services.mark_read(str(notice.public_id), actor=UserFactory())
    notice.refresh_from_db()
    assert notice.read_at is None
    services.mark_read(str(notice.public_id), actor=owner)
    notice.refresh_from_db()
    first = notice.read_at
    assert first is not None
    services.mark_read(str(notice.public_id), actor=owner)
    notice.refresh_from_db()
    assert notice.read_at == first


def test_all_read_leaves_other_peoples_bells_alone():
    owner, other = UserFactory(), UserFactory()
    make_notice(owner)
    make_notice(owner)
    make_notice(other)
    assert services.mark_all_read(actor=owner) == 2
    assert Notification.objects.filter(read_at=None).get().user_id == other.pk


def test_every_shipped_text_names_allowed_values_only():
    assert NotificationTemplate.objects.count() == len(TEXTS)
    for key, text in TEXTS.items():
        for piece in text[:4]:
            services.check(piece, allowed_names(key))


def test_a_configuration_admin_edits_a_text_and_it_is_audited():
    admin = UserFactory(roles=["config_admin"])
    row = services.edit_template("ticket_closed", actor=admin, subject_en="{{ ticket.number }} is over")
    assert (row.subject_en, row.lock_version) == ("{{ ticket.number }} is over", 2)
    audit = AuditLog.objects.get(object_ref="ticket_closed")
    assert audit.actor_id == admin.pk
    assert audit.diff["subject_en"][1] == "{{ ticket.number }} is over"


@pytest.mark.parametrize(
    "text",
    [
        "{{ settings.SECRET_KEY }}",
        "{{ ticket.__class__ }}",
        "{{ request }}",
        "{{ ticket.requester.password }}",
        "{{ ticket.close_notes }}",
        "{{ ticket.number | unknown }}",
    ],
)
def test_a_text_that_names_anything_else_is_refused(text):
    admin = UserFactory(roles=["config_admin"])
    with pytest.raises(BadTemplateError), transaction.atomic():
        services.edit_template("ticket_closed", actor=admin, body_en=text)
    assert NotificationTemplate.objects.get(key="ticket_closed").lock_version == 1


def test_an_agent_edits_no_texts_and_a_stale_version_is_refused():
    with pytest.raises(NotAllowedError):
        services.edit_template("ticket_closed", actor=AgentFactory(), body_en="x")
    admin = UserFactory(roles=["config_admin"])
    with pytest.raises(StaleVersionError):
        services.edit_template("ticket_closed", actor=admin, expected_version=7, body_en="x")


def test_the_number_on_the_bell_costs_one_query(django_assert_num_queries):
    owner = UserFactory()
    for _ in range(3):
        make_notice(owner)
    make_notice(owner, channel=Channel.MAIL)
    from notifications.selectors import unread_count

    with django_assert_num_queries(1):
        assert unread_count(owner) == 3
