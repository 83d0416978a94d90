"""Making, changing, ordering and deleting assignment rules, and changing the priority matrix.

A ticket is held against the rules when it is opened: a change counts for tickets opened after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Group
from accounts.policies import Actor
from core import audit
from core.errors import NotAllowedError, NotVisibleError, StaleVersionError, invalid
from core.time import db_now
from routing import rules
from routing.policies import may, visible_to
from tickets.choices import Priority
from tickets.models import AssignmentRule, PriorityRow

TABLE, MATRIX = "tickets_assignmentrule", "tickets_priorityrow"
UP, DOWN = "up", "down"
STEP = 10


@transaction.atomic
def create_rule(*, actor: Actor, **fields: Any) -> AssignmentRule:
    """A new rule; ``fields`` are those of ``rules.EDITABLE``.

    It is the last of its kind, but stands before the rules at the end that take every ticket: behind them it
    would get none. Raises NotAllowedError, BadInputError (unknown field), RuleRefusedError (wrong fields).
    """
    _allowed(actor, "edit")
    row = AssignmentRule()
    rules.apply(row, fields)
    others = _locked_kind(row.kind)
    _check_count(others)
    _put_in(row, others)
    row.save(force_insert=True)
    _record(row, actor, "created", {name: [None, _told(row, name)] for name in rules.EDITABLE})
    return row


@transaction.atomic
def change_rule(
    public_id: Any, *, actor: Actor, expected_version: int | None = None, **fields: Any
) -> AssignmentRule:
    """The rule with ``fields`` changed; of another kind, it takes the place of a new one there.

    Raises NotVisibleError, NotAllowedError, StaleVersionError, BadInputError, RuleRefusedError.
    """
    if isinstance(fields.get("kind"), str):
        _lock_kinds(public_id, actor, fields["kind"])
    row = _locked(public_id, actor, "edit", expected_version)
    before = {name: _told(row, name) for name in (*rules.EDITABLE, "order")}
    kind = row.kind
    rules.apply(row, fields)
    if row.kind != kind:
        others = _locked_kind(row.kind)
        _check_count(others)
        _put_in(row, others)
    diff = {name: [old, _told(row, name)] for name, old in before.items() if old != _told(row, name)}
    if diff:
        _touch(row)
        _record(row, actor, "changed", diff)
    return row


@transaction.atomic
def move_rule(
    public_id: Any, direction: str, *, actor: Actor, expected_version: int | None = None
) -> AssignmentRule:
    """The rule one place ``up`` or ``down`` among those of its kind; at the end it stays where it is.

    Raises NotVisibleError, NotAllowedError, StaleVersionError, RuleRefusedError (another direction).
    """
    if direction not in {UP, DOWN}:
        raise invalid("direction", _("This is not one of the choices."), code="choice")
    _lock_kinds(public_id, actor)
    row = _locked(public_id, actor, "edit", expected_version)
    order = _locked_kind(row.kind)
    place = order.index(row)
    to = place + (-1 if direction == UP else 1)
    if not 0 <= to < len(order):
        return row
    was = row.order
    row = order.pop(place)
    order.insert(to, row)
    _number(order)
    _record(row, actor, "moved", {"order": [was, row.order]})
    return row


@transaction.atomic
def delete_rule(public_id: Any, *, actor: Actor, expected_version: int | None = None) -> None:
    """Take the rule away; tickets that it gave to somebody stay, and go on to name it.

    Raises NotVisibleError, NotAllowedError, StaleVersionError.
    """
    row = _locked(public_id, actor, "delete", expected_version)
    _record(row, actor, "deleted", {name: [_told(row, name), None] for name in rules.EDITABLE})
    row.delete()


@transaction.atomic
def set_priorities(
    wanted: Mapping[Any, int], *, actor: Actor, versions: Mapping[Any, int | None] | None = None
) -> list[PriorityRow]:
    """The cells of the priority matrix, by their ids, with these priorities; all of them, or none.

    ``versions`` are those that the caller saw. Open tickets keep their priority until impact or urgency
    changes. Raises NotAllowedError, NotVisibleError, StaleVersionError, RuleRefusedError (``priority``).
    """
    _allowed(actor, "edit")
    locked = PriorityRow.objects.select_for_update(no_key=True).order_by("pk")
    cells = {row.public_id: row for row in locked.filter(visible_to(actor), public_id__in=list(wanted))}
    for public_id, priority in wanted.items():
        if public_id not in cells:
            raise NotVisibleError
        seen = (versions or {}).get(public_id)
        if seen is not None and seen != cells[public_id].lock_version:
            raise StaleVersionError(current_version=cells[public_id].lock_version)
        if isinstance(priority, bool) or priority not in Priority.values:
            raise invalid("priority", _("Priority runs from 1 (critical) to 5 (planning)."), code="range")
    for public_id, row in cells.items():
        _set_priority(row, wanted[public_id], actor)
    return list(cells.values())


def _set_priority(row: PriorityRow, priority: int, actor: Actor) -> None:
    if row.priority == priority:
        return
    diff = {"priority": [row.priority, priority]}
    row.priority, row.lock_version, row.updated_at = priority, row.lock_version + 1, db_now()
    row.save(update_fields=["priority", "lock_version", "updated_at"])
    place = f"{row.impact}/{row.urgency}"
    audit.write(actor=actor, table=MATRIX, object_ref=place, action="changed", diff=diff)


def _allowed(actor: Actor, action: str) -> None:
    if not may(actor, action):
        raise NotAllowedError


def _locked(public_id: Any, actor: Actor, action: str, expected_version: int | None) -> AssignmentRule:
    """The rule under its lock, which waits for tickets that take their turn by it."""
    rows = AssignmentRule.objects.select_for_update(no_key=True, of=("self",)).select_related("group")
    row = rows.filter(visible_to(actor), public_id=public_id).first()
    if row is None:
        raise NotVisibleError
    _allowed(actor, action)
    if expected_version is not None and expected_version != row.lock_version:
        raise StaleVersionError(current_version=row.lock_version)
    return row


def _lock_kinds(public_id: Any, actor: Actor, *more: str) -> None:
    """Lock the rules of this rule's kind and of ``more``, by key, before the rule: no ring of waits."""
    seen = AssignmentRule.objects.filter(visible_to(actor), public_id=public_id)
    kinds = [*seen.values_list("kind", flat=True), *more]
    list(AssignmentRule.objects.filter(kind__in=kinds).order_by("pk").select_for_update(no_key=True))


def _locked_kind(kind: str) -> list[AssignmentRule]:
    """The rules of that kind in their order, locked by key: whoever orders them does so alone."""
    rows = AssignmentRule.objects.select_for_update(no_key=True, of=("self",)).select_related("group")
    return sorted(rows.filter(kind=kind).order_by("pk"), key=lambda row: (row.order, row.pk))


def _check_count(others: list[AssignmentRule]) -> None:
    if len(others) >= rules.MOST_RULES:
        text = _("There are %(count)s rules for this kind already.") % {"count": rules.MOST_RULES}
        raise invalid("kind", text, code="too_many")


def _put_in(row: AssignmentRule, others: list[AssignmentRule]) -> None:
    """Give the row its place among the others: the end, but before those there that take every ticket."""
    place = len(others)
    if not rules.always_holds(row.condition):
        while place and rules.always_holds(others[place - 1].condition):
            place -= 1
    low = others[place - 1].order if place else 0
    gap = others[place].order - low if place < len(others) else 2 * STEP
    row.order = low + max(1, min(STEP, gap // 2))
    _number([*others[:place], row, *others[place:]])


def _number(order: list[AssignmentRule]) -> None:
    """Write the numbers that say this order, changing as few rows as the present numbers allow."""
    numbers = sorted(row.order for row in order)
    for at in range(1, len(numbers)):
        numbers[at] = max(numbers[at], numbers[at - 1] + 1)
    for row, number in zip(order, numbers, strict=True):
        if row.order != number:
            row.order = number
            if row.pk is not None:
                _touch(row)


def _touch(row: AssignmentRule) -> None:
    """Write the row with its next version, leaving alone whose turn it is."""
    row.lock_version += 1
    row.updated_at = db_now()
    names = [*rules.EDITABLE, "order", "lock_version", "updated_at"]
    row.save(update_fields=names)


def _record(row: AssignmentRule, actor: Actor, action: str, diff: dict[str, Any]) -> None:
    audit.write(actor=actor, table=TABLE, object_ref=str(row.public_id), action=action, diff=diff)


def _told(row: AssignmentRule, name: str) -> Any:
    """A value as JSON."""
    value = getattr(row, name)
    return value.key if isinstance(value, Group) else value
