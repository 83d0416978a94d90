"""The pages under /design/sla/."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils.datastructures import MultiValueDict

from sla import services
from sla.forms import data_of
from sla.models import Clock, SLADefinition
from tests.factories.accounts import AgentFactory, UserFactory, administrator
from tests.factories.incidents import make_incident
from tests.factories.sla import SLADefinitionFactory, is_
from tests.sla.test_definitions import NEW, make
from tickets.editing import condition_rows

pytestmark = pytest.mark.django_db
PAGES = ("", "new/", "incident_resolution_p1/", "incident_resolution_p1/compare/")
NESTED = {"all": [is_("priority", 2), {"any": [is_("impact", 1), is_("urgency", 1)]}]}


def browser_of(person: Any, language: str = "en") -> Client:
    person.language = language
    person.save(update_fields=["language"])
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def browser() -> Client:
    return browser_of(administrator())


def text(answer: Any) -> str:
    return answer.content.decode()


def filled(**change: Any) -> dict[str, Any]:
    """What a browser sends for the definition of ``NEW``, with some fields changed."""
    row = SLADefinition(**NEW | {"calendar": None})
    data = MultiValueDict(data_of(row))
    data["calendar"] = "kr-office"
    for name, value in change.items():
        if name.endswith("_cond"):
            condition_rows.write(data, name, condition_rows.typed(value))
        else:
            data[name] = value
    return dict(data.lists())


def draft(**fields: Any) -> SLADefinition:
    return make(**fields)


# Who gets in


@pytest.mark.parametrize("person", [AgentFactory, UserFactory])
def test_others_are_refused(person):
    make()
    client = browser_of(person())
    for page in (*PAGES, "call_back/draft/"):
        assert client.get(f"/design/sla/{page}").status_code == 403
    for act in ("new/", "call_back/draft/", "call_back/edit/", "call_back/publish/", "call_back/draft/drop/"):
        assert client.post(f"/design/sla/{act}").status_code == 403
    assert SLADefinition.objects.get(key="call_back").status == "draft"
    assert 'href="/design/sla/"' not in text(client.get("/", follow=True))


def test_nobody_signs_in_first():
    assert Client().get("/design/sla/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(("language", "word"), [("ko", "서비스 수준"), ("en", "Service levels")])
def test_every_page_speaks_both_languages(language, word):
    make()
    client = browser_of(administrator(), language)
    for page in (*PAGES, "call_back/draft/"):
        answer = client.get(f"/design/sla/{page}")
        assert (answer.status_code, word in text(answer)) == (200, True), page


def test_what_is_not_there_is_not_found(browser):
    pages = ("nothing/", "nothing/draft/", "nothing/compare/", "incident_resolution_p1/draft/")
    for page in (*pages, "incident_resolution_p1/?version=99"):
        assert browser.get(f"/design/sla/{page}").status_code == 404, page


# Reading


def test_the_list_says_what_is_promised_and_how_many_clocks_are_open(browser):
    make_incident(impact=1, urgency=1)
    make()
    page = text(browser.get("/design/sla/"))
    for words in (
        "Resolution within 4 h",
        "round the clock",
        "Live v1",
        "Draft v1",
        "Resolution within 27 h",
    ):
        assert words in page
    row = page[page.index("<code>incident_resolution_p1</code>") :]
    assert row[: row.index("</tr>")].count('class="num">1</td>') == 1


@pytest.mark.parametrize("rows", [2, 20])
def test_the_list_costs_the_same_for_any_number_of_rows(rows, browser, django_assert_num_queries):
    for number in range(rows):
        make(f"promise_{number}")
    browser.get("/design/sla/")
    with django_assert_num_queries(7):
        browser.get("/design/sla/")


def test_a_definition_is_told_in_sentences_with_names(browser):
    page = text(browser.get("/design/sla/incident_resolution_p3/"))
    for words in ("Incident: Resolution within 27 h", "Priority is Moderate", "State is not Cancelled",
                  "State is one of Resolved, Closed", "Phase is Waiting"):  # fmt: skip
        assert words in page
    korean = text(browser_of(administrator(), "ko").get("/design/sla/incident_resolution_p3/"))
    assert "우선순위가 중간" in korean


@pytest.mark.parametrize("versions", [2, 20])
def test_a_definition_costs_the_same_for_any_number_of_versions(versions, browser, django_assert_num_queries):
    for number in range(1, versions + 1):
        SLADefinitionFactory(key="many", no=number, status="retired", kind="incident")
    browser.get("/design/sla/many/")
    with django_assert_num_queries(7):
        browser.get("/design/sla/many/")


def test_versions_are_shown_with_their_clocks_and_compared(browser):
    row = make(start_cond=is_("impact", 1))
    services.publish_definition(row.pk, actor=None)
    make_incident(impact=1)
    newer = services.draft_of("call_back", actor=None)
    services.save_draft(newer.pk, actor=None, target_s=7200, pause_cond=is_("phase", "waiting"))
    page = text(browser.get("/design/sla/call_back/"))
    assert "1 Running" in page
    assert "/design/sla/call_back/compare/?to=2" in page
    changes = text(browser.get("/design/sla/call_back/compare/"))
    assert "From version 1 to version 2" in changes
    assert "<del>1 h</del>" in changes
    assert "<ins>2 h</ins>" in changes
    assert "<del>Never</del>" in changes
    assert "<ins>Phase is Waiting</ins>" in changes
    same = text(browser.get("/design/sla/call_back/compare/?from=1&to=1"))
    assert "These versions are the same." in same


# Making and changing


def test_a_definition_is_made_published_and_used_without_a_restart(browser):
    start = {"all": [is_("impact", 1), {"f": "channel", "op": "in", "v": ["portal", "agent"]}]}
    answer = browser.post("/design/sla/new/", filled(start_cond=start) | {"key": "fast"})
    assert answer["Location"] == "/design/sla/fast/draft/"
    row = SLADefinition.objects.get(key="fast")
    assert (row.target_s, row.calendar.key, row.start_cond, row.status) == (3600, "kr-office", start, "draft")
    page = text(browser.get("/design/sla/fast/draft/"))
    assert "The saved draft can be published." in page
    version = {"lock_version": row.lock_version}
    assert browser.post("/design/sla/fast/publish/", version)["Location"] == "/design/sla/fast/"
    make_incident(impact=1)
    assert Clock.objects.filter(definition=row).count() == 1


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"target_s": "soon"}, "Write a length of time"),
        ({"target_s": "0m"}, "at least one second"),
        ({"calendar": "mars"}, "mars"),
        ({"calendar": ""}, "Choose a calendar."),
        ({"thresholds": "50; 75"}, "Write percentages"),
        ({"thresholds": "150"}, "percentages from 1 to 100"),
        ({"kind": "nothing"}, "nothing"),
        ({"name_ko": ""}, "required"),
        ({"key": "Not a key"}, "Use small letters"),
        ({"key": "incident_resolution_p1"}, "Another definition has this key."),
        ({"start_cond": None}, "Say when the clock starts."),
        ({"start_cond": {"f": "secret", "op": "empty"}}, "There is no field"),
        ({"stop_cond": {"f": "priority", "op": "eq", "v": "x"}}, "takes a value of type"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_made(browser, change, word):
    before = SLADefinition.objects.count()
    answer = browser.post("/design/sla/new/", {"key": ["fast"]} | filled(**change))
    assert answer.status_code == 422
    assert word in text(answer)
    assert SLADefinition.objects.count() == before


def test_the_draft_is_saved_and_an_untouched_condition_stays_as_it_was(browser):
    start = {"all": [is_("priority", 1), {"not": is_("state", "cancelled")}]}
    row = draft(start_cond=start, stop_cond=NESTED)
    data = dict(data_of(row).lists()) | {"target_s": ["2h"], "name_en": ["Faster"]}
    assert browser.post("/design/sla/call_back/draft/", data)["Location"] == "/design/sla/call_back/draft/"
    saved = SLADefinition.objects.get(pk=row.pk)
    assert (saved.target_s, saved.name_en, saved.lock_version) == (7200, "Faster", 2)
    assert (saved.start_cond, saved.stop_cond) == (start, NESTED)


def test_a_change_from_an_old_page_is_shown_before_it_is_saved(browser):
    row = draft()
    data = dict(data_of(row).lists())
    assert browser.post("/design/sla/call_back/draft/", data | {"target_s": ["2h"]}).status_code == 302
    second = browser.post("/design/sla/call_back/draft/", data | {"target_s": ["3h"]})
    assert second.status_code == 409
    assert "Someone changed this in the meantime" in text(second)
    assert 'value="3h"' in text(second)
    assert SLADefinition.objects.get(pk=row.pk).target_s == 7200


def test_mistakes_of_a_saved_draft_are_at_their_fields_and_keep_it_from_being_published(browser):
    row = draft(resume_mode="resume_cond", pause_cond=is_("phase", "waiting"))
    page = text(browser.get("/design/sla/call_back/draft/"))
    assert "cannot be published yet" in page
    assert page.count("Say what ends a pause.") == 2
    assert 'action="/design/sla/call_back/publish/"' not in page
    answer = browser.post("/design/sla/call_back/publish/", {"lock_version": 1}, follow=True)
    assert "The draft has mistakes and was not published." in text(answer)
    assert SLADefinition.objects.get(pk=row.pk).status == "draft"


def test_warnings_stand_above_the_publish_button(browser, monkeypatch):
    draft()
    monkeypatch.setattr("sla.lint.warnings", lambda row: [f"{row.key} never attaches"], raising=False)
    page = text(browser.get("/design/sla/call_back/draft/"))
    assert page.index("call_back never attaches") < page.index('action="/design/sla/call_back/publish/"')


def test_a_draft_that_changed_since_it_was_seen_is_not_published(browser):
    row = draft()
    services.save_draft(row.pk, actor=None, order=9)
    answer = browser.post("/design/sla/call_back/publish/", {"lock_version": 1}, follow=True)
    assert "Someone changed the draft in the meantime." in text(answer)
    assert SLADefinition.objects.get(pk=row.pk).status == "draft"


def test_a_draft_is_opened_deleted_and_the_definition_retired(browser):
    url = "/design/sla/incident_resolution_p1/"
    assert browser.post(f"{url}edit/")["Location"] == f"{url}draft/"
    assert browser.post(f"{url}edit/")["Location"] == f"{url}draft/"
    assert SLADefinition.objects.filter(key="incident_resolution_p1").count() == 2
    assert browser.post(f"{url}draft/drop/")["Location"] == url
    assert browser.post(f"{url}draft/drop/").status_code == 404
    assert browser.post(f"{url}retire/")["Location"] == url
    assert browser.post(f"{url}retire/").status_code == 404
    assert "Out of use" in text(browser.get(url))
    make()
    assert browser.post("/design/sla/call_back/draft/drop/")["Location"] == "/design/sla/"


@pytest.mark.pitfall("P-10")
def test_a_calendar_is_made_previewed_and_attached_to_a_promise_in_the_browser(browser):
    hours = {f"hours_{day}": "13:00-17:00" for day in range(7)}
    names = {"key": "afternoons", "name_ko": "오후", "name_en": "Afternoons", "tz": "Asia/Seoul"}
    browser.post("/design/calendars/new/", names | hours)
    browser.post("/design/calendars/afternoons/days/", {"date": "2026-03-10", "name": "Off", "hours": ""})
    page = text(browser.get("/design/calendars/afternoons/?at=2026-03-09T16:00&hours=3"))
    assert "Wed 11 Mar, 15:00" in page  # one hour on Monday, none on the holiday
    browser.post("/design/sla/incident_resolution_p1/edit/")
    row = SLADefinition.objects.get(key="incident_resolution_p1", status="draft")
    change = {"calendar_source": ["def"], "calendar": ["afternoons"], "target_s": ["3h"]}
    url = "/design/sla/incident_resolution_p1/"
    browser.post(f"{url}draft/", dict(data_of(row).lists()) | change)
    assert "3 h of open time (Afternoons) from now" in text(browser.get(f"{url}draft/"))
    browser.post(f"{url}publish/", {"lock_version": 2})
    make_incident(impact=1, urgency=1)
    clock = Clock.objects.get(definition=row)
    assert (clock.calendar.key, clock.target_s) == ("afternoons", 3 * 3600)
    due = clock.due_at.astimezone(ZoneInfo("Asia/Seoul"))
    assert 13 <= due.hour <= 17


# Editing conditions, step by step


def step(browser: Client, command: str, data: dict[str, Any], **headers: str) -> Any:
    return browser.post("/design/sla/call_back/draft/", data | {"edit": command}, headers=headers)


def test_a_row_is_added_and_shown_with_fitting_values_without_javascript(browser):
    row = draft()
    data = dict(data_of(row).lists())
    page = text(step(browser, "add:stop_cond", data))
    assert 'name="stop_cond-0-field"' in page
    chosen = {"stop_cond-count": ["1"], "stop_cond-0-field": ["state"], "stop_cond-0-op": ["in"]}
    page = text(step(browser, "show:stop_cond", data | chosen))
    assert '<input type="checkbox" name="stop_cond-0-value" value="resolved">' in page
    assert "is one of" in page
    value = {"stop_cond-0-value": ["resolved", "closed"]}
    assert browser.post("/design/sla/call_back/draft/", data | chosen | value).status_code == 302
    saved = SLADefinition.objects.get(pk=row.pk)
    assert saved.stop_cond == {"f": "state", "op": "in", "v": ["resolved", "closed"]}


def test_a_step_saves_nothing_and_refuses_nothing(browser):
    row = draft()
    answer = step(browser, "add:pause_cond", dict(data_of(row).lists()) | {"target_s": ["nonsense"]})
    assert answer.status_code == 200
    assert 'value="nonsense"' in text(answer)
    assert "Write a length of time" not in text(answer)
    assert SLADefinition.objects.get(pk=row.pk).lock_version == 1


def test_htmx_gets_the_condition_alone(browser):
    row = draft()
    answer = step(browser, "drop:start_cond:0", dict(data_of(row).lists()), **{"HX-Request": "true"})
    assert text(answer).strip().startswith('<fieldset class="rule" id="definition_start_cond"')
    assert 'name="start_cond-0-field"' not in text(answer)
    assert "HX-Request" in answer["Vary"]


def test_a_condition_goes_on_as_json_and_back(browser):
    row = draft(stop_cond=NESTED)
    data = dict(data_of(row).lists())
    assert 'name="stop_cond-text"' in text(browser.get("/design/sla/call_back/draft/"))
    page = text(step(browser, "rows:stop_cond", data))
    assert "Rows cannot say this" in page
    page = text(step(browser, "text:start_cond", data))
    assert "&quot;priority&quot;" in page
    new = {"stop_cond-text": ['{"f": "phase", "op": "eq", "v": "done"}']}
    browser.post("/design/sla/call_back/draft/", data | new)
    assert SLADefinition.objects.get(pk=row.pk).stop_cond == is_("phase", "done")
    broken = {"stop_cond-text": ['{"f": ']}
    answer = browser.post("/design/sla/call_back/draft/", data | broken)
    assert (answer.status_code, "This is no JSON: look at line 1" in text(answer)) == (422, True)


@pytest.mark.parametrize("command", ["", "add", "add:nothing", "drop:stop_cond:99", "fly:stop_cond", "x:y:z"])
def test_a_made_up_step_shows_the_form(browser, command):
    row = draft()
    assert step(browser, command, dict(data_of(row).lists())).status_code == 200
    assert step(browser, command, {}).status_code == 200


# The preview


def test_the_preview_counts_from_now_by_the_chosen_calendar(browser):
    row = draft(target_s=3 * 3600)
    page = text(browser.get("/design/sla/call_back/draft/"))
    assert "3 h of open time" in page
    assert "(Asia/Seoul)" in page
    data = dict(data_of(row).lists()) | {"target_s": ["90m"], "calendar_source": ["none"]}
    part = text(step(browser, "preview", data, **{"HX-Request": "true"}))
    assert "1 h 30 min of open time (round the clock)" in part
    assert "<form" not in part
    assert SLADefinition.objects.get(pk=row.pk).target_s == 3 * 3600


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"target_s": ["soon"]}, "Say within which time"),
        ({"calendar": [""]}, "Say within which time"),
        ({"calendar": ["gone"]}, "Say within which time"),
        ({"target_s": ["200000d"]}, "would never be due"),
    ],
)
def test_the_preview_says_what_it_lacks(browser, change, word):
    data = dict(data_of(draft()).lists()) | change
    assert word in text(step(browser, "preview", data, **{"HX-Request": "true"}))
