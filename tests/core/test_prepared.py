"""A prepared query gives what the queryset gives, each time as the database is then."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.models import OutboxEvent
from core.prepared import Prepared
from tests.factories.accounts import GroupFactory, LocationFactory, UserFactory
from tests.factories.incidents import make_incident
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
ANY = -1


def everything(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_the_objects_are_those_of_the_queryset_with_their_references_and_in_one_query():
    ticket = make_incident(group=GroupFactory(), requester=UserFactory(location=LocationFactory()))
    make_incident()
    rows = Ticket.objects.select_related("company", "group", "requester__location", "assignee")
    prepared = Prepared(rows.filter(pk=ANY), ANY)
    with CaptureQueriesContext(connection) as asked:
        [found] = prepared.read(ticket.pk)
        places = [found.company, found.group, found.requester, found.requester.location, found.assignee]
    assert len(asked) == 1
    like = rows.get(pk=ticket.pk)
    assert type(found) is Ticket
    assert found == like
    assert everything(found) == everything(like)
    for one, other in zip(
        places, [like.company, like.group, like.requester, like.requester.location, None], strict=True
    ):
        assert one == other
        assert one is None or everything(one) == everything(other)
    assert (found._state.adding, found._state.db) == (False, "default")


def test_each_reading_sees_the_database_as_it_is():
    prepared = Prepared(User.objects.filter(pk=ANY), ANY)
    user = UserFactory(name_en="A")
    assert prepared.read(user.pk)[0].name_en == "A"
    User.objects.filter(pk=user.pk).update(name_en="B")
    assert prepared.read(user.pk)[0].name_en == "B"
    assert prepared.read(0) == []


def test_json_times_and_annotations_come_as_from_the_queryset():
    then = dt.datetime(2026, 3, 10, 1, 2, 3, 456789, tzinfo=dt.UTC)
    OutboxEvent.objects.create(name="a", payload={"n": [1, None, "한"]}, relayed_at=then)
    [found] = Prepared(OutboxEvent.objects.annotate(twice=F("id") * 2).filter(name="a")).read()
    assert (found.payload, found.relayed_at, found.twice) == ({"n": [1, None, "한"]}, then, found.pk * 2)


def test_rows_are_locked_when_the_queryset_locks_them():
    user = UserFactory()
    with transaction.atomic():
        prepared = Prepared(User.objects.filter(pk=ANY).select_for_update(), ANY)
        with CaptureQueriesContext(connection) as asked:
            assert prepared.read(user.pk) == [user]
    assert "FOR UPDATE" in asked[0]["sql"]


def test_what_cannot_be_prepared_is_refused():
    users = User.objects.filter(pk=ANY)
    for wrong in (users.values("pk"), users.values_list("pk"), users.prefetch_related("groups_managed")):
        with pytest.raises(TypeError):
            Prepared(wrong, ANY)
    with pytest.raises(ValueError, match="once"):
        Prepared(User.objects.filter(pk=5), ANY)
    with pytest.raises(ValueError, match="once"):
        Prepared(User.objects.filter(pk__in=[ANY, ANY - 1], manager=ANY), ANY)
