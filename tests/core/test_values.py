"""Text with values: what is filled, what stays as it stands, and what nobody can make it do."""

from __future__ import annotations

import datetime as dt
import html
import time
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from core.values import FILTERS, MAX_BYTES, BadTemplateError, check, evaluate, render, resolve

NAMES = {
    "ticket": {
        "number": "RITM0000012",
        "title": "Laptop <b>",
        "price": Decimal("2850000"),
        "tags": ["a", "b"],
    },
    "user": {"name": "김지민", "mail": None, "is_vip": True},
    "prices": [Decimal("1.50"), 2, None, "x"],
    "due": dt.datetime(2026, 3, 10, 5, 30, tzinfo=dt.UTC),
    "day": dt.date(2026, 3, 10),
    "zero": 0,
}


@pytest.fixture(autouse=True)
def _english_in_seoul():
    with translation.override("en"), timezone.override("Asia/Seoul"):
        yield


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello {{ user.name }}!", "Hello 김지민!"),
        ("{{user.name}}{{ ticket.number }}", "김지민RITM0000012"),
        ("{{ user.mail }}", ""),
        ('{{ user.mail | default:"no mail" }}', "no mail"),
        ("{{ nobody.home | default:'-' }}", "-"),
        ("{{ zero | default:'-' }}", "0"),
        ("{{ ticket.number | upper }}", "RITM0000012"),
        ("{{ ticket.price | number }}", "2,850,000"),
        ("{{ ticket.price | number:2 }}", "2,850,000.00"),
        ("{{ ticket.price | currency }}", "₩ 2,850,000"),
        ("{{ ticket.price | currency:'USD' }}", "$ 2,850,000.00"),
        ("{{ ticket.tags }}", "a, b"),
        ("{{ ticket.tags | join:' / ' }}", "a / b"),
        ("{{ ticket.tags | count }}", "2"),
        ("{{ prices | sum }}", "3.50"),
        ("{{ prices | sum | currency:'USD' }}", "$ 3.50"),
        ("{{ user.is_vip }}", "Yes"),
        ("{{ due | date:'time' }}", "14:30"),
        ("{{ ticket }}", ""),
    ],
)
def test_values_are_filled_in(text, expected):
    assert render(text, NAMES) == expected


@pytest.mark.parametrize(("language", "expected"), [("en", "Tue 10 Mar"), ("ko", "3월 10일 (화)")])
@pytest.mark.parametrize("path", ["due", "day"])
def test_dates_are_written_in_the_readers_language(language, expected, path, time_machine):
    time_machine.move_to(dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    with translation.override(language):
        assert render(f"{{{{ {path} | date }}}}", NAMES) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{{ user.__class__ }}", "{{ ''.join }}", "{{ 1 + 1 }}", "{{ user.name() }}", "{{ user.name | eval }}",
        "{{ user.name | upper | nope }}", "{% load x %}", "{{ user['name'] }}", "{{}}", "{{ }}", "{ user }",
        "${user.name}", "%(user)s", "{user.name}", "{{ user.name | default:unquoted }}",
    ],
)  # fmt: skip
def test_anything_else_in_braces_is_printed_as_it_stands_or_is_empty(text):
    assert render(text, NAMES) in {text, ""}


class Trap:
    """An object with something to leak."""

    secret = "s3cret"

    def __str__(self):
        return self.secret


@pytest.mark.parametrize(
    "path", ["trap", "trap.secret", "trap.__class__", "trap.__init__.__globals__", "a.trap"]
)
def test_objects_are_never_looked_into_nor_printed(path):
    names = {"trap": Trap(), "a": {"trap": Trap()}}
    assert resolve(path, names) is None
    assert render(f"{{{{ {path} }}}}{{{{ b }}}}{{{{ b | join }}}}", names | {"b": [Trap()]}) == ""


def test_values_are_escaped_for_their_channel_and_the_text_is_not():
    text = render("<p>{{ ticket.title }} {{ user.mail | default:'<i>' }}</p>", NAMES, escape=html.escape)
    assert text == "<p>Laptop &lt;b&gt; &lt;i&gt;</p>"


def test_a_value_is_not_read_as_a_placeholder_again():
    assert render("{{ a }}", {"a": "{{ b }}", "b": "secret"}) == "{{ b }}"


def test_a_lone_placeholder_keeps_the_type_of_its_value():
    assert evaluate(" {{ ticket.price }} ", NAMES) == Decimal("2850000")
    assert evaluate("{{ ticket.tags }}", NAMES) == ["a", "b"]
    assert evaluate("{{ ticket.tags | count }}", NAMES) == 2
    assert evaluate("{{ user.mail }}", NAMES) is None
    assert evaluate("No. {{ ticket.number }}", NAMES) == "No. RITM0000012"
    assert evaluate("{{ 1 + 1 }}", NAMES) == "{{ 1 + 1 }}"


def test_the_result_stays_below_64_kilobytes():
    text = render("{{ a }}" * 5_000, {"a": "한" * 1_000})
    assert len(text.encode()) <= MAX_BYTES
    assert set(text) == {"한"}


def test_a_hostile_text_costs_little_time():
    started = time.perf_counter()
    for text in (
        "{{" * 30_000,
        "{{ a " + "| " * 20_000,
        "{{" + " " * 60_000,
        "{{ a | default:'" + "'" * 50_000,
    ):
        render(text, NAMES)
    assert time.perf_counter() - started < 1


@given(st.text(max_size=200), st.recursive(st.none() | st.integers() | st.floats() | st.text(), st.lists))
def test_no_text_and_no_value_makes_it_fail(text, value):
    for name in FILTERS:
        render(text + f"{{{{ a | {name} }}}}", {"a": value})


def test_a_text_is_checked_when_it_is_saved():
    check("{{ ticket.number }} {{ user.name | upper }} { x } {% y %}", {"ticket.number", "user.name"})
    with pytest.raises(BadTemplateError) as refusal:
        check(
            "{{ ticket.secret }} {{ a b }} {{ user.name | shout }}",
            {"ticket.number", "user.name"},
            field="body",
        )
    assert [(error.field, error.code) for error in refusal.value.errors] == [
        ("body", "unknown_name"),
        ("body", "placeholder"),
        ("body", "placeholder"),
    ]
