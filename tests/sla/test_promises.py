"""Promises of many kinds as people set them: saved, checked, told in words in both languages, over REST."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import override

from core.errors import RuleRefusedError
from core.models import AuditLog
from sla import lint, presenting, promises, rules, services
from sla.editor import step_rows
from sla.forms import data_of
from sla.models import Clock, SLADefinition
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, GroupFactory, administrator
from tests.factories.incidents import make_incident
from tests.factories.schedules import make_rota
from tests.factories.sla import is_
from tests.factories.workflows import make_flow
from tests.sla.test_definitions import make, rows_of
from tests.sla.test_definitions_api import NEW as BODY
from tests.sla.test_definitions_api import ONE
from tests.sla.test_views import browser_of, filled, step, text
from tickets.vocabulary import TicketVocabulary

pytestmark = pytest.mark.django_db
FOUR = dt.time(16, 0)
STEPS = [{"at": 75, "do": "raise_priority"}, {"at": "overdue", "do": "reassign", "group": "second-line"}]
MANY = {
    "relative": "next_bd_at",
    "relative_at": FOUR,
    "target_s": None,
    "retro_start_field": "opened_at",
    "overdue_repeat_s": 3600,
    "escalations": STEPS,
}


@pytest.fixture(autouse=True)
def second_line():
    return GroupFactory(key="second-line", name_ko="2선", name_en="Second line")


@pytest.fixture
def browser():
    return browser_of(administrator())


# Services


def test_all_of_a_promise_is_kept_copied_audited_and_published():
    row = make(**MANY)
    diff = AuditLog.objects.get(object_ref="call_back 1", action="drafted").diff
    assert (diff["relative_at"], diff["escalations"]) == ([None, "16:00:00"], [None, STEPS])
    services.publish_definition(row.pk, actor=None)
    copy = services.draft_of("call_back", actor=None)
    assert {name: getattr(copy, name) for name in MANY} == MANY
    saved = services.save_draft(copy.pk, actor=None, relative_at="17:30", retro_pause=False)
    assert (saved.relative_at, saved.lock_version) == (dt.time(17, 30), 2)
    assert AuditLog.objects.get(object_ref="call_back 2", action="changed").diff == {
        "relative_at": ["16:00:00", "17:30:00"]
    }


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"target_s": None}, "target_s"),
        ({"relative": "someday"}, "relative"),
        ({"relative": "due_field"}, "due_field"),
        ({"relative": "due_field", "due_field": "secret"}, "due_field"),
        ({"relative": "next_bd_at"}, "relative_at"),
        ({"relative_at": "25:00"}, "relative_at"),
        ({"relative_at": 16}, "relative_at"),
        ({"relative_at": "16:00:30"}, "relative_at"),
        ({"retro_start_field": "title"}, "retro_start_field"),
        ({"retro_start_field": ["opened_at"]}, "retro_start_field"),
        ({"retro_pause": "yes"}, "retro_pause"),
        ({"overdue_repeat_s": 59}, "overdue_repeat_s"),
        ({"overdue_repeat_s": 10**9}, "overdue_repeat_s"),
        ({"escalations": None}, "escalations"),
        ({"escalations": [{}] * 21}, "escalations"),
        ({"escalations": ["notify"]}, "escalations.0"),
        ({"escalations": [{"at": 0, "do": "raise_priority"}]}, "escalations.0.at"),
        ({"escalations": [{"at": [50], "do": "raise_priority"}]}, "escalations.0.at"),
        ({"escalations": [{"at": 50, "do": "explode"}]}, "escalations.0.do"),
        ({"escalations": [{"at": 50, "do": "raise_priority", "x": 1}]}, "escalations.0.x"),
        ({"escalations": [STEPS[0], {"at": 50, "do": "reassign", "group": "no"}]}, "escalations.1.group"),
        ({"escalations": [{"at": 50, "do": "reassign", "group": "a\x00"}]}, "escalations.0"),
        ({"escalations": [{"at": 50, "do": "notify", "people": ["\ud800"]}]}, "escalations.0"),
        ({"escalations": [{"at": 50, "do": "page_on_call", "rota": "no"}]}, "escalations.0.rota"),
    ],
)
def test_what_a_promise_cannot_be_is_refused_by_name_and_changes_nothing(wrong, field):
    with pytest.raises(RuleRefusedError) as refusal:
        make(**wrong)
    assert [each.field for each in refusal.value.errors] == [field]
    assert rows_of() == []
    row = make()
    with pytest.raises(RuleRefusedError):
        services.save_draft(row.pk, actor=None, **{"name_en": "Other"} | wrong)
    assert SLADefinition.objects.get(pk=row.pk).name_en == "Call back"


def test_a_mark_that_the_promise_has_not_is_told_before_it_is_published():
    row = make(escalations=[{"at": 60, "do": "raise_priority"}, {"at": "overdue", "do": "raise_priority"}])
    with pytest.raises(RuleRefusedError) as refusal:
        lint.check(row, now=dt.datetime.now(dt.UTC))
    assert [each.field for each in refusal.value.errors] == ["escalations.0.at", "escalations.1.at"]


@pytest.mark.parametrize("key", sorted(rules.RESERVED))
def test_addresses_of_their_own_are_no_keys(key):
    with pytest.raises(RuleRefusedError):
        make(key)


# Words


@pytest.mark.parametrize(
    ("fields", "english", "korean"),
    [
        ({}, "Resolution within 1 h", "1시간"),
        (MANY, "Resolution by 16:00 of the next business day", "다음 영업일 16:00까지"),
        ({"relative": "end_next_bd"}, "by the end of the next business day", "다음 영업일이 끝날 때까지"),
        ({"relative": "due_field", "due_field": "due_at"}, "by the date in “Due”", "까지"),
        ({"calendar_source": "requester"}, "hours of the requester's location, else of", "요청자 근무지"),
        ({"calendar_source": "location", "calendar": None}, "(hours of the ticket's location)", "티켓 위치"),
        ({"calendar_source": "ci"}, "hours of the configuration item, else of", "구성 항목"),
    ],
)
def test_a_promise_is_told_in_both_languages(fields, english, korean):
    row = make(**fields)
    with override("en"):
        assert english in promises.promise_words(row)
    with override("ko"):
        assert korean in promises.promise_words(row)


def test_the_page_tells_of_the_start_the_reminders_and_the_steps(browser):
    make(**MANY)
    page = text(browser.get("/design/sla/call_back/"))
    for words in (
        "by 16:00 of the next business day",
        "Time counts from “Opened at” on",
        "the manager are reminded every 1 h.",
        "at 75 % – Raise the priority: by one level",
        "at each reminder – Give the ticket to a group or person: Second line",
    ):
        assert words in page, words
    korean = text(browser_of(administrator(), "ko").get("/design/sla/call_back/"))
    assert "75%일 때 – " in korean
    assert "다음 영업일 16:00까지" in text(browser_of(administrator(), "ko").get("/design/sla/"))


def test_every_action_says_its_parameters():
    steps = [
        {"at": 50, "do": "notify", "to": ["assignee", "group_manager"], "people": ["jo"]},
        {"at": 100, "do": "page_on_call", "rota": "network"},
        {"at": 75, "do": "start_flow", "flow": "late"},
        {"at": 75, "do": "raise_priority", "to": 1},
        {"at": 75, "do": "forgotten"},
        "broken",
    ]
    with override("en"):
        said = promises.step_words(SLADefinition(escalations=steps))
    assert said == [
        "at 50 % – Send a notice: Assignee, Manager of the group, jo",
        "at the breach – Page who is on call: network",
        "at 75 % – Start a flow: late",
        "at 75 % – Raise the priority: to Critical",
        "at 75 % – forgotten",
    ]


def test_versions_are_compared_in_words():
    older = make(retro_start_field="opened_at")
    changes = MANY | {"retro_pause": True, "retro_start_field": "created_at"}
    newer = SLADefinition(**{name: getattr(older, name) for name in rules.CHECKS} | changes)
    with override("en"):
        found = presenting.compare(older, newer, TicketVocabulary("incident", None))
        told = {each.label: (each.before, each.after) for each in found}
    assert told["Time of the day"] == ("–", "16:00")
    assert told["Counts from"] == ("Opened at", "Created at")
    assert told["Remind after the breach every"] == ("–", "1 h")
    assert told["Within"] == ("1 h", "–")
    assert told["What the marks set going"][1].startswith("at 75 % – Raise the priority: by one level; at")


# Pages


def test_a_promise_by_a_time_of_the_next_business_day_is_made_in_the_browser(browser):
    change = {
        "relative": "next_bd_at", "relative_at": "16:00", "target_s": "", "retro_start_field": "opened_at",
        "overdue_repeat_s": "1h", "escalations-mode": "rows", "escalations-count": "2",
        "escalations-0-at": "75", "escalations-0-do": "raise_priority", "escalations-0-to": "1",
    }  # fmt: skip
    data = filled(start_cond=is_("impact", 1)) | {name: [value] for name, value in change.items()}
    answer = browser.post("/design/sla/new/", data | {"key": "by_four"})
    assert answer.status_code == 302, text(answer)
    row = SLADefinition.objects.get(key="by_four")
    assert (row.relative, row.relative_at, row.target_s) == ("next_bd_at", FOUR, None)
    assert (row.overdue_repeat_s, row.escalations) == (
        3600,
        [{"at": 75, "do": "raise_priority", "to": 1}],
    )
    page = text(browser.get("/design/sla/by_four/draft/"))
    assert "The saved draft can be published." in page
    assert "A clock that starts now, " in page
    assert 'value="16:00"' in page
    browser.post("/design/sla/by_four/publish/", {"lock_version": 1})
    make_incident(impact=1)
    clock = Clock.objects.get(definition=row)
    assert clock.due_at.astimezone(dt.timezone(dt.timedelta(hours=9))).time() == FOUR


def test_a_saved_draft_is_sent_back_unchanged(browser):
    row = make(**MANY | {"retro_start_field": "opened_at"})
    browser.post("/design/sla/call_back/draft/", dict(data_of(row).lists()))
    assert SLADefinition.objects.get(pk=row.pk).lock_version == 1


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"target_s": ""}, "Say how long it may take."),
        ({"relative": "due_field"}, "Choose a date of the ticket."),
        ({"relative": "next_bd_at"}, "Say at which time of the day."),
        ({"relative_at": "noon"}, "valid time"),
        ({"overdue_repeat_s": "1s"}, "Remind every minute at most"),
    ],
)  # fmt: skip
def test_what_a_promise_cannot_be_is_said_at_its_field(browser, change, word):
    data = filled() | {name: [value] for name, value in change.items()}
    answer = browser.post("/design/sla/new/", data | {"key": "by_four"})
    assert (answer.status_code, word in text(answer)) == (422, True)
    assert not SLADefinition.objects.filter(key="by_four").exists()


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ('{"at": 75}', "Write a list of steps in square brackets."),
        ('[{"at": ', "This is no JSON: look at line 1"),
        ('[{"at": 75, "do": "reassign", "group": "no"}]', "Step 1, group: There is no such group."),
        ("[7]", "Step 1: Expected a step"),
    ],
)
def test_what_steps_cannot_be_is_said_at_their_field(browser, typed, word):
    data = filled() | {"escalations-mode": ["text"], "escalations-text": [typed]}
    answer = browser.post("/design/sla/new/", data | {"key": "by_four"})
    assert (answer.status_code, word in text(answer)) == (422, True)
    assert not SLADefinition.objects.filter(key="by_four").exists()


def test_mistakes_of_saved_steps_name_the_step_on_the_page_of_the_draft(browser):
    make(escalations=[STEPS[0], {"at": 60, "do": "raise_priority"}])
    page = text(browser.get("/design/sla/call_back/draft/"))
    assert "Step 2, at: Choose one of the promise&#x27;s percentages: 50, 75, 100." in page


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"relative": ["end_next_bd"]}, "A clock that starts now, "),
        ({"relative": ["next_bd_at"], "relative_at": ["16:00"]}, ", 16:00</time> ("),
        ({"relative": ["next_bd_at"], "relative_at": [""]}, "Say within which time"),
        ({"relative": ["due_field"], "due_field": ["due_at"]}, "Say within which time"),
        ({"relative": ["someday"]}, "Say within which time"),
        ({"relative_at": ["later"]}, "1 h of open time"),
    ],
)
def test_the_preview_counts_to_the_next_business_day(browser, change, word):
    data = dict(data_of(make()).lists()) | change
    assert word in text(step(browser, "preview", data, **{"HX-Request": "true"}))


# The steps, row by row


ROWS = [
    {"at": 75, "do": "notify", "to": ["assignee", "group_manager"], "people": ["jo", "kim"]},
    {"at": 100, "do": "reassign", "group": "second-line"},
    {"at": 50, "do": "raise_priority"},
    {"at": 50, "do": "raise_priority", "to": 1},
    {"at": "overdue", "do": "page_on_call", "rota": "network"},
    {"at": 100, "do": "start_flow", "flow": "late"},
]
TEXTS = [
    ["notify"],
    [{"at": "75", "do": "raise_priority"}],
    [{"at": 75, "do": "raise_priority", "to": "1"}],
    [{"at": 75, "do": "explode"}],
    [{"at": 75, "do": "notify", "people": ["a,b"]}],
    [{"at": 75, "do": "notify", "to": []}],
    [{"at": 75, "do": "reassign", "group": " x"}],
    [{"at": True, "do": "raise_priority"}],
    {"at": 75},
]


@pytest.mark.parametrize("steps", [[], ROWS, *([each] for each in ROWS)])
def test_steps_go_through_rows_and_form_data_unchanged(steps):
    data = MultiValueDict()
    step_rows.write(data, "escalations", step_rows.typed(steps))
    assert data["escalations-mode"] == "rows"
    assert step_rows.steps_of(step_rows.read(data, "escalations")) == steps


@pytest.mark.parametrize("steps", TEXTS)
def test_what_rows_cannot_say_stays_text(steps):
    given = step_rows.typed(steps)
    assert (given.mode, json.loads(given.text)) == ("text", steps)


def test_a_step_is_added_filled_in_and_dropped_without_javascript(browser):
    row = make()
    make_rota(GroupFactory(), key="network", name_en="Network")
    make_flow({"a": {"kind": "log", "message": "late"}}, key="late-flow")
    data = dict(data_of(row).lists())
    page = text(step(browser, "add:escalations", data))
    assert 'name="escalations-0-at"' in page
    assert "Choose an action" in page
    for action, words in {
        "notify": '<input type="checkbox" name="escalations-0-to" value="group_manager">',
        "reassign": '<option value="second-line">Second line</option>',
        "raise_priority": '<option value="1">Critical</option>',
        "page_on_call": '<option value="network">Network</option>',
        "start_flow": '<option value="late-flow">',
    }.items():
        chosen = {"escalations-count": ["1"], "escalations-0-at": ["overdue"], "escalations-0-do": [action]}
        assert words in text(step(browser, "show:escalations", data | chosen)), action
    part = text(step(browser, "drop:escalations:0", data | chosen, **{"HX-Request": "true"}))
    assert part.strip().startswith('<fieldset class="rule" id="definition_escalations"')
    assert "escalations-0-at" not in part
    assert SLADefinition.objects.get(pk=row.pk).escalations == []


def test_steps_go_on_as_json_and_back(browser):
    data = dict(data_of(make(escalations=STEPS, overdue_repeat_s=60)).lists())
    page = text(step(browser, "text:escalations", data))
    assert "{&quot;at&quot;: 75, &quot;do&quot;: &quot;raise_priority&quot;}" in page
    written = {"escalations-mode": ["text"], "escalations-text": ['[{"at": 75, "do": "explode"}]']}
    assert "Rows cannot say these steps" in text(step(browser, "rows:escalations", data | written))
    written["escalations-text"] = ['[{"at": 75, "do": "raise_priority"}]']
    assert 'name="escalations-0-do"' in text(step(browser, "rows:escalations", data | written))


# REST


def test_a_promise_is_made_and_changed_over_rest():
    keeper = Caller(administrator())
    body = {name: value for name, value in BODY.items() if name != "target_duration"}
    problem(keeper.post("sla/definitions/", body), 422, "rule_refused", "/target_duration")
    wanted = {
        "relative": "next_bd_at", "relative_at": "16:00", "retro_start_field": "opened_at",
        "retro_pause": False, "overdue_repeat": "PT1H", "escalations": [STEPS[1]],
    }  # fmt: skip
    made = keeper.post("sla/definitions/", body | wanted)
    assert made.status_code == 201, made.json()
    assert {name: made.json()[name] for name in wanted} == wanted
    assert made.json()["target_duration"] is None
    back = {"relative": "", "relative_at": None, "target_duration": "PT2H", "overdue_repeat": None,
            "escalations": []}  # fmt: skip
    changed = keeper.change(f"{ONE}draft/", back)
    assert changed.status_code == 200, changed.json()
    assert {name: changed.json()[name] for name in back} == back


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"relative": "someday"}, "/relative"),
        ({"relative": "due_field", "due_field": "secret"}, "/due_field"),
        ({"relative_at": "noon"}, "/relative_at"),
        ({"target_duration": None}, "/target_duration"),
        ({"overdue_repeat": "PT1S"}, "/overdue_repeat"),
        ({"retro_pause": "perhaps"}, "/retro_pause"),
        ({"escalations": [{"at": 50, "do": "reassign", "group": "no"}]}, "/escalations/0/group"),
        ({"escalations": [{"at": 50, "do": "explode"}]}, "/escalations/0/do"),
    ],
)
def test_what_a_promise_cannot_be_names_its_place_in_the_body(change, place):
    answer = Caller(administrator()).post("sla/definitions/", BODY | change)
    problem(answer, 422, "rule_refused", place)
    assert not SLADefinition.objects.filter(key="call_back").exists()


def test_agents_read_the_steps_of_what_is_in_force():
    services.publish_definition(make(**MANY).pk, actor=None)
    body = Caller(AgentFactory()).get(ONE).json()
    assert (body["relative"], body["escalations"], body["overdue_repeat"]) == ("next_bd_at", STEPS, "PT1H")
