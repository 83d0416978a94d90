"""Secret addresses for calendar programs, which cannot sign in."""

from __future__ import annotations

import datetime as dt
import secrets
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError
from schedules.models import CalendarLink, Rota
from schedules.policies import may, may_read_rota
from schedules.selectors import hash_of, links_of

MOST_LINKS = 20  # of one person


@transaction.atomic
def make_link(*, actor: User, rota: Rota | None = None) -> tuple[CalendarLink, str]:
    """A new link to a rota, or to the actor's own turns, and its secret, which nobody can read again.

    Raises NotAllowedError, RuleRefusedError (too many).
    """
    if not (may(actor, "read") if rota is None else may_read_rota(actor, rota)):
        raise NotAllowedError
    if links_of(actor).count() >= MOST_LINKS:
        text = _("You have %(most)s such addresses already. End one first.")
        raise RuleRefusedError(text % {"most": MOST_LINKS})
    token = secrets.token_urlsafe(32)
    row = CalendarLink.objects.create(owner=actor, rota=rota, token_hash=hash_of(token))
    row.refresh_from_db(fields=["public_id"])
    _record(row, actor, "made")
    return row, token


@transaction.atomic
def revoke_link(public_id: UUID, *, actor: User) -> None:
    """The address ends at once. Raises NotVisibleError for one that is not the actor's."""
    row = links_of(actor).filter(public_id=public_id).select_for_update(no_key=True, of=("self",)).first()
    if row is None:
        raise NotVisibleError
    CalendarLink.objects.filter(pk=row.pk).update(revoked_at=Now())
    _record(row, actor, "revoked")


def stamp_use(row: CalendarLink) -> None:
    """Remember that the link was used, to the hour."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=Now() - dt.timedelta(hours=1))
    CalendarLink.objects.filter(stale, pk=row.pk).update(last_used_at=Now())


def _record(row: CalendarLink, actor: User, action: str) -> None:
    diff = {"rota": [None, row.rota.key if row.rota else ""]}
    audit.write(
        actor=actor, table="schedules_calendarlink", object_ref=str(row.public_id), action=action, diff=diff
    )
