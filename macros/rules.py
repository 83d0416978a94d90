"""What a macro may hold: each field checked against the kinds of ticket that the macro is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Group
from core.errors import BadInputError, invalid, required
from core.text import clean
from incidents.choices import Category
from macros import filling
from macros.choices import Assign, Says
from macros.models import Macro
from tickets import kinds
from tickets.choices import Level
from tickets.lifecycle import COMMENT, WORK_NOTE, Input
from tickets.transitions import all_edges

LONGEST_NAME, LONGEST_TEXT = 60, 8000
EDITABLE = (
    "name",
    "kinds",
    "says",
    "text",
    "move",
    "inputs",
    "to_group",
    "assign",
    "impact",
    "urgency",
    "category",
)
# Inputs that mean the same on every ticket; a person, a ticket or a moment is chosen for one of them.
_FILLABLE = frozenset({"text", "line", "choice", "number", "boolean"})
_WORDS = frozenset({COMMENT.name, WORK_NOTE.name})


def apply(macro: Macro, given: Mapping[str, Any]) -> None:
    """Set what is ``given`` and check the macro as a whole.

    Raises BadInputError for an unknown field, RuleRefusedError that names the field that does not fit.
    """
    unknown = sorted(set(given) - set(EDITABLE))
    if unknown:
        names = ", ".join(unknown)
        raise BadInputError(_("Unknown or read-only field: %(names)s") % {"names": names})
    if not isinstance(given.get("to_group"), Group | None):
        raise _no_choice("to_group")
    for name, value in given.items():
        setattr(macro, name, value)
    macro.name = clean("name", macro.name, max_length=LONGEST_NAME, multiline=False)
    if not macro.name:
        raise required("name", _("Give the macro a name."))
    macro.kinds = _kinds(macro.kinds)
    _check_text(macro)
    _check_fields(macro)
    _check_move(macro)
    if not macro.text and macro.is_empty:
        raise required("text", _("Write a text or choose a step: this macro does nothing yet."))


def moves_of(names: Sequence[str]) -> dict[str, str]:
    """The moves that a macro for these kinds can make, by name: each of the kinds has them."""
    found: list[dict[str, str]] = []
    for key in names:
        by_name: dict[str, list[Input]] = {}
        labels: dict[str, str] = {}
        for edge in all_edges(kinds.get(key).model):
            if not edge.spec.system:
                by_name.setdefault(edge.name, []).extend(edge.spec.inputs)
                labels[edge.name] = str(edge.spec.label)
        found.append({name: labels[name] for name, asked in by_name.items() if not _beyond(asked)})
    shared = found[0] if found else {}
    return {name: label for name, label in shared.items() if all(name in each for each in found)}


def inputs_of(names: Sequence[str], move: str) -> dict[str, Input]:
    """What a macro can fill in for that move of these kinds, by name."""
    return {
        each.name: each
        for key in names
        for edge in all_edges(kinds.get(key).model)
        if edge.name == move and not edge.spec.system
        for each in edge.spec.inputs
        if each.kind in _FILLABLE and each.lifts is None and each.name not in _WORDS
    }


def _beyond(asked: Sequence[Input]) -> bool:
    """Whether a move always asks for what only one ticket's own page can answer."""
    return any(each.required is True and each.kind not in _FILLABLE for each in asked)


def _kinds(given: Any) -> list[str]:
    known = [spec.key for spec in kinds.all_kinds()]
    if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
        raise invalid("kinds", _("This must be a list of texts."))
    if not given:
        raise required("kinds", _("Choose the kinds of ticket it is for."))
    if not set(given) <= set(known):
        raise invalid("kinds", _("Choose one of: %(names)s.") % {"names": ", ".join(known)}, code="choice")
    return [key for key in known if key in given]


def _check_text(macro: Macro) -> None:
    macro.text = filling.check("text", clean("text", macro.text, max_length=LONGEST_TEXT))
    if macro.says and macro.says not in Says.values:
        raise _no_choice("says")
    if macro.text and not macro.says:
        raise required("says", _("Say who reads the text: the requester, or only agents."))
    if not macro.text:
        macro.says = ""
    unheard = [kinds.get(key) for key in macro.kinds if not kinds.get(key).employee_word]
    if macro.says == Says.COMMENT and unheard:
        names = ", ".join(str(spec.label) for spec in unheard)
        text = _("Nobody reads a reply there: %(kinds)s. Make it an internal note.")
        raise invalid("says", text % {"kinds": names})


def _check_fields(macro: Macro) -> None:
    if macro.assign not in Assign.values:
        raise _no_choice("assign")
    for name in ("impact", "urgency"):
        if getattr(macro, name) is not None and getattr(macro, name) not in Level.values:
            raise invalid(name, _("Choose 1 (high), 2 (medium) or 3 (low)."))
    if macro.category and macro.category not in Category.values:
        raise _no_choice("category")
    for field, value in macro.changes.items():
        lacking = [
            str(kinds.get(key).label) for key in macro.kinds if value[1] not in kinds.get(key).editable
        ]
        if lacking:
            text = _("This cannot be changed there: %(kinds)s.") % {"kinds": ", ".join(lacking)}
            raise invalid(field, text)


def _check_move(macro: Macro) -> None:
    if not isinstance(macro.move, str) or not isinstance(macro.inputs, dict):
        raise invalid("inputs", _("This must be an object."))
    if not macro.move:
        macro.inputs = {}
        return
    if macro.move not in moves_of(macro.kinds):
        moves = ", ".join(moves_of(macro.kinds)) or "–"
        text = _("A macro cannot make this move for all of these kinds. Possible: %(moves)s.")
        raise invalid("move", text % {"moves": moves}, code="choice")
    known = inputs_of(macro.kinds, macro.move)
    unknown = sorted(set(macro.inputs) - set(known))
    if unknown:
        text = _("A macro does not fill in “%(name)s” for this move.") % {"name": unknown[0][:60]}
        raise invalid(f"inputs.{unknown[0][:60]}", text)
    kept = {name: _value(known[name], value) for name, value in macro.inputs.items()}
    macro.inputs = {name: value for name, value in kept.items() if value not in (None, "", False)}
    for name, each in known.items():
        if each.required is True and name not in macro.inputs:
            raise required(f"inputs.{name}")


def _value(each: Input, value: Any) -> Any:
    field = f"inputs.{each.name}"
    if each.kind == "boolean" and isinstance(value, bool):
        return value
    if each.kind == "number" and isinstance(value, int) and not isinstance(value, bool):
        return value
    if each.kind in {"boolean", "number"}:
        if value is None:
            return None
        raise invalid(field, _("This has another form than the move asks for."))
    text = clean(field, value, max_length=each.max_length, multiline=each.kind == "text")
    if each.kind == "choice":
        if text and text not in dict(each.choices):
            raise _no_choice(field)
        return text
    return filling.check(field, text)


def _no_choice(field: str) -> Exception:
    return invalid(field, _("This is not one of the choices."), code="choice")
