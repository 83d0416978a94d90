"""Signatures of calls from outside: Standard Webhooks, as our own webhooks are signed (API A-47)."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

PREFIX = "whsec_"
TOLERANCE = dt.timedelta(minutes=5)
MAX_ID = 255
MAX_SIGNATURES = 20


@dataclass(frozen=True)
class SignedCall:
    """A call as it came: what the three headers say, and the body byte for byte."""

    message_id: str
    timestamp: str
    signatures: str
    raw: bytes

    def flaw(self, keys: Iterable[str], *, now: dt.datetime) -> str:
        """What is wrong with it, for our log alone; empty when one of the ``keys`` signed it just now.

        Every signature is compared with every key whatever the others gave, so that the time tells nothing.
        """
        visible = all(33 <= ord(letter) <= 126 for letter in self.message_id)
        if not 1 <= len(self.message_id) <= MAX_ID or not visible:
            return "message_id"
        digits = self.timestamp.isascii() and self.timestamp.isdigit() and len(self.timestamp) <= 11
        if not digits:
            return "timestamp"
        given = [each.encode() for each in self.signatures.split()[:MAX_SIGNATURES]]
        fits = [
            hmac.compare_digest(signature(key, self.message_id, self.timestamp, self.raw).encode(), each)
            for key in keys
            for each in given
        ]
        if not any(fits):
            return "signature"
        return "too_old_or_new" if abs(now - self.at) > TOLERANCE else ""

    @property
    def at(self) -> dt.datetime:
        """When it was sent, by the sender's clock."""
        return dt.datetime.fromtimestamp(int(self.timestamp), tz=dt.UTC)


def new_secret() -> str:
    """A secret of 32 random bytes as people copy it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, message_id: str, timestamp: str, raw: bytes) -> str:
    """What the ``webhook-signature`` header says for this message."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    told = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + raw, hashlib.sha256)
    return "v1," + base64.b64encode(told).decode()
