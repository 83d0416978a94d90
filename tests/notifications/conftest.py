"""A real SMTP server in this process, which can be told to misbehave."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller


class Sink:
    """Keeps what it accepts; ``refused`` maps addresses to answers, ``drops`` connections after DATA."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refused: dict[str, str] = {}
        self.drops = 0
        self.data_answer = ""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.data_answer:
            return self.data_answer
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.drops:
            self.drops -= 1
            server.transport.abort()
            await asyncio.sleep(0.05)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to that address."""
        return [mail for mail in self.mails if address in str(mail["To"])]


def text_of(mail: EmailMessage) -> str:
    """Subject and every text part, decoded."""
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([str(mail["Subject"]), *parts])


@pytest.fixture
def smtp(settings) -> Iterator[Sink]:
    """The sink, and settings that make the platform send there."""
    sink = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    yield sink
    controller.stop()
