"""What differs between two versions, and conditions, ways and triggers in words."""

from __future__ import annotations

import pytest
from django.utils import translation

from workflows import words
from workflows.compare import Change, Difference, compare
from workflows.layout import Way

BEFORE = {
    "trigger": {"kind": "manual"},
    "start": "a",
    "nodes": {"a": {"kind": "log", "message": "x", "next": "b"}, "b": {"kind": "end", "outcome": "done"}},
}


def test_the_same_graph_has_no_changes():
    assert compare(BEFORE, BEFORE) == []


def test_steps_are_added_removed_and_changed():
    after = {
        "trigger": {"kind": "record"},
        "start": "a",
        "nodes": {
            "a": {"kind": "log", "message": "y", "next": "c"},
            "c": {"kind": "end", "outcome": "rejected"},
        },
    }
    with translation.override("en"):
        assert compare(BEFORE, after) == [
            Change("changed", "", "", (Difference("trigger", '{"kind": "manual"}', '{"kind": "record"}'),)),
            Change(
                "changed",
                "a",
                "Write to the log",
                (Difference("message", '"x"', '"y"'), Difference("next", '"b"', '"c"')),
            ),
            Change("added", "c", "End: Declined"),
            Change("removed", "b", "End: Done"),
        ]


def test_drafts_with_mistakes_are_compared_too():
    assert compare({}, {"nodes": []}) == []
    assert [each.kind for each in compare({"nodes": {"a": 3}}, BEFORE)] == ["changed", "added", "added"]


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        ({"f": "steps.ask.outcome", "op": "eq", "v": "approved"}, "ask.outcome = approved"),
        ({"f": "vars.amount", "op": "gte", "v": 3_000_000}, "amount ≥ 3,000,000"),
        (
            {"all": [{"f": "a", "op": "empty"}, {"any": [{"f": "b", "op": "in", "v": [1, 2]}]}]},
            "a empty and b ∈ 1, 2",
        ),
        ({"not": {"f": "vip", "op": "eq", "v": True}}, "not vip = yes"),
        ({}, ""),
        ("nonsense", ""),
    ],
)
def test_conditions_in_a_line(tree, text):
    with translation.override("en"):
        assert words.condition_text(tree) == text


def test_ways_in_words():
    node = {
        "kind": "branch",
        "cases": [{"if": {"f": "vars.n", "op": "gt", "v": 1}, "to": "a"}, {"is": ["x", "y"], "to": "b"}],
        "default": "c",
    }
    with translation.override("en"):
        assert words.way_text(node, Way("case", "a", 1)) == "n > 1"
        assert words.way_text(node, Way("case", "b", 2)) == "x, y"
        assert words.way_text(node, Way("default", "c")) == "otherwise"
        assert words.way_text(node, Way("next", "c")) == ""
        assert words.way_text({}, Way("branch", "c", 2)) == "branch 2"
        assert len(words.way_text({"cases": [{"is": ["z" * 90], "to": "a"}]}, Way("case", "a", 1))) == 40


def test_triggers_in_words():
    with translation.override("en"):
        assert words.trigger_text({"trigger": {"kind": "catalog", "item": "laptop"}}) == "An order: laptop"
        assert words.trigger_text({"trigger": {"kind": "signal", "name": "hr.hired"}}) == "A signal: hr.hired"
        assert words.trigger_text({"trigger": {"kind": "record", "type": "incident", "if": {}}}) == (
            "A change of a ticket: Incident"
        )
        assert words.trigger_text({"trigger": {"kind": "manual"}}) == "By hand"
        assert words.trigger_text({"trigger": []}) == ""
