"""Positions of the event log as callers get them: sealed, for the bare number would count hidden events.

A position also knows when it was given out, so that who comes back too late learns that events are gone.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import os
import struct
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from core.api.errors import PositionGoneError
from core.errors import BadInputError, FieldError
from core.eventlog import KEPT
from core.time import db_now

_NONCE_BYTES = 12
_PLAIN = struct.Struct(">QQ")  # position, and the second in which it was given out


def seal(position: int, at: dt.datetime) -> str:
    """The position as an opaque text of letters, digits, ``-`` and ``_``; never twice the same."""
    nonce = os.urandom(_NONCE_BYTES)
    plain = _PLAIN.pack(position, int(at.timestamp()))
    sealed = nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, plain, None)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal(text: str, *, parameter: str) -> int:
    """The position that ``seal`` made a text of.

    Raises BadInputError for any other text, PositionGoneError for one from before what the log still holds.
    """
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        plain = _cipher(settings.SECRET_KEY).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        position, second = _PLAIN.unpack(plain)
    except (InvalidTag, ValueError, binascii.Error, struct.error) as error:
        told = _("This is no position of the event log. Use “next” of an answer, or begin without it.")
        raise BadInputError(told, errors=[FieldError(f"?{parameter}", "invalid", told)]) from error
    if second < (db_now() - KEPT).timestamp():
        told = _("Events after this position are gone: the log holds 30 days. Begin without it.")
        raise PositionGoneError(told, errors=[FieldError(f"?{parameter}", "gone", told)])
    return int(position)


@lru_cache(maxsize=2)
def _cipher(secret: str) -> AESGCM:
    return AESGCM(HKDF(hashes.SHA256(), 32, salt=None, info=b"maru event log 1").derive(secret.encode()))
