"""Watchers and links."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.accounts import CompanyFactory, UserFactory
from tests.factories.incidents import make_incident
from tickets.models import Ticket, TicketLink, Watcher


def url(ticket: Any, action: str, path: str = "incidents") -> str:
    """The address of an action."""
    return f"/w/{path}/{ticket.number}/{action}/"


def test_people_are_added_to_and_taken_from_the_watchers(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    person = UserFactory()
    assert desk.post(url(incident, "watch"), {"person": person.username}).status_code == 302
    assert desk.post(url(incident, "watch"), {"me": "1"}).status_code == 302
    assert set(Watcher.objects.values_list("user", flat=True)) == {person.pk, agent.pk}
    desk.post(url(incident, "unwatch"), {"person": person.username})
    assert list(Watcher.objects.values_list("user", flat=True)) == [agent.pk]


def test_a_watcher_of_another_company_is_as_absent(desk: Any, group: Any):
    incident = make_incident(group=group)
    stranger = UserFactory(company=CompanyFactory())
    for name in (stranger.username, "zz-nobody", "", "\0"):
        response = desk.post(url(incident, "watch"), {"person": name})
        assert response.status_code == 422
        assert 'id="id_watcher_person_error"' in response.content.decode()
    assert not Watcher.objects.exists()


def test_tickets_are_linked_and_unlinked(desk: Any, group: Any):
    first, second = make_incident(group=group), make_incident(group=group)
    desk.post(url(first, "link"), {"type": "blocks", "number": second.number.lower()})
    row = TicketLink.objects.get()
    assert (row.source_id, row.target_id, row.type) == (first.pk, second.pk, "blocks")
    third = make_incident(group=group)
    assert desk.post(url(third, "unlink"), {"link": str(row.pk)}).status_code == 400
    assert desk.post(url(second, "unlink"), {"link": str(row.pk)}).status_code == 302
    assert not TicketLink.objects.exists()


@pytest.mark.parametrize("number", ["INC9999999", "", "\0", "x" * 21])
def test_a_link_to_nothing_names_its_field(number: str, desk: Any, group: Any):
    incident = make_incident(group=group)
    response = desk.post(url(incident, "link"), {"type": "blocks", "number": number})
    assert response.status_code == 422
    assert 'id="id_link_number_error"' in response.content.decode()


def test_a_link_to_itself_twice_or_behind_the_wall_is_refused(desk: Any, group: Any):
    incident, other = make_incident(group=group), make_incident(group=group)
    theirs = make_incident(requester=UserFactory(company=CompanyFactory()))
    assert desk.post(url(incident, "link"), {"type": "blocks", "number": incident.number}).status_code == 422
    assert desk.post(url(incident, "link"), {"type": "blocks", "number": theirs.number}).status_code == 422
    desk.post(url(incident, "link"), {"type": "blocks", "number": other.number})
    again = desk.post(url(incident, "link"), {"type": "blocks", "number": other.number})
    assert again.status_code == 422
    assert TicketLink.objects.count() == 1
    assert desk.post(url(incident, "unlink"), {"link": "²"}).status_code == 400
    assert Ticket.objects.get(pk=incident.pk).lock_version == 1
