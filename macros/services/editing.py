"""Making, changing, copying and deleting macros."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Audience
from accounts.models import Group, User
from accounts.sharing import check_change, share
from core import audit
from core.errors import NotAllowedError, invalid
from core.time import db_now
from macros import rules
from macros.models import Macro
from macros.policies import may_use
from macros.selectors import macro_of

MOST_OWN = 200
TABLE = "macros_macro"


@transaction.atomic
def make_macro(
    *, actor: User, audience: str = Audience.MINE, group: Group | None = None, **fields: Any
) -> Macro:
    """A new macro; ``fields`` are those of ``rules.EDITABLE``.

    Raises NotAllowedError for people who do not work in the workspace and for an audience they may not make
    macros for, RuleRefusedError (every field that does not fit), BadInputError (unknown field).
    """
    if not may_use(actor):
        raise NotAllowedError
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # two at once count one after the other
    if Macro.objects.filter(owner=actor).count() >= MOST_OWN:
        text = _("You have %(count)s macros. Delete one of them first.") % {"count": MOST_OWN}
        raise invalid("", text, code="too_many")
    macro = Macro(company_id=actor.company_id, owner=actor)
    rules.apply(macro, fields)
    share(macro, actor, audience, group)
    macro.save(force_insert=True)
    return _told(macro, actor, "made")


@transaction.atomic
def change_macro(
    public_id: Any,
    *,
    actor: User,
    expected_version: int | None = None,
    audience: str | None = None,
    group: Group | None = None,
    **fields: Any,
) -> Macro:
    """The macro with ``fields`` changed, or for others. Raises NotVisibleError, StaleVersionError, and as
    ``make_macro``."""
    macro = _own(public_id, actor, expected_version)
    if "move" in fields and fields["move"] != macro.move:
        fields = {"inputs": {}} | fields  # what the old move asked for says nothing of the new one
    rules.apply(macro, fields)
    if audience is not None:
        share(macro, actor, audience, group)
    macro.lock_version += 1
    macro.updated_at = db_now()
    macro.save()
    return _told(macro, actor, "changed")


@transaction.atomic
def copy_macro(public_id: Any, *, actor: User) -> Macro:
    """The same macro as one's own. Raises NotVisibleError, and as ``make_macro``."""
    macro = macro_of(actor, public_id)
    fields = {name: getattr(macro, name) for name in rules.EDITABLE}
    fields["name"] = _("%(name)s (copy)") % {"name": macro.name[: rules.LONGEST_NAME - 10]}
    return make_macro(actor=actor, **fields)


@transaction.atomic
def delete_macro(public_id: Any, *, actor: User, expected_version: int | None = None) -> None:
    """Take the macro away for everybody it was shown to. What it did stays. Raises as ``change_macro``."""
    macro = _own(public_id, actor, expected_version)
    _told(macro, actor, "deleted")
    macro.delete()


def _own(public_id: Any, actor: User, expected_version: int | None) -> Macro:
    """The macro, locked, if the actor may change it."""
    macro = macro_of(actor, public_id, lock=True)
    check_change(actor, macro, expected_version)
    return macro


def _told(macro: Macro, actor: User, action: str) -> Macro:
    audit.write(actor=actor, table=TABLE, object_ref=str(macro.public_id), action=action)
    return macro
