"""One HTTP exchange over kept connections: what goes out, what comes back, how it can fail.

The only module that opens connections. It follows no redirect, so a token goes nowhere but to its server.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import selectors
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from maru_client.errors import AnswerError, ConnectionLostError

MOST_IDLE = 8
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_CHUNK = 64 * 1024


class Body(Protocol):
    """What is sent piece by piece; ``chunks`` begins anew each time."""

    length: int

    def chunks(self) -> Iterator[bytes]:
        """The content, ``length`` bytes in all."""


@dataclass(frozen=True)
class Call:
    """One request. ``target`` is path and query; ``kept`` allows a connection that was used before."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | Body | None = None
    timeout: float = 30.0
    kept: bool = True


@dataclass
class Answer:
    """One response; header names are in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes = b""


class OpenAnswer:
    """A response whose body is still to be read. Its connection is its own and ends with ``close``."""

    def __init__(self, response: http.client.HTTPResponse, connection: http.client.HTTPConnection) -> None:
        self.status = response.status
        self.headers = _headers(response)
        self.size = response.length
        self._response = response
        self._connection = connection

    def chunks(self) -> Iterator[bytes]:
        """The body in pieces. Raises ConnectionLostError, also for a body that ends early."""
        got = 0
        while piece := self._read(_CHUNK):
            got += len(piece)
            yield piece
        if self.size is not None and got != self.size:
            raise ConnectionLostError(f"The answer ended after {got} of {self.size} bytes.")

    def readline(self) -> bytes:
        """The next line, empty at the end. Raises ConnectionLostError."""
        try:
            return self._response.readline()
        # The last two: another thread has hung up meanwhile.
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            raise _lost(error) from error

    def wait(self, seconds: float) -> None:
        """The longest silence from now on."""
        with contextlib.suppress(OSError, AttributeError):
            self._socket().settimeout(seconds)

    def close(self) -> None:
        """Hang up; a thread that reads is woken."""
        with contextlib.suppress(OSError, AttributeError):
            self._socket().shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError, AttributeError, ValueError):
            self._response.close()
        self._connection.close()

    def _socket(self) -> socket.socket:
        # After "Connection: close" the response alone holds it.
        found: socket.socket = self._connection.sock or self._response.fp.raw._sock  # type: ignore[attr-defined]
        return found

    def _read(self, most: int) -> bytes:
        try:
            return self._response.read(most)
        except (OSError, http.client.HTTPException) as error:
            raise _lost(error) from error


class Transport:
    """Exchanges with one server, from any number of threads."""

    def __init__(self, base: str, *, ca_file: str = "") -> None:
        self.base = urlsplit(base)
        secure = self.base.scheme == "https"
        self._tls = ssl.create_default_context(cafile=ca_file or None) if secure else None
        self._proxy = _proxy_for(self.base)
        self._lock = threading.Lock()
        self._idle: list[http.client.HTTPConnection] = []
        self._pid = os.getpid()

    def exchange(self, call: Call) -> Answer:
        """The whole answer. Raises ConnectionLostError."""
        connection, response = self._ask(call)
        try:
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise _lost(error) from error
        self._give_back(connection)
        return Answer(response.status, _headers(response), content)

    def open(self, call: Call) -> OpenAnswer:
        """The answer with its body still to be read. Raises ConnectionLostError."""
        connection, response = self._ask(call)
        return OpenAnswer(response, connection)

    def close(self) -> None:
        """Hang up all idle connections."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _ask(self, call: Call) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = (self._take() if call.kept else None) or self._new()
        connected = False
        try:
            _set_timeout(connection, call.timeout)
            if connection.sock is None:
                connection.connect()
            connected = True
            return connection, self._say(connection, call)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise _lost(error, maybe_done=connected) from error
        except BaseException:
            connection.close()
            raise

    def _say(self, connection: http.client.HTTPConnection, call: Call) -> http.client.HTTPResponse:
        headers = dict(call.headers)
        body: bytes | Iterator[bytes] | None
        if call.body is None or isinstance(call.body, bytes):
            body = call.body
        else:
            headers["Content-Length"] = str(call.body.length)
            body = call.body.chunks()
        target = call.target
        if self._proxy is not None and self._tls is None:
            target = f"{self.base.scheme}://{self.base.netloc.rpartition('@')[2]}{target}"
            headers.update(_proxy_headers(self._proxy))
        # A server that refuses a large body answers and hangs up before it has read all of it.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.request(call.method, target, body=body, headers=headers)
        return connection.getresponse()

    def _new(self) -> http.client.HTTPConnection:
        to = self._proxy or self.base
        host, port = to.hostname or "", to.port
        if self._tls is None:
            return http.client.HTTPConnection(host, port)
        if self._proxy is None:
            return http.client.HTTPSConnection(host, port, context=self._tls)
        connection = http.client.HTTPSConnection(host, port, context=self._tls)
        connection.set_tunnel(self.base.hostname or "", self.base.port, headers=_proxy_headers(self._proxy))
        return connection

    def _take(self) -> http.client.HTTPConnection | None:
        with self._lock:
            if self._pid != os.getpid():  # after a fork the connections are the parent's
                self._idle, self._pid = [], os.getpid()
            idle = self._idle
            while idle:
                connection = idle.pop()
                if not _is_dropped(connection):
                    return connection
                connection.close()
        return None

    def _give_back(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            if connection.sock is not None and len(self._idle) < MOST_IDLE and self._pid == os.getpid():
                self._idle.append(connection)
                return
        connection.close()


def split_address(url: str) -> SplitResult:
    """The parts of an address. Raises ValueError for one that is none of http or https."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
        raise ValueError(f"This is no address of a Maru server: {parts.hostname or url[:80]!r}")
    return parts


def _set_timeout(connection: http.client.HTTPConnection, seconds: float) -> None:
    connection.timeout = seconds
    if connection.sock is not None:
        connection.sock.settimeout(seconds)


def _is_dropped(connection: http.client.HTTPConnection) -> bool:
    """Whether the server hung up: an idle connection has nothing to read."""
    if connection.sock is None:
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(connection.sock, selectors.EVENT_READ)
        return bool(selector.select(0))


def _headers(response: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.getheaders()}


def _lost(error: Exception, *, maybe_done: bool = True) -> Exception:
    if isinstance(error, ssl.SSLCertVerificationError):
        return AnswerError(f"The server's certificate is not trusted: {error.verify_message}")
    timed_out = isinstance(error, (TimeoutError, socket.timeout))  # two classes before Python 3.10
    told = "No answer in time." if timed_out else f"No answer: {error or type(error).__name__}"
    return ConnectionLostError(told, timed_out=timed_out, maybe_done=maybe_done)


def _proxy_for(base: SplitResult) -> SplitResult | None:
    """The proxy of the environment (``https_proxy``, ``no_proxy``); none for this machine."""
    host = base.hostname or ""
    address = getproxies().get(base.scheme, "")
    if not address or host in LOOPBACK or host.startswith("127.") or proxy_bypass(host):
        return None
    return urlsplit(address if "://" in address else f"http://{address}")


def _proxy_headers(proxy: SplitResult) -> dict[str, str]:
    if not proxy.username:
        return {}
    known = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {b64encode(known).decode('ascii')}"}
