"""What changed is told in the reader's words, not in names of the code."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.utils import translation

from core.models import RowChange
from core.trail.tracking import RowHistory
from history import words
from history.field_labels import FIELDS
from history.labels import HIDDEN
from tests.api.calls import Caller
from tests.factories.accounts import UserFactory
from tests.factories.incidents import make_incident


def test_every_field_with_a_history_has_words() -> None:
    recorded = {
        field.name
        for model in apps.get_models()
        if any(isinstance(each, RowHistory) for each in getattr(model._meta, "triggers", ()))
        for field in model._meta.local_concrete_fields
    }
    assert len(recorded) > 200
    assert recorded - set(FIELDS) - HIDDEN == set()


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
