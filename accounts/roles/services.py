"""Making and changing roles, giving them to people and taking them back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access.decisions import OTHER_COMPANY, Decision
from accounts.choices import Grant
from accounts.models import Role, RoleAssignment, User
from accounts.policies import forget_grants
from accounts.roles.policies import FIXED, visible_roles, why_edit, why_give, why_hand
from core import audit, outbox
from core.errors import (
    BadInputError,
    DuplicateError,
    FieldError,
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    StaleVersionError,
    invalid,
)
from core.text import clean

EDITABLE = {"name_ko", "name_en", "grants", "needs_second_factor"}
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,49}")


@transaction.atomic
def create_role(*, actor: User, key: str, **fields: Any) -> Role:
    """A new role of the actor's company. Publishes ``role.created`` (key, grants).

    Raises NotAllowedError (no right to edit roles, or a grant the actor lacks), BadInputError (unknown
    field), DuplicateError (key), RuleRefusedError (key, names, grants).
    """
    roles = locked_roles(actor)
    _authorised(actor, None)
    if not _KEY.fullmatch(key):
        told = _("Small letters, digits, - and _, beginning with a letter; 50 at most.")
        raise invalid("key", told)
    if any(row.key == key for row in roles):
        told = _("There is a role with this key already.")
        raise DuplicateError(told, errors=[FieldError("key", "duplicate", told)])
    values = _checked({"name_ko": "", "name_en": "", "grants": []} | fields)
    _may_give(actor, values["grants"])
    row = Role.objects.create(company=actor.company, key=key, **values)
    audit.write(
        actor=actor,
        table="accounts_role",
        object_ref=key,
        action="created",
        diff={name: [None, value] for name, value in values.items()},
    )
    outbox.publish("role.created", {"role_id": row.pk, "key": key, "grants": row.grants}, actor=actor)
    return row


@transaction.atomic
def update_role(key: str, *, actor: User, expected_version: int | None = None, **fields: Any) -> Role:
    """The role with ``fields`` changed; it counts for its holders at their next request.

    Publishes ``role.changed`` (key, fields, gained, lost). Raises NotVisibleError, NotAllowedError (no right
    to edit this role, or a grant that the actor lacks is added), StaleVersionError, BadInputError (unknown
    field), RuleRefusedError (names, grants, nobody would be left who edits roles).
    """
    row = next((each for each in locked_roles(actor) if each.key == key), None)
    if row is None:
        raise NotVisibleError
    _authorised(actor, row)
    if expected_version is not None and expected_version != row.lock_version:
        raise StaleVersionError
    values = _checked(fields)
    before = set(row.grants)
    diff = {
        name: [getattr(row, name), new] for name, new in values.items() if _differs(getattr(row, name), new)
    }
    if not diff:
        return row
    gained = set(values.get("grants", before)) - before
    lost = before - set(values.get("grants", before))
    _may_give(actor, gained)
    for name in diff:
        setattr(row, name, values[name])
    row.lock_version += 1
    row.save(update_fields=[*diff, "lock_version"])
    if Grant.USERS_WRITE in lost:
        check_somebody_is_left(actor)
    audit.write(actor=actor, table="accounts_role", object_ref=key, action="updated", diff=diff)
    outbox.publish(
        "role.changed",
        {
            "role_id": row.pk,
            "key": key,
            "fields": sorted(diff),
            "gained": sorted(gained),
            "lost": sorted(lost),
        },
        actor=actor,
    )
    return row


@transaction.atomic
def give_role(key: str, *, actor: User, user: User) -> bool:
    """Let ``user`` hold the role from their next request on; False when they hold it already.

    Publishes ``role.given`` (key, user_id). Raises NotVisibleError (no such role, or a person of another
    company), NotAllowedError (no right to edit people, or the role holds a right that the actor lacks).
    """
    row = _handed(key, actor, user)
    _made, new = RoleAssignment.objects.get_or_create(user=user, role=row)
    if new:
        _told("given", row, actor, user)
    return new


@transaction.atomic
def take_role(key: str, *, actor: User, user: User) -> bool:
    """Let ``user`` hold the role no longer, from their next request on; False when they do not hold it.

    Publishes ``role.taken`` (key, user_id). Raises what ``give_role`` does, and RuleRefusedError when nobody
    would be left who edits roles, or who holds the role that holds every right.
    """
    row = _handed(key, actor, user)
    gone, _rows = RoleAssignment.objects.filter(user=user, role=row).delete()
    if not gone:
        return False
    if Grant.USERS_WRITE in row.grants:
        check_somebody_is_left(actor, field="user")
    if row.key == FIXED:
        check_somebody_holds_all(field="user")
    _told("taken", row, actor, user)
    return True


def _handed(key: str, actor: User, user: User) -> Role:
    """The role, locked, for somebody who may give it to ``user`` and take it from them."""
    row = next((each for each in locked_roles(actor) if each.key == key), None)
    if row is None:
        raise NotVisibleError
    decision = why_hand(actor, row, user)
    if decision is OTHER_COMPANY:
        raise NotVisibleError
    if not decision:
        raise NotAllowedError(_with_names(decision))
    return row


def _told(action: str, row: Role, actor: User, user: User) -> None:
    before, after = ([], [user.username]) if action == "given" else ([user.username], [])
    audit.write(
        actor=actor,
        table="accounts_role",
        object_ref=row.key,
        action=action,
        diff={"holders": [before, after]},
    )
    outbox.publish(f"role.{action}", {"role_id": row.pk, "key": row.key, "user_id": user.pk}, actor=actor)


def locked_roles(actor: User) -> list[Role]:
    """Every role the actor may name, locked; what the actor holds is read anew under that lock."""
    rows = Role.objects.filter(visible_roles(actor)).select_for_update(no_key=True, of=("self",))
    found = list(rows.order_by("pk"))
    forget_grants(actor)
    return found


def _authorised(actor: User, row: Role | None) -> None:
    decision = why_edit(actor, row)
    if not decision:
        raise NotAllowedError(decision.words)


def _may_give(actor: User, grants: Iterable[str]) -> None:
    decision = why_give(actor, frozenset(grants))
    if not decision:
        raise NotAllowedError(_with_names(decision))


def _with_names(decision: Decision) -> str:
    """The refusal in words; of lacking rights it names each."""
    if not decision.grants:
        return str(decision.words)
    names = ", ".join(str(Grant(each).label) for each in decision.grants)
    return _("Nobody gives a right that they do not hold themselves: %(names)s.") % {"names": names}


def check_somebody_is_left(actor: User, *, field: str = "grants") -> None:
    """Raise RuleRefusedError when no active person of the company could edit roles any more.

    A service account is none: it cannot sign in to put things right.
    """
    able = User.objects.filter(company=actor.company_id, is_active=True, is_service=False)
    if not able.filter(roles__grants__contains=[Grant.USERS_WRITE]).exists():
        raise invalid(field, _("Nobody would be left who may edit roles."), code="last")


def check_somebody_holds_all(*, field: str) -> None:
    """Raise RuleRefusedError when nobody active holds the role that holds every right any more."""
    holders = User.objects.filter(is_active=True, roles__key=FIXED, roles__company=None)
    if not holders.exists():
        raise invalid(field, _("Nobody would be left who holds every right."), code="last")


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - EDITABLE
    if unknown:
        raise BadInputError(_("Unknown field: %(names)s") % {"names": ", ".join(sorted(unknown))})
    values: dict[str, Any] = {
        name: clean(name, fields[name], max_length=120, multiline=False)
        for name in ("name_ko", "name_en")
        if name in fields
    }
    if values.get("name_ko") == "":
        raise invalid("name_ko", _("A role needs a name."), code="required")
    if "needs_second_factor" in fields:
        values["needs_second_factor"] = bool(fields["needs_second_factor"])
    if "grants" in fields:
        values["grants"] = _known(fields["grants"])
    return values


def _known(grants: Iterable[str]) -> list[str]:
    """The grants in the order they are listed in, each once. Raises RuleRefusedError for one there is not."""
    given = set(grants)
    strange = sorted(given - set(Grant.values))
    if strange:
        told = _("There is no right “%(name)s”.")
        raise RuleRefusedError(
            errors=[FieldError("grants", "choice", told % {"name": name[:40]}) for name in strange]
        )
    return [grant for grant in Grant.values if grant in given]


def _differs(old: Any, new: Any) -> bool:
    return set(old) != set(new) if isinstance(old, list) else bool(old != new)
