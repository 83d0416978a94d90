"""The page on which people choose how they are told: one form, their own, all of it or nothing."""

from __future__ import annotations

import pytest

from notifications.choosing import choices_of, own_hours
from notifications.models import NotificationHours, NotificationPreference
from notifications.topics import TOPICS
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PLACE = "/me/notifications/"


def sent(**more):
    """The form as it stands for somebody who has chosen nothing, with what is changed."""
    free = [topic.key for topic in TOPICS if not topic.fixed]
    ways = {f"{key}_{channel}": "now" for key in free for channel in ("inapp", "mail")}
    return {**ways, "quiet": "never", "rhythm": "daily", "digest_hour": "9", **more}


def test_the_form_saves_what_was_chosen_and_shows_it_again(own, employee):
    other = UserFactory()
    form = sent(
        mentions_mail="digest",
        surveys_inapp="off",
        quiet="hours",
        quiet_from="22:30",
        quiet_until="07:00",
        quiet_days=["5", "6"],
        digest_hour="7",
    )
    assert own.post(PLACE, form)["Location"] == PLACE
    chosen = {each.topic.key: (each.inapp, each.mail) for each in choices_of(employee)}
    assert chosen["mentions"] == ("now", "digest")
    assert chosen["surveys"] == ("off", "now")
    hours = own_hours(employee)
    assert (str(hours.quiet_from), str(hours.quiet_until)) == ("22:30:00", "07:00:00")
    assert (hours.quiet_days, hours.digest_hour) == ([5, 6], 7)
    page = own.get(PLACE).content.decode()
    assert 'value="22:30"' in page
    assert page.count("selected") >= 2
    assert not NotificationPreference.objects.filter(user=other).exists()


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"quiet": "hours"}, "id_quiet_from_error"),
        ({"quiet": "hours", "quiet_from": "08:00", "quiet_until": "08:00"}, "id_quiet_until_error"),
        ({"quiet": "hours", "quiet_from": "late", "quiet_until": "08:00"}, "id_quiet_from_error"),
        ({"quiet_days": [str(day) for day in range(7)]}, "id_quiet_days_error"),
        ({"quiet_days": ["7"]}, "id_quiet_days_error"),
        ({"mentions_inapp": "digest"}, "id_mentions_inapp_error"),
        ({"mentions_mail": "<script>" + "x" * 100_000}, "id_mentions_mail_error"),
        ({"digest_hour": "24"}, "id_digest_hour_error"),
        ({"rhythm": ""}, "id_rhythm_error"),
    ],
)
def test_a_wrong_value_is_told_at_its_field_and_nothing_changes(own, changed, place):
    answer = own.post(PLACE, sent(group_mail="off", **changed))
    assert answer.status_code == 422
    assert f'id="{place}"' in answer.content.decode()
    assert not NotificationPreference.objects.exists()
    assert not NotificationHours.objects.exists()


def test_what_cannot_be_switched_off_has_no_drop_down_and_is_not_taken(own, employee):
    page = own.get(PLACE).content.decode()
    assert "Other people wait for the decision." in page
    assert "id_approvals_mail" not in page
    own.post(PLACE, sent(approvals_mail="off", pages_inapp="off"))
    assert not NotificationPreference.objects.filter(topic__in=["approvals", "pages"]).exists()


def test_the_page_costs_the_same_with_and_without_choices(own, employee, django_assert_max_num_queries):
    own.post(PLACE, sent(mentions_mail="digest"))
    with django_assert_max_num_queries(16):
        own.get(PLACE)
