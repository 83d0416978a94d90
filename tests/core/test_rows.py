"""Rows stored by ``core.rows.insert`` are what Django would have stored."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models.expressions import DatabaseDefault
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from accounts.models import Company, Group, Membership, User
from core import rehearsing, rows
from core.models import AuditLog, Delivery, OutboxEvent
from incidents.models import Incident
from tests.factories.accounts import GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
NASTY = "it's 100% “%s” \\ 한글 \N{GRINNING FACE}"


def everything(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_keys_and_what_the_database_fills_in_come_back():
    first, second = (OutboxEvent(name=name, payload={"text": NASTY}) for name in ("a.b", "c.d"))
    rows.insert([first, second])
    assert second.pk == first.pk + 1
    for row in (first, second):
        assert everything(row) == everything(OutboxEvent.objects.get(pk=row.pk))
        assert (row._state.adding, row._state.db) == (False, "default")
        assert row.payload == {"text": NASTY}


def test_values_that_are_given_are_kept_beside_those_that_are_not():
    then = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
    given, filled = (AuditLog(table="t", object_ref=NASTY, action="a", channel="api") for _ in range(2))
    given.at = then
    rows.insert([given, filled])
    assert AuditLog.objects.get(pk=given.pk).at == then
    assert AuditLog.objects.get(pk=filled.pk).at == filled.at > then


def test_a_child_is_stored_with_its_parent():
    model = make_incident(group=GroupFactory(), description=NASTY)
    values = everything(model)
    for name in ("id", "ticket_ptr_id", "public_id", "active"):
        del values[name]
    copy = Incident(**values | {"number": "INC9999999"})
    rows.insert([copy])
    stored = Incident.objects.get(number="INC9999999")
    assert everything(copy) == everything(stored)
    assert stored.pk == stored.ticket_ptr_id == Ticket.objects.get(number="INC9999999").pk
    assert (stored.active, stored.bigram, stored.description) == (True, model.bigram, NASTY)


def test_arrays_and_references_go_through_their_fields():
    group = Group(company=UserFactory().company, key="x", name_ko=NASTY, types=["assignment", "cab"])
    rows.insert([group])
    assert Group.objects.get(key="x").types == ["assignment", "cab"]
    late = Membership(user=UserFactory())
    late.group = group
    rows.insert([late])
    assert Membership.objects.get(pk=late.pk).group.key == "x"


def test_a_reference_to_a_row_that_is_not_stored_is_refused():
    with pytest.raises(ValueError, match="unsaved"):
        rows.insert([Group(company=Company(key="later"), key="y")])


def test_a_conflict_is_raised_and_stores_nothing():
    company = UserFactory().company
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert([Group(company=company, key=key, name_ko="x") for key in ("twice", "twice")])
    assert not Group.objects.filter(key="twice").exists()


def test_one_statement_for_any_number_and_none_for_none():
    with CaptureQueriesContext(connection) as queries:
        rows.insert([])
        rows.insert([OutboxEvent(name="a.b", payload={}) for _ in range(50)])
    assert len(queries) == 1


def test_many_rows_are_changed_by_one_statement(django_assert_num_queries):
    people = [UserFactory(name_en=NASTY) for _number in range(3)]
    users = [User.objects.get(pk=person.pk) for person in people]
    for number, user in enumerate(users):
        user.name_en, user.last_login = f"{NASTY} {number}", None
    users[1].manager_id = users[0].pk
    with django_assert_num_queries(1):
        rows.update(users, ["name_en", "last_login", "manager"])
    for user in users:
        assert everything(user) == everything(User.objects.get(pk=user.pk))


def test_what_is_not_named_and_who_is_not_given_stay_as_they_were():
    changed, other = UserFactory(name_en="A"), UserFactory(name_en="B")
    changed.name_en = changed.name_ko = "C"
    rows.update([changed], ["name_en"])
    rows.update([], ["name_en"])
    found = User.objects.get(pk=changed.pk)
    assert (found.name_en, found.name_ko) == ("C", "김지민")
    assert User.objects.get(pk=other.pk).name_en == "B"


def test_a_text_that_is_too_long_is_refused_and_not_cut():
    user = UserFactory()
    user.name_en = "x" * 5_000
    with pytest.raises(DataError), transaction.atomic():
        rows.update([user], ["name_en"])


def test_a_list_is_no_column_of_an_update():
    incident = Ticket.objects.get(pk=make_incident().pk)
    with pytest.raises(TypeError):
        rows.update([incident], ["bigram"])


def test_many_rows_whose_keys_nobody_needs_are_stored_by_one_statement(django_assert_num_queries):
    names, payloads = [f"a.{number}" for number in range(3)], [{"text": NASTY, "n": n} for n in range(3)]
    with django_assert_num_queries(1):
        rows.append(OutboxEvent, {"name": names, "payload": payloads}, {"channel": "api"})
    rows.append(OutboxEvent, {"name": []})
    found = list(OutboxEvent.objects.filter(name__startswith="a.").order_by("pk"))
    assert [(row.name, row.payload) for row in found] == list(zip(names, payloads, strict=True))
    rows.insert([OutboxEvent(name="b", payload={}, channel="api")])
    like = OutboxEvent.objects.get(name="b")
    own = {"id", "public_id", "name", "payload", "created_at"}
    for row in found:
        same = {name: value for name, value in everything(row).items() if name not in own}
        assert same == {name: value for name, value in everything(like).items() if name not in own}
    assert len({row.public_id for row in [*found, like]}) == 4
    with pytest.raises(TypeError):
        rows.append(Incident, {"title": ["x"]})


def test_a_list_carries_every_kind_of_value():
    then = dt.datetime(2026, 3, 10, 9, 30, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    texts = [NASTY, "", "NULL", '"quoted", {and} braced', "line\nbreak\ttab", "\\", None]
    payloads = [{"text": text, "yes": True, "one": 1} for text in texts]
    times, actors = [then, None, then, then, None, then, then], [1, 2, None, 4, 5, 6, 7]
    names = [f"a.{place}" for place, _text in enumerate(texts)]
    rows.append(OutboxEvent, {"name": names, "payload": payloads, "relayed_at": times, "actor_id": actors})
    found = OutboxEvent.objects.filter(name__startswith="a.").order_by("name")
    assert [(row.payload, row.relayed_at, row.actor_id) for row in found] == list(
        zip(payloads, times, actors, strict=True)
    )
    users = [UserFactory(name_en=str(text), is_active=bool(place % 2)) for place, text in enumerate(texts)]
    for user in users:
        user.name_ko, user.is_active = user.name_en or "x", not user.is_active
    rows.update(users, ["name_ko", "is_active"])
    for user in users:
        assert everything(user) == everything(User.objects.get(pk=user.pk))


def test_rows_that_are_alike_are_stored_each():
    rows.append(OutboxEvent, {"name": ["a"] * 3}, {"payload": {}})
    assert OutboxEvent.objects.filter(name="a").count() == 3


def test_a_truth_is_not_taken_for_a_one():
    rows.append(OutboxEvent, {"name": ["a", "a"], "payload": [{"n": 1}, {"n": True}]})
    assert sorted(str(row.payload["n"]) for row in OutboxEvent.objects.filter(name="a")) == ["1", "True"]


def test_a_list_in_which_only_some_leave_a_value_to_the_database_is_refused():
    with pytest.raises(TypeError):
        rows.append(OutboxEvent, {"name": ["a"], "created_at": [DatabaseDefault(Now())]}, {"payload": {}})


def test_what_is_there_already_is_left_out_and_not_given_back():
    idem = {"idem_key": ["one", "two"]}
    assert rows.append_once(Delivery, idem, {"channel": "x"}, back=["idem_key"]) == {("one",), ("two",)}
    more = {"idem_key": ["two", "three"]}
    assert rows.append_once(Delivery, more, {"channel": "x"}, back=["idem_key", "channel"]) == {
        ("three", "x")
    }
    assert rows.append_once(Delivery, {"idem_key": []}, back=["idem_key"]) == set()
    assert Delivery.objects.count() == 3


def test_a_rehearsal_notes_what_is_appended():
    with rehearsing.rehearsing("x") as ledger:
        rows.append(OutboxEvent, {"name": ["a", "b"]}, {"payload": {"n": 1}})
    assert [(row.name, row.payload) for _shift, row in ledger.noted] == [("a", {"n": 1}), ("b", {"n": 1})]
