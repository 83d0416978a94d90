"""What access can be explained of: each app registers its own here, when it is ready.

An allow list: a reference that no subject finds is answered as one that does not exist (SECURITY S-7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.access.choices import ACTIONS
from accounts.access.decisions import Decision, yes
from accounts.choices import Grant
from accounts.models import User
from accounts.policies import has_grant
from core.api.fieldrules import FieldSet, fields_for
from core.errors import Text


@dataclass(frozen=True)
class Subject:
    """One kind of thing that is asked about.

    ``name(thing)`` is what it is called in answers: nothing that who asks might not read.
    ``find(asker, reference)`` gives the thing, None where there is none that ``asker`` may ask about.
    ``actions(thing)`` are the actions there are, with their words. ``decisions(person, thing, action)`` are
    the gate's own answers in the order in which the gate asks: all must be yes. ``fields(thing)`` are its
    fields, for who reads all of them, and ``field_decisions`` the answers about one; None where single fields
    are not asked about.
    """

    key: str
    label: Text
    name: Callable[[Any], str]
    find: Callable[[User, str], Any | None]
    actions: Callable[[Any], dict[str, Text]]
    decisions: Callable[[User, Any, str], Iterable[Decision]]
    fields: Callable[[Any], FieldSet] | None = None
    field_decisions: Callable[[User, Any, str, str], Iterable[Decision]] | None = None


@dataclass(frozen=True)
class Area:
    """A part of the configuration, such as flows; ``why(person, action)`` is the policy that guards it."""

    key: str
    label: Text
    names: tuple[str, ...]
    why: Callable[[User, str], Decision]

    def __str__(self) -> str:
        return str(self.label)


FIELD_ACTIONS = ("read", "update", "query")
OPEN_FIELD = yes("open_field", _("The field is there for everybody who sees it."))
_subjects: dict[str, Subject] = {}
_areas: dict[str, Area] = {}


def register(subject: Subject) -> None:
    """Let access to such things be explained; called from the app's ``ready()``."""
    _subjects[subject.key] = subject


def register_area(key: str, label: Text, names: Iterable[str], why: Callable[[User, str], Decision]) -> None:
    """Let access to a part of the configuration be explained; called from the app's ``ready()``.

    Raises KeyError for an action that has no words yet, so that nothing starts with one.
    """
    _areas[key] = Area(key, label, tuple(named(*names)), why)


def areas() -> list[Area]:
    """The parts of the configuration, by key."""
    return [_areas[key] for key in sorted(_areas)]


def named(*names: str) -> dict[str, Text]:
    """These actions with their words."""
    return {name: ACTIONS[name] for name in names}


def names_of(fields: FieldSet, action: str) -> frozenset[str]:
    """Those of the fields that the action can be done with."""
    return {"read": fields.read, "update": fields.write, "query": fields.query}[action]


def field_decision(resource: Any, internal: Decision, action: str, field: str) -> Decision:
    """Whether the field is for everybody who sees the record, or else what decides on internal fields.

    ``resource`` is the view set whose field rules they are, the same that its answers are cut by.
    """
    return OPEN_FIELD if field in names_of(fields_for(resource, internal=False), action) else internal


def askable(asker: User, wall: Q, seen: Q) -> Q:
    """The rows ``asker`` may ask about: what they see; auditors all behind their company's wall."""
    return wall if has_grant(asker, Grant.AUDIT_READ) else seen


def found(asker: User, reference: str) -> tuple[Subject, Any] | None:
    """The thing ``asker`` means and what kind it is; None where there is none they may ask about."""
    for subject in _subjects.values():
        thing = subject.find(asker, reference)
        if thing is not None:
            return subject, thing
    return None


register(
    Subject(
        key="configuration",
        label=_("Configuration"),
        name=str,
        find=lambda asker, reference: _areas.get(reference.lower()),
        actions=lambda area: named(*area.names),
        decisions=lambda person, area, action: [area.why(person, action)],
    )
)
