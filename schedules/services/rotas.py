"""Making and changing rotas and their layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor
from core import audit, outbox
from core.errors import (
    DuplicateError,
    FieldError,
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    StaleVersionError,
)
from core.time import db_now
from schedules import rota_rules, rules
from schedules.models import Rota, RotaLayer, RotaMember, intervals_of
from schedules.policies import may_edit_rotas_of, visible_rotas
from schedules.selectors import layer_of, people_of


@transaction.atomic
def create_rota(*, actor: Actor, key: str, group: Any, **fields: Any) -> Rota:
    """A new rota of a group, without layers yet. Publishes ``oncall.rota_created``.

    Raises NotAllowedError, BadInputError (unknown field), RuleRefusedError, DuplicateError (a taken key).
    """
    owner = rota_rules.check_group(group)
    if not may_edit_rotas_of(actor, owner):
        raise NotAllowedError
    values = rota_rules.check_rota({"name_ko": ""} | fields) | {"group": owner}
    row, made = Rota.objects.get_or_create(key=rules.check_key(key), defaults=values)
    if not made:
        text = _("Another rota has this key.")
        raise DuplicateError(text, errors=[FieldError("key", "duplicate", text)])
    record(row, actor, "rota_created", {name: [None, _told(value)] for name, value in values.items()})
    return row


@transaction.atomic
def update_rota(key: str, *, actor: Actor, expected_version: int | None = None, **fields: Any) -> Rota:
    """The rota with names, zone, group, switch or minutes changed. Publishes ``oncall.rota_changed``.

    Raises NotVisibleError, NotAllowedError, StaleVersionError, BadInputError, RuleRefusedError.
    """
    row = locked_rota(key, actor, expected_version=expected_version)
    values = rota_rules.check_rota(fields)
    if "group" in fields:
        values["group"] = rota_rules.check_group(fields["group"])
        if not may_edit_rotas_of(actor, values["group"]):
            raise NotAllowedError
    diff = {
        name: [_told(getattr(row, name)), _told(value)]
        for name, value in values.items()
        if getattr(row, name) != value
    }
    if diff:
        for name, value in values.items():
            setattr(row, name, value)
        _touch(row, *values)
        record(row, actor, "rota_changed", diff)
    return row


@transaction.atomic
def add_layer(key: str, *, actor: Actor, **fields: Any) -> RotaLayer:
    """A new layer below those that are there. Publishes ``oncall.rota_changed``.

    ``members`` are people in their order; ``hours`` as ``rules.check_hours`` takes them, none is always.
    Raises NotVisibleError, NotAllowedError, BadInputError, RuleRefusedError.
    """
    row = locked_rota(key, actor)
    layers = list(row.layers.order_by("order"))
    if len(layers) >= rota_rules.MOST_LAYERS:
        raise RuleRefusedError(_("A rota has at most %(most)s layers.") % {"most": rota_rules.MOST_LAYERS})
    values = rota_rules.check_layer(fields, allowed=people_of(row.group))
    people = values.pop("members")
    order = layers[-1].order + 1 if layers else 1
    layer = RotaLayer.objects.create(rota=row, order=order, **values)
    _store_members(layer, people)
    _touch(row)
    record(row, actor, "rota_changed", {layer.name: [None, _summary(values, people)]})
    return layer


@transaction.atomic
def update_layer(
    key: str, layer_id: UUID, *, actor: Actor, expected_version: int | None = None, **fields: Any
) -> RotaLayer:
    """The layer with ``fields`` changed, which counts at once. Publishes ``oncall.rota_changed``.

    People who are in it and have left may stay. Raises as ``add_layer``, and StaleVersionError.
    """
    row = locked_rota(key, actor)
    layer = layer_of(row, layer_id)
    if expected_version is not None and expected_version != layer.lock_version:
        raise StaleVersionError
    before = _values_of(layer)
    allowed = [*people_of(row.group), *before["members"]]
    values = rota_rules.check_layer(before | fields, allowed=allowed)
    people = values.pop("members")
    old, new = _summary(before, before["members"]), _summary(values, people)
    if old != new:
        for name, value in values.items():
            setattr(layer, name, value)
        layer.lock_version += 1
        layer.updated_at = db_now()
        layer.save(update_fields=[*values, "lock_version", "updated_at"])
        RotaMember.objects.filter(layer=layer).delete()
        _store_members(layer, people)
        _touch(row)
        record(row, actor, "rota_changed", {layer.name: [old, new]})
    return layer


@transaction.atomic
def drop_layer(key: str, layer_id: UUID, *, actor: Actor) -> None:
    """The rota without that layer. Publishes ``oncall.rota_changed``.

    Raises NotVisibleError, NotAllowedError.
    """
    row = locked_rota(key, actor)
    layer = layer_of(row, layer_id)
    before = _values_of(layer)
    layer.delete()
    _touch(row)
    record(row, actor, "rota_changed", {layer.name: [_summary(before, before["members"]), None]})


@transaction.atomic
def raise_layer(key: str, layer_id: UUID, *, actor: Actor) -> None:
    """The layer changes places with the one above it. Publishes ``oncall.rota_changed``.

    The top one stays where it is. Raises NotVisibleError, NotAllowedError.
    """
    row = locked_rota(key, actor)
    layer = layer_of(row, layer_id)
    above = row.layers.filter(order__lt=layer.order).order_by("-order").first()
    if above is None:
        return
    was = [above.name, layer.name]
    layer.order, above.order = above.order, layer.order
    for each in (layer, above):
        each.save(update_fields=["order"])
    _touch(row)
    record(row, actor, "rota_changed", {"order": [was, was[::-1]]})


def locked_rota(key: str, actor: Actor, *, expected_version: int | None = None, to_edit: bool = True) -> Rota:
    """The rota under its lock. Raises NotVisibleError, NotAllowedError (``to_edit``), StaleVersionError."""
    rows = Rota.objects.select_related("group").select_for_update(no_key=True, of=("self",))
    row = rows.filter(visible_rotas(actor), key=key).first()
    if row is None:
        raise NotVisibleError
    if to_edit and not may_edit_rotas_of(actor, row.group):
        raise NotAllowedError
    if expected_version is not None and expected_version != row.lock_version:
        raise StaleVersionError
    return row


def record(row: Rota, actor: Actor, action: str, diff: Mapping[str, Any], **ids: Any) -> None:
    """Audit the change and publish ``oncall.<action>``; its payload names no person but by number."""
    audit.write(actor=actor, table="schedules_rota", object_ref=row.key, action=action, diff=dict(diff))
    payload = {"rota": row.key, "group_id": row.group_id, **ids}
    outbox.publish(f"oncall.{action}", payload, actor=actor)


def _touch(row: Rota, *names: str) -> None:
    """Write the row with its next version: layers are part of it."""
    row.lock_version += 1
    row.updated_at = db_now()
    row.save(update_fields=[*names, "lock_version", "updated_at"])


def _store_members(layer: RotaLayer, people: Iterable[User]) -> None:
    RotaMember.objects.bulk_create(
        RotaMember(layer=layer, user=person, position=position)
        for position, person in enumerate(people, start=1)
    )


def _values_of(layer: RotaLayer) -> dict[str, Any]:
    """The layer as ``rota_rules.check_layer`` takes it."""
    names = rota_rules.LAYER_FIELDS - {"members", "hours"}
    members = layer.members.select_related("user").order_by("position")
    return {name: getattr(layer, name) for name in sorted(names)} | {
        "members": [each.user for each in members],
        "hours": {int(day): intervals_of(spans) or () for day, spans in layer.hours.items()},
    }


def _summary(values: Mapping[str, Any], people: Iterable[User]) -> dict[str, Any]:
    """What the audit trail keeps of a layer."""
    shown = {name: value for name, value in values.items() if name not in {"members", "hours"}}
    return {name: _told(value) for name, value in shown.items()} | {
        "hours": {str(day): rules.written(spans) for day, spans in sorted(values["hours"].items(), key=str)},
        "members": [person.username for person in people],
    }


def _told(value: Any) -> Any:
    """A value as JSON."""
    if value is None or isinstance(value, str | int):
        return value
    return getattr(value, "key", None) or value.isoformat()
