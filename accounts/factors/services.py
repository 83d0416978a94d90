"""Adding, using and removing second factors."""

from __future__ import annotations

import hmac
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import limits
from accounts.factors.selectors import SECOND, is_needed
from accounts.models import User
from core import audit, secrets
from core.errors import NotVisibleError, RuleRefusedError, invalid
from core.text import clean
from core.time import clock_now

STEP_SECONDS = 30
# One step to each side, for clocks that differ and for people who type slowly (RFC 6238, section 5.2).
DRIFT = 1
MAX_PASSKEYS = 20
_LAST = "last_counter"


@transaction.atomic
def add_app(actor: User, *, secret: str, code: str) -> list[str]:
    """Set up an app with codes; new recovery codes if there were none, else nothing.

    Raises RuleRefusedError for a wrong code, or an app that is there already.
    """
    _locked(actor)
    if Authenticator.objects.filter(user=actor.pk, type=Authenticator.Type.TOTP).exists():
        raise invalid("code", _("An app is set up already. Remove it first."), "duplicate")
    counter = _matching(secret, code, after=-1)
    if counter is None:
        raise invalid("code", _("This code is not right. Is the clock of your device right?"), "wrong")
    made = TOTP.activate(actor, secret).instance
    made.data[_LAST] = counter
    made.save(update_fields=["data"])
    return _added(actor, "totp")


@transaction.atomic
def add_passkey(actor: User, *, name: str, credential: dict[str, Any]) -> list[str]:
    """Add the passkey that the browser made; new recovery codes if there were none, else nothing.

    Raises RuleRefusedError for what no browser sends for the question of this session, and past 20.
    """
    _locked(actor)
    named = clean("name", name, max_length=60, multiline=False) or _("Passkey")
    if Authenticator.objects.filter(user=actor.pk, type=Authenticator.Type.WEBAUTHN).count() >= MAX_PASSKEYS:
        raise invalid("name", _("At most %(max)s passkeys.") % {"max": MAX_PASSKEYS}, "too_many")
    try:
        webauthn.parse_registration_response(credential)
        verified = webauthn.complete_registration(credential).is_user_verified()
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        raise invalid("credential", _("The passkey could not be checked. Please try again.")) from error
    if not verified:
        raise invalid("credential", _("This passkey does not ask who you are. Give it a PIN first."))
    webauthn.WebAuthn.add(actor, named, credential)
    return _added(actor, "webauthn")


@transaction.atomic
def remove(actor: User, factor_id: int) -> None:
    """Take one of one's own second factors away; with the last one the recovery codes go as well.

    Raises NotVisibleError, RuleRefusedError (a role needs it and it is the last).
    """
    _locked(actor)
    mine = Authenticator.objects.filter(user=actor.pk)
    found = mine.filter(pk=factor_id, type__in=SECOND).first()
    if found is None:
        raise NotVisibleError
    is_last = not mine.filter(type__in=SECOND).exclude(pk=found.pk).exists()
    if is_last and is_needed(actor):
        raise RuleRefusedError(_("Your role needs a second factor. Add another one first."))
    kind = found.type
    found.delete()
    if is_last:
        mine.delete()
    _record(actor, actor, "factor_removed", kind)


@transaction.atomic
def new_recovery_codes(actor: User) -> list[str]:
    """Ten codes that work once each; those before are void. Raises RuleRefusedError without a factor."""
    _locked(actor)
    mine = Authenticator.objects.filter(user=actor.pk)
    if not mine.filter(type__in=SECOND).exists():
        raise RuleRefusedError(_("Set up an app or a passkey first."))
    mine.filter(type=Authenticator.Type.RECOVERY_CODES).delete()
    _record(actor, actor, "recovery_codes_made", "recovery_codes")
    codes: list[str] = RecoveryCodes.activate(actor).get_unused_codes()
    return codes


@transaction.atomic
def reset(person: User, *, actor: User | None) -> int:
    """Take all second factors of somebody who lost them away; how many. For the shell of the machine."""
    _locked(person)
    found: tuple[int, dict[str, int]] = Authenticator.objects.filter(user=person.pk).delete()
    if found[0]:
        _record(actor, person, "factors_reset", "all")
    return found[0]


@transaction.atomic
def use_code(person: User, code: str) -> Authenticator | None:
    """The factor whose code this is, marked as used; None for a wrong one, and for one used before."""
    rows = Authenticator.objects.select_for_update().filter(user=person.pk).order_by("pk")
    found = {row.type: row for row in rows}
    app = found.get(Authenticator.Type.TOTP)
    if app is not None:
        counter = _matching(decrypt(app.data["secret"]), code, after=app.data.get(_LAST, -1))
        if counter is not None:
            app.data[_LAST] = counter
            app.save(update_fields=["data"])
            return app
    spare = found.get(Authenticator.Type.RECOVERY_CODES)
    return spare if spare is not None and spare.wrap().validate_code(code) else None


def guess_code(person: User, code: str) -> Authenticator | None:
    """The same, counted: at most 5 wrong ones in 5 minutes. Raises ValidationError beyond."""
    taken = limits.take((limits.CODE, str(person.pk)))
    if taken is None:
        raise ValidationError(_("Too many wrong codes. Try again in five minutes."), code="too_many")
    found = use_code(person, code)
    if found is not None:
        limits.give_back(taken)
    return found


def guess_passkey(person: User, credential: Any) -> Authenticator:
    """The passkey with which the browser answered this session's question. Raises ValidationError."""
    taken = limits.take((limits.CODE, str(person.pk)))
    if taken is None:
        raise ValidationError(_("Too many wrong codes. Try again in five minutes."), code="too_many")
    try:
        webauthn.parse_authentication_response(credential)
        found: Authenticator = webauthn.complete_authentication(person, credential)
    except (ValueError, KeyError, TypeError) as error:
        raise ValidationError(_("The passkey could not be checked. Please try again.")) from error
    limits.give_back(taken)
    return found


def _matching(secret: str, code: str, *, after: int) -> int | None:
    """The time step whose code it is, later than ``after``: a code that was used does not work again."""
    given = "".join(code.split())
    now = int(clock_now().timestamp()) // STEP_SECONDS
    for counter in range(now - DRIFT, now + DRIFT + 1):
        expected = format_hotp_value(hotp_value(secret, counter))
        if hmac.compare_digest(expected.encode(), given.encode()) and counter > after:
            return counter
    return None


def _added(actor: User, kind: str) -> list[str]:
    _record(actor, actor, "factor_added", kind)
    mine = Authenticator.objects.filter(user=actor.pk, type=Authenticator.Type.RECOVERY_CODES)
    if mine.exists():
        return []
    codes: list[str] = RecoveryCodes.activate(actor).get_unused_codes()
    return codes


def _locked(person: User) -> None:
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)


def _record(actor: User | None, person: User, action: str, kind: str) -> None:
    audit.write(
        actor=actor,
        table="accounts_user",
        object_ref=person.username,
        action=action,
        diff={"factor": [None, kind]},
    )


@secrets.holder
def reencrypt() -> int:
    """Encrypt the secrets of all factors with the present key; how many an older one had."""
    done = 0
    for row in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk"):
        name = "secret" if row.type == Authenticator.Type.TOTP else "seed"
        if not secrets.is_current(row.data[name]):
            row.data[name] = encrypt(decrypt(row.data[name]))
            row.save(update_fields=["data"])
            done += 1
    return done
