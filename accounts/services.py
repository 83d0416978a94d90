"""What people change about themselves, and what administrators change about people."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.choices import Language, Theme
from accounts.models import User
from accounts.policies import may_edit_person
from core import audit
from core.errors import BadInputError, NotAllowedError, StaleVersionError, invalid

OWN_FIELDS = {"language", "time_zone", "theme", "single_keys", "phone"}
ADMIN_FIELDS = OWN_FIELDS | {
    "name_ko",
    "name_en",
    "grade",
    "cost_center",
    "department",
    "location",
    "manager",
    "is_vip",
}


@transaction.atomic
def update_person(
    user_id: int, *, actor: User | None, expected_version: int | None = None, **fields: Any
) -> User:
    """The person with ``fields`` changed: anyone's own preferences, all else for who edits people.

    Raises BadInputError (unknown field), NotAllowedError, StaleVersionError, RuleRefusedError.
    """
    person = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user_id)
    if expected_version is not None and expected_version != person.lock_version:
        raise StaleVersionError
    unknown = set(fields) - ADMIN_FIELDS
    if unknown:
        raise BadInputError(_("Unknown field: %(names)s") % {"names": ", ".join(sorted(unknown))})
    own = actor is not None and actor.pk == person.pk and set(fields) <= OWN_FIELDS
    if not own and not may_edit_person(actor, person):
        raise NotAllowedError
    _check_preferences(fields)
    diff = {}
    for name, new in fields.items():
        old = getattr(person, name)
        if old != new:
            diff[name] = [_plain(old), _plain(new)]
            setattr(person, name, new)
    if diff:
        person.lock_version = F("lock_version") + 1
        person.save(update_fields=[*diff, "lock_version"])
        person.refresh_from_db()
        audit.write(
            actor=actor, table="accounts_user", object_ref=person.username, action="updated", diff=diff
        )
    return person


def _check_preferences(fields: dict[str, Any]) -> None:
    if "language" in fields and fields["language"] not in Language.values:
        raise invalid("language", _("Choose Korean or English."))
    if "theme" in fields and fields["theme"] not in Theme.values:
        raise invalid("theme", _("Choose light, dark or as the device."))
    if "time_zone" in fields and fields["time_zone"] not in zoneinfo.available_timezones():
        raise invalid("time_zone", _("This time zone is not known."))


def _plain(value: Any) -> Any:
    return getattr(value, "pk", value)
