"""A form that could not work is refused when it is published, with the place of each mistake."""

from __future__ import annotations

import json

import pytest

from catalog.formdata import check_definition
from catalog.reference import SEED
from core.errors import RuleRefusedError

LABEL = {"ko": "이름", "en": "Name"}
RED = {"value": "red", "label": LABEL}


def field(key="a", type="text", **more):
    return {"key": key, "type": type, "label": LABEL, **more}


def places(*fields, **form):
    with pytest.raises(RuleRefusedError) as refusal:
        check_definition({"schema": 1, "fields": list(fields)} | form)
    assert {error.code for error in refusal.value.errors} == {"definition"}
    return {error.field for error in refusal.value.errors}


@pytest.mark.parametrize(
    "form", [None, [], "x", {}, {"fields": 1}, {"schema": 1, "fields": None}, float("nan")]
)
def test_a_form_is_an_object_with_fields(form):
    with pytest.raises(RuleRefusedError):
        check_definition(form)


MISTAKES = [
    (field("Key"), "fields.0.key"),
    (field("9a"), "fields.0.key"),
    (field("price"), "fields.0.key"),
    (field("a" * 41), "fields.0.key"),
    (field(type="script"), "fields.0"),
    (field(type=["text"]), "fields.0"),
    ({"type": "text", "label": LABEL}, "fields.0"),
    ("a", "fields.0"),
    (field(script="alert(1)"), "fields.0"),
    (field(choices=[RED]), "fields.0"),
    (field(label={"ko": "이름"}), "fields.0.label"),
    (field(label={"ko": "이름", "en": ""}), "fields.0.label.en"),
    (field(label={"ko": "이름", "en": "a\x00"}), "fields.0.label.en"),
    (field(help="x"), "fields.0.help"),
    (field(order="first"), "fields.0.order"),
    (field(max_length=0), "fields.0.max_length"),
    (field(max_length="3"), "fields.0.max_length"),
    (field(max_length=20_001), "fields.0.max_length"),
    (field(pattern="^(a+)+$"), "fields.0.pattern"),
    (field(pattern=["digits"]), "fields.0.pattern"),
    (field(default=3), "fields.0.default"),
    (field(default={"user": "password"}), "fields.0.default"),
    (field(default={"user": "company.api_key"}), "fields.0.default"),
    (field(required=True, readonly=True), "fields.0"),
    (field(type="choice"), "fields.0.choices"),
    (field(type="choice", choices=[]), "fields.0.choices"),
    (field(type="choice", choices=[RED, RED]), "fields.0.choices.1.value"),
    (field(type="choice", choices=[{"value": "a b", "label": LABEL}]), "fields.0.choices.0"),
    (field(type="choice", choices=[RED | {"price_effect": 1.5}]), "fields.0.choices.0.price_effect"),
    (field(type="choice", choices=[RED | {"price_effect": "1,000"}]), "fields.0.choices.0.price_effect"),
    (field(type="choice", choices=[RED], default="blue"), "fields.0.default"),
    (field(type="number", min="x"), "fields.0.min"),
    (field(type="number", min=3, max=2), "fields.0.min"),
    (field(type="number", default="3"), "fields.0.default"),
    (field(type="boolean", default="yes"), "fields.0.default"),
    (field(type="date", default="tomorrow"), "fields.0.default"),
    (field(type="date", earliest="yesterday"), "fields.0.earliest"),
    (field(required="always"), "fields.0.required"),
    (field(visible={"f": "nobody", "op": "eq", "v": 1}), "fields.0.visible"),
    (field(visible={"f": "a", "op": "eq", "v": "x"}), "fields"),
]


@pytest.mark.parametrize(("wrong", "place"), MISTAKES)
def test_each_mistake_is_named_by_its_place(wrong, place):
    assert any(found == place or found.startswith(f"{place}.") for found in places(wrong))


def test_a_key_is_there_once():
    assert places(field("a"), field("a")) == {"fields.1.key"}


def test_rules_in_a_circle_are_refused():
    def when(key):
        return {"f": key, "op": "nempty"}

    assert places(
        field("a", visible=when("b")), field("b", readonly=when("c")), field("c", visible=when("a"))
    ) == {"fields"}


def test_two_fields_may_require_each_other():
    form = check_definition(
        {
            "schema": 1,
            "fields": [
                field("a", required={"f": "b", "op": "nempty"}),
                field("b", required={"f": "a", "op": "nempty"}),
            ],
        }
    )
    assert [each.key for each in form.fields] == ["a", "b"]


def test_a_form_has_at_most_300_fields():
    assert len(check_definition({"schema": 1, "fields": [field(f"f{n}") for n in range(300)]}).fields) == 300
    assert places(*[field(f"f{n}") for n in range(301)]) == {"fields"}


def test_all_mistakes_are_told_at_once():
    assert places(field("Key"), field("b", pattern="x"), field("c", max_length=0)) == {
        "fields.0.key",
        "fields.1.pattern",
        "fields.2.max_length",
    }


def test_fields_are_shown_by_their_order():
    form = check_definition({"schema": 1, "fields": [field("a", order=20), field("b", order=10)]})
    assert [each.key for each in form.fields] == ["b", "a"]


@pytest.mark.parametrize(
    "item", json.loads(SEED.read_text(encoding="utf-8"))["items"], ids=lambda row: row["key"]
)
def test_every_form_of_the_seed_catalogue_is_sound(item):
    assert check_definition(item["version"]["form"]).fields
    for name in ("name", "short", "description", "delivery"):
        assert item["version"][f"{name}_ko"]
        assert item["version"][f"{name}_en"]
