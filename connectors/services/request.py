"""From what a flow asks for to what is sent, and from what came to what a flow may keep."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from connectors import rules
from connectors.choices import METHODS
from connectors.models import Connector
from connectors.services.credentials import Credentials
from connectors.services.log import storable
from core import outbound, targets
from core.errors import DomainError
from core.secrets import Mask
from core.targets import BadTargetError

MAX_REQUEST_BODY = 1024 * 1024
MOST_DEPTH = 60
MOST_RETRY_AFTER = 24 * 3600.0
_JSON = "application/json"


class BadCallError(Exception):
    """The call cannot be sent as it was asked for."""


@dataclass(frozen=True)
class Call:
    """What is asked for. ``body``: a text is sent as it is, anything else but None as JSON."""

    method: str
    path: str = ""
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str = ""
    source: str = ""


@dataclass(frozen=True)
class Prepared:
    """A call ready to be sent, but for its credentials."""

    method: str
    url: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes

    def address(self, more: Mapping[str, str]) -> str:
        """The whole address with ``more`` query parameters."""
        pairs = [*self.query, *more.items()]
        return f"{self.url}?{urlencode(pairs)}" if pairs else self.url

    def request(self, connector: Connector, credentials: Credentials, seconds: float) -> outbound.Request:
        """The call with its credentials."""
        return outbound.Request(
            self.method,
            self.address(credentials.query),
            connector.allowed_hosts,
            headers=self.headers,
            credentials=credentials.headers,
            body=self.body,
            seconds=seconds,
            max_body=connector.max_body_bytes,
            redirects=outbound.MAX_REDIRECTS,
            ca=connector.ca_certificates,
        )


def prepare(connector: Connector, call: Call) -> Prepared:
    """The call as it will be sent. Raises BadCallError."""
    method = call.method.upper() if isinstance(call.method, str) else ""
    if method not in METHODS:
        raise BadCallError("method")
    try:
        url = targets.parse(targets.join(connector.base_url, call.path)).url
        headers = {
            rules.check_header("headers", n, v): v for n, v in {**connector.headers, **call.headers}.items()
        }
        query = _pairs(call.query)
        body, kind = _written(call.body)
    except (BadTargetError, DomainError, TypeError, ValueError, RecursionError, AttributeError) as error:
        raise BadCallError(type(error).__name__) from error
    if len(body) > MAX_REQUEST_BODY:
        raise BadCallError("body")
    present = {name.lower() for name in headers}
    usual = {"Accept": _JSON, "User-Agent": "Maru"} | ({"Content-Type": kind} if kind else {})
    headers |= {name: value for name, value in usual.items() if name.lower() not in present}
    if call.idempotency_key:
        headers["Idempotency-Key"] = _key(call.idempotency_key)
    return Prepared(method, url, query, headers, body)


def _pairs(query: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Query parameters as texts; a list is one parameter several times, None is left out."""
    several = ((name, value if isinstance(value, list | tuple) else [value]) for name, value in query.items())
    return [
        (str(name), json.dumps(each) if isinstance(each, bool) else str(each))
        for name, values in several
        for each in values
        if each is not None
    ]


def _written(body: Any) -> tuple[bytes, str]:
    if body is None:
        return b"", ""
    if isinstance(body, str):
        return body.encode(), "text/plain; charset=utf-8"
    return json.dumps(body, ensure_ascii=False, allow_nan=False).encode(), _JSON


def _key(text: str) -> str:
    if not (text.isascii() and text.isprintable() and len(text) <= 255):
        raise BadCallError("idempotency_key")
    return text


def parsed(answer: outbound.Answer, mask: Mask) -> Any:
    """The body as a flow may keep it: JSON where it is JSON, else text; secrets masked, always storable."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    text = answer.body.decode("utf-8", "replace")
    if text.strip() and (kind == _JSON or kind.endswith("+json")):
        try:
            return mask.data(_plain(json.loads(text), MOST_DEPTH))
        except (ValueError, RecursionError):
            pass  # it says JSON and is none, or none that can be kept
    return mask.text(storable(text))


def _plain(value: Any, depth: int) -> Any:
    """JSON that PostgreSQL can store. Raises RecursionError when it is nested too deeply."""
    if depth == 0:
        raise RecursionError
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {storable(name): _plain(each, depth - 1) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, depth - 1) for each in value]
    return value


def retry_after(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """Seconds that the target asked us to wait, at most a day; None when it said nothing that can be read."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), MOST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return min(max(0.0, (aware - now).total_seconds()), MOST_RETRY_AFTER)
