"""The caught mails of a running installation."""

from __future__ import annotations

import email
import email.policy
import re
import time
from email.message import EmailMessage

from tests.faults.stack import PrivateStack

PATIENCE = 30.0


def to(stack: PrivateStack, address: str, containing: str) -> EmailMessage:
    """The newest mail to ``address`` that contains the text; waits for it. AssertionError without one."""
    limit = time.monotonic() + PATIENCE
    while True:
        for path in sorted(stack.mail.glob("*.eml"), key=lambda each: each.stat().st_mtime, reverse=True):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            if address in str(message["To"]) and containing in f"{message['Subject']}\n{text_of(message)}":
                return message
        assert time.monotonic() < limit, f"no mail to {address} with {containing}"
        time.sleep(0.2)


def text_of(message: EmailMessage) -> str:
    """The plain text."""
    part = message.get_body(("plain",))
    return str(part.get_content()) if part else ""


def decision_link(message: EmailMessage) -> str:
    """The path of the link that decides."""
    found = re.search(r"https?://[^\s/]+(/a/[^\s]+)", text_of(message))
    assert found, text_of(message)
    return found[1]
