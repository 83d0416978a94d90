"""What a flow finds when it looks something up: nothing behind a wall (SECURITY AC-9, TPL-5)."""

from __future__ import annotations

import pytest

from tests.factories.accounts import CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, make_run, output_of
from tickets.models import Ticket

OPEN = {"kind": "lookup_record", "table": "ticket", "if": {"f": "phase", "op": "eq", "v": "open"}}


def found(node, ticket):
    run = make_run({"look": node}, ticket=ticket)
    go()
    assert fresh(run).status == "completed"
    return output_of(run, "look")


@pytest.mark.django_db
def test_it_finds_tickets_of_the_company_but_not_of_a_closed_group():
    ticket, seen, secret = make_incident(), make_incident(title="Seen"), make_incident(title="Secret")
    closed = GroupFactory(is_restricted=True)
    Ticket.objects.filter(pk=secret.pk).update(group=closed)
    assert [row["title"] for row in found(OPEN, ticket)["rows"]] == [seen.title]
    Ticket.objects.filter(pk=ticket.pk).update(group=closed)
    titles = [row["title"] for row in found(OPEN, Ticket.objects.get(pk=ticket.pk))["rows"]]
    assert sorted(titles) == ["Secret", "Seen"]


@pytest.mark.django_db
def test_it_finds_no_person_of_another_company():
    colleague, stranger = UserFactory(), UserFactory(company=CompanyFactory())
    node = {"kind": "lookup_record", "table": "user", "key": "{{ vars.who }}"}
    for person, count in ((colleague, 1), (stranger, 0)):
        run = make_run({"look": node}, given={"who": person.username}, vars={"who": ""})
        go()
        assert output_of(run, "look")["found"] == count
