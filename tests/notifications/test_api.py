"""Notices and preferences over REST."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Notification
from tests.api.calls import Caller, problem
from tests.factories.accounts import UserFactory
from tests.factories.incidents import make_incident
from tests.factories.notifications import make_notice


@pytest.fixture
def person(db):
    return Caller(UserFactory())


@pytest.fixture
def notices(person):
    incident = make_incident(requester=person.user)
    return [make_notice(person.user, ticket=incident, template="ticket_resolved") for _ in range(4)]


def test_the_bell(person, notices):
    foreign = make_notice(UserFactory())
    listed = person.get("notifications/?unread=true").json()["results"]
    assert [row["id"] for row in listed] == [str(row.public_id) for row in reversed(notices)]
    assert notices[0].ticket.number in listed[0]["subject"] + listed[0]["body"]
    problem(person.get(f"notifications/{foreign.public_id}/"), 404, "not_found")
    problem(person.post(f"notifications/{foreign.public_id}/read/"), 404, "not_found")


def test_reading_one_and_all(person, notices):
    read = person.post(f"notifications/{notices[0].public_id}/read/")
    assert read.json()["read_at"] is not None
    assert person.post("notifications/read-all/").json() == {"read": 3}
    assert person.post("notifications/read-all/").json() == {"read": 0}
    assert person.get("notifications/?unread=true").json()["results"] == []
    assert not Notification.objects.filter(read_at=None).exists()


def test_a_notice_of_what_is_out_of_sight_tells_nothing(person, notices):
    type(notices[0].ticket).objects.update(requester=UserFactory(), opened_by=None)
    listed = person.get("notifications/").json()["results"]
    assert {row["subject"] for row in listed} == {None}


def test_the_list_costs_the_same_for_any_number_of_rows(person, notices):
    counts = set()
    person.get("notifications/")
    for size in (2, 4):
        with CaptureQueriesContext(connection) as queries:
            assert len(person.get(f"notifications/?page_size={size}").json()["results"]) == size
        counts.add(len(queries))
    assert len(counts) == 1


def test_preferences(person):
    place = "notification-preferences/"
    first = person.get(place).json()
    assert {name: first[name] for name in first if name != "topics"} == {
        "inapp": True,
        "mail": True,
        "quiet": "never",
        "quiet_from": None,
        "quiet_until": None,
        "quiet_days": [],
        "rhythm": "daily",
        "digest_hour": 9,
    }
    assert {row["topic"] for row in first["topics"] if row["fixed"]} == {"approvals", "pages"}
    off = person.patch(place, {"mail": False}).json()
    assert (off["inapp"], off["mail"]) == (True, False)
    changed = person.patch(
        place,
        {
            "topics": [{"topic": "mentions", "mail": "digest"}, {"topic": "sla", "inapp": "off"}],
            "quiet": "hours",
            "quiet_from": "20:00",
            "quiet_until": "08:00",
            "quiet_days": [6, 5],
            "digest_hour": 7,
        },
    ).json()
    told = {row["topic"]: (row["inapp"], row["mail"]) for row in changed["topics"]}
    assert told["mentions"] == ("now", "digest")
    assert told["sla"] == ("off", "off")
    assert told["approvals"] == ("now", "now")
    assert changed["mail"] is True
    assert (changed["quiet_from"], changed["quiet_days"], changed["digest_hour"]) == ("20:00:00", [5, 6], 7)
    assert person.get(place).json() == changed
    problem(
        person.patch(place, {"topics": [{"topic": "pages", "mail": "off"}]}), 422, "rule_refused", "/mail"
    )
    problem(person.patch(place, {"topics": [{"topic": "x"}]}), 422, "rule_refused", "/topics/0/topic")
    problem(
        person.patch(place, {"digest_hour": 1, "quiet_until": "20:00"}), 422, "rule_refused", "/quiet_until"
    )
    problem(person.patch(place, {"quiet_days": [7]}), 422, "rule_refused", "/quiet_days/0")
    assert person.get(place).json() == changed
    problem(person.patch("notification-preferences/", {"mail": "no"}), 422, "rule_refused", "/mail")
    problem(person.patch("notification-preferences/", {"sms": True}), 400, "bad_input", "/sms")
