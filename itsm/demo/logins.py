"""Who can sign in to the demo company. Imports nothing of Django: the launcher prints it."""

from __future__ import annotations

import base64
import hashlib
import hmac

TOKEN_OWNER = "admin"  # noqa: S105 - a user name
LOGINS = [
    ("employee", "jimin"),
    ("manager (approver)", "seoyeon"),
    ("finance approver", "taeho"),
    ("agent, service desk", "seojin"),
    ("agent, purchasing", "mingyu"),
    ("incident manager", "jiwoo"),
    ("administrator", "admin"),
]


def password(secret_key: str) -> str:
    """The password of all demo accounts: this installation's own, so that none stands in the source."""
    digest = hmac.new(secret_key.encode(), b"demo accounts", hashlib.sha256).digest()
    return "maru-" + base64.b32encode(digest)[:12].decode().lower()
