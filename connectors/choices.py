"""How a service wants to be told who calls, and what can go wrong with a call, in words."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.outbound import TEXTS


class AuthKind(models.TextChoices):
    """Where the credentials of a call go."""

    NONE = "none", _("None")
    BASIC = "basic", _("User name and password")
    BEARER = "bearer", _("Bearer token")
    API_KEY_HEADER = "api_key_header", _("Key in a header")
    API_KEY_QUERY = "api_key_query", _("Key in the address")
    OAUTH2 = "oauth2", _("OAuth 2 client credentials")


class SecretName(models.TextChoices):
    """The secret that each kind needs."""

    PASSWORD = "password", _("Password")
    TOKEN = "token", _("Token")
    API_KEY = "api_key", _("Key")
    CLIENT_SECRET = "client_secret", _("Client secret")


SECRET_OF: dict[str, SecretName] = {
    AuthKind.BASIC: SecretName.PASSWORD,
    AuthKind.BEARER: SecretName.TOKEN,
    AuthKind.API_KEY_HEADER: SecretName.API_KEY,
    AuthKind.API_KEY_QUERY: SecretName.API_KEY,
    AuthKind.OAUTH2: SecretName.CLIENT_SECRET,
}
# Which further settings each kind needs; the others stay empty.
NEEDS: dict[str, frozenset[str]] = {
    AuthKind.NONE: frozenset(),
    AuthKind.BASIC: frozenset({"username"}),
    AuthKind.BEARER: frozenset(),
    AuthKind.API_KEY_HEADER: frozenset({"parameter"}),
    AuthKind.API_KEY_QUERY: frozenset({"parameter"}),
    AuthKind.OAUTH2: frozenset({"client_id", "token_url"}),
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")

# What a failed call is called. ``http_404`` and its like stand for the status that came.
FAILURES: dict[str, str | Promise] = TEXTS | {
    "unknown_connector": _("There is no such connection."),
    "disabled": _("This connection is switched off."),
    "no_secret": _("This connection has no secret yet."),
    "secret_key": _(
        "The secret of this connection cannot be read: the key of this installation is another one."
    ),
    "bad_request": _("The call is not possible: method, path, headers or body."),
    "token_refused": _("The token address did not give a token."),
    "breaker_open": _("The target failed several times in a row; calls wait until it answers again."),
    "busy": _("As many calls as allowed are running already."),
}


def failure_text(code: str) -> str:
    """A failed call's code in the reader's language."""
    if code.startswith("http_"):
        return str(_("The target answered with status %(status)s.")) % {"status": code.removeprefix("http_")}
    return str(FAILURES.get(code, code))
