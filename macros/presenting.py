"""What a macro does, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from macros.choices import Assign
from macros.models import Macro
from macros.rules import inputs_of, moves_of
from tickets import kinds


def steps_in_words(macro: Macro) -> list[str]:
    """Each step as a short sentence; none for a reply template."""
    lines = []
    if macro.to_group:
        lines.append(_("Group: %(name)s") % {"name": macro.to_group.name})
    if macro.assign != Assign.KEEP:
        lines.append(_("Assignee: %(name)s") % {"name": macro.get_assign_display()})
    if macro.impact:
        lines.append(_("Impact: %(name)s") % {"name": macro.get_impact_display()})
    if macro.urgency:
        lines.append(_("Urgency: %(name)s") % {"name": macro.get_urgency_display()})
    if macro.category:
        lines.append(_("Category: %(name)s") % {"name": macro.get_category_display()})
    if macro.move:
        lines.append(_("State: %(name)s") % {"name": _move_in_words(macro)})
    return lines


def kinds_in_words(macro: Macro) -> list[str]:
    """The kinds of ticket it is for."""
    return [str(kinds.get(key).label) for key in macro.kinds]


def _move_in_words(macro: Macro) -> str:
    label = moves_of(macro.kinds).get(macro.move, macro.move)
    known = inputs_of(macro.kinds, macro.move)
    told = [_in_words(known[name], value) for name, value in macro.inputs.items() if name in known]
    return f"{label} ({', '.join(told)})" if told else label


def _in_words(each: Any, value: Any) -> str:
    if each.kind == "choice":
        return str(dict(each.choices).get(value, value))
    return str(each.label) if value is True else str(value)
