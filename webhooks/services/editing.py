"""Making and changing webhooks, and their secrets, which are told once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor
from core import audit, outbox, secrets
from core.errors import NotAllowedError, NotVisibleError, StaleVersionError, invalid, required
from core.time import db_now
from webhooks import rules
from webhooks.models import Webhook, WebhookAttempt, WebhookDelivery, WebhookPulse, WebhookSecret
from webhooks.policies import may, visible_to
from webhooks.signing import new_secret

MOST_OVERLAP_HOURS = 24
TABLE = "webhooks_webhook"


@transaction.atomic
def create(*, actor: Actor, **fields: Any) -> tuple[Webhook, str]:
    """A new webhook and its secret, which nobody can read again. Publishes ``webhook.created``.

    ``run_as`` and ``owner`` are the actor where they are not given. Raises NotAllowedError, BadInputError
    (unknown field), RuleRefusedError (every wrong field), SecretKeyError.
    """
    if not may(actor, "edit"):
        raise NotAllowedError
    owner = fields.get("owner", actor)
    if not isinstance(owner, User):
        raise required("owner")
    people = {"owner": owner, "run_as": fields.get("run_as", actor or owner)}
    row = Webhook(company=actor.company if actor else owner.company)
    rules.apply(row, people | fields, actor=actor)
    row.save(force_insert=True)
    row.refresh_from_db()
    WebhookPulse.objects.create(webhook=row)
    plain = _new_secret(row)
    _record(row, actor, "created", {name: [None, told(row, name)] for name in rules.EDITABLE})
    return row, plain


@transaction.atomic
def update(public_id: Any, *, actor: Actor, expected_version: int | None = None, **fields: Any) -> Webhook:
    """The webhook with ``fields`` changed. Publishes ``webhook.changed``.

    Switched on again it starts afresh: its failures are forgotten, what waits is sent.
    Raises NotVisibleError, NotAllowedError, StaleVersionError, BadInputError, RuleRefusedError.
    """
    row = locked(public_id, actor, "edit")
    if expected_version is not None and expected_version != row.lock_version:
        raise StaleVersionError
    before = {name: told(row, name) for name in rules.EDITABLE}
    was_on = row.enabled
    rules.apply(row, fields, actor=actor)
    diff = {name: [old, told(row, name)] for name, old in before.items() if old != told(row, name)}
    if not diff:
        return row
    if row.enabled and not was_on:
        row.off_reason = ""
        WebhookPulse.objects.filter(webhook=row).update(
            failures=0, open_until=None, failing_since=None, told_at=None
        )
    row.lock_version += 1
    row.updated_at = Now()
    row.save()
    row.refresh_from_db()
    _record(row, actor, "changed", diff)
    return row


@transaction.atomic
def rotate(
    public_id: Any,
    *,
    actor: Actor,
    overlap_hours: int = MOST_OVERLAP_HOURS,
    expected_version: int | None = None,
) -> tuple[Webhook, str]:
    """The webhook and its new secret. The former one signs beside it for ``overlap_hours`` (0 to 24).

    Publishes ``webhook.rotated``. Raises NotVisibleError, NotAllowedError, StaleVersionError,
    RuleRefusedError, SecretKeyError.
    """
    row = locked(public_id, actor, "rotate")
    if expected_version is not None and expected_version != row.lock_version:
        raise StaleVersionError
    if not 0 <= overlap_hours <= MOST_OVERLAP_HOURS:
        text = _("This must be between {low} and {high}.").format(low=0, high=MOST_OVERLAP_HOURS)
        raise invalid("overlap_hours", text)
    ends = db_now() + dt.timedelta(hours=overlap_hours)
    held = WebhookSecret.objects.filter(webhook=row)
    held.exclude(ends_at=None).delete()  # two signatures at most
    if overlap_hours:
        held.update(ends_at=ends)
    else:
        held.delete()
    plain = _new_secret(row)
    row.lock_version += 1
    row.updated_at = Now()
    row.save(update_fields=["lock_version", "updated_at"])
    row.refresh_from_db()
    _record(row, actor, "rotated", {"overlap_hours": [None, overlap_hours]})
    return row, plain


@transaction.atomic
def delete(public_id: Any, *, actor: Actor, expected_version: int | None = None) -> None:
    """Take the webhook away with all that waits for it and its log. Publishes ``webhook.deleted``.

    Raises NotVisibleError, NotAllowedError, StaleVersionError.
    """
    row = locked(public_id, actor, "delete")
    if expected_version is not None and expected_version != row.lock_version:
        raise StaleVersionError
    _record(row, actor, "deleted", {name: [told(row, name), None] for name in rules.EDITABLE})
    WebhookPulse.objects.select_for_update().filter(webhook=row).first()  # no copy claims any more
    WebhookAttempt.objects.filter(delivery__webhook=row).delete()
    WebhookDelivery.objects.filter(webhook=row).delete()
    row.delete()


@secrets.holder
def reencrypt() -> int:
    """Encrypt every secret that an older key encrypted with the present one; how many there were.

    Each in its own transaction; run twice it does nothing the second time. Raises SecretKeyError.
    """
    changed = 0
    for pk in list(WebhookSecret.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            rows = WebhookSecret.objects.select_for_update(no_key=True, of=("self",)).filter(pk=pk)
            held = rows.select_related("webhook").first()
            if held is None or secrets.is_current(held.sealed):
                continue
            context = context_of(held.webhook)
            sealed = secrets.encrypt(secrets.decrypt(held.sealed, context=context), context=context)
            WebhookSecret.objects.filter(pk=pk).update(sealed=sealed)
            changed += 1
    return changed


def context_of(row: Webhook) -> str:
    """What binds a sealed secret to its place."""
    return f"webhook:{row.public_id}:signing"


def locked(public_id: Any, actor: Actor, action: str) -> Webhook:
    """The webhook under its lock. Raises NotVisibleError, NotAllowedError."""
    rows = Webhook.objects.filter(visible_to(actor), public_id=public_id)
    row = rows.select_for_update(no_key=True, of=("self",)).select_related("run_as", "owner").first()
    if row is None:
        raise NotVisibleError
    if not may(actor, action):
        raise NotAllowedError
    return row


def told(row: Webhook, name: str) -> Any:
    """A setting as the audit trail keeps it."""
    value = getattr(row, name)
    return value.username if isinstance(value, User) else value


def _new_secret(row: Webhook) -> str:
    plain = new_secret()
    WebhookSecret.objects.create(webhook=row, sealed=secrets.encrypt(plain, context=context_of(row)))
    return plain


def _record(row: Webhook, actor: Actor, action: str, diff: dict[str, Any]) -> None:
    key = str(row.public_id)
    audit.write(actor=actor, table=TABLE, object_ref=key, action=action, diff=diff)
    outbox.publish(f"webhook.{action}", {"webhook": key, "fields": sorted(diff)}, actor=actor)
