"""A record as it was: history applied backwards from the present gives what each moment showed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Group
from catalog.models import CatalogItemVersion
from cmdb.models import CI
from core.models import RowChange
from core.time import clock_now
from core.trail.reading import as_of, read
from incidents.models import Incident
from schedules.models import RotaOverride
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.schedules import make_override, make_rota
from tickets.services import update_ticket

pytestmark = pytest.mark.django_db(transaction=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["name_ko", "email", "is_restricted", "types", "manager"]),
        st.sampled_from(["save", "update", "raw"]),
        TEXTS,
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


def fields_of(row: Any) -> dict[str, Any]:
    return {field.attname: row.__dict__[field.attname] for field in row._meta.concrete_fields}


def edit(pk: int, field: str, way: str, text: str, flag: bool, person: Any) -> None:
    value: Any = {
        "is_restricted": flag,
        "types": [text[:4]] * (1 + flag),
        "manager": person if flag else None,
    }.get(field, text)
    if way == "save":
        row = Group.objects.get(pk=pk)
        setattr(row, field, value)
        row.save()
    elif way == "update":
        Group.objects.filter(pk=pk).update(**{field: value})
    else:
        column = Group._meta.get_field(field).column
        plain = getattr(value, "pk", value)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE accounts_group SET {column} = %s WHERE id = %s", [plain, pk])


def test_the_state_at_each_moment_is_what_was_read_then(db):
    person = UserFactory()

    @settings(max_examples=25)
    @given(EDITS)
    def walk(edits: list[tuple[str, str, str, bool]]) -> None:
        before = clock_now()
        pk = GroupFactory().pk
        seen = [(clock_now(), fields_of(Group.objects.get(pk=pk)))]
        for field, way, text, flag in edits:
            edit(pk, field, way, text, flag, person)
            seen.append((clock_now(), fields_of(Group.objects.get(pk=pk))))
        row = Group.objects.get(pk=pk)
        assert as_of(row, before) is None
        for at, expected in seen:
            made = as_of(row, at)
            assert made is not None
            assert fields_of(made) == expected

    walk()


def test_a_ticket_is_read_back_over_both_its_tables(db):
    agent, group = AgentFactory(), GroupFactory()
    incident = make_incident(agent=agent)
    opened = clock_now()
    first = fields_of(Incident.objects.get(pk=incident.pk))
    update_ticket(incident.pk, actor=agent, title="Other", group=group, severity=1, impact=1, urgency=1)
    row = Incident.objects.select_related("group").get(pk=incident.pk)
    assert row.group == group
    made = as_of(row, opened)
    then = fields_of(made)
    then["bigram"] = first["bigram"]  # an index of the title, not recorded
    assert then == first
    assert made.group is None
    assert (row.title, row.group) == ("Other", group)
    assert fields_of(as_of(row, clock_now())) == fields_of(row)


def test_the_instant_that_a_change_is_stamped_with_shows_it(db):
    agent = AgentFactory()
    incident = make_incident(agent=agent)
    changed = update_ticket(incident.pk, actor=agent, title="Other")
    row = Incident.objects.get(pk=incident.pk)
    assert as_of(row, changed.updated_at).title == "Other"
    assert as_of(row, changed.updated_at - dt.timedelta(microseconds=1)).title == "VPN drops every hour"


def test_a_table_that_is_not_recorded_is_refused(db):
    from core.models import Revision

    with pytest.raises(TypeError):
        as_of(Revision(key="x"), clock_now())


def test_money_and_days_come_back_as_what_they_were(db):
    from core.trail.reading import read

    price = CatalogItemVersion._meta.get_field("price")
    assert str(read(price, 1200.5)) == "1200.50"
    assert read(CI._meta.get_field("attrs"), {"a": 1}) == {"a": 1}


def test_a_span_of_time_comes_back_as_one(db):
    group = GroupFactory()
    person = AgentFactory(groups=[group])
    override = make_override(make_rota(group, [person]), person)
    change = RowChange.objects.filter(table="schedules_rotaoverride", op="I").latest("pk")
    assert read(RotaOverride._meta.get_field("during"), change.changed["during"]) == override.during
    assert read(RotaOverride._meta.get_field("during"), "empty").isempty
