"""Mails that answer a question: stored as they came, then looked at once each (PROCESSES APR-13, NTF-05)."""

from __future__ import annotations

import datetime as dt
import hashlib
from email import message_from_bytes, policy

import structlog
from django.db import DatabaseError, transaction
from django.db.models.functions import Now

from accounts.models import User
from approvals import replies
from approvals.choices import MailResult
from approvals.models import DecisionLink, ReceivedMail
from approvals.selectors import reply_link
from approvals.services.deciding import decide
from core import outbox, sweep
from core.cause import arriving_by
from core.errors import AlreadyDecidedError, DomainError, RuleRefusedError
from core.settings_store import value
from core.time import db_now

log = structlog.get_logger(__name__)
ANSWERS_PER_HOUR = 2
# What is answered: the person is known by then. Strangers and machines never get an answer (NTF-07).
ANSWERED = frozenset(
    {
        MailResult.ALREADY,
        MailResult.NO_REASON,
        MailResult.UNCLEAR,
        MailResult.NOT_ALLOWED,
        MailResult.EXPIRED,
    }
)


@transaction.atomic
def store_mail(raw: bytes, *, trusted: bool) -> bool:
    """Keep a mail as it came; whether it is new. A mail with a known Message-ID and body is known (RL-21).

    ``trusted`` says that the way it came already proves who sent it. Nothing is read of it here.
    """
    head, _blank, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")
    digest = hashlib.sha256(body).hexdigest()
    row = ReceivedMail(
        message_id=_message_id(head) or f"sha256:{hashlib.sha256(raw).hexdigest()}",
        body_sha256=digest,
        raw=raw,
        is_trusted=trusted,
    )
    known = ReceivedMail.objects.filter(message_id=row.message_id, body_sha256=digest)
    if known.exists():
        return False
    ReceivedMail.objects.bulk_create([row], ignore_conflicts=True)
    return True


def _message_id(head: bytes) -> str:
    try:
        found = message_from_bytes(head, policy=policy.compat32).get("Message-ID", "")
    except Exception:  # noqa: BLE001 - a stranger wrote this; without an id the whole mail is its id
        return ""
    text = "".join(each for each in str(found) if each.isprintable() and not "\ud800" <= each <= "\udfff")
    return text.strip()[:300]


@sweep.register
def take_mails(*, limit: int) -> int:
    """Look at the mails that wait, oldest first, each in its own transaction; returns how many.

    Any number of copies may run: a mail that is being looked at is skipped.
    """
    taken = 0
    while taken < limit and _take_one():
        taken += 1
    return taken


@transaction.atomic
def _take_one() -> bool:
    row = (
        ReceivedMail.objects.filter(result="")
        .order_by("pk")
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
        .first()
    )
    if row is None:
        return False
    try:
        with transaction.atomic():
            row.result = decide_by_reply(row)
    except DatabaseError:
        raise
    except Exception as error:
        # One mail that trips over a defect must not hold up those behind it.
        log.exception("mail_reply_failed", mail=row.pk)
        row.result, row.detail = MailResult.FAILED, repr(error)[:300]
    row.done_at = db_now()
    if row.result in ANSWERED and row.person is not None and _may_answer(row.person):
        row.answered_at = row.done_at
        ids = {
            "mail_id": row.pk,
            "user_id": row.person.pk,
            "approval_id": row.approval_id,
            "result": row.result,
        }
        outbox.publish("approval.reply_answered", ids)
    row.save()
    return True


def decide_by_reply(row: ReceivedMail) -> MailResult:
    """What a stored mail decides, or why it decides nothing; fills in what is known of it.

    Counts only with the token of a mail of ours, from the address of the very person that mail went to, and
    when the mailbox or our own mail server vouches for that address (SECURITY S-11).
    """
    raw = bytes(row.raw)
    reply = replies.read(raw)
    row.sender, row.detail = reply.sender[:254], reply.problem
    if reply.problem:
        return MailResult.UNREADABLE
    if reply.is_automatic:
        return MailResult.AUTOMATIC
    link = reply_link(reply.tokens)
    if link is None:
        return MailResult.NO_TOKEN
    row.approval = link.approval
    if not reply.sender or reply.sender != link.user.email.strip().lower():
        return MailResult.WRONG_SENDER
    server = value("approval.mail_server")
    if not row.is_trusted and not replies.is_authentic(raw, sender=reply.sender, receiver=server):
        return MailResult.NOT_AUTHENTIC
    row.person = link.user
    return _decide(link, reply)


def _decide(link: DecisionLink, reply: replies.Reply) -> MailResult:
    if link.used_at is not None:
        return MailResult.ALREADY
    if link.expires_at <= db_now():
        return MailResult.EXPIRED
    if not reply.decision:
        return MailResult.UNCLEAR
    try:
        with transaction.atomic(), arriving_by("mail", actor_id=link.user_id):
            decide(
                link.approval_id,
                actor=link.user,
                decision=reply.decision,
                comment=reply.reason,
                channel="mail",
                via_link=link,
            )
    except AlreadyDecidedError:
        return MailResult.ALREADY
    except RuleRefusedError:
        return MailResult.NO_REASON
    except DomainError:
        return MailResult.NOT_ALLOWED
    return MailResult.DECIDED


def _may_answer(person: User) -> bool:
    """Whether the person got fewer than two automatic answers within the last hour (NTF-07)."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    since = Now() - dt.timedelta(hours=1)
    return ReceivedMail.objects.filter(person=person, answered_at__gt=since).count() < ANSWERS_PER_HOUR
