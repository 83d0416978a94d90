"""Making and changing connectors, and their secrets, which go in and never come out."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.policies import Actor
from connectors import rules
from connectors.choices import SECRET_OF, AuthKind
from connectors.models import Connector, ConnectorSecret
from connectors.policies import may
from core import audit, outbox, secrets, targets
from core.errors import (
    DuplicateError,
    FieldError,
    NotAllowedError,
    NotVisibleError,
    StaleVersionError,
    invalid,
    required,
)

MAX_SECRET = 4000


@transaction.atomic
def create(*, actor: Actor, key: str, **fields: Any) -> Connector:
    """A new connector, without a secret. Publishes ``connector.created``.

    Raises NotAllowedError, BadInputError (unknown field), RuleRefusedError (every wrong field),
    DuplicateError (the key is taken).
    """
    if not may(actor, "edit"):
        raise NotAllowedError
    row = Connector(key=rules.check_key(key))
    rules.apply(row, fields)
    if Connector.objects.filter(key=row.key).exists():
        raise _taken()
    values = {name: getattr(row, name) for name in sorted(rules.EDITABLE)}
    row, made = Connector.objects.get_or_create(key=row.key, defaults=values)
    if not made:  # a twin was faster
        raise _taken()
    _record(row, actor, "created", {name: [None, value] for name, value in values.items()})
    return row


@transaction.atomic
def update(key: str, *, actor: Actor, expected_version: int | None = None, **fields: Any) -> Connector:
    """The connector with ``fields`` changed. Publishes ``connector.changed``.

    Secrets are forgotten when the address they are sent to becomes another one, or the kind of credentials:
    whoever may edit a connector must not be able to have its secrets sent to himself (SECURITY AC-4).
    Raises NotVisibleError, NotAllowedError, StaleVersionError, BadInputError, RuleRefusedError.
    """
    row = _locked(key, actor, "edit")
    if expected_version is not None and expected_version != row.lock_version:
        raise StaleVersionError
    before = {name: getattr(row, name) for name in rules.EDITABLE}
    receivers = _receivers(row)
    rules.apply(row, fields)
    diff = {
        name: [old, getattr(row, name)] for name, old in sorted(before.items()) if old != getattr(row, name)
    }
    if not diff:
        return row
    row.lock_version += 1
    row.updated_at = Now()
    row.save()
    if receivers != _receivers(row):
        _forget_secrets(row, actor)
    _record(row, actor, "changed", diff)
    row.refresh_from_db()
    return row


@transaction.atomic
def set_secret(key: str, *, actor: Actor, name: str, value: str) -> Connector:
    """The connector, with the secret of that name stored encrypted; a former one is replaced.

    Publishes ``connector.secret_set``. Raises NotVisibleError, NotAllowedError, RuleRefusedError (a name that
    the connector's kind has no use for, a value that cannot be sent or masked), SecretKeyError.
    """
    row = _locked(key, actor, "set_secret")
    if SECRET_OF.get(row.auth) != name:
        raise invalid("name", _("This connection has no secret of that name."), code="choice")
    _check_secret(row, value)
    sealed = secrets.encrypt(value, context=context_of(row, name))
    ConnectorSecret.objects.update_or_create(
        connector=row, name=name, defaults={"sealed": sealed, "changed_at": Now()}
    )
    _new_version(row)
    _record(row, actor, "secret_set", {"secret": [None, name]})
    return row


@transaction.atomic
def clear_secret(key: str, *, actor: Actor, name: str) -> Connector:
    """The connector without that secret. Publishes ``connector.secret_cleared`` when there was one."""
    row = _locked(key, actor, "set_secret")
    gone, _kinds = ConnectorSecret.objects.filter(connector=row, name=name).delete()
    if gone:
        _new_version(row)
        _record(row, actor, "secret_cleared", {"secret": [name, None]})
    return row


@secrets.holder
def reencrypt() -> int:
    """Encrypt every secret that an older key encrypted with the present one; how many there were.

    For ``./run manage reencrypt_secrets`` after a new key was put in front (core.secrets). Each in its own
    transaction; run twice it does nothing the second time. Raises SecretKeyError when one cannot be read.
    """
    changed = 0
    for pk in list(ConnectorSecret.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = ConnectorSecret.objects.select_for_update(no_key=True, of=("self",)).filter(pk=pk)
            held = row.select_related("connector").first()
            if held is None or secrets.is_current(held.sealed):
                continue
            context = context_of(held.connector, held.name)
            sealed = secrets.encrypt(secrets.decrypt(held.sealed, context=context), context=context)
            ConnectorSecret.objects.filter(pk=pk).update(sealed=sealed)
            changed += 1
    return changed


def context_of(row: Connector, name: str) -> str:
    """What binds a sealed secret to its place."""
    return f"connector:{row.public_id}:{name}"


def _check_secret(row: Connector, value: Any) -> None:
    if not isinstance(value, str) or not value:
        raise required("value")
    if not secrets.SHORTEST <= len(value) <= MAX_SECRET:
        text = _("A secret has {low} to {high} characters.").format(low=secrets.SHORTEST, high=MAX_SECRET)
        raise invalid("value", text)
    in_header = row.auth in {AuthKind.BEARER, AuthKind.API_KEY_HEADER}
    if "\n" in value or "\r" in value or "\0" in value or (in_header and not rules.is_header_text(value)):
        raise invalid("value", _("This holds a character that cannot be sent."))


def _receivers(row: Connector) -> tuple[str, ...]:
    """To whom, and as what, the secret is sent."""
    origins = [targets.parse(url).origin for url in (row.base_url, row.token_url) if url]
    return (str(SECRET_OF.get(row.auth, "")), *origins)


def _forget_secrets(row: Connector, actor: Actor) -> None:
    for held in ConnectorSecret.objects.filter(connector=row).order_by("pk"):
        held.delete()
        _record(row, actor, "secret_cleared", {"secret": [held.name, None]})


def _new_version(row: Connector) -> None:
    row.lock_version += 1
    row.updated_at = Now()
    row.save(update_fields=["lock_version", "updated_at"])
    row.refresh_from_db()


def _locked(key: str, actor: Actor, action: str) -> Connector:
    """The connector under its lock. Who may not read connectors is told that there is none."""
    row = Connector.objects.select_for_update(no_key=True).filter(key=key).first()
    if row is None or not may(actor, "read"):
        raise NotVisibleError
    if not may(actor, action):
        raise NotAllowedError
    return row


def _taken() -> DuplicateError:
    text = _("Another connection has this key.")
    return DuplicateError(text, errors=[FieldError("key", "duplicate", text)])


def _record(row: Connector, actor: Actor, action: str, diff: dict[str, Any]) -> None:
    audit.write(actor=actor, table="connectors_connector", object_ref=row.key, action=action, diff=diff)
    outbox.publish(f"connector.{action}", {"connector": row.key, "fields": sorted(diff)}, actor=actor)
