"""``explain``: may this person see or do this, and which rule decided (SECURITY AC-14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.access import subjects
from accounts.access.decisions import Decision
from accounts.access.subjects import Subject
from accounts.choices import Grant
from accounts.models import Role, User
from accounts.policies import INACTIVE, company_wall, grants_of, group_ids, may_ask
from accounts.roles.policies import visible_roles
from core.api.fieldrules import FieldSet
from core.errors import NotAllowedError, Text, invalid

NO_FIELDS = FieldSet(frozenset(), frozenset(), frozenset())


@dataclass(frozen=True)
class Link:
    """One link of the chain behind an answer: a grant, a role, or a group; ``held`` by the person or not."""

    kind: str
    key: str
    name: str
    held: bool


@dataclass(frozen=True)
class Step:
    """One question of the gate: its answer, the rule in words, and what gave it."""

    allowed: bool
    code: str
    rule: str
    chain: tuple[Link, ...]


@dataclass(frozen=True)
class Explanation:
    """The answer about one person, thing and action; ``steps`` end at the first refusal.

    ``field`` is the one that was asked about, empty where the whole thing was.
    """

    user: User
    kind: str
    reference: str
    name: str
    action: str
    action_label: str
    steps: tuple[Step, ...]
    field: str = ""

    @property
    def allowed(self) -> bool:
        """Whether every question was answered yes."""
        return all(step.allowed for step in self.steps)

    @property
    def rule(self) -> str:
        """The rule that decided, in words."""
        return self.steps[-1].rule

    @property
    def code(self) -> str:
        """The rule that decided, for programs."""
        return self.steps[-1].code


def explain(asker: User, *, user: str, reference: str, action: str, field: str = "") -> Explanation:
    """Whether the person named ``user`` may run ``action`` on the thing that ``reference`` names, and why.

    With ``field`` the action is read, update or query (filter and order by), and it is that field's answer.

    The gate itself is asked, as that person, now. ``reference`` is the number of a ticket or configuration
    item, the id of an approval, or the key of a part of the configuration (``subjects.areas``). Raises
    NotAllowedError for who may not ask, RuleRefusedError (user, object, action, field): a person of another
    company and a thing the asker may not ask about get the answer of one that does not exist.
    """
    if not may_ask(asker):
        raise NotAllowedError(_("Who may see and do what is told to people who edit rights or audit them."))
    person = User.objects.filter(company_wall(asker), username__iexact=user).first()
    if person is None:
        raise _missing("user", user)
    found = subjects.found(asker, reference.strip())
    if found is None:
        raise _missing("object", reference)
    subject, thing = found
    actions = subjects.named(*subjects.FIELD_ACTIONS) if field else subject.actions(thing)
    _check("action", action, actions)
    if field:
        fields = subject.fields(thing) if subject.fields else NO_FIELDS
        _check("field", field, sorted(subjects.names_of(fields, action)))
    return Explanation(
        user=person,
        kind=subject.key,
        reference=reference.strip(),
        name=subject.name(thing),
        action=action,
        action_label=str(actions[action]),
        steps=tuple(_steps(asker, person, thing, _decisions(subject, person, thing, action, field))),
        field=field,
    )


def _decisions(subject: Subject, person: User, thing: Any, action: str, field: str) -> Iterable[Decision]:
    if field and subject.field_decisions:
        return subject.field_decisions(person, thing, action, field)
    return subject.decisions(person, thing, action)


def _check(name: str, given: str, possible: Iterable[str]) -> None:
    """Raise RuleRefusedError for what there is none of here."""
    names = list(possible)
    if given not in names:
        told = _("“%(action)s” is not possible here. Possible: %(names)s.")
        raise invalid(name, told % {"action": given[:40], "names": ", ".join(names) or "–"}, code="choice")


def fields_of(asker: User, reference: str) -> list[str]:
    """The fields that can be asked about of a thing; none for a thing that is not found or has no such."""
    found = subjects.found(asker, reference.strip())
    fields = found[0].fields(found[1]) if found and found[0].fields else NO_FIELDS
    return sorted(fields.read | fields.write | fields.query)


def actions_of(asker: User, reference: str) -> dict[str, Text]:
    """The actions that can be asked about a thing, with their words; none for a thing that is not found."""
    found = subjects.found(asker, reference.strip())
    return found[0].actions(found[1]) if found else {}


def _missing(name: str, given: str) -> Exception:
    told = _("There is no “%(wanted)s” that you may use here.") % {"wanted": given[:80]}
    return invalid(name, told, code="does_not_exist")


def _steps(asker: User, person: User, thing: Any, decisions: Iterable[Decision]) -> Iterable[Step]:
    if not person.is_active:
        yield Step(allowed=False, code=INACTIVE.code, rule=str(INACTIVE.words), chain=())
        return
    for decision in decisions:
        chain = tuple(_chain(asker, person, thing, decision))
        yield Step(decision.allowed, decision.code, str(decision.words), chain)
        if not decision:
            return


def _chain(asker: User, person: User, thing: Any, decision: Decision) -> Iterable[Link]:
    """The grants the rule asks for, each with the roles that give it to the person, or would; the group."""
    for grant in decision.grants:
        held = grant in grants_of(person)
        yield Link("grant", str(grant), str(Grant(grant).label), held)
        roles = Role.objects.filter(visible_roles(asker), grants__contains=[grant]).order_by("key")
        for role in roles.filter(holders=person) if held else roles:
            yield Link("role", role.key, role.name, held)
    group = getattr(thing, decision.via, None) if decision.via else None
    if group is not None:
        yield Link("group", group.key, group.name, group.pk in group_ids(person))
