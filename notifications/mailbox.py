"""The demo mailbox: what the embedded run's mail catcher stored, made readable. Nothing in it is executed."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid, parsedate_to_datetime
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

SHOWN = 100
LARGEST_BYTES = 2 * 1024 * 1024
_NAME = re.compile(r"^[0-9]{1,16}-[0-9a-f]{1,32}$")
_LINK = re.compile(r"https?://[^\s<>\"'()]+[^\s<>\"'().,;:!?]")


@dataclass(frozen=True)
class Mail:
    """One caught message; texts are plain and not escaped."""

    name: str
    subject: str
    sender: str
    to: str
    at: dt.datetime | None
    body: str
    headers: list[tuple[str, str]]

    @property
    def reply_to(self) -> str:
        """Where an answer that decides goes; empty for a mail that takes none."""
        return next((value for key, value in self.headers if key.lower() == "reply-to"), "")


def newest(folder: Path, *, query: str = "") -> list[Mail]:
    """The newest messages, those of one address or with one word when ``query`` is given."""
    found: list[Mail] = []
    wanted = query.strip().lower()
    for path in sorted(folder.glob("*.eml"), reverse=True):
        mail = _read(path)
        if mail is not None and (not wanted or wanted in f"{mail.to} {mail.subject}".lower()):
            found.append(mail)
        if len(found) == SHOWN:
            break
    return found


def one(folder: Path, name: str) -> Mail | None:
    """The message with that name, or None; a name is digits and letters, never a path."""
    return _read(folder / f"{name}.eml") if _NAME.match(name) else None


def answer_to(mail: Mail, text: str) -> bytes:
    """An answer to this mail, which takes one, as its receiver's program would send it.

    Raises ValueError for a mail whose addresses no answer can be made from.
    """
    headers = {key.lower(): value for key, value in mail.headers}
    answer = EmailMessage()
    answer["From"] = mail.to
    answer["To"] = mail.reply_to
    answer["Subject"] = f"Re: {mail.subject}"
    answer["In-Reply-To"] = headers.get("message-id", "")
    answer["Message-ID"] = make_msgid(domain="localhost")
    answer.set_content(text)
    return answer.as_bytes()


def linked(text: str) -> SafeString:
    """The text as HTML: everything escaped, web addresses made into links without a referrer."""
    pieces, end = [], 0
    for found in _LINK.finditer(text):
        pieces.append(format_html("{}", text[end : found.start()]))
        pieces.append(
            format_html('<a href="{}" rel="noopener noreferrer nofollow">{}</a>', found[0], found[0])
        )
        end = found.end()
    pieces.append(format_html("{}", text[end:]))
    return mark_safe("".join(pieces))  # noqa: S308 - every piece was escaped by format_html


def _read(path: Path) -> Mail | None:
    try:
        raw = path.read_bytes()[:LARGEST_BYTES]
        message = message_from_bytes(raw, policy=policy.default)
        return Mail(
            name=path.stem,
            subject=_header(message, "Subject"),
            sender=_header(message, "From"),
            to=_header(message, "To") or _header(message, "X-Envelope-To"),
            at=_date(message),
            body=_text(message),
            headers=[(key, str(value)) for key, value in message.items()],
        )
    except (OSError, ValueError, LookupError, AttributeError, TypeError, IndexError):
        # A message that cannot be parsed, whatever is wrong with it, is not worth a page of its own.
        return None


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _date(message: EmailMessage) -> dt.datetime | None:
    try:
        at = parsedate_to_datetime(str(message.get("Date", "")))
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


def _text(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain",))
    content = part.get_content() if part is not None else ""
    return content if isinstance(content, str) else ""
