"""Handing decisions over for a time (PROCESSES APR-12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor
from approvals.choices import Scope
from approvals.models import Delegation
from approvals.policies import may_delegate, visible_delegations
from core import audit, outbox
from core.errors import DuplicateError, NotAllowedError, NotVisibleError, invalid
from core.time import db_now

MAX_DAYS = 366


@transaction.atomic
def delegate(
    *, actor: Actor, user: User, to: User, start: dt.datetime, end: dt.datetime, scope: str = Scope.APPROVALS
) -> Delegation:
    """A delegation: from ``start`` until before ``end`` (instants) ``to`` acts for ``user`` in ``scope``.

    It ends by itself and is not passed on. Publishes ``delegation.created``. Raises NotAllowedError,
    RuleRefusedError, DuplicateError (overlaps another one).
    """
    if not may_delegate(actor, user):
        raise NotAllowedError(_("You can hand over your own decisions only."))
    _check(user, to, start, end, scope)
    try:
        with transaction.atomic():
            row = Delegation.objects.create(
                user=user, delegate=to, scope=scope, during=DateTimeTZRange(start, end, "[)")
            )
    except IntegrityError as error:
        text = _("There is a delegation in this time already: %(what)s.") % {"what": Scope(scope).label}
        raise DuplicateError(text) from error
    _record(row, actor, "created")
    return row


@transaction.atomic
def end_delegation(delegation_id: int, *, actor: Actor) -> None:
    """The delegation is over from now on; one that had not begun disappears. Ended twice it stays ended.

    Raises NotVisibleError, NotAllowedError.
    """
    rows = Delegation.objects.filter(visible_delegations(actor), pk=delegation_id)
    row = rows.select_related("user").select_for_update(no_key=True, of=("self",)).first()
    if row is None:
        raise NotVisibleError
    if not may_delegate(actor, row.user):
        raise NotAllowedError
    now = db_now()
    if row.during.upper <= now:
        return
    _record(row, actor, "ended")
    if row.during.lower >= now:
        row.delete()
        return
    row.during = DateTimeTZRange(row.during.lower, now, "[)")
    row.lock_version += 1
    row.save(update_fields=["during", "lock_version"])


@transaction.atomic
def go_away(
    *, actor: Actor, user: User, to: User, start: dt.datetime, end: dt.datetime, scopes: Iterable[str]
) -> list[Delegation]:
    """A delegation for each of ``scopes``: ``to`` stands in for ``user`` in all of them, or in none.

    Raises as ``delegate``, and RuleRefusedError when no scope is named.
    """
    wanted = list(dict.fromkeys(scopes))
    if not wanted:
        raise invalid("scopes", _("Choose what is handed over."), code="required")
    return [delegate(actor=actor, user=user, to=to, start=start, end=end, scope=each) for each in wanted]


@transaction.atomic
def come_back(delegation_id: int, *, actor: Actor) -> None:
    """That delegation is over, with those of other scopes that were made for the same days and stand-in.

    Raises as ``end_delegation``.
    """
    row = Delegation.objects.filter(visible_delegations(actor), pk=delegation_id).first()
    if row is None:
        raise NotVisibleError
    same = Delegation.objects.filter(user=row.user_id, delegate=row.delegate_id, during=row.during)
    for pk in same.order_by("pk").values_list("pk", flat=True):
        end_delegation(pk, actor=actor)


def _check(user: User, to: User, start: dt.datetime, end: dt.datetime, scope: str) -> None:
    if scope not in Scope.values:
        raise invalid("scope", _("This cannot be handed over."), code="choice")
    if user.pk == to.pk:
        raise invalid("delegate", _("Choose another person than yourself."))
    if not to.is_active or to.company_id != user.company_id:
        raise invalid("delegate", _("This person cannot decide for you."), code="does_not_exist")
    if end <= start or end <= db_now():
        raise invalid("end", _("The end must lie after the start and in the future."))
    if end - start > dt.timedelta(days=MAX_DAYS):
        raise invalid("end", _("A delegation lasts a year at most."))


def _record(row: Delegation, actor: Actor, verb: str) -> None:
    span = [row.during.lower.isoformat(), row.during.upper.isoformat()]
    audit.write(
        actor=actor,
        table="approvals_delegation",
        object_ref=str(row.pk),
        action=verb,
        diff={
            "user": [None, row.user_id],
            "delegate": [None, row.delegate_id],
            "scope": [None, str(row.scope)],
            "during": span,
        },
    )
    ids = {"delegation_id": row.pk, "user_id": row.user_id, "delegate_id": row.delegate_id}
    outbox.publish(f"delegation.{verb}", ids | {"scope": str(row.scope)}, actor=actor)
