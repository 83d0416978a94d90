"""The pages under /design/calendars/."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.time import db_now
from schedules import dependents
from schedules.dependents import Following
from schedules.models import Calendar
from sla.services import replan_clocks
from tests.factories.accounts import administrator
from tests.factories.sla import Probe, SLADefinitionFactory
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
    with django_assert_num_queries(6):
        browser.get("/design/calendars/")
    for number in range(20):
        make(key=f"calendar-{number}")
    with django_assert_num_queries(6):
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


def test_progress_is_shown_until_everything_follows_the_change(browser, monkeypatch):
    make()
    said = [Following("Clocks", done=1_500, total=6_000)]
    monkeypatch.setattr(dependents, "_counts", [lambda _calendar: said[0]])
    page = text(browser.get("/design/calendars/night/"))
    assert "Clocks: 1,500 of 6,000 are planned anew (25 %), 4,500 are left." in page
    assert 'hx-get="/design/calendars/night/following/" hx-trigger="every 2s"' in page
    assert '<progress class="meter" data-state="ok" max="100" value="25"' in page
    said[0] = Following("Clocks", done=6_000, total=6_000)
    part = browser.get("/design/calendars/night/following/", headers={"HX-Request": "true"})
    assert "6,000 of 6,000" in text(part)
    assert "Nothing is left to plan." in text(part)
    assert "hx-trigger" not in text(part)
    assert "<html" not in text(part)
    assert 'id="following"' not in text(browser.get("/design/calendars/night/"))


def test_the_part_that_renews_itself_is_no_page_of_its_own(browser, monkeypatch):
    make()
    monkeypatch.setattr(dependents, "_counts", [])
    answer = browser.get("/design/calendars/night/following/")
    assert (answer.status_code, answer["Location"]) == (302, "/design/calendars/night/")
    assert browser.get("/design/calendars/nothing/following/").status_code == 404
    part = browser.get("/design/calendars/night/following/", headers={"HX-Request": "true"})
    assert "Nothing is left to plan." in text(part)


def test_the_change_of_a_calendar_shows_how_many_clocks_are_to_be_planned_anew(browser):
    row = make()
    SLADefinitionFactory(calendar=row)
    for _number in range(3):
        Probe(db_now())
    browser.post("/design/calendars/night/days/", {"date": "2030-03-11", "name": "Off", "hours": ""})
    page = text(browser.get("/design/calendars/night/"))
    assert "Running SLA clocks: 0 of 3 are planned anew (0 %), 3 are left." in page
    while replan_clocks(limit=50):
        pass
    part = text(browser.get("/design/calendars/night/following/", headers={"HX-Request": "true"}))
    assert "3 of 3 are planned anew (100 %)" in part
