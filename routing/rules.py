"""What an assignment rule may hold; each refusal names its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.choices import SkillLevel
from accounts.models import Group
from accounts.skills.rules import skill_name
from core.conditions import BadConditionError
from core.errors import BadInputError, DomainError, FieldError, RuleRefusedError, invalid, required
from core.text import clean
from tickets import kinds
from tickets.choices import Strategy
from tickets.conditions import compiled
from tickets.models import AssignmentRule

LONGEST_NAME = 120
MOST_RULES = 200  # of one kind: each new ticket is held against them in order
EDITABLE = ("name", "kind", "condition", "group", "strategy", "skill", "least_level", "enabled")


def apply(row: AssignmentRule, values: Mapping[str, Any]) -> None:
    """Put checked ``values`` into the row; a skill goes with its strategy only.

    Raises BadInputError for an unknown name, RuleRefusedError with every field that is wrong.
    """
    strange = sorted(set(values) - set(EDITABLE))
    if strange:
        raise BadInputError(_("Unknown field: %(names)s") % {"names": ", ".join(strange)})
    wrong: list[FieldError] = []
    for name, value in values.items():
        try:
            setattr(row, name, _CHECKS[name](name, value))
        except DomainError as refusal:
            wrong += refusal.errors
    told = {each.field for each in wrong}
    wrong += [FieldError(name, "required", _("This field is required.")) for name in _absent(row) - told]
    if wrong:
        raise RuleRefusedError(errors=sorted(wrong, key=lambda each: each.field))
    if row.strategy != Strategy.SKILL:
        row.skill, row.least_level = "", SkillLevel.BEGINNER


def always_holds(tree: Any) -> bool:
    """Whether the condition asks for nothing."""
    return tree in ({}, {"all": []})


def _absent(row: AssignmentRule) -> set[str]:
    found = {"name": row.name, "kind": row.kind, "group": row.group_id}
    if row.strategy == Strategy.SKILL:
        found["skill"] = row.skill
    return {name for name, value in found.items() if not value}


def _name(field: str, given: Any) -> str:
    text = clean(field, given, max_length=LONGEST_NAME, multiline=False)
    if not text:
        raise required(field)
    return text


def _kind(field: str, given: Any) -> str:
    if given not in [spec.key for spec in kinds.all_kinds()]:
        raise invalid(field, _("There is no such kind of ticket."), code="choice")
    return str(given)


def _condition(field: str, given: Any) -> Any:
    """The tree, if it can be read; one that asks for nothing always holds."""
    if given is None or always_holds(given):
        return {}
    try:
        compiled(given)
    except BadConditionError as refusal:
        raise RuleRefusedError(
            errors=[FieldError(f"{field}.{e.field}".rstrip("."), e.code, e.detail) for e in refusal.errors]
        ) from refusal
    except RecursionError as error:
        raise invalid(field, _("This condition is nested too deeply."), code="too_deep") from error
    return given


def _group(field: str, given: Any) -> Group:
    if not isinstance(given, Group):
        raise required(field)
    if not given.is_active:
        raise invalid(field, _("This group is switched off."))
    return given


def _strategy(field: str, given: Any) -> str:
    if given not in Strategy.values:
        raise invalid(field, _("This is not one of the choices."), code="choice")
    return str(given)


def _skill(field: str, given: Any) -> str:
    return skill_name(field, given) if given != "" else ""


def _level(field: str, given: Any) -> int:
    if isinstance(given, bool) or given not in SkillLevel.values:
        raise invalid(field, _("A level is a whole number from 1 to 5."), code="range")
    return int(given)


def _flag(field: str, given: Any) -> bool:
    if not isinstance(given, bool):
        raise invalid(field, _("This must be true or false."))
    return given


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "name": _name,
    "kind": _kind,
    "condition": _condition,
    "group": _group,
    "strategy": _strategy,
    "skill": _skill,
    "least_level": _level,
    "enabled": _flag,
}
