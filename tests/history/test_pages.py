"""History pages and endpoints: who, when, why and what, for who may read it, at a constant cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import Role, RoleAssignment
from core.cause import arriving_by, caused_by
from core.models import RowChange, Setting
from history import selectors
from incidents.models import Incident
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory, default_company
from tests.factories.approvals import make_delegation
from tests.factories.incidents import make_incident
from tickets.models import Ticket, TicketLink
from tickets.services import update_ticket, watch

pytestmark = pytest.mark.django_db


def page(client: Any, sort: str, key: str, **more: Any) -> str:
    answer = client.get(reverse("history:record", args=[sort, key]), more)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def with_grants(*grants: str) -> Any:
    role = Role.objects.create(
        key="-".join(grants).replace(".", "-"), name_ko="역할", grants=list(grants), company=default_company()
    )
    person = UserFactory()
    RoleAssignment.objects.create(user=person, role=role)
    return person


def test_a_ticket_tells_who_changed_what_on_which_way(agent, group, client_of):
    incident = make_incident(agent=agent)
    other = AgentFactory(groups=[group], language="en")
    with arriving_by("page", actor_id=other.pk):
        update_ticket(incident.pk, actor=other, title="Other words", group=group, assignee=agent)
    with arriving_by("api"), caused_by("flow:laptop_request:42", channel="flow"):
        Ticket.objects.filter(pk=incident.pk).update(category="network")
    shown = page(client_of(other), "ticket", incident.number)
    with translation.override("en"):
        assert other.display_name in shown
        assert agent.display_name in shown
        assert group.name in shown
    assert "VPN drops every hour" in shown
    assert "Other words" in shown
    assert "flow laptop_request" in shown
    assert "on a page" in shown


def test_a_change_outside_maru_says_so(agent, client_of):
    incident = make_incident(agent=agent)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('maru.origin', '', true)")
        cursor.execute("DO $$ BEGIN UPDATE tickets_ticket SET title = 'By hand'; END $$")
    assert RowChange.objects.latest("pk").channel == "sql"
    agent.language = "en"
    agent.save()
    shown = page(client_of(agent), "ticket", incident.number)
    assert "outside Maru, by SQL" in shown
    assert connection.settings_dict["USER"] in shown
    told = client_of(agent).get(f"/api/v1/incidents/{incident.number}/history/").json()["results"][0]
    assert told["channel"] == "sql"
    assert told["database"]["user"] == connection.settings_dict["USER"]
    assert told["actor"] is None


def test_a_requester_does_not_see_that_there_is_a_history(client_of):
    incident = make_incident()
    client = client_of(incident.requester)
    assert client.get(f"/api/v1/incidents/{incident.number}/").status_code == 200
    for path in (
        f"/w/history/ticket/{incident.number}/",
        f"/api/v1/incidents/{incident.number}/history/",
        f"/api/v1/tickets/{incident.number}/history/",
    ):
        assert client.get(path).status_code == 404
    assert client.get("/api/v1/audit/").status_code == 403


def test_a_ticket_that_one_may_not_see_has_no_history_and_no_name_in_another(agent, client_of):
    hidden = make_incident(group=GroupFactory(is_restricted=True), title="Quiet words")
    seen = make_incident(agent=agent)
    TicketLink.objects.create(source_id=seen.pk, target_id=hidden.pk, type="related")
    client = client_of(agent)
    for path in (f"/w/history/ticket/{hidden.number}/", f"/api/v1/incidents/{hidden.number}/history/"):
        assert client.get(path).status_code == 404
    shown = page(client, "ticket", seen.number)
    told = client.get(f"/api/v1/tickets/{seen.number}/history/").content.decode()
    assert hidden.number not in shown + told
    assert "Quiet words" not in shown + told


def test_a_reference_to_a_ticket_that_one_may_not_see_is_told_to_nobody(agent, client_of):
    hidden = make_incident(group=GroupFactory(is_restricted=True))
    seen = make_incident(agent=agent)
    before = client_of(agent).get(f"/api/v1/tickets/{seen.number}/history/").json()
    Ticket.objects.filter(pk=seen.pk).update(parent=hidden.pk)
    TicketLink.objects.create(source_id=seen.pk, target_id=hidden.pk, type="related")
    assert client_of(agent).get(f"/api/v1/tickets/{seen.number}/history/").json() == before


def test_who_audits_reads_of_tickets_those_they_see_and_periods_in_words(client_of):
    auditor = with_grants("audit.read", "api.use")
    hidden = make_incident(title="Quiet words")
    make_delegation(UserFactory(), UserFactory())
    answer = client_of(auditor).get("/api/v1/audit/")
    assert answer.status_code == 200
    assert "during" in answer.content.decode()
    assert hidden.number not in answer.content.decode()
    assert "Quiet words" not in answer.content.decode()


@pytest.mark.parametrize(
    ("sort", "grant"),
    [
        ("person", "users.write"),
        ("group", "users.write"),
        ("role", "audit.read"),
        ("setting", "config.write"),
    ],
)
def test_configuration_is_for_who_edits_or_audits_it(sort, grant, client_of):
    keys = {
        "person": UserFactory().username,
        "group": GroupFactory().key,
        "role": Role.objects.create(key="some", name_ko="어떤", company=default_company(), grants=[]).key,
        "setting": Setting.objects.create(key="x.y", value=1).key,
    }
    path = f"/w/history/{sort}/{keys[sort]}/"
    assert client_of(UserFactory()).get(path).status_code == 404
    allowed = client_of(with_grants(grant))
    assert allowed.get(path).status_code == 200
    assert allowed.get(f"/w/history/{sort}/nothing-of-this-name/").status_code == 404
    assert allowed.get("/w/history/nothing/x/").status_code == 404


@pytest.mark.parametrize("way", ["page", "api"])
def test_it_costs_the_same_for_two_and_twenty_changes(way, agent, group, client_of):
    counts = []
    for size in (2, 20):
        incident = make_incident(agent=agent)
        for number in range(size):
            update_ticket(
                incident.pk, actor=agent, title=f"Title {number}", group=group if number % 2 else None
            )
        path = {
            "page": f"/w/history/ticket/{incident.number}/",
            "api": f"/api/v1/incidents/{incident.number}/history/",
        }[way]
        client = client_of(agent)
        client.get(path)  # what a process reads once
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_pages_go_on_where_they_ended_and_an_unknown_place_ends_nowhere(agent, client_of, monkeypatch):
    monkeypatch.setattr(selectors, "PAGE", 3)
    incident = make_incident(agent=agent)
    for number in range(5):
        update_ticket(incident.pk, actor=agent, title=f"Title {number}")
    client, seen, before = client_of(agent), [], ""
    while True:
        answer = client.get(f"/w/history/ticket/{incident.number}/", {"before": before} if before else {})
        seen += [line.change.pk for write in answer.context["writes"] for line in write.lines]
        before = answer.context["following"]
        if not before:
            break
    assert seen == sorted(seen, reverse=True)
    everything = RowChange.objects.filter(record="tickets_ticket", record_id=incident.pk)
    assert set(seen) == set(everything.values_list("pk", flat=True))
    assert client.get(f"/w/history/ticket/{incident.number}/?before=x").status_code == 200


def test_a_record_without_changes_says_so(client_of):
    person = with_grants("config.write")
    person.language = "en"
    person.save()
    Setting.objects.create(key="quiet", value=1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_rowchange DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM core_rowchange WHERE record = 'core_setting'")
        cursor.execute("ALTER TABLE core_rowchange ENABLE TRIGGER USER")
    assert "No change is recorded yet" in page(client_of(person), "setting", "quiet")


def test_the_api_names_what_changed_by_what_addresses_call_it(agent, group, client_of):
    incident = make_incident(agent=agent)
    with arriving_by("api", request_id="request-0001", actor_id=agent.pk):
        update_ticket(incident.pk, actor=agent, group=group, assignee=agent)
    watch(incident.pk, actor=agent, user=agent)
    told = client_of(agent).get(f"/api/v1/incidents/{incident.number}/history/").json()["results"]
    cells = {
        cell["field"]: (cell["old"], cell["new"])
        for each in told
        for cell in each["changes"]
        if each["verb"] == "updated"
    }
    assert cells["group"] == (None, group.key)
    assert cells["assignee"] == (None, agent.username)
    change = next(each for each in told if each["verb"] == "updated")
    assert change["actor"] == {"username": agent.username, "name": agent.display_name}
    assert change["request_id"] == "request-0001"
    assert {each["verb"] for each in told} == {"inserted", "updated"}


def test_the_audit_trail_is_filtered_by_table_object_person_and_time(group, client_of):
    auditor, agent = with_grants("audit.read", "api.use"), AgentFactory()
    with arriving_by("page", actor_id=agent.pk):
        type(group).objects.filter(pk=group.pk).update(email="a@example.com")
    client = client_of(auditor)

    def found(**query: str) -> list[dict[str, Any]]:
        answer = client.get("/api/v1/audit/", query)
        assert answer.status_code == 200, answer.content
        return answer.json()["results"]

    (change,) = found(table="accounts_group", object=group.key, actor=agent.username)
    assert change["changes"][0]["new"] == "a@example.com"
    assert found(table="accounts_group", object="nothing") == []
    assert found(table="pg_class", object="x") == []
    assert found(at__lt="2001-01-01T00:00:00Z") == []
    assert client.get("/api/v1/audit/?colour=red").status_code == 400
    assert client_of(agent).get("/api/v1/audit/").status_code == 403


class TestAsOf:
    """``as_of`` over REST."""

    def read(self, client: Any, incident: Incident, at: str) -> Any:
        return client.get(f"/api/v1/incidents/{incident.number}/", {"as_of": at})

    @pytest.mark.django_db(transaction=True)
    def test_the_fields_as_they_were_then(self, agent, client_of):
        incident = make_incident(agent=agent)
        client = client_of(agent)
        first = client.get(f"/api/v1/incidents/{incident.number}/").json()
        update_ticket(incident.pk, actor=agent, title="Other", impact=1, urgency=1)
        now = client.get(f"/api/v1/incidents/{incident.number}/").json()
        then = self.read(client, incident, first["updated_at"])
        assert then.status_code == 200
        assert "ETag" not in then
        first.pop("_transitions")
        assert then.json() == first
        now.pop("_transitions")
        assert self.read(client, incident, now["updated_at"]).json() == now
        assert self.read(client, incident, "2001-01-01T00:00:00Z").status_code == 404

    @pytest.mark.parametrize(
        "at", ["", "yesterday", "2026-01-01", "2026-01-01T00:00:00", "9999-12-31T23:59:59Z"]
    )
    def test_what_is_no_instant_is_refused(self, at, agent, client_of):
        incident = make_incident(agent=agent)
        answer = self.read(client_of(agent), incident, at)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["parameter"] == "as_of"

    def test_it_belongs_to_reading_one_record(self, agent, client_of):
        incident = make_incident(agent=agent)
        client = client_of(agent)
        assert client.get("/api/v1/incidents/?as_of=2026-01-01T00:00:00Z").status_code == 400
        etag = client.get(f"/api/v1/incidents/{incident.number}/")["ETag"]
        answer = client.patch(
            f"/api/v1/incidents/{incident.number}/?as_of=2026-01-01T00:00:00Z",
            {"title": "x"},
            content_type="application/json",
            headers={"If-Match": etag},
        )
        assert answer.status_code == 400

    def test_a_requester_reads_their_fields_alone(self, client_of):
        incident = make_incident()
        told = self.read(client_of(incident.requester), incident, "2999-01-01T00:00:00Z").json()
        assert "updated_at" not in told
        assert "reassignment_count" not in told
        assert told["title"] == "VPN drops every hour"
