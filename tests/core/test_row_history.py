"""Every row that people change tells what it was, who changed it and why: also in bulk and by SQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import tokens
from accounts.models import Group, Membership
from core import rows
from core.cause import arriving_by, caused_by
from core.models import AuditLog, RowChange, Seal
from core.trail import sealing
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tickets.models import Ticket, Watcher
from tickets.services import update_ticket

pytestmark = pytest.mark.django_db


def changes_of(row: Any) -> list[RowChange]:
    """What was recorded of one row, oldest first."""
    return list(RowChange.objects.filter(table=row._meta.db_table, row_id=row.pk).order_by("pk"))


def last_of(row: Any) -> RowChange:
    return changes_of(row)[-1]


@contextmanager
def other_program(**names: str) -> Iterator[Any]:
    """A connection that knows nothing of Maru, such as psql's."""
    found = connection.get_connection_params()
    found.pop("connection_factory", None)
    found.pop("cursor_factory", None)
    made = psycopg2.connect(**{**found, **names})
    try:
        with made, made.cursor() as cursor:
            yield cursor
    finally:
        made.close()


def test_a_new_row_is_recorded_whole_without_what_is_left_out():
    group = GroupFactory(name_ko="네트워크")
    change = last_of(group)
    assert (change.op, change.record, change.record_id) == ("I", "accounts_group", group.pk)
    assert change.changed["name_ko"] == "네트워크"
    assert change.changed["company_id"] == group.company_id
    incident = make_incident()
    assert "bigram" not in last_of(Ticket.objects.get(pk=incident.pk)).changed


@pytest.mark.parametrize("way", ["save", "update", "bulk_update", "rows", "raw"])
def test_an_update_is_recorded_with_old_and_new_by_every_way_to_write(way):
    group = GroupFactory(email="old@example.com")
    group.email = "new@example.com"
    if way == "save":
        group.save()
    elif way == "update":
        Group.objects.filter(pk=group.pk).update(email="new@example.com")
    elif way == "bulk_update":
        Group.objects.bulk_update([group], ["email"])
    elif way == "rows":
        rows.update([group], ["email"])
    else:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_group SET email = 'new@example.com' WHERE id = %s", [group.pk])
    change = last_of(group)
    assert (change.op, change.changed) == ("U", {"email": ["old@example.com", "new@example.com"]})


def test_a_deleted_row_is_kept_whole():
    group, person = GroupFactory(), UserFactory()
    member = Membership.objects.create(group=group, user=person, is_manager=True)
    key = member.pk
    Membership.objects.filter(pk=key).delete()
    change = RowChange.objects.get(table="accounts_membership", row_id=key, op="D")
    assert change.changed["is_manager"] is True
    assert (change.record, change.record_id) == ("accounts_group", group.pk)


def test_what_every_write_touches_is_no_change_by_itself():
    incident = make_incident()
    before = RowChange.objects.count()
    Ticket.objects.filter(pk=incident.pk).update(lock_version=F("lock_version") + 1, bigram=["aa"])
    assert RowChange.objects.count() == before
    Ticket.objects.filter(pk=incident.pk).update(lock_version=F("lock_version") + 1, title="Other")
    assert set(RowChange.objects.latest("pk").changed) == {"lock_version", "title"}


def test_parent_and_child_of_a_ticket_belong_to_one_record():
    incident = make_incident()
    found = RowChange.objects.filter(record="tickets_ticket", record_id=incident.pk)
    assert set(found.values_list("table", flat=True)) >= {"tickets_ticket", "incidents_incident"}
    Watcher.objects.create(ticket_id=incident.pk, user=UserFactory())
    assert found.filter(table="tickets_watcher").count() == 1


def test_secrets_are_told_to_have_changed_and_never_told():
    person = AgentFactory()
    for words in ("correct horse battery staple", "another horse battery staple"):
        person.set_password(words)
        person.save()
    row, plain = tokens.mint(actor=person, owner=person, name="ci")
    assert last_of(person).changed["password"] == ["***", "***"]
    assert last_of(row).changed["secret_hash"] == "***"
    stored = repr(list(RowChange.objects.values_list("changed", flat=True)))
    assert row.secret_hash not in stored
    assert person.password not in stored
    assert plain not in stored


def test_an_empty_secret_is_told_as_empty():
    person = UserFactory(password="")
    type(person).objects.filter(pk=person.pk).update(password="a-hash")
    assert last_of(person).changed["password"] == ["", "***"]


def test_who_by_what_and_why_are_written_beside_it():
    group = GroupFactory()
    with arriving_by("page", request_id="req-12345678", actor_id=77):
        Group.objects.filter(pk=group.pk).update(email="a@example.com")
        with caused_by("flow:o'neil 100%:42", channel="flow"):
            Group.objects.filter(pk=group.pk).update(email="b@example.com")
    own, automatic = changes_of(group)[-2:]
    assert (own.actor_id, own.channel, own.request_id, own.cause_chain) == (77, "page", "req-12345678", [])
    assert (automatic.actor_id, automatic.channel) == (None, "flow")
    assert automatic.cause_chain == ["flow:o'neil 100%:42"]


def test_a_batch_with_several_causes_tells_each_its_own_even_after_a_rolled_back_part():
    group = GroupFactory()
    by_flow = caused_by("flow:x:1", channel="flow")
    with arriving_by("api", actor_id=5):
        Group.objects.filter(pk=group.pk).update(email="a@example.com")
        with suppress(ZeroDivisionError), transaction.atomic(), by_flow:
            Group.objects.filter(pk=group.pk).update(email="b@example.com")
            raise ZeroDivisionError
        Group.objects.filter(pk=group.pk).update(email="c@example.com")
    assert [(each.actor_id, each.channel) for each in changes_of(group)[-2:]] == [(5, "api"), (5, "api")]


def test_a_page_and_the_api_name_the_person_and_the_request(client_of):
    agent = AgentFactory()
    incident = make_incident(agent=agent)
    client = client_of(agent)
    answer = client.get(f"/api/v1/incidents/{incident.number}/")
    client.patch(
        f"/api/v1/incidents/{incident.number}/",
        {"title": "VPN drops every minute"},
        content_type="application/json",
        headers={"If-Match": answer["ETag"], "X-Request-Id": "request-0001"},
    )
    change = last_of(Ticket.objects.get(pk=incident.pk))
    assert change.changed["title"] == ["VPN drops every hour", "VPN drops every minute"]
    assert (change.actor_id, change.channel, change.request_id) == (agent.pk, "api", "request-0001")


def test_a_token_names_its_owner():
    agent = AgentFactory()
    incident = make_incident(agent=agent)
    _row, plain = tokens.mint(
        actor=agent, owner=agent, name="ci", scopes=["tickets:write", "incidents:write"]
    )
    client = Client(headers={"Authorization": f"Bearer {plain}"})
    answer = client.get(f"/api/v1/incidents/{incident.number}/")
    assert answer.status_code == 200, answer.content
    client.patch(
        f"/api/v1/incidents/{incident.number}/",
        {"title": "Other"},
        content_type="application/json",
        headers={"If-Match": answer["ETag"]},
    )
    assert last_of(Ticket.objects.get(pk=incident.pk)).actor_id == agent.pk


@pytest.mark.django_db(transaction=True)
def test_plain_sql_is_recorded_as_written_outside_maru():
    group = GroupFactory()
    with other_program(application_name="psql") as cursor:
        cursor.execute("UPDATE accounts_group SET email = 'by-hand@example.com' WHERE id = %s", [group.pk])
    change = last_of(group)
    assert (change.channel, change.actor_id, change.application) == ("sql", None, "psql")
    assert change.db_user == connection.settings_dict["USER"]
    assert change.changed["email"][1] == "by-hand@example.com"


@pytest.mark.parametrize("model", [RowChange, AuditLog, Seal])
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("ignored", [False, True])
def test_what_was_written_is_not_changed_removed_or_emptied(model, statement, ignored):
    update_ticket(make_incident().pk, actor=AgentFactory(), title="Other")
    sealing.seal_all()
    everything = (
        "SELECT set_config('pgtrigger.ignore', (SELECT array_agg(tgname)::text FROM pg_trigger), true)"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        if ignored:
            cursor.execute(everything)
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            cursor.execute(statement.format(model._meta.db_table))


def test_recording_costs_no_statement_of_its_own():
    incident, agent = make_incident(), AgentFactory()
    with CaptureQueriesContext(connection) as queries:
        update_ticket(incident.pk, actor=agent, title="Other")
    texts = [query["sql"] for query in queries]
    assert not [text for text in texts if text.startswith("SELECT set_config") and ";" not in text]
    assert [text for text in texts if "maru.origin" in text]


def test_a_rolled_back_change_leaves_nothing():
    count = RowChange.objects.count()
    with suppress(ZeroDivisionError), transaction.atomic():
        GroupFactory()
        raise ZeroDivisionError
    assert RowChange.objects.count() == count
