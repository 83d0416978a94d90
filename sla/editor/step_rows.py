"""Steps of an escalation as rows of mark, action and parameters that people edit in a form, and as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from sla.escalations import MOST_STEPS, OVERDUE
from tickets import escalations as actions
from tickets.editing.condition_rows import AS_ROWS, AS_TEXT, BadRowError, parsed
from tickets.escalations import Input


@dataclass(frozen=True)
class StepRow:
    """One step as it was typed; ``values`` are the texts of its action's parameters."""

    at: str = ""
    do: str = ""
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class TypedSteps:
    """The steps as they stand in a form: as rows, or as JSON text where rows cannot say them."""

    mode: str = AS_ROWS
    rows: tuple[StepRow, ...] = ()
    text: str = ""


def typed(steps: Any) -> TypedSteps:
    """The steps for a form; such as rows cannot say are shown as text."""
    return as_rows(steps) or TypedSteps(mode=AS_TEXT, text=written(steps))


def as_rows(steps: Any) -> TypedSteps | None:
    """The steps as rows, or None where rows cannot say just the same."""
    if not isinstance(steps, list) or len(steps) > MOST_STEPS:
        return None
    rows = [_row_of(step) for step in steps]
    found = tuple(row for row in rows if row is not None)
    is_same = len(found) == len(rows) and [_step_of(row) for row in found] == steps
    return TypedSteps(rows=found) if is_same else None


def steps_of(given: TypedSteps) -> list[Any]:
    """The steps that were typed. Raises BadRowError."""
    if given.mode == AS_ROWS:
        return [_step_of(row) for row in given.rows if row.at or row.do]
    found = parsed(given.text)
    if found is not None and not isinstance(found, list):
        raise BadRowError(_("Write a list of steps in square brackets."))
    return found or []


def written(steps: Any) -> str:
    """The steps as JSON, one a line; empty for none."""
    if not isinstance(steps, list):
        return json.dumps(steps, ensure_ascii=False)
    lines = ",\n".join(f"  {json.dumps(_in_order(step), ensure_ascii=False)}" for step in steps)
    return f"[\n{lines}\n]" if steps else ""


def _in_order(step: Any) -> Any:
    """The mark and the action first; the database keeps no order."""
    if not isinstance(step, dict):
        return step
    first = [name for name in ("at", "do") if name in step]
    return {name: step[name] for name in dict.fromkeys([*first, *step])}


# Between form data and what was typed


def read(data: MultiValueDict[str, Any], name: str) -> TypedSteps:
    """What was typed for ``name``; whatever else was sent is left out."""

    def rows() -> Iterator[StepRow]:
        count = str(data.get(f"{name}-count", ""))
        is_count = count.isascii() and count.isdigit() and len(count) < 5
        for number in range(min(int(count), MOST_STEPS) if is_count else 0):
            place = f"{name}-{number}"
            do = str(data.get(f"{place}-do", ""))
            values = {each.name: _texts(data, f"{place}-{each.name}") for each in _inputs(do)}
            yield StepRow(str(data.get(f"{place}-at", "")), do, values)

    mode = str(data.get(f"{name}-mode", AS_ROWS))
    is_text = mode == AS_TEXT
    return TypedSteps(AS_TEXT if is_text else AS_ROWS, tuple(rows()), str(data.get(f"{name}-text", "")))


def write(data: MultiValueDict[str, Any], name: str, given: TypedSteps) -> None:
    """Put what was typed into form data, in place of what is there for ``name``."""
    for key in [key for key in data if key.startswith(f"{name}-")]:
        del data[key]
    data[f"{name}-mode"], data[f"{name}-text"] = given.mode, given.text
    data[f"{name}-count"] = str(len(given.rows))
    for number, row in enumerate(given.rows):
        place = f"{name}-{number}"
        data[f"{place}-at"], data[f"{place}-do"] = row.at, row.do
        for key, texts in row.values.items():
            data.setlist(f"{place}-{key}", list(texts))


def edited(given: TypedSteps, step: str, number: str = "") -> TypedSteps:
    """What was typed after a step of editing, as ``condition_rows.edited``. Raises BadRowError."""
    if step == "add":
        return replace(given, rows=(*given.rows, StepRow())[:MOST_STEPS])
    if step == "drop":
        kept = [row for place, row in enumerate(given.rows) if str(place) != number]
        return replace(given, rows=tuple(kept))
    if step == AS_TEXT and given.mode == AS_ROWS:
        return TypedSteps(mode=AS_TEXT, text=written(steps_of(given)))
    if step == AS_ROWS and given.mode == AS_TEXT:
        found = as_rows(steps_of(given))
        if found is None:
            raise BadRowError(
                _("Rows cannot say these steps: a mark, an action or a parameter is not known.")
            )
        return found
    return given


# Between a row and a step


def _inputs(do: Any) -> tuple[Input, ...]:
    action = actions.get(do)
    return () if action is None else action.inputs


def _texts(data: MultiValueDict[str, Any], name: str) -> tuple[str, ...]:
    return tuple(str(text) for text in data.getlist(name))


def _row_of(step: Any) -> StepRow | None:
    action = actions.get(step.get("do")) if isinstance(step, dict) else None
    if action is None:
        return None
    values = {each.name: _shown(each, step.get(each.name)) for each in action.inputs}
    return StepRow(str(step.get("at", "")), str(step.get("do", "")), values)


def _shown(each: Input, value: Any) -> tuple[str, ...]:
    texts = tuple(map(str, value)) if isinstance(value, list) else () if value is None else (str(value),)
    return texts if each.choices is not None or not each.many else (", ".join(texts),) if texts else ()


def _step_of(row: StepRow) -> dict[str, Any]:
    """The step that a row says; what was not typed is left out."""
    step: dict[str, Any] = {"at": row.at if row.at == OVERDUE else _whole(row.at), "do": row.do}
    for each in _inputs(row.do):
        texts = [text.strip() for text in row.values.get(each.name, ()) if text.strip()]
        if each.many:
            texts = [piece.strip() for text in texts for piece in text.split(",") if piece.strip()]
        if texts:
            step[each.name] = texts if each.many else _whole(texts[0]) if each.is_number else texts[0]
    return step


def _whole(text: str) -> int | str:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 5 else plain
