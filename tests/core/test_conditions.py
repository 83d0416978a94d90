"""The condition tree in Python: what each operator means, what is refused, and what an explanation says."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.conditions import (
    OPERATORS,
    BadConditionError,
    Dictionary,
    Field,
    Test,
    compile_condition,
    duration,
)

NOW = dt.datetime(2026, 3, 10, 1, 0, tzinfo=dt.UTC)
FIELDS = [
    Field("title", "text"),
    Field("note", "text"),
    Field("kind", "choice", choices=["incident", "request"]),
    Field("priority", "number"),
    Field("price", "number"),
    Field("vip", "boolean"),
    Field("day", "date"),
    Field("opened_at", "datetime"),
    Field("due_at", "datetime"),
    Field("owner.key", "ref"),
    Field("tags", "list"),
    Field("shout", "text", get=lambda values: values["title"].upper()),
]
TESTS = {"in_group": Test("ref", check=lambda value, key: value in {"a-team": {"kim", "lee"}}.get(key, ()))}
WORDS = Dictionary(FIELDS, tests=TESTS)
RECORD = {
    "title": "VPN drops",
    "note": None,
    "kind": "incident",
    "priority": 2,
    "price": Decimal("10.50"),
    "vip": True,
    "day": dt.date(2026, 3, 10),
    "opened_at": NOW - dt.timedelta(hours=3),
    "due_at": None,
    "owner": {"key": "kim"},
    "tags": ["mail", "vpn"],
}


def holds(tree, values=RECORD, before=None):
    return compile_condition(tree, WORDS).test(values, before=before, now=NOW)


def leaf(field, op, *value):
    return {"f": field, "op": op} | ({"v": value[0]} if value else {})


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (leaf("kind", "eq", "incident"), True),
        (leaf("kind", "ne", "incident"), False),
        (leaf("kind", "in", ["request", "incident"]), True),
        (leaf("kind", "nin", ["request", "incident"]), False),
        (leaf("priority", "lt", 2), False),
        (leaf("priority", "lte", 2), True),
        (leaf("priority", "gt", 1.5), True),
        (leaf("priority", "gte", 3), False),
        (leaf("priority", "between", [1, 2]), True),
        (leaf("priority", "between", [2.5, 9]), False),
        (leaf("priority", "in", [2.0, 7]), True),
        (leaf("price", "eq", 10.5), True),
        (leaf("title", "contains", "drop"), True),
        (leaf("title", "contains", "DROP"), False),
        (leaf("title", "starts", "VPN"), True),
        (leaf("tags", "contains", "vpn"), True),
        (leaf("tags", "contains", "vp"), False),
        (leaf("tags", "nempty"), True),
        (leaf("vip", "eq", True), True),
        (leaf("day", "eq", "2026-03-10"), True),
        (leaf("opened_at", "lt", {"now": "-PT2H"}), True),
        (leaf("opened_at", "gte", {"now": "-PT3H"}), True),
        (leaf("opened_at", "between", ["2026-03-09T00:00:00+09:00", {"now": "+P0D"}]), True),
        (leaf("price", "gt", {"ref": "priority"}), True),
        (leaf("owner.key", "in_group", "a-team"), True),
        (leaf("owner.key", "in_group", "b-team"), False),
        (leaf("shout", "eq", "VPN DROPS"), True),
        ({}, True),
        ({"all": []}, True),
        ({"any": []}, False),
        ({"not": {"any": []}}, True),
        ({"all": [leaf("vip", "eq", True), leaf("priority", "eq", 2)]}, True),
        ({"any": [leaf("vip", "eq", False), leaf("priority", "eq", 2)]}, True),
        ({"not": leaf("priority", "eq", 2)}, False),
    ],
)
def test_each_operator_means_what_it_says(tree, expected):
    assert holds(tree) is expected


VALUES = {
    "eq": "x", "ne": "x", "in": ["x"], "nin": ["x"], "contains": "x", "starts": "x",
    "changed_from": "x", "changed_to": "x",
}  # fmt: skip


@pytest.mark.parametrize("op", sorted(op for op, types in OPERATORS.items() if "text" in types))
def test_on_no_value_every_operator_but_empty_ne_nin_is_false(op):
    tree = leaf("note", op, VALUES[op]) if op in VALUES else leaf("note", op)
    assert holds(tree, before=RECORD) is (op in {"empty", "ne", "nin"})


@pytest.mark.parametrize("op", ["lt", "lte", "gt", "gte", "eq"])
def test_a_comparison_with_a_field_that_has_no_value_is_false_either_way(op):
    assert not holds(leaf("opened_at", op, {"ref": "due_at"}))
    assert not holds(leaf("due_at", op, {"ref": "opened_at"}))
    assert not holds(leaf("due_at", "between", [{"ref": "opened_at"}, {"now": "PT1H"}]))
    assert not holds(leaf("opened_at", "between", [{"ref": "due_at"}, {"now": "PT1H"}]))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("title", 5), ("priority", "2"), ("priority", True), ("priority", float("nan")), ("vip", 1),
        ("day", NOW), ("opened_at", NOW.replace(tzinfo=None)), ("opened_at", "soon"), ("tags", "vpn"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_counts_as_none_at_run_time(field, wrong):
    assert holds(leaf(field, "empty"), RECORD | {field: wrong})
    assert holds(leaf(field, "empty"), {key: value for key, value in RECORD.items() if key != field})


def test_instants_may_come_as_iso_texts():
    assert holds(leaf("opened_at", "lt", {"now": "PT0S"}), RECORD | {"opened_at": "2026-03-10T00:00:00Z"})
    assert holds(leaf("day", "gt", "2026-03-09"), RECORD | {"day": "2026-03-10"})


OLD = {"priority": 3, "title": "VPN drops", "owner": {"key": "lee"}, "note": "was here"}


@pytest.mark.parametrize(
    ("tree", "before", "expected"),
    [
        (leaf("priority", "changed"), OLD, True),
        (leaf("title", "changed"), OLD, False),
        (leaf("note", "changed"), OLD, True),
        (leaf("kind", "changed"), OLD, False),
        (leaf("priority", "changed_from", 3), OLD, True),
        (leaf("priority", "changed_from", 4), OLD, False),
        (leaf("priority", "changed_to", 2), OLD, True),
        (leaf("title", "changed_to", "VPN drops"), OLD, False),
        (leaf("owner.key", "changed_from", "lee"), OLD, True),
        (leaf("owner.key", "changed_to", "kim"), OLD, True),
        (leaf("priority", "changed"), None, True),
        (leaf("note", "changed"), None, False),
        (leaf("priority", "changed_to", 2), None, True),
        (leaf("priority", "changed_from", 2), None, False),
    ],
)
def test_changes_are_seen_against_the_values_before(tree, before, expected):
    assert holds(tree, before=before) is expected


@pytest.mark.parametrize(
    ("tree", "where", "code"),
    [
        (None, "", "no_node"),
        ([], "", "no_node"),
        ("priority", "", "no_node"),
        ({"all": [], "any": []}, "", "no_node"),
        ({"all": {}}, "all", "no_list"),
        ({"all": [{}]}, "all.0", "no_node"),
        ({"not": []}, "not", "no_node"),
        (leaf("title", "eq", "x") | {"x": 1}, "", "no_node"),
        (leaf("secret", "eq", "x"), "f", "unknown_field"),
        (leaf("title.__class__", "eq", "x"), "f", "unknown_field"),
        (leaf(["title"], "eq", "x"), "f", "unknown_field"),
        ({"all": [leaf("vip", "eq", True), leaf("x", "empty")]}, "all.1.f", "unknown_field"),
        ({"f": "title"}, "op", "operator"),
        (leaf("title", "matches", "x"), "op", "operator"),
        (leaf("title", ["eq"], "x"), "op", "operator"),
        (leaf("title", "lt", "x"), "op", "operator"),
        (leaf("title", "in_group", "a-team"), "op", "operator"),
        (leaf("vip", "in", [True]), "op", "operator"),
        (leaf("tags", "eq", "vpn"), "op", "operator"),
        (leaf("title", "eq"), "v", "required"),
        (leaf("title", "empty", "x"), "v", "unexpected"),
        (leaf("title", "eq", 5), "v", "type"),
        (leaf("title", "eq", None), "v", "type"),
        (leaf("title", "contains", ""), "v", "type"),
        (leaf("title", "contains", {"ref": "note"}), "v", "type"),
        (leaf("title", "eq", "a\x00b"), "v", "range"),
        (leaf("title", "eq", "\ud800"), "v", "range"),
        (leaf("title", "eq", "x" * 4001), "v", "range"),
        (leaf("kind", "eq", "problem"), "v", "choice"),
        (leaf("kind", "in", ["incident", "problem"]), "v", "choice"),
        (leaf("priority", "eq", "2"), "v", "type"),
        (leaf("priority", "eq", True), "v", "type"),
        (leaf("priority", "eq", 10**18), "v", "range"),
        (leaf("priority", "eq", float("inf")), "v", "type"),
        (leaf("priority", "in", []), "v", "no_list"),
        (leaf("priority", "in", list(range(501))), "v", "no_list"),
        (leaf("priority", "in", 5), "v", "no_list"),
        (leaf("priority", "in", [1, None]), "v", "type"),
        (leaf("priority", "between", [1]), "v", "no_list"),
        (leaf("priority", "eq", {"now": "PT1H"}), "v", "type"),
        (leaf("priority", "eq", {"ref": "title"}), "v", "type"),
        (leaf("priority", "eq", {"ref": "nowhere"}), "v", "unknown_field"),
        (leaf("priority", "eq", {"ref": "price", "x": 1}), "v", "type"),
        (leaf("vip", "eq", "true"), "v", "type"),
        (leaf("day", "eq", "10.3.2026"), "v", "type"),
        (leaf("day", "eq", "1066-10-14"), "v", "range"),
        (leaf("opened_at", "eq", "2026-03-10T10:00:00"), "v", "type"),
        (leaf("opened_at", "lt", {"now": "2 hours"}), "v", "type"),
        (leaf("opened_at", "lt", {"now": "P200Y"}), "v", "type"),
        (leaf("opened_at", "lt", {"now": "P999999D"}), "v", "type"),
        (leaf("owner.key", "in_group", ""), "v", "type"),
        (leaf("owner.key", "in_group", 5), "v", "type"),
    ],
)
def test_a_wrong_tree_is_refused_with_the_place_of_the_mistake(tree, where, code):
    with pytest.raises(BadConditionError) as refusal:
        compile_condition(tree, WORDS)
    assert [(error.field, error.code) for error in refusal.value.errors] == [(where, code)]
    assert str(refusal.value.detail)


def test_all_mistakes_are_named_at_once():
    with pytest.raises(BadConditionError) as refusal:
        compile_condition({"any": [leaf("x", "eq", 1), {"not": leaf("vip", "eq", 1)}, 5]}, WORDS)
    assert [error.field for error in refusal.value.errors] == ["any.0.f", "any.1.not.v", "any.2"]


def nested(depth):
    tree = leaf("vip", "eq", True)
    for _step in range(depth - 1):
        tree = {"not": tree}
    return tree


def test_the_limits_of_depth_and_number_hold_exactly():
    assert holds(nested(12)) is False
    with pytest.raises(BadConditionError):
        compile_condition(nested(13), WORDS)
    half = {"all": [leaf("vip", "eq", True)] * 100}
    assert holds({"all": [half, half]})
    with pytest.raises(BadConditionError):
        compile_condition({"all": [half, half, leaf("vip", "eq", True)]}, WORDS)
    assert holds(leaf("priority", "in", list(range(500))))


def test_a_very_deep_tree_is_refused_without_recursion():
    with pytest.raises(BadConditionError):
        compile_condition(nested(20_000), WORDS)


def test_the_largest_legal_tree_is_evaluated_within_50_ms():
    text = {"title": "x" * 20_000}
    tree = {"any": [leaf("title", "contains", "y" * 4_000)] * 200}
    condition = compile_condition(tree, WORDS)
    started = time.process_time()
    assert not condition.test(text, now=NOW)
    assert time.process_time() - started < 0.05


KEYS = st.sampled_from(["all", "any", "not", "f", "op", "v", "ref", "now", "x"])
WORD = st.sampled_from(["eq", "in", "title", "priority"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | WORD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
)


@given(JSON)
def test_no_json_does_anything_but_compile_or_be_refused(tree):
    try:
        condition = compile_condition(tree, WORDS)
    except BadConditionError:
        return
    assert condition.test(RECORD, now=NOW) in {True, False}


def test_an_explanation_lists_each_test_with_value_and_verdict():
    tree = {"all": [leaf("priority", "lte", 2), {"not": leaf("opened_at", "lt", {"now": "-PT2H"})}]}
    first, second = compile_condition(tree, WORDS).explain(RECORD, now=NOW, before=OLD)
    assert (first.where, first.field, first.op, first.operands) == ("all.0", "priority", "lte", (2,))
    assert (first.value, first.before, first.holds) == (2, 3, True)
    assert (second.where, second.operands) == ("all.1.not", (NOW - dt.timedelta(hours=2),))
    assert second.holds is True


def test_a_condition_knows_which_fields_it_reads():
    tree = {"any": [leaf("priority", "eq", 1), {"not": leaf("opened_at", "lt", {"ref": "due_at"})}]}
    assert compile_condition(tree, WORDS).fields == {"priority", "opened_at", "due_at"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT2H", dt.timedelta(hours=2)),
        ("+PT90M", dt.timedelta(minutes=90)),
        ("-P1DT30S", -dt.timedelta(days=1, seconds=30)),
        ("P2W", dt.timedelta(weeks=2)),
        ("P0D", dt.timedelta()),
    ],
)
def test_lengths_of_time_are_iso_8601(text, expected):
    assert duration(text) == expected


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "2H", "P1Y", "P1M", "PT1.5H", "--PT1H", "PT2H ", 7200, None]
)
def test_other_lengths_of_time_are_refused(text):
    with translation.override("en"), pytest.raises(ValueError, match="length of time"):
        duration(text)


@pytest.mark.parametrize(
    ("path", "type_"), [("a", "json"), ("", "text"), ("a..b", "text"), ("a.b.c.d.e", "text"), (".a", "text")]
)
def test_a_field_that_could_never_work_cannot_be_declared(path, type_):
    with pytest.raises(ValueError, match="not a"):
        Field(path, type_)
