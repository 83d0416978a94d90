"""The two addresses of the live process: the stream and its health."""

from __future__ import annotations

import asyncio
import functools
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import Error as DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from core.client import believed
from core.errors import NotAllowedError
from itsm.livestream.hub import Connection, Hub, Reader

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Resumed = Callable[[], Awaitable[None]]
Identify = Callable[[str, str, str], Awaitable[Reader | None]]

PATH = "/api/v1/stream/"
MAX_TOPICS = 400  # all tabs of a browser share one stream; 400 names still fit a proxy's request line
MAX_PER_READER = 30
MAX_CONNECTIONS = 2000
HEARTBEAT_SECONDS = 15.0
SEND_SECONDS = 20.0
_TOPIC = re.compile(
    r"^(tickets/[A-Z]{2,10}[0-9]{1,12}|queue/[a-z0-9_-]{1,60}|users/(me|[0-9]{1,18}))$", re.ASCII
)
_AGE = re.compile(r"^[0-9]{1,12}$", re.ASCII)
_ALIASES = {"all-tickets": "queue/all", "approvals/mine": "users/me"}
_TITLES = {
    400: ("bad_input", gettext_noop("The request is malformed")),
    401: ("not_signed_in", gettext_noop("Sign in or send a token")),
    403: ("not_allowed", gettext_noop("You are not allowed to do this")),
    404: ("not_found", gettext_noop("Not found")),
    405: ("method_not_allowed", gettext_noop("Only GET is possible here")),
    429: ("too_many_streams", gettext_noop("Too many streams are open")),
    503: ("busy", gettext_noop("Busy, please try again in a moment")),
}


class Refusal(Exception):  # noqa: N818 - it is an answer
    """The request is answered with an error."""

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class Front:
    """Serves HTTP requests of the live process."""

    def __init__(self, hub: Hub, identify: Identify, health: Callable[[], dict[str, Any]]) -> None:
        self._hub = hub
        self._identify = identify
        self._health = health

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        shared = _cors(headers.get("origin", ""))
        try:
            await self._route(scope, headers, shared, receive, send)
        except Refusal as refusal:
            await _answer(send, refusal.status, _problem(refusal, headers), shared)

    async def _route(
        self, scope: Scope, headers: dict[str, str], shared: Headers, receive: Receive, send: Send
    ) -> None:
        if scope["path"] == "/healthz":
            await _answer(send, 200, self._health(), shared)
        elif scope["path"] != PATH:
            raise Refusal(404)
        elif scope["method"] == "OPTIONS" and shared:
            await _preflight(send, shared)
        elif scope["method"] != "GET":
            raise Refusal(405)
        else:
            await self._stream(scope, headers, shared, receive, send)

    async def _stream(
        self, scope: Scope, headers: dict[str, str], shared: Headers, receive: Receive, send: Send
    ) -> None:
        query = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=20)
        if headers.get("origin") and not shared and "authorization" not in headers:
            raise Refusal(403)
        peer = (scope.get("client") or ("",))[0]
        reader = await self._reader(headers, believed(str(peer), headers.get("x-forwarded-for", "")))
        topics = _topics(query, reader)
        if len(self._hub.connections) >= MAX_CONNECTIONS:
            raise Refusal(503)
        if self._hub.open_for(reader.user_id) >= MAX_PER_READER:
            raise Refusal(429)
        connection = Connection(reader, topics)
        self._hub.add(connection)
        try:
            last_id = headers.get("last-event-id") or query.get("last_event_id", [""])[-1]
            resumed = functools.partial(self._hub.resume, connection, last_id[:64], _age(query))
            await self._run(connection, resumed, shared, receive, send)
        finally:
            self._hub.remove(connection)

    async def _reader(self, headers: dict[str, str], address: str) -> Reader:
        cookie, authorization = headers.get("cookie", ""), headers.get("authorization", "")
        try:
            reader = await self._identify(cookie, authorization, address)
        except DatabaseError as error:
            raise Refusal(503) from error
        except NotAllowedError as error:
            raise Refusal(403, str(error.detail)) from error
        if reader is None:
            raise Refusal(401)
        return reader

    async def _run(
        self, connection: Connection, resumed: Resumed, shared: Headers, receive: Receive, send: Send
    ) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _stream_headers() + shared})
        parts = (
            asyncio.create_task(self._write(connection, resumed, send)),
            asyncio.create_task(_gone(receive)),
            asyncio.create_task(connection.ended.wait()),
        )
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
        if not parts[1].done() or parts[1].cancelled():
            await _close(send)

    async def _write(self, connection: Connection, resumed: Resumed, send: Send) -> None:
        await _chunk(send, b"retry: 3000\n: open\n\n")
        try:
            await resumed()
        except DatabaseError:
            return
        while True:
            try:
                frame = await asyncio.wait_for(connection.frames.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                frame = b": beat\n\n"
            await asyncio.wait_for(_chunk(send, frame), SEND_SECONDS)


def _topics(query: dict[str, list[str]], reader: Reader) -> frozenset[str]:
    names = [name for value in query.get("topics", []) for name in value.split(",") if name]
    topics = {_ALIASES.get(name, name) for name in names}
    if not topics or len(topics) > MAX_TOPICS:
        raise Refusal(400, f"topics: 1 … {MAX_TOPICS}")
    wrong = [topic for topic in topics if not _TOPIC.match(topic)]
    if wrong:
        raise Refusal(400, f"topics: {wrong[0][:80]}")
    return frozenset(f"users/{reader.user_id}" if topic == "users/me" else topic for topic in topics)


def _age(query: dict[str, list[str]]) -> float | None:
    """Seconds since the page of the reader was asked for, given in milliseconds; None without it."""
    given = query.get("age", [""])[-1]
    if not given:
        return None
    if not _AGE.match(given):
        raise Refusal(400, "age: 0 … 999999999999 (ms)")
    return int(given) / 1000


def _cors(origin: str) -> Headers:
    """Headers for the one origin that pages come from; none for any other."""
    base = urlsplit(settings.BASE_URL)
    if not origin or origin != f"{base.scheme}://{base.netloc}":
        return []
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
    ]


def _stream_headers() -> Headers:
    return [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        *_safe_headers(),
    ]


def _safe_headers() -> Headers:
    return [(b"x-content-type-options", b"nosniff"), (b"vary", b"Origin, Cookie, Authorization")]


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _chunk(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _close(send: Send) -> None:
    try:
        await asyncio.wait_for(send({"type": "http.response.body", "body": b"", "more_body": False}), 1)
    except (TimeoutError, OSError, RuntimeError):
        return


async def _preflight(send: Send, shared: Headers) -> None:
    allowed = [
        (b"access-control-allow-methods", b"GET"),
        (b"access-control-allow-headers", b"Authorization, Last-Event-ID"),
        (b"access-control-max-age", b"600"),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": shared + allowed + _safe_headers()})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _problem(refusal: Refusal, headers: dict[str, str]) -> dict[str, Any]:
    code, title = _TITLES[refusal.status]
    with override("ko" if headers.get("accept-language", "").lower().startswith("ko") else "en"):
        return {
            "type": f"/problems/{code.replace('_', '-')}",
            "title": _(title),
            "status": refusal.status,
            "code": code,
            "detail": refusal.detail or _(title),
            "instance": PATH,
        }


async def _answer(send: Send, status: int, body: dict[str, Any], shared: Headers) -> None:
    kind = b"application/json" if status == 200 else b"application/problem+json"
    headers: Headers = [(b"content-type", kind), (b"cache-control", b"no-store"), *_safe_headers(), *shared]
    if status == 503:
        headers.append((b"retry-after", b"5"))
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode(), "more_body": False})
