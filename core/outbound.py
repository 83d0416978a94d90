"""The only door to other web services: every HTTP call of ours goes through ``send`` (SECURITY 5).

A name is resolved once, every address it stands for is checked, and the connection goes to one of those; the
name itself is used for ``Host`` and the certificate only. No proxy or setting of the environment counts.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

import certifi
import httpcore
from django.conf import settings
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import targets
from core.targets import BadTargetError, Target

CONNECT_SECONDS = 3.0
MAX_REDIRECTS = 3
READ_BYTES = 16 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SAFE_METHODS = frozenset({"GET", "HEAD"})

# What each code means; none of these texts holds anything that the other side sent.
TEXTS: dict[str, str | Promise] = {
    "bad_url": _("The address or a header of this call is not possible."),
    "not_allowed_host": _("This host is not in the list of hosts that may be called."),
    "blocked_address": _("This name stands for an address inside the network, which may not be called."),
    "dns": _("The name of the host could not be found."),
    "connect": _("The target could not be reached."),
    "tls": _("The certificate or the secure connection of the target cannot be trusted."),
    "timeout": _("The target did not answer in time."),
    "protocol": _("The connection broke off, or the answer was not HTTP."),
    "too_large": _("The answer is larger than allowed."),
    "encoding": _("The answer is packed in a way that cannot be read."),
    "redirect": _("The target redirected the call to a place that is not followed."),
}
_AGAIN = frozenset({"dns", "connect", "timeout", "protocol"})


class OutboundError(Exception):
    """A call that brought no answer that may be used. ``code`` is a key of ``TEXTS``.

    ``retryable``: it may succeed another time. ``was_sent``: the other side may have seen the request.
    """

    def __init__(self, code: str, *, was_sent: bool = False) -> None:
        super().__init__(code)
        self.code, self.was_sent = code, was_sent
        self.retryable = code in _AGAIN

    @property
    def message(self) -> str:
        """What went wrong, in the reader's language."""
        return str(TEXTS[self.code])


@dataclass(frozen=True)
class Request:
    """One call. ``allowed_hosts``: the hosts that may be called, ``host`` or ``host:port``.

    ``credentials`` are headers too, but left out when a redirect leads to another origin. ``redirects``: how
    many may be followed, on the same host only. ``seconds``: for everything together. ``ca``: certificates in
    PEM form that are trusted beside the public ones. ``status_only``: a body that is too large or cannot be
    unpacked counts as empty, whatever the status.
    """

    method: str
    url: str
    allowed_hosts: Sequence[str]
    headers: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 10.0
    max_body: int = 64 * 1024
    redirects: int = 0
    ca: str = ""
    status_only: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back: header names in lower case, the body unpacked, the ms from start to end.

    The body of a status from 400 on is empty when it was larger than allowed.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    elapsed_ms: int


def send(request: Request) -> Answer:
    """The answer, whatever its status. Raises OutboundError: there was none, or none that may be used."""
    clock = _Clock(request.seconds)
    target, method = _target(request.url, request.allowed_hosts), request.method.upper()
    credentials, left = request.credentials, request.redirects
    while True:
        status, headers, body = _exchange(target, method, request, credentials, clock)
        if status not in REDIRECTS or "location" not in headers:
            return Answer(status, headers, body, clock.elapsed_ms)
        followed = method in _SAFE_METHODS or status in {307, 308}
        if left < 1 or not followed:
            raise OutboundError("redirect", was_sent=True)
        before, target = target, _redirected(target, headers["location"], request.allowed_hosts)
        credentials = credentials if before.origin == target.origin else {}
        left -= 1


def refuse_in_transaction() -> None:
    """Raise RuntimeError inside a transaction: a slow target must not hold locks."""
    if connection.in_atomic_block:
        raise RuntimeError("Another service is never called inside a transaction.")


def resolve(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a host. Raises OutboundError when there is none, or no answer in that time.

    The system's resolver knows no time limit, so it is asked in a thread that is left behind when it is late.
    """
    found: list[str] = []

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(dict.fromkeys(str(row[4][0]) for row in rows))

    thread = threading.Thread(target=ask, name="resolve", daemon=True)
    thread.start()
    thread.join(max(0.0, seconds))
    if not found:
        raise OutboundError("dns")
    return found


def check_ca(text: str) -> None:
    """Raise ValueError unless ``text`` holds certificates in PEM form."""
    try:
        ssl.create_default_context(cadata=text)
    except ssl.SSLError as error:
        raise ValueError("no certificates in PEM form") from error


def _target(url: str, allowed: Sequence[str]) -> Target:
    try:
        target = targets.parse(url)
        listed = targets.is_listed(target, allowed)
    except BadTargetError as error:
        raise OutboundError("bad_url") from error
    if not listed:
        raise OutboundError("not_allowed_host")
    return target


def _redirected(target: Target, location: str, allowed: Sequence[str]) -> Target:
    """Where a redirect leads: the same host, never from https to http, and checked like the first address."""
    try:
        wanted = _target(urljoin(target.url, location), allowed)
    except (OutboundError, ValueError) as error:
        raise OutboundError("redirect", was_sent=True) from error
    if wanted.host != target.host or (target.scheme, wanted.scheme) == ("https", "http"):
        raise OutboundError("redirect", was_sent=True)
    return wanted


class _Clock:
    """The time that is left for the whole call."""

    def __init__(self, seconds: float) -> None:
        self.began = time.monotonic()
        self.ends = self.began + seconds

    @property
    def elapsed_ms(self) -> int:
        return round((time.monotonic() - self.began) * 1000)

    def left(self) -> float:
        """Seconds left. Raises OutboundError when there are none."""
        seconds = self.ends - time.monotonic()
        if seconds <= 0:
            raise OutboundError("timeout")
        return seconds


class _Stream(httpcore.NetworkStream):
    """A connection all of whose waits end with the call's time, and that reads no more than is wanted."""

    def __init__(self, inner: httpcore.NetworkStream, clock: _Clock, limit: list[int]) -> None:
        self._inner, self._clock, self._limit = inner, clock, limit

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(min(max_bytes, self._limit[0]), self._clock.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # Not the inner write: its time begins anew with each piece that a slow reader takes.
        line: Any = self._inner.get_extra_info("socket")
        rest = memoryview(buffer)
        while rest:
            line.settimeout(self._clock.left())
            try:
                rest = rest[line.send(rest) :]
            except TimeoutError as error:
                raise httpcore.WriteTimeout from error
            except OSError as error:
                raise httpcore.WriteError from error

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._clock.left())
        return _Stream(inner, self._clock, self._limit)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Connects to an address that was checked, whatever host it is asked for."""

    def __init__(self, target: Target, clock: _Clock) -> None:
        self.target, self.clock = target, clock
        self.limit = [READ_BYTES]
        self.connected = False

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        until = min(time.monotonic() + CONNECT_SECONDS, self.clock.ends)
        addresses = resolve(self.target.host, self.target.port, until - time.monotonic())
        if not targets.is_reachable(addresses, self.target, targets.exceptions(settings.OUTBOUND_ALLOW)):
            raise OutboundError("blocked_address")
        problem: Exception = OutboundError("timeout")
        for address in addresses:
            seconds = until - time.monotonic()
            if seconds <= 0:
                break
            try:
                inner = httpcore.SyncBackend().connect_tcp(address, self.target.port, seconds)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
            else:
                self.connected = True
                return _Stream(inner, self.clock, self.limit)
        raise problem


@lru_cache(maxsize=16)
def _trust(own: str, ca_file: str) -> ssl.SSLContext:
    """The public certificates and the company's own; verification cannot be switched off (OUT-6)."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    if own:
        context.load_verify_locations(cadata=own)
    return context


def _exchange(
    target: Target, method: str, request: Request, credentials: Mapping[str, str], clock: _Clock
) -> tuple[int, dict[str, str], bytes]:
    """One request and its answer, on a connection of its own."""
    backend = _Backend(target, clock)
    own = {"Host": target.host_header, "Accept-Encoding": "gzip", "Connection": "close"}
    if request.body or method not in _SAFE_METHODS:
        own["Content-Length"] = str(len(request.body))
    try:
        headers = [
            (name.encode("ascii"), value.encode("latin-1"))
            for part in (own, request.headers, credentials)
            for name, value in part.items()
        ]
        url = httpcore.URL(
            scheme=target.scheme.encode(),
            host=target.host.encode(),
            port=target.port,
            target=target.path.encode(),
        )
        sent = httpcore.Request(method.encode("ascii"), url, headers=headers, content=request.body)
        trust = _trust(request.ca, settings.OUTBOUND_CA)
        with httpcore.ConnectionPool(ssl_context=trust, network_backend=backend) as pool:
            response = pool.handle_request(sent)
            try:
                return _read(response, method, request, backend.limit)
            finally:
                response.close()
    except OutboundError as error:
        error.was_sent = error.was_sent or backend.connected
        raise
    except Exception as error:
        code = _code_of(error)
        if not code:
            raise
        raise OutboundError(code, was_sent=backend.connected and code not in {"tls", "bad_url"}) from error


def _read(
    response: httpcore.Response, method: str, request: Request, limit: list[int]
) -> tuple[int, dict[str, str], bytes]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    if response.status in REDIRECTS or method == "HEAD":
        return response.status, headers, b""
    try:
        body = _body(response, headers, request.max_body, limit)
    except OutboundError as error:
        matters = response.status < 400 and not request.status_only
        if error.code not in {"too_large", "encoding"} or matters:
            raise
        body = b""  # the status says more than the size
    return response.status, headers, body


def _body(response: httpcore.Response, headers: Mapping[str, str], most: int, limit: list[int]) -> bytes:
    """The whole body, unpacked. Raises OutboundError when it is larger than ``most``, packed or not."""
    announced = headers.get("content-length", "0")
    if announced.isdecimal() and int(announced[:20]) > most:
        raise OutboundError("too_large", was_sent=True)
    pieces = _limited(response, most, limit)
    packed = headers.get("content-encoding", "").strip().lower()
    if packed in {"", "identity"}:
        return b"".join(pieces)
    if packed not in {"gzip", "x-gzip"}:
        raise OutboundError("encoding", was_sent=True)
    try:
        return _unpacked(pieces, most)
    except zlib.error as error:
        raise OutboundError("encoding", was_sent=True) from error


def _limited(response: httpcore.Response, most: int, limit: list[int]) -> Iterator[bytes]:
    """The body as it comes; never is more read from the line than may still come."""
    taken = 0
    stream: Any = response.stream
    for piece in stream:
        taken += len(piece)
        if taken > most:
            raise OutboundError("too_large", was_sent=True)
        limit[0] = min(READ_BYTES, most - taken + 1)
        yield piece


def _unpacked(pieces: Iterator[bytes], most: int) -> bytes:
    """The body behind gzip, which may be in several parts; a bomb is refused while it unpacks."""
    body, unpack = bytearray(), None
    for piece in pieces:
        rest = piece
        while rest:
            unpack = zlib.decompressobj(wbits=31) if unpack is None or unpack.eof else unpack
            body += unpack.decompress(rest, most + 1 - len(body))
            if len(body) > most:
                raise OutboundError("too_large", was_sent=True)
            rest = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
    if unpack is not None and not unpack.eof:
        raise OutboundError("encoding", was_sent=True)
    return bytes(body)


def _code_of(error: Exception) -> str:
    """Our code for what went wrong below; empty for a defect of ours."""
    cause = error.__cause__ or error.__context__  # the pool raises again "from None"
    if isinstance(cause, ssl.SSLEOFError):
        return "connect"
    if isinstance(cause, ssl.SSLError) and isinstance(error, httpcore.ConnectError):
        return "tls"
    codes: list[tuple[Any, str]] = [
        (httpcore.TimeoutException, "timeout"),
        (httpcore.ConnectError, "connect"),
        (httpcore.LocalProtocolError, "bad_url"),
        ((httpcore.NetworkError, httpcore.ProtocolError), "protocol"),
        (UnicodeError, "bad_url"),
    ]
    return next((code for kinds, code in codes if isinstance(error, kinds)), "")
