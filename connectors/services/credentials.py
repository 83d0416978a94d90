"""What a call carries to show who calls; made when it is sent, and known to the mask (SECURITY OUT-7)."""

from __future__ import annotations

import base64
import json
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from connectors.choices import SECRET_OF, AuthKind
from connectors.models import Connector
from connectors.selectors import sealed_secret
from connectors.services.editing import context_of
from core import outbound, secrets
from core.secrets import SHORTEST, Mask, SecretKeyError

EARLY_SECONDS = 30.0
_MOST_TOKEN_SECONDS = 24 * 3600.0
_DEFAULT_TOKEN_SECONDS = 300.0
_MAX_TOKEN_ANSWER = 64 * 1024
_MOST_TOKENS = 200

# (connector, its version) → (access token, until when by the monotonic clock); in memory only.
_tokens: dict[tuple[int, int], tuple[str, float]] = {}
_lock = threading.Lock()


class CredentialsError(Exception):
    """There are no credentials to send; ``code`` is a key of ``connectors.choices.FAILURES``."""

    def __init__(self, code: str, *, retryable: bool = False) -> None:
        super().__init__(code)
        self.code, self.retryable = code, retryable


@dataclass(frozen=True)
class Credentials:
    """Headers and query parameters with secrets in them, and every secret that they were made of."""

    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()

    @property
    def mask(self) -> Mask:
        """What hides these secrets."""
        return Mask(self.secrets)


def credentials_of(connector: Connector, *, seconds: float, fresh: bool = False) -> Credentials:
    """What a call through ``connector`` carries. ``fresh``: an access token that was kept is not good enough.

    Raises CredentialsError, and OutboundError when the token address cannot be reached within ``seconds``.
    """
    if connector.auth == AuthKind.NONE:
        return Credentials()
    secret = _secret(connector)
    if connector.auth == AuthKind.API_KEY_QUERY:
        return Credentials(query={connector.parameter: secret}, secrets=(secret,))
    if connector.auth == AuthKind.API_KEY_HEADER:
        return Credentials({connector.parameter: secret}, secrets=(secret,))
    if connector.auth == AuthKind.BASIC:
        return Credentials({"Authorization": _basic(connector.username, secret)}, secrets=(secret,))
    token = secret
    if connector.auth == AuthKind.OAUTH2:
        token = _token(connector, secret, seconds=seconds, fresh=fresh)
    return Credentials({"Authorization": f"Bearer {token}"}, secrets=(secret, token))


def forget_tokens() -> None:
    """Drop every access token of this process."""
    with _lock:
        _tokens.clear()


def _secret(connector: Connector) -> str:
    name = SECRET_OF[connector.auth]
    sealed = sealed_secret(connector, name)
    if not sealed:
        raise CredentialsError("no_secret")
    try:
        return secrets.decrypt(sealed, context=context_of(connector, name))
    except SecretKeyError as error:
        raise CredentialsError("secret_key") from error


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def _token(connector: Connector, secret: str, *, seconds: float, fresh: bool) -> str:
    """The access token, from memory until 30 s before it ends; any change of the connector ends it too."""
    place = (connector.pk, connector.lock_version)
    with _lock:
        held = _tokens.get(place)
    if held and not fresh and held[1] > time.monotonic():
        return held[0]
    token, lasts = _fetched(connector, secret, seconds)
    with _lock:
        if len(_tokens) >= _MOST_TOKENS:
            _tokens.clear()
        _tokens[place] = (token, time.monotonic() + max(0.0, lasts - EARLY_SECONDS))
    return token


def _fetched(connector: Connector, secret: str, seconds: float) -> tuple[str, float]:
    """A new token and how many seconds it lasts (RFC 6749 section 4.4)."""
    form = {"grant_type": "client_credentials"} | ({"scope": connector.scope} if connector.scope else {})
    # RFC 6749 section 2.3.1: both are form-encoded before they become Basic.
    client = _basic(quote(connector.client_id, safe=""), quote(secret, safe=""))
    answer = outbound.send(
        outbound.Request(
            "POST",
            connector.token_url,
            connector.allowed_hosts,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            credentials={"Authorization": client},
            body=urlencode(form).encode(),
            seconds=seconds,
            max_body=_MAX_TOKEN_ANSWER,
            ca=connector.ca_certificates,
        )
    )
    if answer.status != 200:
        again = answer.status >= 500 or answer.status in {408, 429}
        raise CredentialsError("token_refused", retryable=again)
    found = _token_in(answer.body)
    if found is None:
        raise CredentialsError("token_refused")
    return found


def _token_in(body: bytes) -> tuple[str, float] | None:
    """Token and lifetime of a token answer, None when it holds none that can be sent."""
    try:
        told = json.loads(body)
        token, lasts = told["access_token"], float(told.get("expires_in", _DEFAULT_TOKEN_SECONDS))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not isinstance(token, str) or not SHORTEST <= len(token) <= 16_000:
        return None
    if not (token.isascii() and token.isprintable()):
        return None
    return token, min(max(0.0, lasts), _MOST_TOKEN_SECONDS)
