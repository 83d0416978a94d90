"""Secrets of other systems: kept encrypted, and masked wherever what is sent or received is shown.

The key is ``ITSM_FIELD_KEY`` (STACK L-23). It may hold several, with a space between: the first encrypts, all
decrypt. To change it put the new one in front, run ``./run manage reencrypt_secrets``, take the old one away.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

MASKED = "•••"
SHORTEST = 6  # a shorter secret cannot be masked without hiding ordinary words
_VERSION = "1"
_NONCE_BYTES = 12


class SecretKeyError(DomainError):
    """The key of this installation is missing, or is not the one that the secret was encrypted with."""

    status = 503
    code = "secret_key"
    title = _("Stored secrets cannot be read: ITSM_FIELD_KEY is missing or is another one")


@dataclass(frozen=True)
class _Key:
    """One derived key with the name that is stored beside what it encrypted."""

    name: str
    cipher: AESGCM


def encrypt(text: str, *, context: str) -> str:
    """``text`` encrypted for storing; it can only be read again under the same ``context``.

    ``context`` names the place, such as ``connector:<id>:token``: a value moved to another row is refused.
    Raises SecretKeyError when there is no key.
    """
    key = _keys()[0]
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + key.cipher.encrypt(nonce, text.encode(), context.encode())
    return f"{_VERSION}:{key.name}:{base64.b64encode(sealed).decode()}"


def decrypt(stored: str, *, context: str) -> str:
    """The text again. Raises SecretKeyError for another key, another context or altered data."""
    version, _colon, rest = stored.partition(":")
    name, _colon, body = rest.partition(":")
    key = next((each for each in _keys() if each.name == name), None)
    if version != _VERSION or key is None:
        raise SecretKeyError
    try:
        sealed = base64.b64decode(body, validate=True)
        return key.cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise SecretKeyError from error


def is_current(stored: str) -> bool:
    """Whether the value was encrypted with the key that encrypts now."""
    return stored.startswith(f"{_VERSION}:{_keys()[0].name}:")


def holder(reencrypt: Callable[[], int]) -> Callable[[], int]:
    """Register what encrypts the secrets of one app anew with the present key; it returns how many."""
    _holders.append(reencrypt)
    return reencrypt


def reencrypt_all() -> int:
    """Encrypt every stored secret with the present key; how many an older one had. Raises SecretKeyError."""
    return sum(reencrypt() for reencrypt in _holders)


_holders: list[Callable[[], int]] = []


def _keys() -> tuple[_Key, ...]:
    given = tuple(settings.FIELD_KEYS)
    if not given or any(len(text) < 32 for text in given):
        raise SecretKeyError
    return tuple(_derived(text) for text in given)


@lru_cache(maxsize=8)
def _derived(text: str) -> _Key:
    made = HKDF(hashes.SHA256(), 32, salt=None, info=b"maru secrets 1").derive(text.encode())
    return _Key(hashlib.sha256(b"name" + made).hexdigest()[:8], AESGCM(made))


class Mask:
    """Replaces known secrets by ``•••`` in whatever is kept or shown.

    Beside the plain text it knows what headers, addresses and JSON make of a secret: base64 at each of its
    offsets (alone or in ``name:secret``), URL encoding, JSON escapes. Secrets of fewer than 6 letters are not
    replaced; nobody can store one.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
        self._forms = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        """``text`` without any secret."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASKED)
        return text

    def data(self, value: Any) -> Any:
        """Texts, lists and mappings of any depth without any secret, names of fields included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.data(name): self.data(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.data(each) for each in value]
        return value


def _forms(secret: str) -> set[str]:
    forms = {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    }
    raw = secret.encode()
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + raw).decode().rstrip("=")
        # The letters at the edges hold bits of what stands before and after.
        first = -(-offset * 4 // 3)
        last = (offset + len(raw)) * 8 // 6
        inner = whole[first:last]
        forms |= {inner, inner.replace("+", "-").replace("/", "_")}
    return {form for form in forms if len(form) >= SHORTEST}
