"""The life of a definition: drafted, changed, published, retired; a published version never changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.policies import Actor
from core import audit, outbox
from core.errors import (
    DuplicateError,
    FieldError,
    NotAllowedError,
    NotVisibleError,
    StaleVersionError,
    WrongStateError,
)
from core.time import db_now
from schedules.models import Calendar
from sla import lint, rules
from sla.choices import Status
from sla.models import SLADefinition
from sla.policies import may

# What a version does not take over from the one before it.
_OWN = frozenset(
    {
        "id",
        "public_id",
        "created_at",
        "updated_at",
        "lock_version",
        "no",
        "status",
        "published_at",
        "retired_at",
    }
)


@transaction.atomic
def create_definition(*, actor: Actor, key: str, **fields: Any) -> SLADefinition:
    """A new definition, as the draft of its first version. Publishes ``sla.definition_drafted``.

    ``calendar`` is a calendar or its key; the track is the key where none is given. Raises NotAllowedError,
    BadInputError (unknown field), RuleRefusedError (every wrong field), DuplicateError (a taken key).
    """
    if not may(actor, "edit"):
        raise NotAllowedError
    given = rules.check_key("key", key)
    values = {"track": given} | rules.checked(fields, needed=rules.needed(fields))
    row = SLADefinition(key=given, no=1, status=Status.DRAFT, **values)
    rules.check_whole(row)
    if SLADefinition.objects.filter(key=given).exists():
        raise _taken()
    copied = {name: getattr(row, name) for name in _columns()}
    row, made = SLADefinition.objects.get_or_create(key=given, no=1, defaults=copied)
    if not made:  # a twin was faster
        raise _taken()
    _record(row, actor, "drafted", {name: [None, _told(row, name)] for name in sorted(rules.CHECKS)})
    return row


@transaction.atomic
def draft_of(key: str, *, actor: Actor) -> SLADefinition:
    """The draft of that definition: the one there is, else a copy of the published version.

    Without a published version it is a copy of the newest. A copy publishes ``sla.definition_drafted``.
    Raises NotAllowedError, NotVisibleError.
    """
    if not may(actor, "edit"):
        raise NotAllowedError
    _locked_versions(key)  # one draft, whoever else asks for it
    rows = list(_versions(key))
    if not rows:
        raise NotVisibleError
    by_status = {row.status: row for row in rows}
    if Status.DRAFT in by_status:
        return by_status[Status.DRAFT]
    basis = by_status.get(Status.PUBLISHED, rows[-1])
    copied = {name: getattr(basis, name) for name in _columns()}
    row = SLADefinition.objects.create(**copied, no=rows[-1].no + 1, status=Status.DRAFT)
    _record(row, actor, "drafted", {"copied_from": [None, basis.no]})
    return row


@transaction.atomic
def save_draft(pk: int, *, actor: Actor, expected_version: int | None = None, **fields: Any) -> SLADefinition:
    """The draft with ``fields`` changed. Publishes ``sla.definition_changed``.

    What still keeps it from being published is said by ``sla.lint``. Raises NotAllowedError, NotVisibleError,
    WrongStateError (no draft), StaleVersionError, BadInputError, RuleRefusedError (every wrong field).
    """
    row = _draft(pk, actor, expected_version)
    values = rules.checked(fields)
    before = {name: (getattr(row, name), _told(row, name)) for name in sorted(values)}
    changed = [name for name, (value, _words) in before.items() if value != values[name]]
    for name in changed:
        setattr(row, name, values[name])
    rules.check_whole(row)
    if changed:
        row.lock_version += 1
        row.updated_at = db_now()
        row.save(update_fields=[*changed, "lock_version", "updated_at"])
        _record(row, actor, "changed", {name: [before[name][1], _told(row, name)] for name in changed})
    return row


@transaction.atomic
def delete_draft(pk: int, *, actor: Actor, expected_version: int | None = None) -> None:
    """Forget the draft; the versions before it stay. Publishes ``sla.definition_dropped``.

    Raises NotAllowedError, NotVisibleError, WrongStateError (no draft), StaleVersionError.
    """
    row = _draft(pk, actor, expected_version)
    _record(row, actor, "dropped", {name: [_told(row, name), None] for name in sorted(rules.CHECKS)})
    row.delete()


@transaction.atomic
def publish_definition(pk: int, *, actor: Actor, expected_version: int | None = None) -> SLADefinition:
    """The draft, published; the version of the same key that was in force is retired with it.

    Clocks that run keep the version they started under. Publishes ``sla.definition_published``. Raises
    NotAllowedError, NotVisibleError, WrongStateError (no draft), StaleVersionError, RuleRefusedError (see
    ``sla.lint``).
    """
    row = _locked(pk, actor)
    if row.status != Status.DRAFT:
        raise WrongStateError(
            _("Only a draft can be published."), current_state=row.status, allowed=_moves(row)
        )
    _check_version(row, expected_version)
    now = db_now()
    lint.check(row, now=now)
    for old in SLADefinition.objects.filter(key=row.key, status=Status.PUBLISHED):
        _move(old, Status.RETIRED, actor, retired_at=now)
    _move(row, Status.PUBLISHED, actor, published_at=now)
    return row


@transaction.atomic
def retire_definition(pk: int, *, actor: Actor) -> SLADefinition:
    """The published definition, retired: no new clock starts by it, running ones go on to their end.

    Publishes ``sla.definition_retired``. Raises NotAllowedError, NotVisibleError, WrongStateError.
    """
    row = _locked(pk, actor)
    if row.status != Status.PUBLISHED:
        raise WrongStateError(
            _("Only a published definition can be retired."), current_state=row.status, allowed=_moves(row)
        )
    _move(row, Status.RETIRED, actor, retired_at=db_now())
    return row


def _columns() -> list[str]:
    return [field.name for field in SLADefinition._meta.concrete_fields if field.name not in _OWN]


def _taken() -> DuplicateError:
    text = _("Another definition has this key.")
    return DuplicateError(text, errors=[FieldError("key", "duplicate", text)])


def _moves(row: SLADefinition) -> list[str]:
    return {Status.DRAFT: ["publish"], Status.PUBLISHED: ["retire"]}.get(Status(row.status), [])


def _locked(pk: int, actor: Actor) -> SLADefinition:
    if not may(actor, "edit"):
        raise NotAllowedError
    key = SLADefinition.objects.filter(pk=pk).values_list("key", flat=True).first()
    found = [row for row in _locked_versions(key) if row.pk == pk] if key is not None else []
    if not found:
        raise NotVisibleError
    return found[0]


def _versions(key: str) -> QuerySet[SLADefinition]:
    return SLADefinition.objects.filter(key=key).select_related("calendar").order_by("no")


def _locked_versions(key: str) -> list[SLADefinition]:
    """All versions under their locks, always in one order: publishing writes two of them."""
    return list(_versions(key).select_for_update(no_key=True, of=("self",)))


def _draft(pk: int, actor: Actor, expected_version: int | None) -> SLADefinition:
    row = _locked(pk, actor)
    if row.status != Status.DRAFT:
        raise WrongStateError(
            _("Only a draft can be changed."), current_state=row.status, allowed=_moves(row)
        )
    _check_version(row, expected_version)
    return row


def _check_version(row: SLADefinition, expected_version: int | None) -> None:
    if expected_version is not None and expected_version != row.lock_version:
        raise StaleVersionError


def _move(row: SLADefinition, status: Status, actor: Actor, **times: dt.datetime) -> None:
    old, row.status = row.status, status
    row.lock_version += 1
    for name, at in times.items():
        setattr(row, name, at)
    row.save(update_fields=["status", "lock_version", *times])
    _record(row, actor, str(status), {"status": [old, str(status)]})


def _record(row: SLADefinition, actor: Actor, action: str, diff: dict[str, Any]) -> None:
    """Audit the change and publish ``sla.definition_<action>``."""
    label = f"{row.key} {row.no}"
    audit.write(actor=actor, table="sla_sladefinition", object_ref=label, action=action, diff=diff)
    outbox.publish(f"sla.definition_{action}", {"definition": row.key, "no": row.no}, actor=actor)


def _told(row: SLADefinition, name: str) -> Any:
    """The value of a column as the audit trail keeps it."""
    value = getattr(row, name)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value.key if isinstance(value, Calendar) else value
