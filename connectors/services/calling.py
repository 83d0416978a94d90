"""Calling another service through a connector: the one way, for flows and for the Test button."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from accounts.policies import Actor
from connectors.choices import failure_text
from connectors.models import Connector
from connectors.policies import may
from connectors.selectors import connector_keyed
from connectors.services import gate, log
from connectors.services.credentials import Credentials, CredentialsError, credentials_of
from connectors.services.request import BadCallError, Call, Prepared, parsed, prepare, retry_after
from core import outbound, targets
from core.errors import NotAllowedError
from core.outbound import OutboundError
from core.time import clock_now

MAX_SECONDS = 60.0
TEST_SECONDS = 10.0
_AGAIN = frozenset({408, 429})
# Refusals of ours say nothing about the target.
_OUR_REFUSALS = frozenset({"bad_url", "not_allowed_host", "blocked_address"})
logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Answer:
    """A 2xx answer. ``body`` is JSON where the target sent JSON, else text; secrets in it are masked."""

    status: int
    headers: dict[str, str]
    body: Any
    elapsed_ms: int


class CallError(Exception):
    """A call without a 2xx answer.

    ``code`` is ``http_<status>`` or a key of ``connectors.choices.FAILURES``. ``retryable``: the same call
    may succeed later, after ``retry_after`` seconds where that is known. ``was_sent``: the target may have
    acted on it; False for what was refused here (``busy`` and ``breaker_open`` are no tries). Nothing of the
    answer is in here (SECURITY OUT-7).
    """

    def __init__(
        self, code: str, *, retryable: bool = False, retry_after: float | None = None, was_sent: bool = False
    ) -> None:
        super().__init__(code)
        self.code, self.retryable, self.retry_after, self.was_sent = code, retryable, retry_after, was_sent

    @property
    def message(self) -> str:
        """What went wrong, in the reader's language."""
        return failure_text(self.code)


@dataclass(frozen=True)
class Trial:
    """What the Test button shows: status and beginning of the answer, or the code of what went wrong."""

    status: int | None
    headers: dict[str, str]
    body: str
    elapsed_ms: int
    code: str

    @property
    def message(self) -> str:
        """What went wrong, in the reader's language; empty for a 2xx."""
        return failure_text(self.code) if self.code else ""


@dataclass(frozen=True)
class _Outcome:
    """What came of one sending."""

    answer: outbound.Answer | None = None
    code: str = ""
    retryable: bool = False
    was_sent: bool = False
    elapsed_ms: int = 0
    at_token: bool = False  # no access token came, so the service itself saw nothing
    credentials: Credentials = field(default_factory=Credentials)

    @property
    def counts_as_failure(self) -> bool:
        """Whether the target is to blame: no usable answer, or one that says it does not work."""
        if self.answer is not None:
            return self.answer.status >= 500 or self.answer.status == 408
        return self.code in outbound.TEXTS and self.code not in _OUR_REFUSALS


def call(
    key: str,
    *,
    method: str,
    path: str = "",
    query: Mapping[str, Any] | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    idempotency_key: str = "",
    source: str = "",
    timeout: float | None = None,
) -> Answer:
    """The answer of the service behind the connector ``key``; the same key goes out on every attempt (RL-19).

    Raises CallError for everything but a 2xx, RuntimeError inside a transaction: a slow target must not hold
    locks (RELIABILITY RL-13). Writes one ConnectorCall per sending; ``source`` says for what (run and step).
    """
    outbound.refuse_in_transaction()
    connector = Connector.objects.filter(key=key).first()
    if connector is None:
        raise CallError("unknown_connector")
    if not connector.enabled:
        raise CallError("disabled")
    wanted = Call(method, path, query or {}, body, headers or {}, idempotency_key, source[:200])
    prepared = _prepared(connector, wanted)
    seconds = min(timeout or connector.timeout_seconds, connector.timeout_seconds, MAX_SECONDS)
    outcome = _guarded(connector, wanted, prepared, seconds)
    return _judged(outcome)


def try_out(
    key: str, *, actor: Actor, method: str = "GET", path: str = "", query: Mapping[str, Any] | None = None
) -> Trial:
    """What the service answers now, also when the connector is switched off or its breaker is open.

    At most 10 s, outside a transaction. A success closes the breaker. Raises NotVisibleError,
    NotAllowedError.
    """
    outbound.refuse_in_transaction()
    connector = connector_keyed(actor, key)
    if not may(actor, "test"):
        raise NotAllowedError
    wanted = Call(method, path, query or {}, source=f"test by {getattr(actor, 'username', 'system')}"[:200])
    try:
        prepared = _prepared(connector, wanted)
    except CallError as error:
        return Trial(None, {}, "", 0, error.code)
    outcome = _logged(connector, wanted, prepared, min(TEST_SECONDS, connector.timeout_seconds))
    _tell_breaker(connector, outcome)
    answer = outcome.answer
    if answer is None:
        return Trial(None, {}, "", outcome.elapsed_ms, outcome.code)
    mask = outcome.credentials.mask
    code = "" if 200 <= answer.status < 300 else f"http_{answer.status}"
    shown = log.headers_for_log(answer.headers, mask)
    return Trial(answer.status, shown, log.text_for_log(answer.body, mask), answer.elapsed_ms, code)


def _prepared(connector: Connector, wanted: Call) -> Prepared:
    try:
        return prepare(connector, wanted)
    except BadCallError as error:
        raise CallError("bad_request") from error


def _guarded(connector: Connector, wanted: Call, prepared: Prepared, seconds: float) -> _Outcome:
    """The call, when breaker and slots let it through. Raises CallError when they do not."""
    token = gate.take_slot(connector.pk, connector.concurrency, seconds)
    if token is None:
        raise CallError("busy", retryable=True, retry_after=gate.RETRY_BUSY_SECONDS)
    try:
        wait = max(gate.wait_of(origin) for origin in _origins(connector))
        if wait > 0:
            raise CallError("breaker_open", retryable=True, retry_after=wait)
        outcome = _logged(connector, wanted, prepared, seconds)
        _tell_breaker(connector, outcome)
    finally:
        gate.give_back(token)
    return outcome


def _origins(connector: Connector) -> list[str]:
    """The destinations of a call: the service, and where its access tokens come from."""
    return [targets.parse(url).origin for url in (connector.base_url, connector.token_url) if url]


def _tell_breaker(connector: Connector, outcome: _Outcome) -> None:
    origins = _origins(connector)
    if outcome.counts_as_failure:
        gate.failed(origins[-1 if outcome.at_token else 0])
    elif outcome.answer is not None:
        for origin in origins:
            gate.succeeded(origin)


def _logged(connector: Connector, wanted: Call, prepared: Prepared, seconds: float) -> _Outcome:
    """The call, and again with a fresh token where the first was refused; a row for each."""
    ends = time.monotonic() + seconds
    outcome = _sent(connector, prepared, seconds)
    _keep(connector, wanted, prepared, outcome)
    refused = outcome.answer is not None and outcome.answer.status == 401
    left = ends - time.monotonic()
    if refused and connector.token_url and left > 0:
        outcome = _sent(connector, prepared, left, fresh=True)
        _keep(connector, wanted, prepared, outcome)
    return outcome


def _sent(connector: Connector, prepared: Prepared, seconds: float, *, fresh: bool = False) -> _Outcome:
    began = time.monotonic()
    outcome = _Outcome()
    try:
        credentials = credentials_of(connector, seconds=seconds, fresh=fresh)
        outcome = replace(outcome, credentials=credentials)
        left = max(0.001, seconds - (time.monotonic() - began))
        answer = outbound.send(prepared.request(connector, credentials, left))
        outcome = replace(outcome, answer=answer, was_sent=True)
    except CredentialsError as error:
        outcome = replace(outcome, code=error.code, retryable=error.retryable)
    except OutboundError as error:
        early = bool(connector.token_url) and not outcome.credentials.secrets
        outcome = replace(
            outcome,
            code=error.code,
            retryable=error.retryable,
            was_sent=error.was_sent and not early,
            at_token=early,
        )
    return replace(outcome, elapsed_ms=round((time.monotonic() - began) * 1000))


def _keep(connector: Connector, wanted: Call, prepared: Prepared, outcome: _Outcome) -> None:
    mask = outcome.credentials.mask
    answer = outcome.answer
    sent = prepared.headers | outcome.credentials.headers
    log.write(
        connector=connector,
        method=prepared.method,
        url=log.storable(mask.text(prepared.address(outcome.credentials.query)))[:2000],
        request_headers=log.headers_for_log(sent, mask),
        request_body=log.text_for_log(prepared.body, mask),
        status=answer.status if answer else None,
        response_headers=log.headers_for_log(answer.headers, mask) if answer else {},
        response_body=log.text_for_log(answer.body, mask) if answer else "",
        elapsed_ms=outcome.elapsed_ms,
        error=outcome.code,
        idempotency_key=wanted.idempotency_key,
        source=log.storable(wanted.source),
    )
    logger.info(
        "connector_called",
        connector=connector.key,
        method=prepared.method,
        status=answer.status if answer else None,
        error=outcome.code,
        elapsed_ms=outcome.elapsed_ms,
        source=wanted.source,
    )


def _judged(outcome: _Outcome) -> Answer:
    answer = outcome.answer
    if answer is None:
        raise CallError(outcome.code, retryable=outcome.retryable, was_sent=outcome.was_sent)
    if 200 <= answer.status < 300:
        mask = outcome.credentials.mask
        headers = {
            name: mask.text(log.storable(value))
            for name, value in answer.headers.items()
            if name != "set-cookie"  # a session of the target is a secret too
        }
        return Answer(answer.status, headers, parsed(answer, mask), outcome.elapsed_ms)
    raise CallError(
        f"http_{answer.status}",
        retryable=answer.status >= 500 or answer.status in _AGAIN,
        retry_after=retry_after(answer.headers, clock_now()),
        was_sent=True,
    )
