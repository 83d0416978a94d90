"""The e-mail channel: one message per notice and person, written when it is sent (SECURITY section 7)."""

from __future__ import annotations

import smtplib
import zoneinfo
from email.utils import formataddr
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from accounts.models import User
from core.models import Delivery
from core.outbox import PermanentFailure, RetryLater, channel
from notifications import decisions, services
from notifications.choices import Side
from notifications.models import Notification
from notifications.selectors import mail_notice
from notifications.texts import Action, Rendered, brand, rendered

log = structlog.get_logger(__name__)
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@channel("email", lease_seconds=90)
def send(delivery: Delivery) -> None:
    """Send the mail of one notice, or settle that it is not to be sent any more.

    The reader's rights and the state of the matter count at this moment, not when it was queued (G-06).
    """
    payload = delivery.payload
    row = mail_notice(payload["event_id"], payload["user_id"])
    if row is None:
        raise PermanentFailure("there is no such notice")
    if row.digest_at is not None:
        log.info("mail_goes_with_a_digest", key=delivery.idem_key)
        return
    reader = row.user
    with translation.override(reader.language), timezone.override(zoneinfo.ZoneInfo(reader.time_zone)):
        reason, text = _present(row, reader)
        if text is None:
            log.info("mail_not_needed", key=delivery.idem_key, reason=reason)
            services.settle_mail(row, skipped=reason)
            return
        with connected() as connection:
            hand_over(_message(row, reader, text, delivery.idem_key, connection))
    services.settle_mail(row)


def _present(row: Notification, reader: User) -> tuple[str, Rendered | None]:
    """The notice in words as of now, or why there is nothing left to say."""
    if not reader.is_active:
        return "inactive", None
    if not reader.email:
        return "no_address", None
    if row.side == Side.APPROVAL:
        sheet = decisions.sheets([row], reader).get(row.title_params["approval"])
        if sheet is None or not sheet.is_open:
            return "decided", None
    text = rendered([row], reader)[row.pk]
    return ("not_visible" if text is None else ""), text


def connected() -> BaseEmailBackend:
    """An open connection to the mail server. Waiting for a server uses up no tries: nothing was sent."""
    if not settings.EMAIL_HOST:
        raise RetryLater("no mail server is set (EMAIL_URL); the mail waits", counts=False)
    connection = get_connection()
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        raise RetryLater(f"mail server not reachable: {error!r}", counts=False) from error
    return connection


def hand_over(message: EmailMultiAlternatives) -> None:
    """Send one message. Raises RetryLater or PermanentFailure, by what the mail server said."""
    try:
        message.send()
    except ValueError as error:  # BadHeaderError, and addresses that are none
        raise PermanentFailure(f"an address or a header cannot be sent: {error}") from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        raise _outcome(max(codes, default=0), error) from error
    except smtplib.SMTPSenderRefused as error:
        raise RetryLater(f"the mail server refuses our sender: {error!r}") from error
    except smtplib.SMTPNotSupportedError as error:
        raise PermanentFailure(repr(error)) from error
    except smtplib.SMTPResponseException as error:
        raise _outcome(error.smtp_code, error) from error
    except (smtplib.SMTPException, OSError) as error:
        raise RetryLater(f"the connection broke: {error!r}") from error


def _outcome(code: int, error: Exception) -> Exception:
    if 500 <= code < 600:
        return PermanentFailure(f"refused for good: {error!r}")
    return RetryLater(f"refused for now: {error!r}")


def _message(
    row: Notification, reader: User, text: Rendered, key: str, connection: BaseEmailBackend
) -> EmailMultiAlternatives:
    actions, headers = text.actions, HEADERS | _thread(row, key)
    if row.side != Side.APPROVAL:
        headers["List-Unsubscribe"] = f"<{preferences_link()}>"
    takes_replies = bool(row.side == Side.APPROVAL and settings.TAKES_REPLIES)
    if row.side == Side.APPROVAL:
        actions = [Action(each.label, decisions.decision_link(row, reader)) for each in actions]
    if takes_replies:
        headers |= _replies_to(row, reader, key)
    names = {
        "text": text,
        "actions": [(each.label, settings.BASE_URL + each.path) for each in actions],
        "brand": brand(reader),
        "language": translation.get_language(),
        "base_url": settings.BASE_URL,
        "is_decision": row.side == Side.APPROVAL,
        "preferences_url": preferences_link(),
        "takes_replies": takes_replies,
    }
    message = EmailMultiAlternatives(
        subject=text.subject,
        body=render_to_string("email/notice.txt", names),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[formataddr((reader.display_name, reader.email))],
        headers=headers,
        connection=connection,
    )
    message.attach_alternative(render_to_string("email/notice.html", names), "text/html")
    return message


def preferences_link() -> str:
    """Where the reader of a mail chooses what is mailed."""
    return f"{settings.BASE_URL}/me/notifications/"


def message_id(key: str) -> str:
    """The Message-ID of the mail with this key: the same on every attempt, and of no other (RL-19)."""
    return f"<{_digest(key)}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>"


def _digest(key: str) -> str:
    return salted_hmac("notifications.message-id", key).hexdigest()[:32]


def _replies_to(row: Notification, reader: User, key: str) -> dict[str, str]:
    """An answer to this mail decides: its token is in the Message-ID, and in the address if there is one."""
    token, address = _digest(key), settings.REPLY_ADDRESS
    decisions.take_reply(row, reader, token)
    name, _at, domain = address.partition("@")
    return {"Reply-To": f"{name}+{token}@{domain}"} if address else {}


def _thread(row: Notification, key: str) -> dict[str, str]:
    """Message-ID, and one root per ticket under which mail programs gather its messages."""
    headers = {"Message-ID": message_id(key)}
    if row.ticket_id:
        headers["References"] = headers["In-Reply-To"] = message_id(f"ticket:{row.ticket_id}")
    return headers
