"""Standing in: overrides of a rota, and turns that are handed over."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor
from core.errors import (
    DuplicateError,
    FieldError,
    NotAllowedError,
    RuleRefusedError,
    WrongStateError,
    invalid,
    required,
)
from core.text import clean
from core.time import db_now
from schedules import rota_rules
from schedules.models import Rota, RotaOverride
from schedules.policies import may_drop_override, may_edit_rotas_of
from schedules.selectors import override_of, people_of, read
from schedules.services.rotas import locked_rota, record


@transaction.atomic
def add_override(
    key: str, *, actor: Actor, person: Any, start: dt.datetime, end: dt.datetime, reason: str = ""
) -> RotaOverride:
    """``person`` is on call from ``start`` until before ``end``, above all layers.

    Who manages the group or edits the configuration may do so for anybody in the group. Its people may hand
    turns of their own to a colleague, and take over those of others. Publishes ``oncall.override_added``.
    Raises NotVisibleError, NotAllowedError, RuleRefusedError, DuplicateError (one is there in this time).
    """
    row = locked_rota(key, actor, to_edit=False)
    begin, finish = rota_rules.check_override(start, end, db_now())
    text = clean("reason", reason, max_length=200, multiline=False)
    if not isinstance(person, User):
        raise required("person")
    colleagues = {each.pk for each in people_of(row.group)}
    if not may_edit_rotas_of(actor, row.group):
        _refuse_strangers(row, actor, person, begin, finish, colleagues)
    if person.pk not in colleagues:
        said = _("%(name)s is no active member of the group of this rota.")
        raise invalid("person", said % {"name": person.display_name}, code="does_not_exist")
    _refuse_too_many(row)
    try:
        with transaction.atomic():
            made = RotaOverride.objects.create(
                rota=row,
                person=person,
                during=DateTimeTZRange(begin, finish, "[)"),
                reason=text,
                made_by=actor,
            )
    except IntegrityError as error:
        said = _("Somebody stands in during this time already. Take that back first.")
        raise DuplicateError(said, errors=[FieldError("start", "overlap", said)]) from error
    made.refresh_from_db(fields=["public_id"])
    _record(made, actor, "override_added", [None, person.username])
    return made


@transaction.atomic
def drop_override(key: str, override_id: UUID, *, actor: Actor) -> None:
    """The layers count again: an override that runs ends now, one that has not begun disappears.

    Who made it, who is on call by it, and who may change the rota may do so. Publishes
    ``oncall.override_dropped``. Raises NotVisibleError, NotAllowedError, WrongStateError (it is over).
    """
    row = locked_rota(key, actor, to_edit=False)
    override = override_of(row, override_id)
    if not may_drop_override(actor, override):
        raise NotAllowedError(_("Only who made this, who stands in, and who manages the rota take it back."))
    now = db_now()
    if override.during.upper <= now:
        raise WrongStateError(_("This is over already."))
    _record(override, actor, "override_dropped", [override.person.username, None])
    if override.during.lower >= now:
        override.delete()
        return
    override.during = DateTimeTZRange(override.during.lower, now, "[)")
    override.lock_version += 1
    override.updated_at = now
    override.save(update_fields=["during", "lock_version", "updated_at"])


def _refuse_strangers(
    row: Rota, actor: Actor, person: User, start: dt.datetime, end: dt.datetime, colleagues: set[int]
) -> None:
    """Let the group's people take turns over, and hand over their own; refuse all else."""
    if actor is None or actor.pk not in colleagues:
        raise NotAllowedError(_("Only people of this group change who is on call."))
    if person.pk == actor.pk:
        return
    [found] = read([row], start, end)
    own = [duty for duty in found.turns(start, end) if duty.person.pk == actor.pk]
    covered = sum(((duty.end - duty.start) for duty in own), dt.timedelta())
    if covered != end - start:
        raise NotAllowedError(_("You can hand over your own turns only, or take over those of others."))


def _refuse_too_many(row: Rota) -> None:
    if row.overrides.filter(during__endswith__gt=db_now()).count() >= rota_rules.MOST_OVERRIDES:
        text = _("A rota has at most %(most)s stand-ins at a time.")
        raise RuleRefusedError(text % {"most": rota_rules.MOST_OVERRIDES})


def _record(row: RotaOverride, actor: Actor, action: str, change: list[Any]) -> None:
    start, end = row.during.lower, row.during.upper
    diff = {"person": change, "start": [None, start.isoformat()], "end": [None, end.isoformat()]}
    ids = {"override_id": row.pk, "person_id": row.person_id}
    record(row.rota, actor, action, diff, start=start.isoformat(), end=end.isoformat(), **ids)
