"""Configuration items as something that access is explained of (``accounts.access``)."""

from __future__ import annotations

from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts.access.decisions import Decision
from accounts.access.subjects import Subject, askable, field_decision, named
from accounts.models import User
from accounts.policies import agent_decision, company_wall
from cmdb.models import CI
from cmdb.policies import ACTIONS, visible_to, why
from core.api.fieldrules import FieldSet, fields_for

_RESOURCE = "cmdb.api.views.CIViewSet"


def find(asker: User, reference: str) -> CI | None:
    """The item with that number, if ``asker`` may ask about it."""
    rows = askable(asker, company_wall(asker), visible_to(asker))
    return CI.objects.filter(rows, number=reference.upper()).first()


def decisions(person: User, item: CI, action: str) -> list[Decision]:
    """Whether the person sees it, and may change it."""
    seen = why(person, item, "read")
    return [seen] if action == "read" else [seen, why(person, item, action)]


def fields(_item: CI) -> FieldSet:
    """The fields of items, for who reads all of them."""
    return fields_for(import_string(_RESOURCE), internal=True)


def field_decisions(person: User, item: CI, action: str, field: str) -> list[Decision]:
    """Whether the person sees the item; whether the field is there for them; whether they may change it."""
    shown = field_decision(import_string(_RESOURCE), agent_decision(person), action, field)
    return [why(person, item, "read"), shown, *([why(person, item, "update")] if action == "update" else [])]


SUBJECT = Subject(
    "ci",
    _("Configuration item"),
    lambda row: row.number,
    find,
    lambda _row: named(*ACTIONS),
    decisions,
    fields,
    field_decisions,
)
