"""What people choose about notices: kinds and channels, quiet hours in their own zone, digests."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from approvals.models import ApprovalRequest
from core import outbox
from core.errors import BadInputError, RuleRefusedError
from core.models import Delivery
from notifications import choosing, digests, planning
from notifications.hours import next_digest
from notifications.models import Digest, Notification, NotificationHours, NotificationPreference
from notifications.reference import TEXTS
from notifications.services import Notice, notify
from notifications.topics import BY_KEY, PERSONAL, TOPICS, URGENT, URGENT_TOPICS, topic_of
from schedules.models import Calendar, GroupCalendar
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.approvals import make_approval_request
from tests.factories.incidents import make_incident
from tests.notifications.conftest import text_of
from tests.notifications.test_mail import work_off
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
SEOUL = ZoneInfo("Asia/Seoul")
NIGHT = dt.datetime(2027, 3, 10, 14, 30, tzinfo=dt.UTC)  # Wednesday 23:30 in Seoul


def clock(monkeypatch, at):
    monkeypatch.setattr(planning, "db_now", lambda: at)


def tell(person, template="ticket_assigned", *, ticket=None, name="test.happened", **more):
    """Let an event happen that tells ``person``; the event."""
    event = outbox.publish(name, {})
    notify(event, [Notice(template, [person.pk], more.pop("side", "desk"), "/w/x/", **more)], ticket=ticket)
    return event


def ways(event):
    """By which channels an event reached somebody, and what is said of the mail."""
    found = {}
    for row in Notification.objects.filter(event_id=event.pk):
        waits = Delivery.objects.filter(channel="email", event=event).values_list("not_before", flat=True)
        found[row.channel] = "digest" if row.digest_at else "now" if row.channel == "inapp" else waits[0]
    return found


def quiet(person, start="20:00", end="08:00", *, days=(), **more):
    """Quiet hours for ``person``."""
    times = {"quiet_from": dt.time.fromisoformat(start), "quiet_until": dt.time.fromisoformat(end)}
    return choosing.set_hours(actor=person, quiet="hours", quiet_days=list(days), **times, **more)


def test_every_text_belongs_to_one_topic_and_every_named_text_exists():
    named = [text for topic in TOPICS for text in topic.texts]
    assert sorted(named) == sorted(TEXTS)
    assert len(named) == len(set(named))
    assert set(TEXTS) >= URGENT | PERSONAL
    assert set(BY_KEY) >= URGENT_TOPICS
    assert topic_of("a-text-of-a-flow").key == "other"


@pytest.mark.parametrize(
    ("topic", "channel", "way", "reached"),
    [
        ("assigned", "mail", "off", {"inapp"}),
        ("assigned", "mail", "digest", {"inapp", "mail"}),
        ("assigned", "inapp", "off", {"mail"}),
        ("group", "mail", "off", {"inapp", "mail"}),  # another topic
    ],
)
def test_a_topic_comes_by_the_channels_that_were_chosen(topic, channel, way, reached):
    person, other = AgentFactory(), AgentFactory()
    choosing.choose(actor=person, ways={(topic, channel): way})
    assert set(ways(tell(person))) == reached
    assert set(ways(tell(other))) == {"inapp", "mail"}


@pytest.mark.parametrize(
    ("choice", "error"),
    [
        (("approvals", "mail", "off"), RuleRefusedError),
        (("pages", "inapp", "off"), RuleRefusedError),
        (("pages", "mail", "digest"), RuleRefusedError),
        (("assigned", "inapp", "digest"), RuleRefusedError),
        (("assigned", "mail", "maybe"), RuleRefusedError),
        (("assigned", "mail", "<b>" + "x" * 100_000), RuleRefusedError),
        (("nothing", "mail", "off"), BadInputError),
        (("assigned", "pigeon", "off"), BadInputError),
    ],
)
def test_what_cannot_be_chosen_is_refused_and_changes_nothing(choice, error):
    person = AgentFactory()
    with pytest.raises(error):
        choosing.choose(actor=person, ways={("group", "mail"): "off", choice[:2]: choice[2]})
    assert not NotificationPreference.objects.exists()


def test_who_switches_mail_off_still_gets_what_cannot_be_switched_off():
    person = AgentFactory()
    choosing.set_preference(actor=person, channel="mail", is_on=False)
    assert choosing.channels_on(choosing.choices_of(person)) == {"inapp": True, "mail": False}
    assert set(ways(tell(person, "sla_paged"))) == {"inapp", "mail"}
    assert set(ways(tell(person, "approval_requested"))) == {"inapp", "mail"}
    assert set(ways(tell(person))) == {"inapp"}
    choosing.set_preference(actor=person, channel="mail", is_on=True)
    assert set(ways(tell(person))) == {"inapp", "mail"}


OPEN = "at once"
QUIET_CASES = [  # zone, from, until, days without mail, event (local), first moment (local)
    ("Asia/Seoul", "20:00", "08:00", (), "2027-03-10 23:30", "2027-03-11 08:00"),
    ("Asia/Seoul", "20:00", "08:00", (), "2027-03-11 07:59", "2027-03-11 08:00"),
    ("Asia/Seoul", "20:00", "08:00", (), "2027-03-11 08:00", OPEN),
    ("Asia/Seoul", "20:00", "08:00", (), "2027-03-11 19:59", OPEN),
    ("Asia/Seoul", "12:00", "13:30", (), "2027-03-11 12:10", "2027-03-11 13:30"),
    ("Asia/Seoul", "20:00", "08:00", (5, 6), "2027-03-13 02:00", "2027-03-15 08:00"),  # Saturday to Monday
    ("Asia/Seoul", "20:00", "08:00", (5, 6), "2027-03-12 21:00", "2027-03-15 08:00"),
    ("Asia/Seoul", "12:00", "13:00", (6,), "2027-03-13 23:59", OPEN),
    ("Europe/Paris", "23:00", "02:30", (), "2027-03-28 01:30", "2027-03-28 03:00"),  # 02:30 does not exist
    ("Europe/Paris", "22:00", "07:00", (), "2027-10-31 01:00", "2027-10-31 07:00"),  # an hour is twice
    ("America/New_York", "22:00", "07:00", (), "2027-11-06 23:00", "2027-11-07 07:00"),
]


@pytest.mark.parametrize(("zone", "start", "end", "days", "at", "first"), QUIET_CASES)
def test_mails_wait_for_the_end_of_quiet_hours_where_the_reader_lives(
    monkeypatch, zone, start, end, days, at, first
):
    def local(text):
        return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)

    person = AgentFactory(time_zone=zone)
    quiet(person, start, end, days=days)
    clock(monkeypatch, local(at))
    found = ways(tell(person))
    assert found["inapp"] == "now"
    waiting = Delivery.objects.get(channel="email")
    if first == OPEN:
        assert waiting.not_before == waiting.created_at
    else:
        assert waiting.not_before == local(first)


def p1(**fields):
    incident = make_incident(**fields)
    Ticket.objects.filter(pk=incident.pk).update(priority=1)
    incident.refresh_from_db()
    return incident


@pytest.mark.parametrize(
    ("template", "side", "first", "waits"),
    [
        ("ticket_assigned", "desk", False, True),
        ("ticket_assigned", "desk", True, False),
        ("sla_breached", "desk", True, False),
        ("ticket_moved", "portal", True, True),
        ("ticket_replied", "portal", True, True),
        ("children_resolved", "desk", False, True),
        *((template, "desk", False, False) for template in sorted(URGENT)),
    ],
)
def test_only_what_cannot_wait_breaks_quiet_hours_and_the_digest(monkeypatch, template, side, first, waits):
    person = AgentFactory()
    quiet(person)
    clock(monkeypatch, NIGHT)
    ticket = p1() if first else make_incident()
    found = ways(tell(person, template, side=side, ticket=ticket))
    assert (found["mail"] > NIGHT) is waits
    topic = topic_of(template)
    if not topic.fixed:
        choosing.choose(actor=person, ways={(topic.key, "mail"): "digest"})
        found = ways(tell(person, template, side=side, ticket=ticket))
        assert (found["mail"] == "digest") is waits


@pytest.mark.parametrize(("hours", "waits"), [(2, False), (20, True), (None, True)])
def test_a_decision_that_runs_out_before_the_morning_does_not_wait(monkeypatch, hours, waits):
    person = UserFactory()
    approval = make_approval_request(person).approvals.get()
    quiet(person)
    due = NIGHT + dt.timedelta(hours=hours) if hours else None
    ApprovalRequest.objects.filter(pk=approval.request_id).update(due_at=due)
    clock(monkeypatch, NIGHT)
    found = ways(tell(person, "approval_requested", params={"approval": approval.pk}))
    assert (found["mail"] > NIGHT) is waits


def test_reminders_keep_to_working_time_also_without_quiet_hours(monkeypatch):
    person, abroad = UserFactory(), UserFactory(time_zone="Pacific/Honolulu")
    saturday = dt.datetime(2027, 3, 13, 2, 0, tzinfo=SEOUL)
    clock(monkeypatch, saturday)
    tell(person, "ticket_replied")
    assert Delivery.objects.get(channel="email").not_before < saturday
    for reader, first in (
        (person, dt.datetime(2027, 3, 15, 9, 0, tzinfo=SEOUL)),
        (abroad, dt.datetime(2027, 3, 12, 9, 0, tzinfo=ZoneInfo("Pacific/Honolulu"))),
    ):
        event = tell(reader, "ticket_reminder", name="incident.caller_reminded")
        assert ways(event)["mail"] == first.astimezone(dt.UTC)


def test_who_follows_the_calendar_of_their_group_hears_in_its_hours(monkeypatch):
    group = GroupFactory()
    person = AgentFactory(groups=[group])
    night = Calendar.objects.create(key="night", name_ko="야간", tz="Asia/Seoul")
    for day in range(7):
        night.hours.create(dow=day, start_min=22 * 60, end_min=30 * 60)
    choosing.set_hours(actor=person, quiet="calendar")
    clock(monkeypatch, NIGHT)
    assert ways(tell(person))["mail"] == dt.datetime(2027, 3, 11, 9, 0, tzinfo=SEOUL)
    GroupCalendar.objects.create(group=group, calendar=night)
    assert ways(tell(person))["mail"] < NIGHT


@pytest.mark.parametrize(
    "fields",
    [
        {"quiet": "hours"},
        {"quiet": "hours", "quiet_from": dt.time(8), "quiet_until": dt.time(8)},
        {"quiet": "sometimes"},
        {"quiet_days": list(range(7))},
        {"quiet_days": [7]},
        {"quiet_days": [True]},
        {"digest_hour": 24},
        {"rhythm": "yearly"},
        {"user": 1},
    ],
)
def test_hours_that_make_no_sense_are_refused_and_change_nothing(fields):
    person = UserFactory()
    with pytest.raises((RuleRefusedError, BadInputError)):
        choosing.set_hours(actor=person, **fields)
    assert not NotificationHours.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"quiet": "hours"},
        {"quiet": "hours", "quiet_from": dt.time(8)},
        {"quiet_days": list(range(7))},
        {"quiet_days": [9]},
    ],
)
def test_the_database_refuses_them_too(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        NotificationHours.objects.create(user=UserFactory(), **fields)


@pytest.mark.parametrize(
    ("zone", "rhythm", "hour", "now", "due"),
    [
        ("Asia/Seoul", "daily", 9, "2027-03-10T23:59:59+00:00", "2027-03-11T00:00:00+00:00"),
        ("Asia/Seoul", "daily", 9, "2027-03-11T00:00:00+00:00", "2027-03-12T00:00:00+00:00"),
        ("Asia/Seoul", "hourly", 9, "2027-03-10T14:30:00+00:00", "2027-03-10T15:00:00+00:00"),
        ("Asia/Kolkata", "hourly", 9, "2027-03-10T14:45:00+00:00", "2027-03-10T15:30:00+00:00"),
        ("Europe/Paris", "daily", 2, "2027-03-28T00:30:00+00:00", "2027-03-28T01:00:00+00:00"),
        ("Europe/Paris", "daily", 9, "2027-10-30T12:00:00+00:00", "2027-10-31T08:00:00+00:00"),
    ],
)
def test_a_digest_is_due_at_the_chosen_local_hour(zone, rhythm, hour, now, due):
    hours = NotificationHours(rhythm=rhythm, digest_hour=hour)
    assert next_digest(hours, zone, dt.datetime.fromisoformat(now)) == dt.datetime.fromisoformat(due)


def later():
    return dt.datetime.now(dt.UTC) + dt.timedelta(days=2)


def in_digest(person, *topics):
    choosing.choose(actor=person, ways={(topic, "mail"): "digest" for topic in topics})


def test_a_digest_gathers_by_ticket_what_may_still_be_seen_and_comes_once(smtp):
    person = AgentFactory(email="digest@example.test", language="en")
    first, second = make_incident(title="VPN <b>down</b>"), make_incident(title="Printer")
    hidden = make_incident(title="Payroll leak")
    in_digest(person, "assigned")
    for ticket in (first, second, hidden, first):
        tell(person, ticket=ticket)
    Ticket.objects.filter(pk=hidden.pk).update(group=GroupFactory(is_restricted=True))
    assert digests.gather(limit=10) == 0  # its time has not come
    work_off()
    assert smtp.to("digest@example.test") == []
    assert digests.gather(limit=10, now=later()) == 1
    assert digests.gather(limit=10, now=later()) == 0
    work_off()
    work_off()
    (mail,) = smtp.to("digest@example.test")
    text = text_of(mail)
    assert "3 notices for you" in mail["Subject"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"].endswith("/me/notifications/>")
    assert "Payroll" not in text
    plain, html = (part.get_content() for part in mail.iter_parts())
    assert plain.index(first.number) < plain.rindex(first.number) < plain.index(second.number)
    assert "VPN &lt;b&gt;down&lt;/b&gt;" in html
    assert "<b>down" not in html
    rows = Notification.objects.filter(digest__isnull=False)
    assert sorted(rows.values_list("skipped", flat=True)) == ["", "", "", "not_visible"]
    assert rows.filter(sent_at__isnull=False).count() == 3


def test_a_digest_in_which_nothing_is_left_is_not_sent(smtp):
    person = UserFactory(email="gone@example.test", language="ko")
    incident = make_incident(requester=person)
    in_digest(person, "answers")
    work_off()
    smtp.mails.clear()
    tell(person, "ticket_replied", ticket=incident, side="portal")
    Ticket.objects.filter(pk=incident.pk).update(requester=UserFactory(), opened_by=None)
    assert digests.gather(limit=10, now=later()) == 1
    work_off()
    assert smtp.mails == []
    assert not Delivery.objects.filter(done_at=None, channel="digest").exists()


def test_a_digest_speaks_the_language_of_its_reader(smtp):
    person = AgentFactory(email="ko@example.test", language="ko")
    in_digest(person, "assigned")
    tell(person, ticket=make_incident(title="프린터"))
    digests.gather(limit=10, now=later())
    work_off()
    assert "알림 1건" in text_of(smtp.to("ko@example.test")[0])


def test_what_was_written_too_late_for_its_digest_is_in_the_next_one():
    person = AgentFactory()
    in_digest(person, "assigned")
    tell(person)
    assert digests.gather(limit=10, now=later()) == 1
    made = Digest.objects.get()
    tell(person)
    late = Notification.objects.filter(digest=None, channel="mail")
    late.update(digest_at=made.due_at)
    digests.gather(limit=1, now=made.due_at + dt.timedelta(seconds=5))
    assert Digest.objects.count() == 1
    assert late.get().digest_at > made.due_at
    assert digests.gather(limit=10, now=later()) >= 1
    assert Notification.objects.filter(channel="mail", digest=None).count() == 0
    assert Digest.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_put_each_notice_into_one_digest():
    people = [AgentFactory(company=CompanyFactory()) for _ in range(4)]
    with transaction.atomic():
        for person in people:
            in_digest(person, "assigned")
            tell(person)
            tell(person)
    now, made = later(), itertools.count()
    both = threading.Barrier(2)

    def work():
        try:
            both.wait(5)
            for _ in range(digests.gather(limit=10, now=now)):
                next(made)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert digests.gather(limit=10, now=now) == 0
    assert Digest.objects.count() == 4
    assert Notification.objects.filter(channel="mail", digest=None).count() == 0
    assert Delivery.objects.filter(channel="digest").count() == 4
    for person in people:
        assert Notification.objects.filter(user=person, digest__user=person).count() == 2


@pytest.mark.parametrize("size", [2, 20])
def test_telling_costs_the_same_for_any_number_of_people(size, django_assert_num_queries):
    people = [AgentFactory() for _ in range(size)]
    for person in people:
        quiet(person)
        in_digest(person, "assigned")
    event = outbox.publish("test.happened", {})
    notice = Notice("ticket_assigned", [person.pk for person in people], "desk")
    with django_assert_num_queries(5):
        notify(event, [notice])
