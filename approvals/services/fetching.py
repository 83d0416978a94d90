"""Fetching replies from a mailbox by IMAP: stored first, marked as seen after (PROCESSES NTF-05, APR-13)."""

from __future__ import annotations

import datetime as dt
import imaplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import transaction
from imap_tools import (
    BaseMailBox,
    ImapToolsError,
    MailBox,
    MailBoxStartTls,
    MailBoxUnencrypted,
    MailMessageFlags,
)

from approvals.services.mailing import store_mail
from core import sweep, ticks
from core.time import db_now

log = structlog.get_logger(__name__)
EVERY_SECONDS = 30
TIMEOUT_SECONDS = 10
_BOXES = {"imaps": MailBox, "imap": MailBoxUnencrypted, "imap+tls": MailBoxStartTls}


@dataclass(frozen=True)
class Mailbox:
    """Where replies arrive, as ``itsm.environment.imap_settings`` reads it."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str
    is_trusted: bool
    reply_to: str


def poll_mailbox(*, limit: int) -> int:
    """Fetch what is new, every half minute, by whoever claims the moment; returns how many mails were new.

    A mail is marked as seen only after it is stored and committed: a process that dies in between fetches it
    again, and storing it again adds nothing.
    """
    if not settings.REPLY_MAILBOX or not _claimed():
        return 0
    box = Mailbox(**settings.REPLY_MAILBOX)
    try:
        return sum(store_mail(raw, trusted=box.is_trusted) for raw in _unseen(box, limit))
    except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
        log.warning("mailbox_not_read", host=box.host, error=repr(error)[:300])
        return 0


sweep.register(poll_mailbox, last=True)


def _claimed() -> bool:
    now = db_now()
    tick = now - dt.timedelta(seconds=now.timestamp() % EVERY_SECONDS)
    tick = tick.replace(microsecond=0)
    if ticks.was_taken("approvals.mailbox", tick):
        return False
    with transaction.atomic():
        return ticks.claim("approvals.mailbox", tick)


def _unseen(box: Mailbox, limit: int) -> Iterator[bytes]:
    """The new mails byte for byte, oldest first; each is marked as seen when the next is asked for."""
    with _opened(box) as mailbox:
        for uid in mailbox.uids("UNSEEN")[:limit]:
            _status, parts = mailbox.client.uid("FETCH", uid, "(BODY.PEEK[])")
            raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if raw is not None:
                yield raw
            mailbox.flag(uid, MailMessageFlags.SEEN, value=True)


@contextmanager
def _opened(box: Mailbox) -> Iterator[BaseMailBox]:
    """A signed-in connection; it is closed whatever happens, also when the server refuses the sign-in."""
    mailbox = _BOXES[box.scheme](box.host, box.port, timeout=TIMEOUT_SECONDS)
    try:
        yield mailbox.login(box.user, box.password, initial_folder=box.folder)
    finally:
        try:
            mailbox.client.logout()
        except (imaplib.IMAP4.error, OSError):
            with suppress(OSError):
                mailbox.client.shutdown()
