"""Making and changing configuration items."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Company
from accounts.policies import Actor
from cmdb.choices import CIStatus
from cmdb.models import CI
from cmdb.policies import may_write, visible_to
from cmdb.selectors import class_keyed
from core import audit, outbox, rehearsing
from core.errors import BadInputError, NotAllowedError, NotVisibleError, StaleVersionError, invalid
from core.text import bigrams, clean

EDITABLE = {
    "name",
    "status",
    "environment",
    "criticality",
    "owner",
    "support_group",
    "assigned_to",
    "location",
    "serial",
    "asset_tag",
    "vendor",
    "attrs",
}
_TEXTS = {"name": 160, "environment": 20, "serial": 80, "asset_tag": 60, "vendor": 80}


@transaction.atomic
def create_ci(*, actor: Actor, company: Company, class_key: str, name: str, **fields: Any) -> CI:
    """A new configuration item of class ``class_key``. Publishes ``ci.created``.

    Raises NotAllowedError, BadInputError (unknown field), RuleRefusedError (class, status, texts).
    """
    if not may_write(actor):
        raise NotAllowedError
    ci_class = class_keyed(class_key)
    if ci_class is None:
        raise invalid("class", _("There is no CI class “%(key)s”.") % {"key": class_key})
    values = _checked({"name": name} | fields)
    row = CI(company=company, ci_class=ci_class, number=_next_number(), **values)
    row.bigram = bigrams(row.name, row.number, row.serial)
    row.save(force_insert=True)
    audit.write(actor=actor, table="cmdb_ci", object_ref=row.number, action="created")
    outbox.publish("ci.created", {"ci_id": row.pk, "number": row.number}, actor=actor)
    return row


@transaction.atomic
def update_ci(ci_id: int, *, actor: Actor, expected_version: int | None = None, **fields: Any) -> CI:
    """The item with ``fields`` changed. Publishes ``ci.changed``.

    Raises NotVisibleError, NotAllowedError, StaleVersionError, BadInputError, RuleRefusedError.
    """
    row = CI.objects.filter(visible_to(actor), pk=ci_id).select_for_update(no_key=True, of=("self",)).first()
    if row is None:
        raise NotVisibleError
    if not may_write(actor):
        raise NotAllowedError
    if expected_version is not None and expected_version != row.lock_version:
        raise StaleVersionError
    diff = {}
    for name, new in _checked(fields).items():
        old = getattr(row, name)
        if old != new:
            diff[name] = [getattr(old, "pk", old), getattr(new, "pk", new)]
            setattr(row, name, new)
    if diff:
        row.lock_version += 1
        row.bigram = bigrams(row.name, row.number, row.serial)
        row.save()
        audit.write(actor=actor, table="cmdb_ci", object_ref=row.number, action="updated", diff=diff)
        outbox.publish(
            "ci.changed", {"ci_id": row.pk, "number": row.number, "fields": sorted(diff)}, actor=actor
        )
    return row


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - EDITABLE
    if unknown:
        raise BadInputError(_("Unknown field: %(names)s") % {"names": ", ".join(sorted(unknown))})
    if "status" in fields and fields["status"] not in CIStatus.values:
        raise invalid("status", _("This is not a status of a configuration item."))
    texts = {
        name: clean(name, fields[name], max_length=size, multiline=False)
        for name, size in _TEXTS.items()
        if name in fields
    }
    if texts.get("name") == "":
        raise invalid("name", _("A configuration item needs a name."), code="required")
    return fields | texts


def _next_number() -> str:
    ledger = rehearsing.ledger()
    if ledger is not None:
        return ledger.number()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cmdb_ci_number')")
        return f"CI{cursor.fetchone()[0]:07d}"
