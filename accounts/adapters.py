"""How django-allauth behaves here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from accounts import limits, tokens
from accounts.factors.selectors import is_due
from accounts.models import User
from accounts.selectors import person_signing_in
from accounts.sessions import services as sessions
from accounts.sessions.store import FACTOR_DUE
from core import client, outbox, secrets
from core.time import clock_now

RESET_CHANNEL = "password_reset"
NOBODY = 0
_UNKNOWN_ACCOUNT = "account/email/unknown_account"
_SEALED_FOR = "second-factor"


class ClosedAdapter(DefaultAccountAdapter):
    """People come from the directory or an administrator; mail leaves through the outbox like all mail."""

    _taken: list[int] | None = None

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: nobody signs up by themselves."""
        return False

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Queue the mail. The link is made when it is sent, no table holds it; older ones end (SE-6)."""
        _queue_reset(user.pk)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """An address that nobody has gets no mail, and costs what a known one costs (SECURITY S-24)."""
        if template_prefix == _UNKNOWN_ACCOUNT:
            _queue_reset(NOBODY)
        else:
            super().send_mail(template_prefix, email, context)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The client as far as our own proxies tell; a local socket has no address."""
        return client.address_of(request) or "0.0.0.0"  # noqa: S104 - a word for unknown, nothing listens

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the guess. Raises ValidationError when there were too many, whoever is meant."""
        login = str(credentials.get("username") or credentials.get("email") or "").strip()
        person = person_signing_in(login)
        account = f"id:{person.pk}" if person else f"name:{login.lower()}"
        address = client.address_of(request)
        self._taken = limits.take((limits.ACCOUNT, account), (limits.ADDRESS, address))
        if self._taken is None:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        limits.give_back(self._taken)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: the window is short."""

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in. Who needs a second factor and has none is held until there is one (SE-4)."""
        super().login(request, user)
        if is_due(user):
            request.session[FACTOR_DUE] = True

    @transaction.atomic
    def set_password(self, user: User, password: str) -> None:
        """Change it: all other sessions end; after a reset tokens end as well (SE-2)."""
        super().set_password(user, password)
        request = context.request
        is_own = request is not None and getattr(request.user, "pk", None) == user.pk
        kept = request.session.session_key or "" if is_own else ""
        sessions.end_all(user, actor=user, but=kept)
        if not is_own:
            tokens.revoke_all(user, actor=user)


@transaction.atomic
def _queue_reset(user_id: int) -> None:
    User.objects.filter(pk=user_id).update(reset_serial=F("reset_serial") + 1)
    outbox.queue(RESET_CHANNEL, f"reset:{user_id}:{clock_now().isoformat()}", {"user_id": user_id})


class FactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are sealed with the installation's key; names are ours."""

    def encrypt(self, text: str) -> str:
        """Sealed, for the database."""
        return secrets.encrypt(text, context=_SEALED_FOR)

    def decrypt(self, encrypted_text: str) -> str:
        """The text again. Raises SecretKeyError."""
        return secrets.decrypt(encrypted_text, context=_SEALED_FOR)

    def get_totp_label(self, user: User) -> str:
        """How the entry is called in the app."""
        return user.username

    def _get_site_name(self) -> str:
        return "Maru"
