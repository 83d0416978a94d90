"""Making and changing service accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import tokens
from accounts.machines.policies import may_edit, may_give
from accounts.models import Role, RoleAssignment, User
from accounts.policies import company_wall, forget_grants
from accounts.roles.policies import visible_roles
from core import audit, outbox
from core.errors import (
    BadInputError,
    DuplicateError,
    FieldError,
    NotAllowedError,
    NotVisibleError,
    StaleVersionError,
    invalid,
    required,
)
from core.text import clean

EDITABLE = {"name_ko", "name_en", "roles", "is_active"}
_NAME = re.compile(r"[a-z][a-z0-9._-]{1,59}")


@transaction.atomic
def create_account(*, actor: User, username: str, roles: Iterable[str] = (), **fields: Any) -> User:
    """A new service account of the actor's company: it has tokens and no password.

    Publishes ``service_account.made`` (user_id).

    ``roles`` are keys. Raises NotAllowedError (no right to edit people, or a role with a right the actor
    lacks), BadInputError (unknown field), DuplicateError (user name), RuleRefusedError (names, roles).
    """
    _authorised(actor)
    given = _roles(actor, roles)
    _may_add(actor, given)
    if not _NAME.fullmatch(username):
        told = _("Small letters, digits, dots, - and _, beginning with a letter; 2 to 60 of them.")
        raise invalid("username", told)
    if User.objects.filter(username__iexact=username).exists():
        told = _("This user name is taken.")
        raise DuplicateError(told, errors=[FieldError("username", "duplicate", told)])
    values = _checked({"name_ko": ""} | fields)
    row = User(company=actor.company, username=username, is_service=True, **values)
    row.set_unusable_password()
    row.save()
    _assign(row, given)
    audit.write(
        actor=actor,
        table="accounts_user",
        object_ref=username,
        action="created",
        diff={"is_service": [None, True], "roles": [[], sorted(role.key for role in given)]},
    )
    outbox.publish("service_account.made", {"user_id": row.pk}, actor=actor)
    return row


@transaction.atomic
def update_account(username: str, *, actor: User, expected_version: int | None = None, **fields: Any) -> User:
    """The service account with ``fields`` changed; ``roles`` are all it has from now on.

    Switched off, it loses its tokens at once, and does not get them back. Publishes
    ``service_account.changed`` (user_id, fields, and ``is_active`` if that changed). Raises NotVisibleError,
    NotAllowedError, StaleVersionError, BadInputError (unknown field), RuleRefusedError (names, roles).
    """
    _authorised(actor)
    rows = User.objects.select_for_update(no_key=True, of=("self",))
    row = rows.filter(company_wall(actor), is_service=True, username__iexact=username).first()
    if row is None:
        raise NotVisibleError
    if expected_version is not None and expected_version != row.lock_version:
        raise StaleVersionError
    given = _roles(actor, fields.pop("roles")) if "roles" in fields else None
    values = _checked(fields)
    diff = {name: [getattr(row, name), new] for name, new in values.items() if getattr(row, name) != new}
    for name, (_old, new) in diff.items():
        setattr(row, name, new)
    diff |= _exchange(actor, row, given) if given is not None else {}
    if not diff:
        return row
    if diff.get("is_active", [None, True])[1] is False:
        tokens.revoke_all(row, actor=actor)  # before the trigger does, which tells nobody
    row.lock_version += 1
    row.save(update_fields=[*(name for name in diff if name != "roles"), "lock_version"])
    audit.write(actor=actor, table="accounts_user", object_ref=row.username, action="updated", diff=diff)
    state = {"is_active": row.is_active} if "is_active" in diff else {}
    told = {"user_id": row.pk, "fields": sorted(diff), **state}
    outbox.publish("service_account.changed", told, actor=actor)
    return row


def _authorised(actor: User) -> None:
    """Raise NotAllowedError without the right, which is read anew."""
    forget_grants(actor)
    if not may_edit(actor):
        raise NotAllowedError


def _roles(actor: User, keys: Iterable[str]) -> list[Role]:
    """The roles with these keys, locked. Raises RuleRefusedError for one the actor may not name."""
    wanted = set(keys)
    rows = Role.objects.filter(visible_roles(actor), key__in=wanted).select_for_update(
        no_key=True, of=("self",)
    )
    found = list(rows.order_by("pk"))
    strange = sorted(wanted - {role.key for role in found})
    if strange:
        raise invalid("roles", _("There is no role “%(name)s”.") % {"name": strange[0][:50]}, "choice")
    return found


def _may_add(actor: User, roles: Iterable[Role]) -> None:
    above = sorted(role.key for role in roles if not may_give(actor, role))
    if above:
        told = _("Nobody gives a role with rights that they do not hold themselves: %(names)s.")
        raise NotAllowedError(told % {"names": ", ".join(above)})


def _exchange(actor: User, row: User, given: list[Role]) -> dict[str, list[Any]]:
    """Let the account hold these roles and no others; what changed, as a ``diff``."""
    held = list(Role.objects.filter(holders=row.pk))
    if {role.pk for role in held} == {role.pk for role in given}:
        return {}
    _may_add(actor, [role for role in given if role not in held])
    _assign(row, given)
    return {"roles": [sorted(role.key for role in held), sorted(role.key for role in given)]}


def _assign(row: User, roles: Iterable[Role]) -> None:
    given = list(roles)
    RoleAssignment.objects.filter(user=row).exclude(role__in=given).delete()
    present = set(RoleAssignment.objects.filter(user=row).values_list("role_id", flat=True))
    missing = [RoleAssignment(user=row, role=role) for role in given if role.pk not in present]
    RoleAssignment.objects.bulk_create(missing)


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - EDITABLE
    if unknown:
        raise BadInputError(_("Unknown field: %(names)s") % {"names": ", ".join(sorted(unknown))})
    values: dict[str, Any] = {
        name: clean(name, fields[name], max_length=80, multiline=False)
        for name in ("name_ko", "name_en")
        if name in fields
    }
    if values.get("name_ko") == "":
        raise required("name_ko")
    if "is_active" in fields:
        values["is_active"] = bool(fields["is_active"])
    return values
