"""The own profile, delegations, language and theme."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from approvals.models import Delegation
from tests.factories.accounts import UserFactory
from tests.factories.approvals import make_delegation

pytestmark = pytest.mark.django_db


def profile(**more):
    return {
        "language": "ko",
        "theme": "dark",
        "time_zone": "Europe/Paris",
        "phone": "02-1",
        "single_keys": "",
    } | more


def test_what_one_says_about_oneself_is_saved(own, employee):
    answer = own.post("/me/", profile())
    employee.refresh_from_db()
    assert answer["Location"] == "/me/"
    assert (employee.language, employee.theme, employee.time_zone) == ("ko", "dark", "Europe/Paris")
    assert (employee.phone, employee.single_keys) == ("02-1", False)
    assert answer.cookies["maru_theme"].value == "dark"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "fr"),
        ("theme", "pink"),
        ("time_zone", "Moon/Base"),
        ("phone", "1" * 41),
        ("phone", "a\0"),
    ],
)
def test_a_wrong_value_names_the_field_and_changes_nothing(own, employee, field, value):
    answer = own.post("/me/", profile(**{field: value}))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    employee.refresh_from_db()
    assert employee.theme == "system"


def test_nobody_changes_more_than_their_own_preferences(own, employee):
    own.post("/me/", profile(is_vip="on", manager="1", roles="super", name_ko="왕"))
    employee.refresh_from_db()
    assert (employee.is_vip, employee.manager_id, employee.name_ko) == (False, None, "김지민")


def days(first, last):
    today = timezone.localdate()
    return {
        "start": (today + dt.timedelta(days=first)).isoformat(),
        "end": (today + dt.timedelta(days=last)).isoformat(),
    }


SCOPES = {"scopes": ["approvals", "notifications"]}


def test_an_absence_is_one_line_and_ends_in_all_its_scopes_at_once(own, employee):
    helper = UserFactory(username="helper", name_en="Hana Helper")
    make_delegation(employee, helper, starts_in=10, ends_in=12)
    own.post("/me/delegations/", {"delegate": "helper", **SCOPES, **days(0, 2)})
    rows = Delegation.objects.filter(during__contains=timezone.now())
    assert sorted(rows.values_list("scope", flat=True)) == ["approvals", "notifications"]
    page = own.get("/me/").content.decode()
    assert page.count("<b>Hana Helper</b>") == 2
    assert "Notices, Deciding approvals" in page or "Deciding approvals, Notices" in page
    answer = own.post("/me/delegations/", {"delegate": "helper", "scopes": ["notifications"], **days(1, 1)})
    assert answer.status_code == 422
    own.post(f"/me/delegations/{rows[0].public_id}/end/")
    assert not Delegation.objects.filter(during__contains=timezone.now() + dt.timedelta(seconds=5)).exists()
    assert Delegation.objects.filter(during__startswith__gt=timezone.now()).count() == 1


def test_decisions_are_handed_over_for_whole_days_and_taken_back(own, employee):
    helper = UserFactory(username="helper")
    own.post("/me/delegations/", {"delegate": "Helper", "scopes": ["approvals"], **days(0, 2)})
    row = Delegation.objects.get()
    assert (row.user, row.delegate) == (employee, helper)
    assert row.during.upper - row.during.lower == dt.timedelta(days=3)
    assert "helper" not in own.get("/me/").content.decode().split("id_delegate")[0]
    own.post(f"/me/delegations/{row.public_id}/end/")
    assert (
        Delegation.objects.filter(pk=row.pk, during__contains=row.during.upper - dt.timedelta(1)).count() == 0
    )


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({"delegate": "nobody", **SCOPES, **days(0, 1)}, "id_delegate_error"),
        ({"delegate": "", **days(0, 1)}, "id_delegate_error"),
        ({"delegate": "helper", **days(3, 1)}, "id_end_error"),
        ({"delegate": "helper", "start": "soon", "end": "later"}, "id_start_error"),
        ({"delegate": "helper", **days(0, 1)}, "id_scopes_error"),
        ({"delegate": "helper", "scopes": ["meetings"], **days(0, 1)}, "id_scopes_error"),
        ({"delegate": "helper", "scopes": ["assignments"], **days(0, 1)}, "id_scopes_error"),  # no agent
        ({"delegate": "jimin", **SCOPES, **days(0, 1)}, "Choose another person than yourself."),
    ],
)
def test_a_wrong_delegation_is_refused(own, sent, place):
    UserFactory(username="helper")
    answer = own.post("/me/delegations/", sent)
    assert answer.status_code == 422
    assert place in answer.content.decode()
    assert not Delegation.objects.exists()


def test_a_delegation_of_others_cannot_be_ended(own):
    row = make_delegation(UserFactory(), UserFactory())
    assert own.post(f"/me/delegations/{row.public_id}/end/").status_code == 404
    row.refresh_from_db()
    assert row.during.upper > row.during.lower + dt.timedelta(days=1)


# language and theme


def test_a_guest_switches_the_language_by_cookie():
    guest = Client()
    answer = guest.post("/me/language/", {"language": "en", "next": "/accounts/login/"})
    assert answer["Location"] == "/accounts/login/"
    assert answer.cookies["maru_language"].value == "en"
    assert '<html lang="en"' in guest.get("/accounts/login/").content.decode()


def test_a_person_switches_language_and_theme_for_good(own, employee):
    own.post("/me/language/", {"language": "ko"})
    own.post("/me/theme/", {"theme": "dark"})
    employee.refresh_from_db()
    assert (employee.language, employee.theme) == ("ko", "dark")
    assert '<html lang="ko" data-theme="dark"' in own.get("/me/").content.decode()


@pytest.mark.parametrize("path", ["/me/language/", "/me/theme/"])
def test_nonsense_changes_nothing(own, employee, path):
    answer = own.post(path, {"language": "xx", "theme": "xx", "next": "//evil.example"})
    assert answer["Location"] == "/"
    assert not answer.cookies
    employee.refresh_from_db()
    assert (employee.language, employee.theme) == ("en", "system")
    assert own.get(path).status_code == 405
