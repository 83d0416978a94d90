"""Calls of the REST API: headers, JSON, what is tried again and when, refusals as exceptions."""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import random
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from maru_client.errors import AnswerError, ConnectionLostError, ProblemError, problem_of
from maru_client.files import Multipart
from maru_client.transport import Answer, Call, OpenAnswer, Transport, split_address

API = "/api/v1/"
USER_AGENT = "maru-client/0.1.0"
JSON = "application/json"
# Answers after which the same call may do better. 502 to 504 come from what stands in front, too.
_AGAIN = frozenset({502, 503, 504})
T = TypeVar("T")


@dataclass(frozen=True)
class Retries:
    """How often and how patiently a call is repeated.

    ``most`` repeats after the first try; between them ``first`` seconds, then twice as long each time, a part
    of it by chance, or what ``Retry-After`` says. Where that is more than ``longest``, the refusal is raised.
    """

    most: int = 4
    first: float = 0.5
    longest: float = 65.0

    def pause(self, repeat: int, told: float | None) -> float | None:
        """Seconds to wait before repeat number ``repeat`` (from 1); None for no further try."""
        if repeat > self.most or (told is not None and told > self.longest):
            return None
        if told is not None:
            return told + random.uniform(0, 0.25)  # noqa: S311 - no secret
        return float(min(self.longest, self.first * 2 ** (repeat - 1)) * random.uniform(0.5, 1.0))  # noqa: S311 - no secret


class Session:
    """Calls with one token to one server. May be shared by threads."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        language: str = "",
        timeout: float = 30.0,
        retries: Retries | None = None,
        stream_url: str = "",
        ca_file: str = "",
    ) -> None:
        self.base = url.rstrip("/")
        self._prefix = split_address(self.base).path
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError("This is no token: it must be one word, as Maru printed it.")
        self._token = token
        self.language = language
        self.timeout = timeout
        self.retries = Retries() if retries is None else retries
        self.stream_url = stream_url
        self._ca_file = ca_file
        self._transport = Transport(self.base, ca_file=ca_file)

    def __repr__(self) -> str:
        return f"<Session {self.base}>"  # never the token

    def close(self) -> None:
        """Hang up idle connections."""
        self._transport.close()

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> tuple[Any, str]:
        """JSON and ETag."""
        return self._json(self._send(self.call("GET", path + query(params or {}))))

    def post(self, path: str, body: Any = None, *, key: str = "", if_match: str = "") -> tuple[Any, str]:
        """JSON and ETag. One Idempotency-Key for all tries: the server acts once."""
        more = {"Idempotency-Key": key or uuid.uuid4().hex} | ({"If-Match": if_match} if if_match else {})
        return self._json(self._send(self.call("POST", path, {} if body is None else body, more)))

    def upload(self, path: str, content: Multipart, *, key: str = "") -> Any:
        """JSON of a file that was stored."""
        more = {"Idempotency-Key": key or uuid.uuid4().hex, "Content-Type": content.media_type}
        return self._json(self._send(self.call("POST", path, content, more)))[0]

    def patch(self, path: str, body: Any, *, if_match: str = "") -> tuple[Any, str]:
        """JSON and ETag. Not repeated once the server may have acted: it has no key."""
        more = {"If-Match": if_match} if if_match else {}
        return self._json(self._send(self.call("PATCH", path, body, more)))

    def delete(self, path: str, *, if_match: str = "") -> None:
        """Nothing. Not repeated once the server may have acted."""
        self._send(self.call("DELETE", path, None, {"If-Match": if_match} if if_match else {}))

    def open(self, path: str, more: Mapping[str, str] | None = None) -> OpenAnswer:
        """The answer with its body still to be read; ``more`` are headers."""
        call = self.call("GET", path, more={"Accept": "*/*"} | dict(more or {}))
        return self._again(call, lambda: self._opened(self._transport, call))

    def stream(self, url: str, headers: Mapping[str, str], *, silence: float) -> OpenAnswer:
        """An open event stream at a whole address; not repeated. ``silence`` is the longest pause of it."""
        parts = split_address(url.partition("?")[0])
        own = split_address(self.base)
        here = (parts.scheme, parts.hostname, parts.port) == (own.scheme, own.hostname, own.port)
        transport = self._transport if here else Transport(url.partition("?")[0], ca_file=self._ca_file)
        asked = self._headers() | {"Accept": "text/event-stream", "Cache-Control": "no-store"} | dict(headers)
        mark = url.partition("?")[1] + url.partition("?")[2]
        call = Call("GET", parts.path + mark, asked, timeout=self.timeout, kept=False)
        answer = self._opened(transport, call)
        answer.wait(silence)
        return answer

    def call(self, method: str, path: str, body: Any = None, more: Mapping[str, str] | None = None) -> Call:
        """The request for a path below ``/api/v1/``. Raises ValueError for another server's address."""
        headers = self._headers() | dict(more or {})
        content: bytes | Multipart | None = body
        if body is not None and not isinstance(body, Multipart):
            content = json.dumps(body, default=_plain, ensure_ascii=False, allow_nan=False).encode()
            headers["Content-Type"] = JSON
        # What is not repeated gets a connection of its own: an idle one may be hung up at this very moment.
        kept = method in {"GET", "POST"}
        return Call(method, self._prefix + place(path), headers, content, self.timeout, kept)

    def _headers(self) -> dict[str, str]:
        told = {"Authorization": f"Bearer {self._token}", "Accept": JSON, "User-Agent": USER_AGENT}
        return told | ({"Accept-Language": self.language} if self.language else {})

    def _send(self, call: Call) -> Answer:
        def once() -> Answer:
            answer = self._transport.exchange(call)
            _refuse(answer.status, answer.headers, lambda: answer.content)
            return answer

        return self._again(call, once)

    @staticmethod
    def _opened(transport: Transport, call: Call) -> OpenAnswer:
        answer = transport.open(call)
        try:
            _refuse(answer.status, answer.headers, lambda: b"".join(answer.chunks()))
        except BaseException:
            answer.close()
            raise
        return answer

    def _again(self, call: Call, once: Callable[[], T]) -> T:
        """What ``once`` gives, tried again where that is safe and of use."""
        repeat = 0
        while True:
            repeat += 1
            try:
                return once()
            except ConnectionLostError as lost:
                pause = self.retries.pause(repeat, None)
                if pause is None or not (is_repeatable(call) or not lost.maybe_done):
                    raise
            except ProblemError as problem:
                pause = self.retries.pause(repeat, problem.retry_after)
                if pause is None or not _may_do_better(call, problem):
                    raise
            time.sleep(pause)

    @staticmethod
    def _json(answer: Answer) -> tuple[Any, str]:
        tag = answer.headers.get("etag", "")
        if not answer.content:
            return None, tag
        try:
            return json.loads(answer.content), tag
        except ValueError as error:
            raise AnswerError(f"This is not Maru's API: {_shown(answer.content)}") from error


def is_repeatable(call: Call) -> bool:
    """Whether doing it twice does it once."""
    return call.method == "GET" or "Idempotency-Key" in call.headers


def _may_do_better(call: Call, problem: ProblemError) -> bool:
    if problem.status == 429 or problem.code in {"idempotency_in_progress", "busy"}:
        return True  # the server says that it did nothing
    return problem.status in _AGAIN and is_repeatable(call)


def _refuse(status: int, headers: Mapping[str, str], content: Callable[[], bytes]) -> None:
    """Raise the problem of an answer that is no success."""
    if 200 <= status < 300:
        return
    if status < 400:
        to = headers.get("location", "")
        raise AnswerError(f"The server sends elsewhere ({status}): {to[:200]}. Give that address instead.")
    document: Any = None
    if "json" in headers.get("content-type", ""):
        try:
            document = json.loads(content())
        except ValueError:
            document = None
    if not isinstance(document, dict):
        document = {"detail": "This answer is not Maru's own; something in front of it answered."}
    raise problem_of(
        status,
        document,
        request_id=headers.get("x-request-id", ""),
        retry_after=_seconds(headers.get("retry-after", "")),
    )


def _seconds(told: str) -> str:
    """``Retry-After`` in whole seconds; it may be a date. Empty when there is none."""
    told = told.strip()
    if not told or (told.isascii() and told.isdecimal()):
        return told[:9]
    try:
        moment = email.utils.parsedate_to_datetime(told)
    except (TypeError, ValueError):
        return ""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.timezone.utc)
    return str(max(0, round((moment - dt.datetime.now(dt.timezone.utc)).total_seconds())))


def _shown(content: bytes) -> str:
    return "".join(each if each.isprintable() else " " for each in content[:80].decode("utf-8", "replace"))


def place(path: str) -> str:
    """The path below the server's own address. Raises ValueError for the address of another one."""
    if "://" in path.partition("?")[0] or path.startswith("//"):
        raise ValueError("Give a path such as /incidents/, not a whole address.")
    if not path.startswith(API):
        path = API + path.lstrip("/")
    plain, mark, rest = path.partition("?")
    return (plain if plain.endswith("/") else plain + "/") + mark + rest


def name(key: Any) -> str:
    """A number, key or id as one step of a path."""
    return quote(str(key), safe="")


def query(params: Mapping[str, Any], joined: Iterable[str] = ()) -> str:
    """``?…`` for filters: None is left out, lists are repeated, those named in ``joined`` by commas."""
    pairs: list[tuple[str, str]] = []
    together = set(joined)
    for key, value in params.items():
        if value is None:
            continue
        if isinstance(value, (list, tuple, set, frozenset)):
            texts = [_text(each) for each in value]
            pairs += [(key, ",".join(texts))] if key in together else [(key, each) for each in texts]
        else:
            pairs.append((key, _text(value)))
    return f"?{urlencode(pairs)}" if pairs else ""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, (dt.datetime, dt.date)) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    if isinstance(value, (Decimal, uuid.UUID)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON.")
