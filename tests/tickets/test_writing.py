"""Answers that are written the short way are what the framework would have written."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import uuid
from typing import Any

import pytest
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from django.utils.translation import override
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer as FrameworkRenderer

from core.api.fields import Moment, Out
from core.api.rendering import JSONRenderer, as_json
from core.time import db_now
from incidents.api.serializers import IncidentOut
from tests.api.calls import Caller
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tickets.choices import Level
from tickets.selectors import as_kinds, in_short, tickets_for

AT = dt.datetime(2026, 3, 2, 8, 15, 0, 120, tzinfo=dt.UTC)


def by_the_framework(serializer: serializers.Serializer[Any], row: Any) -> Any:
    """What the framework writes, in its own way."""
    return serializers.Serializer.to_representation(serializer, row)


@pytest.fixture
def page(db: None) -> list[Any]:
    """Parents of incidents in several states, with and without group and assignee."""
    agent = AgentFactory(groups=[GroupFactory()])
    make_incident()
    make_incident("in_progress", agent=agent, group=GroupFactory(name_en=""))
    make_incident("on_hold", agent=agent, requester=UserFactory(name_en=""))
    make_incident("closed", agent=agent, group=GroupFactory())
    return list(tickets_for(agent))


@pytest.mark.parametrize("internal", [True, False])
def test_a_page_of_plain_rows_says_what_rows_of_the_models_say(page, internal):
    context = {"internal": internal, "in_list": True}
    whole, short = as_kinds(page), in_short(page)
    assert len(short) == 4
    told = [by_the_framework(IncidentOut(context=context), row) for row in whole]
    assert IncidentOut(whole, many=True, context=context).data == told
    assert IncidentOut(short, many=True, context=context).data == told


def test_a_plain_row_reads_nothing_later(page, django_assert_num_queries):
    in_short(page)
    with django_assert_num_queries(1):
        rows = in_short(page)
    with django_assert_num_queries(0), pytest.raises(AttributeError):
        _ = rows[0].description


class Shown(Out):
    """Fields of all kinds that answers have."""

    name = serializers.CharField()
    count = serializers.IntegerField()
    flag = serializers.BooleanField()
    level = serializers.ChoiceField(choices=Level.choices)
    at = Moment()
    id = serializers.UUIDField()
    inner = serializers.CharField(source="other.name", default="none")
    missing = serializers.CharField(required=False)
    worked_out = serializers.SerializerMethodField()
    many = serializers.ListField(child=serializers.CharField())

    def get_worked_out(self, row: Any) -> str:
        """The name twice."""
        return f"{row.name}{row.name}"


class Row:
    """An object that is no row of a table."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"name": None, "count": None, "flag": None, "level": None, "at": None, "id": None, "many": None},
        {"name": 5, "count": "7", "flag": "yes", "level": "2", "many": (1, 2)},
        {"name": lazystr("lazy"), "level": Level.HIGH, "count": True, "flag": 0},
        {"name": lambda: "called", "count": lambda: 3},
        {"other": None},
        {"other": Row(name="inner")},
        {"missing": "there"},
    ],
)
def test_any_value_is_written_as_by_the_framework(values):
    known = {
        "name": "a", "count": 1, "flag": True, "level": 2, "at": db_now(), "id": uuid.uuid4(),
        "other": Row(name="b"), "many": ["x"],
    }  # fmt: skip
    row = Row(**(known | values))
    told = by_the_framework(Shown(), row)
    assert Shown(row).data == told
    assert list(Shown(row).data) == list(told)


def test_a_value_that_is_not_there_is_a_defect_as_before(db):
    with pytest.raises(AttributeError, match="Got AttributeError when attempting to get a value for field"):
        _ = Shown(Row(count=1)).data


@pytest.mark.django_db
def test_labels_follow_the_language_of_each_answer():
    incident = make_incident()
    told = []
    for language in ("en", "ko", "en"):
        with override(language):
            told.append(IncidentOut(incident, context={"in_list": True, "internal": True}).data)
    assert [(row["priority_label"], row["state_label"]) for row in told] == [
        ("Planning", "New"), ("계획", "접수"), ("Planning", "New"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, 2.5, None, True], "한글": "é </script> \u2028 \u2029"},
        [Level.HIGH, mark_safe("<b>"), lazystr("lazy")],
        {"price": decimal.Decimal("1.5"), "id": uuid.UUID(int=5), "none": {}, "at": AT, "day": AT.date()},
        ("x", {"y": ()}),
        2**63,
        "",
    ],
)
def test_json_is_what_the_framework_makes(value):
    assert as_json(value) == FrameworkRenderer().render(value)
    assert JSONRenderer().render(value) == FrameworkRenderer().render(value)


def test_indentation_is_given_to_who_asks_for_it():
    told = JSONRenderer().render({"a": 1}, "application/json; indent=2", {})
    assert told == b'{\n  "a": 1\n}'
    assert JSONRenderer().render(None) == b""


def test_only_named_filters_are_made_and_unknown_ones_refused(db):
    caller = Caller(AgentFactory())
    make_incident()
    assert len(caller.get("incidents/?active=true").json()["results"]) == 1
    assert caller.get("incidents/?priority=9").status_code == 400
    assert caller.get("incidents/?nothing=1").status_code == 400
    assert json.loads(caller.get("incidents/?group=nowhere").content)["results"] == []
