"""A web service on loopback that behaves as badly as asked, for tests and drills: the path says how.

/ok · /status/503 · /echo · /hang · /drip (1 byte/s) · /drip-head · /big (1 GB) · /endless (chunked) ·
/bomb (gzip) · /gzip · /redirect/<url, percent-encoded> · /cut · /noise
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import json
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

GIGABYTE = 1024**3


class Sink:
    """``with Sink() as sink:`` listens; ``sink.requests`` are (method, path, headers, body) as they came."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.connections = 0
        self.sent = 0
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self._context = context
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]

    def __enter__(self) -> Sink:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self._closing.set()
        # A blocked accept() keeps the listener alive: wake it.
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        self._listener.close()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://{self.place}"

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                line, _peer = self._listener.accept()
            except OSError:
                return
            if self._closing.is_set():
                line.close()
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        try:
            if self._context:
                line = self._context.wrap_socket(line, server_side=True)
            with line:
                request = self._read(line)
                if request:
                    self.requests.append(request)
                    self._answer(line, *request)
        except (OSError, ssl.SSLError):
            line.close()

    def _read(self, line: socket.socket) -> tuple[str, str, dict[str, str], bytes] | None:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = line.recv(65536)
            if not piece:
                return None
            data += piece
        head, _blank, body = data.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _c, value in (row.partition(":") for row in rest)}
        while len(body) < int(headers.get("content-length", "0")):
            body += line.recv(65536)
        method, path, _version = first.split(" ")
        return method, path, headers, body

    def _answer(
        self, line: socket.socket, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> None:
        plain = path.partition("?")[0]
        name = plain.strip("/").rpartition("/")[2]
        first, _slash, rest = plain.strip("/").partition("/")
        if plain in self.answers:
            self.reply(line, *self.answers[plain])
        elif first == "status":
            self.reply(line, int(rest), {"Retry-After": "7"}, b"it does not work")
        elif first == "redirect":
            self.reply(line, 302, {"Location": unquote(rest)}, b"")
        elif first == "echo":
            told = {
                "method": method,
                "path": path,
                "headers": headers,
                "body": body.decode("utf-8", "replace"),
            }
            self.reply(line, 200, {"Content-Type": "application/json"}, json.dumps(told).encode())
        elif hasattr(self, f"_{name.replace('-', '_')}"):
            getattr(self, f"_{name.replace('-', '_')}")(line)
        else:
            self.reply(line, 200, {"Content-Type": "application/json"}, b'{"ok": true}')

    def reply(self, line: socket.socket, status: int, headers: dict[str, str], body: bytes) -> None:
        """One whole answer."""
        rows = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        line.sendall(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{rows}\r\n".encode() + body)

    def _hang(self, line: socket.socket) -> None:
        self._closing.wait(60)

    def _drip(self, line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n")
        self._slowly(line, b"x")

    def _drip_head(self, line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self._slowly(line, b"x")

    def _slowly(self, line: socket.socket, piece: bytes) -> None:
        for _second in range(60):
            line.sendall(piece)
            if self._closing.wait(1):
                return

    def _big(self, line: socket.socket) -> None:
        line.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {GIGABYTE}\r\n\r\n".encode())
        self._pour(line, b"x" * 65536)

    def _endless(self, line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        self._pour(line, b"10000\r\n" + b"x" * 65536 + b"\r\n")

    def _pour(self, line: socket.socket, piece: bytes) -> None:
        while self.sent < GIGABYTE and not self._closing.is_set():
            line.sendall(piece)
            self.sent += len(piece)

    def _bomb(self, line: socket.socket) -> None:
        packed = gzip.compress(b"\0" * 5_000_000)
        self.reply(line, 200, {"Content-Encoding": "gzip", "Content-Type": "application/json"}, packed)

    def _gzip(self, line: socket.socket) -> None:
        packed = gzip.compress(b'{"packed": ') + gzip.compress(b"true}")
        self.reply(line, 200, {"Content-Encoding": "gzip", "Content-Type": "application/json"}, packed)

    def _cut(self, line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")

    def _noise(self, line: socket.socket) -> None:
        line.sendall(b"\x16\x03\x01 this is no HTTP\r\n\r\n")


def certificate(folder: Path, host: str = "127.0.0.1") -> tuple[ssl.SSLContext, str]:
    """A server's context with a certificate of its own, and that certificate in PEM form."""
    import ipaddress

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM).decode()
    path = folder / "sink.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + pem.encode())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, pem


def wait_until(holds: Any, seconds: float = 5.0) -> bool:
    """Whether ``holds()`` becomes true in that time."""
    limit = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > limit:
            return False
        time.sleep(0.01)
    return True
