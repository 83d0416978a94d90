"""The pages under /design/calendars/."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.time import db_now
from schedules.models import Calendar
from tests.factories.accounts import administrator
from tests.schedules.test_holiday_files import file_of
from tests.schedules.test_services import MONDAY, make

pytestmark = pytest.mark.django_db
FORM = {
    "name_ko": "야간",
    "name_en": "Night",
    "tz": "Asia/Seoul",
    "hours_0": "22:00-06:00",
    "hours_1": "9-12",
}


@pytest.fixture
def browser() -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(administrator())
    return client


def text(answer: Any) -> str:
    return answer.content.decode()


def test_the_list_leads_to_each_calendar(browser):
    page = text(browser.get("/design/calendars/"))
    assert 'href="/design/calendars/kr-office/"' in page
    assert 'href="/design/calendars/new/"' in page


def test_the_list_costs_the_same_for_few_and_many(browser, django_assert_num_queries):
    browser.get("/design/calendars/")
    with django_assert_num_queries(5):
        browser.get("/design/calendars/")
    for number in range(20):
        make(key=f"calendar-{number}")
    with django_assert_num_queries(5):
        browser.get("/design/calendars/")


def test_a_calendar_is_made_from_the_page(browser):
    answer = browser.post("/design/calendars/new/", FORM | {"key": "night"})
    assert answer["Location"] == "/design/calendars/night/"
    hours = Calendar.objects.get(key="night").hours.values_list("dow", "start_min", "end_min")
    assert list(hours.order_by("dow")) == [(0, 1320, 1800), (1, 540, 720)]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"hours_0": "nine"}, "Write hours like"),
        ({"hours_0": "", "hours_1": ""}, "never open"),
        ({"hours_1": "5-7"}, "overlap"),
        ({"tz": "Mars/Base"}, "Mars/Base"),
        ({"key": "Not a key"}, "Use small letters"),
        ({"key": "kr-office"}, "Another calendar has this key"),
        ({"name_ko": ""}, "required"),
    ],
)
def test_what_cannot_be_is_said_on_the_page_and_nothing_is_made(browser, change, word):
    before = Calendar.objects.count()
    answer = browser.post("/design/calendars/new/", FORM | {"key": "night"} | change)
    assert answer.status_code == 422
    assert word in text(answer)
    assert Calendar.objects.count() == before


def test_a_year_shows_its_days_and_says_them_in_words(browser):
    make()
    Calendar.objects.get(key="night").holidays.create(date=MONDAY, name="Founding day")
    page = text(browser.get("/design/calendars/night/?year=2026"))
    assert page.count("<caption>") == 12
    assert page.count('data-look="holiday"') == 2  # the day and the key of the colours
    assert "Founding day (closed)" in page
    assert "2026-03-09 (Mon)" in page
    assert "Founding day" not in text(browser.get("/design/calendars/night/?year=2027"))


@pytest.mark.parametrize("year", ["", "abc", "0", "99999", "2100", "1970", "²"])
def test_a_year_that_is_none_is_this_one(browser, year):
    make()
    assert f'id="year-title">{db_now().year}<' in text(browser.get(f"/design/calendars/night/?year={year}"))


def test_the_preview_counts_in_the_zone_of_the_calendar(browser):
    make()
    page = text(browser.get("/design/calendars/night/?at=2026-03-06T17:00&hours=3"))  # a Friday
    assert "3 business hours from" in page
    assert "Mon 9 Mar, 11:00" in page
    wrong = text(browser.get("/design/calendars/night/?at=soon&hours=0"))
    assert "business hours from" not in wrong


def test_the_preview_says_when_there_is_not_so_much_time(browser):
    make()
    assert "There is not so much open time" in text(
        browser.get("/design/calendars/night/?at=2099-12-31T17:00&hours=9000")
    )


def test_days_are_added_and_removed(browser):
    make()
    answer = browser.post("/design/calendars/night/days/", {"date": "2026-03-09", "name": "Off", "hours": ""})
    assert answer["Location"] == "/design/calendars/night/?year=2026"
    wrong = browser.post("/design/calendars/night/days/", {"date": "2026-03-10", "name": "Off", "hours": "x"})
    assert wrong.status_code == 422
    assert "Write hours like" in text(wrong)
    row = Calendar.objects.get(key="night")
    assert list(row.holidays.values_list("date", flat=True)) == [MONDAY]
    browser.post("/design/calendars/night/days/drop/", {"date": "2026-03-09"})
    assert not row.holidays.exists()
    assert browser.post("/design/calendars/night/days/drop/", {"date": "yesterday"}).status_code == 302


def test_holidays_come_from_a_country_and_from_a_file(browser):
    make()
    answer = browser.post("/design/calendars/night/country/", {"country": "KR", "year": "2026"}, follow=True)
    assert "days were added." in text(answer)
    wrong = browser.post("/design/calendars/night/country/", {"country": "XX", "year": "2026"})
    assert wrong.status_code == 422
    file = SimpleUploadedFile("h.ics", file_of("DTSTART;VALUE=DATE:20300501\r\nSUMMARY:Founding day"))
    browser.post("/design/calendars/night/file/", {"file": file})
    assert Calendar.objects.get(key="night").holidays.filter(source="ics").count() == 1
    bad = browser.post("/design/calendars/night/file/", {"file": SimpleUploadedFile("h.ics", b"noise")})
    assert (bad.status_code, "This is no iCalendar file" in text(bad)) == (422, True)


def test_a_change_from_an_old_page_is_shown_before_it_is_saved(browser):
    row = make()
    first = browser.post("/design/calendars/night/", FORM | {"lock_version": row.lock_version})
    assert first.status_code == 302
    second = browser.post(
        "/design/calendars/night/", FORM | {"lock_version": row.lock_version, "name_en": "B"}
    )
    assert second.status_code == 409
    assert "Someone changed this in the meantime" in text(second)
    assert Calendar.objects.get(key="night").name_en == "Night"


def test_an_unknown_calendar_is_not_there(browser):
    assert browser.get("/design/calendars/nothing/").status_code == 404
