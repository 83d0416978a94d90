"""What a mail says that answers a question: pure reading, whatever the mail is (PROCESSES APR-13, S-11).

``read`` never raises. A reply counts only with the token of our mail, which stands in the plus part of the
address it went to or in the Message-ID it answers, and from a sender whom ``is_authentic`` or a trusted
mailbox vouches for; who may decide is checked by ``services.mailing``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import getaddresses
from html.parser import HTMLParser

from approvals.choices import Status

MAX_TEXT = 200_000
MAX_TOKENS = 20
MAX_REASON = 2_000
TOKEN = re.compile(r"[0-9a-f]{32}")
_PLUS = re.compile(r"\+([0-9a-f]{32})@", re.IGNORECASE)
_OUR_ID = re.compile(r"<([0-9a-f]{32})@", re.IGNORECASE)
_SENT_TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
_ANSWERS_TO = ("In-Reply-To", "References")
_KOREAN = {"ks_c_5601-1987", "ks_c_5601", "ksc5601", "euc-kr", "euckr", "cp949", "ms949", "uhc"}

_POLITE = r"(?:합니다|함|해요|할게요|하겠습니다|했습니다|드립니다|입니다|요)?"
_YES = rf"(?:approve[ds]?|yes|승인{_POLITE})"
_NO = rf"(?:reject(?:ed)?|declined?|(?:반려|거절){_POLITE})"
_MARKS = r"[\s*_\"'“”‘’「」]*"
_WORD = re.compile(rf"^{_MARKS}(?:(?P<yes>{_YES})|(?P<no>{_NO}))(?![\w가-힣]){_MARKS}", re.IGNORECASE)
_STOP = re.compile(r"^[.,:;!~\-–—·]+\s*")
# A yes with one of these in its line is no plain yes: a person reads it, not we.
_DOUBT = re.compile(
    r"\b(?:not?|never|don'?t|can'?t|cannot|but|if|unless|however|except|only)\b"
    r"|않|못|안\s|불가|보류|거부|반려|거절|다만|단[,\s]|만약|조건|아니",
    re.IGNORECASE,
)
_DENIED = re.compile(r"^(?:not?\b|안\s|못|불가|하지|않)", re.IGNORECASE)
# Where the person's own words end: quotes, headers of the quoted mail, signatures.
_ENDS = (
    r">",
    r"-{2,}\s*$",
    r"_{5,}",
    r"-{2,}.*(?:original message|forwarded message|원본 메[시세]지|전달된 메시지)",
    r"on\b.{4,200}\bwrote:?\s*$",
    r".{0,200}(?:작성|쓴 글|보냄)\s?:$",
    r"\d{4}[년.\-/].{0,200}(?:>|님).{0,20}:$",
    r"(?:from|sent|보낸\s?사람|보낸\s?날짜|발신|제목)\s?:",
    r"(?:sent from my|get outlook for) ",
    r".{1,30}에서 (?:보냄|보냈)",
)
_END = re.compile("|".join(f"(?:{each})" for each in _ENDS), re.IGNORECASE)
_AUTO_PRECEDENCE = frozenset({"bulk", "junk", "list", "auto_reply"})
_ROBOTS = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|bounces?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Reply:
    """One mail as far as it may answer a question; ``problem`` says why nothing could be read of it."""

    message_id: str = ""
    sender: str = ""
    tokens: tuple[str, ...] = ()
    decision: str = ""
    reason: str = ""
    is_automatic: bool = False
    problem: str = ""


def read(raw: bytes) -> Reply:
    """What the mail says. Never raises: what cannot be read has a ``problem`` and decides nothing."""
    try:
        return _read(message_from_bytes(raw, policy=policy.default))
    except Exception as error:  # noqa: BLE001 - a stranger wrote this; the standard parser has many ways to fail
        return Reply(problem=f"{type(error).__name__}: {error}"[:300])


def _read(message: EmailMessage) -> Reply:
    decision, reason = decision_in(_text(message))
    return Reply(
        message_id=_header(message, "Message-ID")[:300],
        sender=sender_of(message),
        tokens=_tokens(message),
        decision=decision,
        reason=reason,
        is_automatic=_is_automatic(message),
    )


def sender_of(message: EmailMessage) -> str:
    """The address in From, in lower case; empty when there is none or more than one."""
    froms = message.get_all("From", [])
    found = [address for _name, address in getaddresses([str(each) for each in froms]) if address]
    if len(froms) != 1 or len(found) != 1 or found[0].count("@") != 1:
        return ""
    return found[0].lower()


def decision_in(text: str) -> tuple[str, str]:
    """``approved`` or ``rejected`` with the reason, where the person's own words begin with it; else nothing.

    Only a plain word counts: "approved, but …" or "승인하지 않습니다" is left to a person.
    """
    lines = own_lines(text)
    first = lines[0][:MAX_REASON] if lines else ""
    found = _WORD.match(first)
    if found is None:
        return "", ""
    rest = first[found.end() :]
    stopped = _STOP.match(rest)
    words = rest[stopped.end() :] if stopped else rest
    if found["yes"]:
        if (rest and not stopped) or _DOUBT.search(words):
            return "", ""
        decision = Status.APPROVED
    else:
        if not stopped and _DENIED.match(words):
            return "", ""
        decision = Status.REJECTED
    reason = "\n".join([words, *lines[1:]]).strip()
    return decision.value, reason[:MAX_REASON]


def own_lines(text: str) -> list[str]:
    """What the person wrote above quotes and signature, without empty lines before and after."""
    lines: list[str] = []
    for line in _plain(text).splitlines():
        if _END.match(line.strip()[:500]):
            break
        if line.strip() or lines:
            lines.append(line.strip())
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _plain(text: str) -> str:
    """Composed Hangul, ordinary spaces, and nothing that a reader would not see."""
    text = unicodedata.normalize("NFC", text[:MAX_TEXT])
    shown = (each for each in text if each in "\n\r\t" or unicodedata.category(each) not in {"Cc", "Cf"})
    return "".join(" " if unicodedata.category(each) == "Zs" else each for each in shown)


def _tokens(message: EmailMessage) -> tuple[str, ...]:
    """The tokens of our mails that this one may answer, the address it went to first."""
    found = [token for name in _SENT_TO for value in _all(message, name) for token in _PLUS.findall(value)]
    for name in _ANSWERS_TO:
        for value in _all(message, name):
            found += reversed(_OUR_ID.findall(value))
    return tuple(dict.fromkeys(token.lower() for token in found))[:MAX_TOKENS]


def _is_automatic(message: EmailMessage) -> bool:
    """Whether a machine wrote it: absence notes, bounces, lists; none of these ever decides (NTF-07)."""
    said = _header(message, "Auto-Submitted").lower()
    if said and not said.startswith("no"):
        return True
    if any(_header(message, name) for name in ("X-Autoreply", "X-Autorespond", "X-Failed-Recipients")):
        return True
    if _header(message, "Precedence").lower() in _AUTO_PRECEDENCE or _header(message, "Return-Path") == "<>":
        return True
    if message.get_content_type() in {"multipart/report", "message/delivery-status"}:
        return True
    return bool(_ROBOTS.match(sender_of(message)))


def is_authentic(raw: bytes, *, sender: str, receiver: str) -> bool:
    """Whether our own mail server, which signs as ``receiver``, found that the sender's domain sent this.

    Only the topmost Authentication-Results header with that name counts: our server writes it above whatever
    came with the mail (RFC 8601). DMARC must have passed, or DKIM or SPF for the very domain of ``sender``.
    """
    if not receiver or "@" not in sender:
        return False
    domain = sender.rpartition("@")[2].lower()
    try:
        headers = message_from_bytes(raw, policy=policy.compat32).get_all("Authentication-Results", [])
        texts = [" ".join(str(each).split()) for each in headers]
    except Exception:  # noqa: BLE001 - as in read: an unreadable mail is not authentic
        return False
    for text in texts:
        server, _semicolon, results = _bare(text).partition(";")
        if server.split()[:1] == [receiver]:
            found = [_parts(each) for each in results.lower().split(";")]
            by_policy = [each for each in found if "dmarc" in each]
            return any(_vouches(each, domain) for each in by_policy or found)
    return False


def _bare(text: str) -> str:
    """The header without quoted texts and comments: what a sender could have put into them says nothing."""
    text, before = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text), ""
    while before != text:
        before, text = text, re.sub(r"\([^()]*\)", " ", text)
    return text


def _parts(result: str) -> dict[str, str]:
    """One result such as ``dkim=pass header.d=corp.example``; a repeated word spoils it."""
    pairs = [each.split("=", 1) for each in result.split() if "=" in each]
    return dict(pairs) if len({name for name, _value in pairs}) == len(pairs) else {}


def _vouches(parts: dict[str, str], domain: str) -> bool:
    if "dmarc" in parts:
        return parts["dmarc"] == "pass" and parts.get("header.from") == domain
    if "dkim" in parts:
        signer = parts.get("header.d") or parts.get("header.i", "").rpartition("@")[2]
        return parts["dkim"] == "pass" and signer == domain
    return parts.get("spf") == "pass" and parts.get("smtp.mailfrom", "").rpartition("@")[2] == domain


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _all(message: EmailMessage, name: str) -> list[str]:
    return [str(each)[:10_000] for each in message.get_all(name, [])]


def _text(message: EmailMessage) -> str:
    """The text of the mail, plain before HTML; empty when there is none."""
    for kind in ("plain", "html"):
        part = message.get_body(preferencelist=(kind,))
        text = _decoded(part) if part is not None else ""
        if text.strip():
            return _Shown.of(text) if kind == "html" else text
    return ""


def _decoded(part: Message) -> str:
    """The text in the charset it names, else in those that mails use without saying so."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    named = str(part.get_content_charset() or "").lower()
    for charset in ("cp949" if named in _KOREAN else named, "utf-8", "cp949"):
        try:
            return payload.decode(charset)
        except (LookupError, ValueError):
            continue
    return payload.decode("latin-1")


class _Shown(HTMLParser):
    """The text that a reader sees of an HTML mail, without what it quotes."""

    HIDDEN = frozenset({"style", "script", "head", "title", "blockquote"})
    BLOCKS = frozenset({"br", "p", "div", "tr", "li", "hr", "h1", "h2", "h3", "table", "blockquote"})

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.hidden = 0

    @classmethod
    def of(cls, html: str) -> str:
        """The shown text of ``html``."""
        parser = cls()
        parser.feed(html[:MAX_TEXT])
        parser.close()
        return "".join(parser.pieces)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Blocks begin a line; quotes and styles are not shown."""
        if tag in self.BLOCKS:
            self.pieces.append("\n")
        if tag in self.HIDDEN:
            self.hidden += 1

    def handle_endtag(self, tag: str) -> None:
        """Blocks end their line."""
        if tag in self.HIDDEN:
            self.hidden = max(self.hidden - 1, 0)
        if tag in self.BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        """Shown text; line breaks of the source are spaces."""
        if not self.hidden:
            self.pieces.append(" ".join(data.split("\n")))
