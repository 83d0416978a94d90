"""What is refused at publish, and what its author is warned of (PROCESSES SLA-04)."""

from __future__ import annotations

import datetime as dt

import pytest

from core.errors import RuleRefusedError
from core.time import db_now
from sla import lint
from sla.models import SLADefinition
from sla.satisfying import is_possible
from tests.factories.accounts import AgentFactory, GroupFactory
from tests.factories.schedules import CalendarFactory, make_rota
from tests.factories.sla import SLADefinitionFactory, is_
from tests.factories.workflows import make_flow
from tickets.conditions import compiled

pytestmark = pytest.mark.django_db


def draft(**fields):
    return SLADefinitionFactory.build(status="draft", calendar=CalendarFactory(), **fields)


def errors(**fields):
    try:
        lint.check(draft(**fields), now=db_now())
    except RuleRefusedError as refusal:
        return [(error.field, error.code) for error in refusal.errors]
    return []


def warned(**fields):
    return [(each.field, each.code) for each in lint.warnings(draft(**fields))]


DATED = {"relative": "due_field", "due_field": "due_at", "target_s": None, "pause_cond": None}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, []),
        ({"target_s": None}, [("target_s", "required")]),
        ({"target_s": 0}, [("target_s", "range")]),
        ({"target_s": 2_000_000_001}, [("target_s", "range")]),
        (DATED, []),
        (DATED | {"due_field": ""}, [("due_field", "unknown_field")]),
        (DATED | {"due_field": "title"}, [("due_field", "unknown_field")]),
        (DATED | {"due_field": "requester.location.key"}, [("due_field", "unknown_field")]),
        (DATED | {"pause_cond": is_("phase", "waiting")}, [("pause_cond", "relative")]),
        ({"relative": "sometime", "pause_cond": None}, [("relative", "choice")]),
        ({"relative": "end_next_bd", "pause_cond": None, "target_s": None}, []),
        ({"relative": "end_next_bd", "target_s": None}, [("pause_cond", "relative")]),
        ({"relative": "next_bd_at", "pause_cond": None}, [("relative_at", "required")]),
        ({"relative": "next_bd_at", "pause_cond": None, "relative_at": dt.time(16)}, []),
        ({"retro_start_field": "opened_at"}, []),
        ({"retro_start_field": "created_at", "retro_pause": True}, []),
        ({"retro_start_field": "state"}, [("retro_start_field", "unknown_field")]),
        ({"retro_pause": True}, [("retro_start_field", "required")]),
        (
            {"retro_start_field": "opened_at", "retro_pause": True, "pause_cond": None},
            [("pause_cond", "required")],
        ),
        ({"overdue_repeat_s": 60}, []),
        ({"overdue_repeat_s": 59}, [("overdue_repeat_s", "range")]),
        ({"overdue_repeat_s": 0}, [("overdue_repeat_s", "range")]),
        ({"overdue_repeat_s": 366 * 86_400 + 1}, [("overdue_repeat_s", "range")]),
    ],
)
def test_each_mistake_is_named(fields, expected):
    assert errors(**fields) == expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({"at": 50, "do": "raise_priority"}, []),
        ({"at": 100, "do": "raise_priority", "to": 1}, []),
        ({"at": 60, "do": "raise_priority"}, [("at", "choice")]),
        ({"at": "50", "do": "raise_priority"}, [("at", "choice")]),
        ({"at": True, "do": "raise_priority"}, [("at", "choice")]),
        ({"at": "overdue", "do": "raise_priority"}, [("at", "choice")]),
        ({"do": "raise_priority"}, [("at", "choice")]),
        ({"at": [50], "do": "raise_priority"}, [("at", "choice")]),
        ({"at": 50, "do": "raise_priority", "to": 6}, [("to", "choice")]),
        ({"at": 50, "do": "raise_priority", "to": "1"}, [("to", "choice")]),
        ({"at": 50, "do": "raise_priority", "by": 2}, [("by", "unknown_field")]),
        ({"at": 50, "do": "explode"}, [("do", "choice")]),
        ({"at": 50, "do": ["notify"]}, [("do", "choice")]),
        ({"at": 50}, [("do", "choice")]),
        ("raise", [("", "type")]),
        ({"at": 50, "do": "reassign"}, [("group", "required")]),
        ({"at": 50, "do": "reassign", "group": "second-line"}, []),
        ({"at": 50, "do": "reassign", "group": "nowhere"}, [("group", "does_not_exist")]),
        ({"at": 50, "do": "reassign", "group": 7}, [("group", "does_not_exist")]),
        ({"at": 50, "do": "reassign", "person": "expert"}, []),
        ({"at": 50, "do": "reassign", "person": "nobody"}, [("person", "does_not_exist")]),
        ({"at": 50, "do": "reassign", "person": "left"}, [("person", "does_not_exist")]),
        ({"at": 50, "do": "reassign", "group": "second-line", "person": "expert"}, []),
        ({"at": 50, "do": "reassign", "group": "second-line", "person": "other"}, [("person", "no_member")]),
        ({"at": 50, "do": "notify"}, [("to", "required")]),
        ({"at": 50, "do": "notify", "to": ["assignee", "watchers"], "people": ["Expert"]}, []),
        ({"at": 50, "do": "notify", "to": ["everybody"]}, [("to", "choice")]),
        ({"at": 50, "do": "notify", "to": "assignee"}, [("to", "type")]),
        ({"at": 50, "do": "notify", "people": [1]}, [("to", "type")]),
        ({"at": 50, "do": "notify", "people": ["expert", "nobody"]}, [("people", "does_not_exist")]),
        ({"at": 50, "do": "page_on_call"}, [("rota", "required")]),
        ({"at": 50, "do": "start_flow"}, [("flow", "required")]),
        ({"at": 50, "do": "start_flow", "flow": "late-flow"}, []),
        ({"at": 50, "do": "start_flow", "flow": "gone"}, [("flow", "does_not_exist")]),
    ],
)
def test_each_mistake_in_a_step_is_named_at_its_place(step, expected):
    group = GroupFactory(key="second-line")
    AgentFactory(username="expert", groups=[group])
    AgentFactory(username="other")
    AgentFactory(username="left", is_active=False)
    make_flow({"a": {"kind": "log", "message": "late"}}, key="late-flow")
    good = {"at": 75, "do": "raise_priority"}
    places = [(f"escalations.1.{field}".rstrip("."), code) for field, code in expected]
    assert errors(escalations=[good, step]) == places


@pytest.mark.parametrize(("rota", "expected"), [("network", []), ("gone", ["does_not_exist"])])
def test_a_page_names_a_rota_that_is_there(rota, expected):
    make_rota(GroupFactory(), key="network")
    found = errors(escalations=[{"at": 50, "do": "page_on_call", "rota": rota}])
    assert [code for _field, code in found] == expected


@pytest.mark.parametrize("steps", [{"at": 50}, "notify", [{"at": 50, "do": "raise_priority"}] * 21])
def test_the_steps_are_a_short_list(steps):
    assert errors(escalations=steps) == [("escalations", "no_list")]


def test_a_step_at_the_reminders_needs_reminders():
    step = {"at": "overdue", "do": "raise_priority"}
    assert errors(escalations=[step], overdue_repeat_s=3600) == []


SOLVED = {"f": "state", "op": "in", "v": ["resolved", "closed"]}
P1 = is_("priority", 1)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"start_cond": P1, "stop_cond": SOLVED}, []),
        # start implies stop
        (
            {"start_cond": P1, "stop_cond": {"f": "priority", "op": "lte", "v": 3}},
            [("stop_cond", "never_attaches")],
        ),
        ({"start_cond": P1, "stop_cond": {"f": "priority", "op": "gte", "v": 2}}, []),
        ({"start_cond": {"all": [P1, SOLVED]}, "stop_cond": SOLVED}, [("stop_cond", "never_attaches")]),
        ({"start_cond": P1, "stop_cond": {}}, [("stop_cond", "never_attaches")]),
        (
            {"start_cond": {}, "stop_cond": {"any": [SOLVED, {"not": SOLVED}]}},
            [("stop_cond", "never_attaches")],
        ),
        (
            {"start_cond": SOLVED, "stop_cond": is_("phase", "done"), "kind": "incident", "pause_cond": None},
            [("stop_cond", "never_attaches")],  # the states of a kind have their phases
        ),
        ({"start_cond": is_("category", "vpn"), "stop_cond": is_("category", "mail")}, []),
        (
            {"start_cond": is_("category", "vpn"), "stop_cond": {"f": "category", "op": "ne", "v": "mail"}},
            [("stop_cond", "never_attaches")],
        ),
        ({"start_cond": P1, "stop_cond": {"f": "first_response_at", "op": "nempty"}}, []),
        # start never holds
        ({"start_cond": {"all": [P1, is_("priority", 2)]}}, [("start_cond", "never_holds")]),
        ({"start_cond": {"f": "priority", "op": "gt", "v": 5}}, [("start_cond", "never_holds")]),
        # start implies cancel
        (
            {
                "start_cond": P1,
                "cancel_mode": "cancel_cond",
                "cancel_cond": {"f": "priority", "op": "lt", "v": 2},
            },
            [("cancel_cond", "never_attaches")],
        ),
        ({"start_cond": P1, "cancel_mode": "never", "cancel_cond": P1}, []),
        # pause excludes start
        (
            {"start_cond": is_("phase", "open"), "pause_cond": is_("phase", "waiting")},
            [("pause_cond", "cancels")],
        ),
        (
            {
                "start_cond": is_("state", "in_progress"),
                "pause_cond": is_("phase", "waiting"),
                "kind": "incident",
            },
            [("pause_cond", "cancels")],
        ),
        (
            {
                "start_cond": is_("phase", "open"),
                "pause_cond": is_("phase", "waiting"),
                "cancel_mode": "never",
            },
            [],
        ),
        # not decided: no warning
        (
            {
                "start_cond": {"f": "title", "op": "contains", "v": "a"},
                "stop_cond": {"f": "title", "op": "contains", "v": "a"},
            },
            [],
        ),
        ({"start_cond": {"f": "priority", "op": "changed_to", "v": 1}, "stop_cond": P1}, []),
        ({"start_cond": {"f": "nonsense", "op": "eq", "v": 1}}, []),
    ],
)
def test_what_is_hardly_meant_is_warned_of_and_no_error(fields, expected):
    assert warned(**fields) == expected
    assert errors(**fields) == [] or "nonsense" in str(fields)


def test_definitions_that_say_the_same_are_named():
    start = {"all": [P1, {"f": "category", "op": "eq", "v": "vpn"}]}
    turned = {"all": [{"f": "category", "op": "eq", "v": "vpn"}, P1]}
    SLADefinitionFactory(key="first", start_cond=start, pause_cond=None)
    SLADefinitionFactory(key="retired", start_cond=start, pause_cond=None, status="retired")
    SLADefinitionFactory(key="response", start_cond=start, pause_cond=None, target="response")
    again = draft(key="second", start_cond=turned, pause_cond=None)
    [found] = lint.warnings(again)
    assert (found.field, found.code) == ("start_cond", "duplicate")
    assert "first" in str(found.detail)
    assert "retired" not in str(found.detail)
    assert lint.warnings(draft(key="first", no=2, start_cond=turned, pause_cond=None)) == []
    assert lint.warnings(draft(key="third", start_cond=P1, pause_cond=None)) == []


def test_the_definitions_that_ship_have_neither_mistakes_nor_warnings():
    rows = list(SLADefinition.objects.filter(status="published").select_related("calendar"))
    assert len(rows) >= 12
    for row in rows:
        lint.check(row, now=db_now())
        assert lint.warnings(row) == [], row.key


def test_the_question_is_given_up_when_it_has_too_many_cases():
    many = {
        "all": [
            {"f": name, "op": "in", "v": [f"v{n}" for n in range(20)]}
            for name in ("category", "close_code", "requester.grade", "group.key", "location.key")
        ]
    }
    assert is_possible("probe", holds=[compiled(many)], fails=[]) is None
