"""What a connector's settings may be; each refusal names its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from connectors.choices import NEEDS, AuthKind
from connectors.models import MAX_BODY, Connector
from core import outbound, targets
from core.errors import BadInputError, DomainError, FieldError, RuleRefusedError, invalid
from core.targets import BadTargetError
from core.text import clean

LIMITS = {
    "timeout_seconds": (1, 60),
    "max_body_bytes": (1024, MAX_BODY),
    "concurrency": (1, 50),
    "retention_days": (1, 365),
}
_LINES = {"name_ko": 120, "name_en": 120, "base_url": 500, "username": 200, "parameter": 80, "client_id": 200}
_LINES |= {"token_url": 500, "scope": 500}
EDITABLE = frozenset({*LIMITS, *_LINES, "allowed_hosts", "auth", "headers", "ca_certificates", "enabled"})
# Headers that the platform sets itself, or that carry credentials: those have a place of their own.
OWN_HEADERS = frozenset(
    {
        "authorization", "proxy-authorization", "cookie", "set-cookie", "host", "content-length",
        "transfer-encoding", "connection", "keep-alive", "upgrade", "te", "trailer", "expect",
        "accept-encoding", "idempotency-key",
    }
)  # fmt: skip
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}")
_KEY = re.compile(r"[a-z][a-z0-9-]{0,49}")
MOST_HEADERS = 30


def check_key(key: Any) -> str:
    """The key of a new connector. Raises RuleRefusedError."""
    text = clean("key", key, max_length=50, multiline=False)
    if not _KEY.fullmatch(text):
        raise invalid("key", _("Use small letters, digits and hyphens, beginning with a letter."))
    return text


def apply(row: Connector, values: Mapping[str, Any]) -> None:
    """Put checked ``values`` into the row, and complete what follows from them.

    Raises BadInputError for an unknown name, RuleRefusedError with every field that is wrong.
    """
    strange = sorted(set(values) - EDITABLE)
    if strange:
        raise BadInputError(_("Unknown field: %(names)s") % {"names": ", ".join(strange)})
    wrong: list[FieldError] = []
    for name, value in values.items():
        try:
            setattr(row, name, _checked(name, value))
        except DomainError as refusal:
            wrong += refusal.errors
    wrong += _missing(row) if not wrong else []
    if wrong:
        raise RuleRefusedError(errors=wrong)
    for name in frozenset().union(*NEEDS.values()) | {"scope"}:
        wanted = NEEDS[row.auth] | ({"scope"} if row.auth == AuthKind.OAUTH2 else set())
        if name not in wanted:
            setattr(row, name, "")
    row.allowed_hosts = _with_own_hosts(row)


def _checked(name: str, value: Any) -> Any:
    if name in LIMITS:
        return _whole(name, value)
    if name in _LINES:
        text = clean(name, value, max_length=_LINES[name], multiline=False)
        return _address(name, text) if name in {"base_url", "token_url"} else text
    if name == "auth" and value not in AuthKind.values:
        raise invalid(name, _("This is not a choice."), code="choice")
    if name == "enabled" and not isinstance(value, bool):
        raise invalid(name, _("This must be true or false."))
    checks = {"allowed_hosts": _hosts, "headers": _headers, "ca_certificates": _certificates}
    return checks[name](value) if name in checks else value


def _whole(name: str, value: Any) -> int:
    low, high = LIMITS[name]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise invalid(name, _("This must be between {low} and {high}.").format(low=low, high=high))
    return value


def _address(name: str, text: str) -> str:
    if not text:
        return text
    try:
        target = targets.parse(text)
    except BadTargetError as error:
        raise invalid(name, error.detail) from error
    if "?" in text or "#" in text:
        raise invalid(name, _("The address must not hold a query or a mark."))
    return target.url


def _hosts(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > 20 or not all(isinstance(each, str) for each in value):
        raise invalid("allowed_hosts", _("Give at most 20 hosts."))
    found = []
    for text in value:
        try:
            host, port = targets.place_of(text.strip())
        except BadTargetError as error:
            raise invalid("allowed_hosts", error.detail) from error
        plain = f"[{host}]" if ":" in host else host
        found.append(plain if port is None else f"{plain}:{port}")
    return found


def _headers(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > MOST_HEADERS:
        raise invalid("headers", _("Give at most 30 headers, each a name and a text."))
    return {check_header("headers", name, text): text.strip() for name, text in value.items()}


def check_header(field: str, name: Any, text: Any) -> str:
    """The header's name when name and text may be sent. Raises RuleRefusedError naming ``field``."""
    if not isinstance(name, str) or not _TOKEN.fullmatch(name):
        raise invalid(field, _("This is not the name of a header."))
    if name.lower() in OWN_HEADERS:
        raise invalid(field, _("“%(name)s” is set by Maru itself.") % {"name": name})
    if not isinstance(text, str) or len(text) > 2000 or not is_header_text(text):
        raise invalid(field, _("“%(name)s” holds what no header may hold.") % {"name": name})
    return name


def is_header_text(text: str) -> bool:
    """Whether a header may hold the text: one line of letters of Latin-1."""
    return bool(re.fullmatch(r"[\t\x20-\x7e\xa0-\xff]*", text))


def _certificates(value: Any) -> str:
    text = clean("ca_certificates", value, max_length=100_000)
    if text:
        try:
            outbound.check_ca(text)
        except ValueError as error:
            raise invalid("ca_certificates", _("These are no certificates in PEM form.")) from error
    return text


def _missing(row: Connector) -> list[FieldError]:
    needed = {"name_ko", "base_url"} | NEEDS[row.auth]
    text = _("This field is required.")
    wrong = [FieldError(name, "required", text) for name in sorted(needed) if not getattr(row, name)]
    if row.auth == AuthKind.API_KEY_HEADER and row.parameter:
        try:
            check_header("parameter", row.parameter, "")
        except DomainError as refusal:
            wrong += refusal.errors
    if ":" in row.username:
        wrong.append(FieldError("username", "invalid", _("A user name holds no colon.")))
    return wrong


def _with_own_hosts(row: Connector) -> list[str]:
    """The allow list with the hosts of the connector's own addresses, in order, each once."""
    places = list(row.allowed_hosts)
    for url in (row.base_url, row.token_url):
        if url and not targets.is_listed(target := targets.parse(url), places):
            plain = f"[{target.host}]" if ":" in target.host else target.host
            places.append(plain if target.port in (80, 443) else target.place)
    return list(dict.fromkeys(places))
