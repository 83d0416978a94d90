"""What changed is told in the reader's words, not in names of the code."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from catalog.models import CatalogTask, Request, RequestItem
from cmdb.models import CI
from core.models import RowChange
from history import words
from history.labels import FIELDS, HIDDEN
from incidents.models import Incident
from tests.api.calls import Caller
from tests.factories.accounts import UserFactory
from tests.factories.incidents import make_incident
from tickets.models import Ticket


@pytest.mark.parametrize("model", [Ticket, Incident, Request, RequestItem, CatalogTask, CI])
def test_every_field_of_tickets_and_items_has_words(model: Any) -> None:
    fields = {field.name for field in model._meta.local_concrete_fields}
    assert fields - set(FIELDS) - HIDDEN == set()


def test_the_kind_of_a_ticket_is_told_in_words(db: None) -> None:
    change = RowChange.objects.filter(table="tickets_ticket", record_id=make_incident().pk, op="I").get()
    with translation.override("en"):
        (line,) = words.lines_of(UserFactory(roles=["super"]), [change])
    told = {each.label: each.words.after for each in line.cells}
    assert told["Kind"] == "Incident"


@pytest.mark.parametrize("offset", ["%2B23:59", "-23:59", "Z"])
def test_the_trail_is_asked_for_instants_of_any_offset(db: None, offset: str) -> None:
    """PostgreSQL takes no offset beyond 15:59 h."""
    answer = Caller(UserFactory(roles=["super"])).get(f"audit/?at__gte=2020-03-02T08:15:00{offset}")
    assert answer.status_code == 200
