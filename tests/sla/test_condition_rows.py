"""Conditions as rows of a form, as text, and in words."""

from __future__ import annotations

import pytest
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from core.conditions import line, operator_label, outline
from sla import lengths
from sla.reference import SEEDS
from tests.factories.accounts import GroupFactory, LocationFactory, default_company
from tests.factories.sla import is_
from tickets.conditions import DICTIONARY, compiled
from tickets.editing import condition_rows
from tickets.editing.condition_rows import ALWAYS, AS_TEXT, BadRowError, Row, Typed
from tickets.vocabulary import LABELS, TicketVocabulary

TREES = [
    None,
    {},
    is_("priority", 1),
    is_("requester.is_vip", True),
    {"f": "state", "op": "in", "v": ["resolved", "closed"]},
    {"f": "first_response_at", "op": "nempty"},
    {"f": "reopen_count", "op": "between", "v": [1, 3]},
    {"f": "ci.criticality", "op": "gte", "v": 2.5},
    {"f": "title", "op": "starts", "v": "VPN"},
    {"all": [is_("priority", 1), {"f": "group.key", "op": "ne", "v": "night"}]},
    {"any": [is_("phase", "waiting"), {"f": "title", "op": "contains", "v": "outage"}]},
    {"f": "title", "op": "in", "v": ["a", "b"]},
]


@pytest.mark.parametrize("tree", TREES, ids=str)
def test_rows_say_the_same_as_the_tree(tree):
    shown = condition_rows.as_rows(tree)
    assert shown is not None
    data = MultiValueDict({"other": ["x"]})
    condition_rows.write(data, "stop_cond", shown)
    assert condition_rows.read(data, "stop_cond") == shown
    assert condition_rows.tree_of(shown) == tree


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.key)
def test_what_ships_can_be_edited_as_rows_or_stays_text(seed):
    for tree in (seed.start, seed.stop, seed.pause):
        made = condition_rows.tree_of(condition_rows.typed(tree))
        if tree is not None:
            assert compiled(made).fields == compiled(tree).fields


def test_the_opposite_of_a_test_is_a_row_too():
    shown = condition_rows.as_rows({"not": is_("state", "cancelled")})
    assert shown == Typed(rows=(Row("state", "ne", ("cancelled",)),))


@pytest.mark.parametrize(
    "tree",
    [
        {"all": [is_("priority", 1), {"any": [is_("impact", 1), is_("urgency", 1)]}]},
        {"f": "due_at", "op": "lt", "v": {"now": "PT2H"}},
        {"f": "resolved_at", "op": "gt", "v": {"ref": "due_at"}},
        {"f": "title", "op": "in", "v": ["a, b"]},
        {"not": {"all": [is_("priority", 1), is_("impact", 1)]}},
        {"f": "unknown", "op": "eq", "v": 1},
        [],
        "text",
    ],
    ids=str,
)
def test_what_rows_cannot_say_is_shown_as_text(tree):
    assert condition_rows.as_rows(tree) is None
    shown = condition_rows.typed(tree)
    assert shown.mode == AS_TEXT
    assert condition_rows.tree_of(shown) == tree


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        (Typed(rows=(Row("secret", "eq", ("1",)),)), "no field"),
        (Typed(rows=(Row("priority", "starts", ("1",)),)), "how the field is compared"),
        (Typed(rows=(Row("priority", "eq", ("high",)),)), "no number"),
        (Typed(rows=(Row("priority", "eq", ("1e999999999",)),)), "no number"),
        (Typed(rows=(Row("priority", "eq", ()),)), "Give a value"),
        (Typed(rows=(Row("state", "in", ("", " , ")),)), "at least one value"),
        (Typed(rows=(Row("priority", "between", ("1",)),)), "two values"),
        (Typed(rows=(Row("requester.is_vip", "eq", ("maybe",)),)), "yes or no"),
        (Typed(rows=(Row("due_at", "lt", ("soon",)),)), "no date"),
        (Typed(mode=AS_TEXT, text="{"), "line 1"),
        (Typed(mode=AS_TEXT, text="[" * 100_000), "no JSON"),
        (Typed(mode=AS_TEXT, text='{"f": NaN}'), "no JSON"),
    ],
)
def test_a_mistake_in_a_row_is_named(typed, word):
    with translation.override("en"), pytest.raises(BadRowError, match=word):
        condition_rows.tree_of(typed)


def test_the_text_has_the_parts_of_a_test_in_the_order_people_say_them():
    text = condition_rows.written({"any": [{"v": 1, "f": "priority", "op": "eq"}]})
    assert text.index('"f"') < text.index('"op"') < text.index('"v"')
    assert condition_rows.written(None) == ""


def test_a_row_without_a_field_says_nothing():
    assert condition_rows.tree_of(Typed(rows=(Row(), Row("", "eq", ("x",))))) is None


def test_rows_are_added_dropped_and_turned_into_text_and_back():
    one = Typed(rows=(Row("priority", "eq", ("1",)),))
    two = condition_rows.edited(one, "add")
    assert len(two.rows) == 2
    assert condition_rows.edited(two, "drop", "0").rows == (Row(),)
    text = condition_rows.edited(one, "text")
    assert (text.mode, condition_rows.tree_of(text)) == (AS_TEXT, is_("priority", 1))
    assert condition_rows.edited(text, "rows") == one
    assert condition_rows.edited(Typed(join=ALWAYS), "add").join == "all"
    with pytest.raises(BadRowError):
        condition_rows.edited(Typed(mode=AS_TEXT, text='{"not": {"all": [{}, {}]}}'), "rows")
    many = Typed(rows=(Row(),) * condition_rows.MOST_ROWS)
    assert condition_rows.edited(many, "add") == many


@pytest.mark.parametrize("count", ["-1", "²", "9999999999", "x", ""])
def test_a_made_up_count_of_rows_does_no_harm(count):
    data = MultiValueDict({"stop_cond-count": [count], "stop_cond-mode": ["?"], "stop_cond-join": ["?"]})
    assert len(condition_rows.read(data, "stop_cond").rows) == 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4h", 14_400), ("1h 30m", 5400), ("45m", 2700), ("2d", 172_800), ("90s", 90), ("4시간 30분", 16_200),
        ("1 hour, 5 min", 3900), ("0m", 0),
    ],
)  # fmt: skip
def test_lengths_are_read_as_people_write_them(text, seconds):
    assert lengths.parsed(text) == seconds
    assert lengths.parsed(lengths.written(seconds)) == seconds


@pytest.mark.parametrize("text", ["", "4", "h", "4h later", "-4h", "4 parsecs", "1.5h"])
def test_other_lengths_are_refused(text):
    with translation.override("en"), pytest.raises(ValueError, match="length of time"):
        lengths.parsed(text)


def test_lengths_in_words_are_hours_at_most():
    with translation.override("en"):
        assert lengths.in_words(27 * 3600) == "27 h"
        assert lengths.in_words(16_200) == "4 h 30 min"
        assert lengths.in_words(0) == "0 s"


# In words


SENTENCES = [
    (is_("priority", 1), "Priority is Critical", "우선순위가 심각"),
    ({"not": is_("state", "cancelled")}, "State is not Cancelled", None),
    ({"f": "state", "op": "in", "v": ["resolved", "closed"]}, "State is one of Resolved, Closed", None),
    ({"f": "first_response_at", "op": "nempty"}, "First response at is filled in", None),
    ({"f": "due_at", "op": "lt", "v": {"now": "PT2H"}}, "Due is before 2 h from now", None),
    ({"f": "due_at", "op": "gt", "v": {"now": "-P1D"}}, "Due is after 1 d ago", None),
    (
        {"f": "reopen_count", "op": "gt", "v": {"ref": "priority"}},
        "Times reopened is more than Priority",
        None,
    ),
    ({"f": "impact", "op": "between", "v": [1, 2]}, "Impact is from High to Medium", None),
    ({"f": "priority", "op": "changed_to", "v": 1}, "Priority has just changed to Critical", None),
    (
        {"not": {"f": "priority", "op": "lt", "v": 3}},
        "it is not so that Priority is less than Moderate",
        None,
    ),
    (is_("requester.is_vip", True), "Requester is a VIP: yes", None),
    (None, "Never", None),
    ({}, "Always", "항상"),
    ({"strange": 1}, '{"strange": 1}', None),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("tree", "english", "korean"), SENTENCES, ids=str)
def test_a_test_is_a_sentence(tree, english, korean):
    with translation.override("en"):
        assert line(tree, TicketVocabulary("incident", None)) == english
    if korean:
        with translation.override("ko"):
            assert line(tree, TicketVocabulary("incident", None)) == korean


@pytest.mark.django_db
def test_groups_are_lists_that_say_how_many_must_hold():
    tree = {"all": [is_("priority", 1), {"not": {"any": [is_("impact", 1), is_("urgency", 1)]}}]}
    with translation.override("en"):
        shown = outline(tree, TicketVocabulary("incident", None))
        flat = line(tree, TicketVocabulary("incident", None))
    assert shown.text == "All of these hold:"
    assert [part.text for part in shown.parts] == ["Priority is Critical", "None of these holds:"]
    assert [part.text for part in shown.parts[1].parts] == ["Impact is High", "Urgency is High"]
    assert flat == (
        "All of these hold: Priority is Critical; (None of these holds: Impact is High; Urgency is High)"
    )


@pytest.mark.django_db
def test_groups_and_places_are_called_by_their_names(django_assert_num_queries):
    GroupFactory(key="night", name_en="Night shift", company=default_company())
    LocationFactory(key="busan", name_en="Busan", company=default_company())
    tree = {"all": [is_("group.key", "night"), is_("location.key", "busan"), is_("group.key", "gone")]}
    words = TicketVocabulary("incident", None)
    with translation.override("en"), django_assert_num_queries(2):
        text = line(tree, words)
    assert "Assignment group is Night shift; Location is Busan; Assignment group is gone" in text


def test_every_field_and_operator_has_words():
    assert {field.path for field in DICTIONARY} == set(LABELS)
    with translation.override("en"):
        for field in DICTIONARY:
            for op in condition_rows.operators_of(field.path):
                assert operator_label(op, field.type) != op or op == "contains"
