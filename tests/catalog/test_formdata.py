"""Answers are checked by the server against the ordered version, whatever a browser did (REQ-07, DM-10)."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from catalog.formdata import evaluate, form_of, validate
from catalog.models import CatalogItem, CatalogItemVersion
from core.errors import RuleRefusedError
from tests.factories.accounts import AgentFactory, CompanyFactory, DepartmentFactory, UserFactory

pytestmark = pytest.mark.django_db

LABEL = {"ko": "이름", "en": "Name"}


def field(key, type="text", **more):
    return {"key": key, "type": type, "label": LABEL, **more}


def choice(value, **more):
    return {"value": value, "label": {"ko": value, "en": value}, **more}


def eq(key, value):
    return {"f": key, "op": "eq", "v": value}


def version(*fields, **content):
    values = {"name_ko": "의자", "name_en": "Chair", "price": Decimal(1000)} | content
    return CatalogItemVersion(
        item=CatalogItem(key="chair"), form={"schema": 1, "fields": list(fields)}, **values
    )


def answered(answers, *fields, person=None, actor=None, **content):
    return validate(version(*fields, **content), answers, person or UserFactory(), actor=actor)


def refused(answers, *fields, **more):
    with pytest.raises(RuleRefusedError) as refusal:
        answered(answers, *fields, **more)
    return {(error.field, error.code) for error in refusal.value.errors}


# --- types -------------------------------------------------------------------------------------------------

CHOICES = [choice("red"), choice("blue")]
GOOD = [
    (field("a"), "  chair  ", "chair"),
    (field("a"), "e\u0301", "\u00e9"),
    (field("a", "multiline"), "one\r\ntwo", "one\ntwo"),
    (field("a", "email"), "kim@example.com", "kim@example.com"),
    (field("a", pattern="phone"), "02-1234-5678", "02-1234-5678"),
    (field("a", "choice", choices=CHOICES), "red", "red"),
    (field("a", "multi_choice", choices=CHOICES), ["blue", "red", "red"], ["red", "blue"]),
    (field("a", "boolean"), True, True),
    (field("a", "boolean"), "on", True),
    (field("a", "boolean"), False, False),
    (field("a", "number"), "3", 3),
    (field("a", "number"), 2.5, 2.5),
    (field("a", "number"), 0, 0),
    (field("a", "date"), "2999-02-28", "2999-02-28"),
]
WRONG = [
    (field("a"), 7, "invalid"),
    (field("a"), ["x"], "invalid"),
    (field("a"), {"x": 1}, "invalid"),
    (field("a"), "a\x00b", "invalid"),
    (field("a"), "a\ud800b", "invalid"),
    (field("a", max_length=3), "abcd", "too_long"),
    (field("a", "multiline", max_length=10), "x" * 11, "too_long"),
    (field("a", pattern="digits"), "12a", "pattern"),
    (field("a", pattern="ipv4"), "10.0.0.256", "pattern"),
    (field("a", "email"), "kim", "email"),
    (field("a", "choice", choices=CHOICES), "green", "choice"),
    (field("a", "choice", choices=CHOICES), ["red"], "type"),
    (field("a", "multi_choice", choices=CHOICES), "red", "type"),
    (field("a", "multi_choice", choices=CHOICES), ["red", "green"], "choice"),
    (field("a", "multi_choice", choices=CHOICES), ["red", 1], "type"),
    (field("a", "boolean"), "maybe", "type"),
    (field("a", "boolean"), 1, "type"),
    (field("a", "number"), "many", "type"),
    (field("a", "number"), True, "type"),
    (field("a", "number"), float("nan"), "type"),
    (field("a", "number"), float("inf"), "type"),
    (field("a", "number"), "1e5", "type"),
    (field("a", "number"), 10**20, "type"),
    (field("a", "number", whole=True), 1.5, "type"),
    (field("a", "number", min=1), 0, "min"),
    (field("a", "number", max="2.5"), 3, "max"),
    (field("a", "date"), "31.12.2999", "type"),
    (field("a", "date"), "2999-02-30", "type"),
    (field("a", "date"), 20, "type"),
    (field("a", "date", earliest="today"), "2001-01-01", "min"),
    (field("a", "user"), "nobody-here", "does_not_exist"),
    (field("a", "user"), 1, "does_not_exist"),
    (field("a", "user"), "a\x00\ud800", "does_not_exist"),
]


@pytest.mark.parametrize(("asked", "sent", "stored"), GOOD)
def test_a_good_answer_is_stored_in_its_type(asked, sent, stored):
    values = answered({"a": sent}, asked).values
    assert values == {"a": stored}
    assert type(values["a"]) is type(stored)


@pytest.mark.parametrize(("asked", "sent", "code"), WRONG)
def test_a_wrong_answer_is_refused_by_name(asked, sent, code):
    assert refused({"a": sent}, asked) == {("a", code)}


def test_every_field_tells_its_own_mistake():
    fields = [field("a", required=True), field("b", "number"), field("c", max_length=1), field("d")]
    found = refused({"b": "x", "c": "xx", "d": "fine", "e": 1}, *fields)
    assert found == {("a", "required"), ("b", "type"), ("c", "too_long"), ("e", "unknown")}


@pytest.mark.parametrize("answers", [None, [], "a=1", 7])
def test_answers_must_be_an_object(answers):
    assert refused(answers, field("a")) == {("answers", "type")}


def test_too_many_answers_are_refused_at_once():
    assert refused({f"k{n}": 1 for n in range(501)}, field("a")) == {("answers", "too_long")}


@pytest.mark.parametrize("key", ["\ud800", "a\x00", "가나다", "x" * 400])
def test_an_unknown_field_name_is_shown_back_in_a_form_that_can_be_written(key):
    ((name, code),) = refused({key: 1}, field("a"))
    assert code == "unknown"
    assert name.isascii()
    assert name.isprintable()
    assert len(name) <= 60


@pytest.mark.parametrize("nothing", [None, "", "   ", []])
def test_an_empty_answer_is_no_answer(nothing):
    assert refused({"a": nothing}, field("a", required=True)) == {("a", "required")}
    assert answered({"a": nothing}, field("a")).values == {}


def test_a_required_box_must_be_ticked():
    assert refused({"a": False}, field("a", "boolean", required=True)) == {("a", "required")}
    assert refused({}, field("a", "boolean", required=True)) == {("a", "required")}
    assert answered({"a": True}, field("a", "boolean", required=True)).values == {"a": True}


def test_zero_is_an_answer():
    assert answered({"a": 0}, field("a", "number", required=True)).values == {"a": 0}


# --- people ------------------------------------------------------------------------------------------------


def test_a_colleague_is_found_in_any_case_and_stored_by_user_name():
    colleague = UserFactory()
    assert answered({"a": colleague.username.upper()}, field("a", "user")).values == {"a": colleague.username}


def test_people_of_another_company_and_inactive_ones_do_not_exist():
    stranger = UserFactory(company=CompanyFactory())
    gone = UserFactory(is_active=False)
    for person in (stranger, gone):
        assert refused({"a": person.username}, field("a", "user")) == {("a", "does_not_exist")}
        assert refused({"a": person.pk}, field("a", "user")) == {("a", "does_not_exist")}


def test_service_accounts_can_be_named_by_agents_only():
    robot = UserFactory(is_service=True)
    assert refused({"a": robot.username}, field("a", "user")) == {("a", "does_not_exist")}
    assert answered({"a": robot.username}, field("a", "user"), actor=AgentFactory()).values == {
        "a": robot.username
    }


def test_many_people_are_looked_up_in_one_query(django_assert_num_queries):
    fields = [field(f"p{n}", "user") for n in range(8)]
    person, colleague = UserFactory(), UserFactory()
    answers = {f"p{n}": colleague.username for n in range(8)}
    answered(answers, *fields, person=person)
    with django_assert_num_queries(2):  # the clock, the people
        answered(answers, *fields, person=person)


# --- rules -------------------------------------------------------------------------------------------------

SHIP = [
    field("how", "choice", choices=[choice("ship"), choice("fetch")], required=True),
    field("address", visible=eq("how", "ship"), required=eq("how", "ship")),
    field("floor", "number", visible=eq("address", "tower")),
]


def test_a_hidden_value_is_dropped_even_when_it_is_nonsense():
    found = answered({"how": "fetch", "address": ["\x00"], "floor": "x"}, *SHIP)
    assert found.values == {"how": "fetch"}


def test_a_hidden_field_is_never_required_and_a_shown_one_may_be():
    assert answered({"how": "fetch"}, *SHIP).values == {"how": "fetch"}
    assert refused({"how": "ship"}, *SHIP) == {("address", "required")}


def test_what_depends_on_a_dropped_value_is_dropped_too():
    found = answered({"how": "fetch", "address": "tower", "floor": 3}, *SHIP)
    assert found.values == {"how": "fetch"}
    assert answered({"how": "ship", "address": "tower", "floor": 3}, *SHIP).values["floor"] == 3


def test_fields_are_settled_in_the_order_of_their_rules_not_of_the_page():
    late_first = [SHIP[2], SHIP[1], SHIP[0]]
    assert answered({"how": "ship", "address": "tower", "floor": 3}, *late_first).values == {
        "how": "ship",
        "address": "tower",
        "floor": 3,
    }


def test_a_default_counts_when_nothing_was_sent_and_yields_to_an_answer():
    asked = field("a", "choice", choices=CHOICES, default="red", required=True)
    assert answered({}, asked).values == {"a": "red"}
    assert answered({"a": "blue"}, asked).values == {"a": "blue"}
    assert refused({"a": ""}, asked) == {("a", "required")}


def test_a_default_comes_from_the_person_it_is_for():
    team = DepartmentFactory(name_ko="마케팅팀", name_en="Marketing")
    person = UserFactory(department=team, cost_center="CC-1200", manager=UserFactory(username="boss1"))
    fields = [
        field("team", default={"user": "department.name"}),
        field("center", default={"user": "cost_center"}),
        field("boss", "user", default={"user": "manager.username"}),
        field("place", default={"user": "location.name"}),
    ]
    found = answered({}, *fields, person=person, actor=AgentFactory())
    assert found.values == {"team": "마케팅팀", "center": "CC-1200", "boss": "boss1"}


def test_a_read_only_value_is_the_given_one_and_no_other_is_taken():
    asked = field("center", readonly=True, default={"user": "cost_center"})
    person = UserFactory(cost_center="CC-1200")
    assert answered({}, asked, person=person).values == {"center": "CC-1200"}
    assert answered({"center": " CC-1200 "}, asked, person=person).values == {"center": "CC-1200"}
    assert refused({"center": "CC-9999"}, asked, person=person) == {("center", "readonly")}
    assert refused({"center": ["x"]}, asked, person=person) == {("center", "readonly")}


def test_rules_may_ask_about_the_person():
    asked = field("why", required={"f": "person.grade", "op": "ne", "v": "director"})
    assert refused({}, asked, person=UserFactory(grade="staff")) == {("why", "required")}
    assert answered({}, asked, person=UserFactory(grade="director")).values == {}


# --- money -------------------------------------------------------------------------------------------------

PRICED = [
    field("size", "choice", choices=[choice("s"), choice("l", price_effect="1500")], required=True),
    field(
        "extras",
        "multi_choice",
        choices=[choice("arm", price_effect="700"), choice("lamp", price_effect="300")],
    ),
    field("gift", "boolean", price_effect="50"),
    field("months", "number", recurring_effect="100", visible=eq("gift", True)),
]


@pytest.mark.parametrize(
    ("answers", "price", "recurring"),
    [
        ({"size": "s"}, 1000, 0),
        ({"size": "l"}, 2500, 0),
        ({"size": "l", "extras": ["arm", "lamp"]}, 3500, 0),
        ({"size": "s", "gift": False}, 1000, 0),
        ({"size": "s", "gift": True, "months": 3}, 1050, 300),
        ({"size": "s", "months": 3}, 1000, 0),
    ],
)
def test_the_price_follows_from_visible_answers_alone(answers, price, recurring):
    found = answered(answers, *PRICED)
    assert (found.price, found.recurring_price) == (Decimal(price), Decimal(recurring))


def test_won_are_whole_and_cents_are_exact():
    third = field("n", "number", price_effect="0.10")
    assert answered({"n": 3}, third, currency="USD", price=Decimal("0.30")).price == Decimal("0.60")
    assert answered({"n": 5}, third, currency="KRW", price=Decimal(0)).price == Decimal(1)


def test_a_price_below_nothing_is_refused():
    discount = field("coupon", "boolean", price_effect="-5000")
    assert refused({"coupon": True}, discount) == {("", "price")}


def test_a_price_sent_along_is_an_unknown_field():
    assert refused({"a": "x", "price": "1"}, field("a")) == {("price", "unknown")}


def test_an_unfinished_form_can_be_looked_at():
    found = evaluate(version(*SHIP), {"how": "ship"}, UserFactory())
    assert [state.field.key for state in found.shown] == ["how", "address"]
    assert {(error.field, error.code) for error in found.errors} == {("address", "required")}


def test_a_form_of_200_fields_and_100_rules_is_checked_within_150_ms():
    fields = [field("f0", "choice", choices=CHOICES)]
    fields += [field(f"f{n}", visible=eq("f0", "red")) for n in range(1, 101)]
    fields += [field(f"f{n}", required=True) for n in range(101, 200)]
    person, asked = UserFactory(), version(*fields)
    answers = {f"f{n}": "some text" for n in range(1, 200)} | {"f0": "red"}
    form_of(asked.form)
    validate(asked, answers, person)
    best = min(_seconds(asked, answers, person) for _ in range(5))
    assert best < 0.150


def _seconds(asked, answers, person):
    begun = time.perf_counter()
    validate(asked, answers, person)
    return time.perf_counter() - begun
