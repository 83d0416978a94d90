"""A server for tests of the client: it answers as it is told, one after the other, and keeps each call."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Act = Callable[["_Handler"], None]


@dataclass
class Asked:
    """One request as it came; ``peer`` tells connections apart."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    peer: tuple[str, int]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Fake:
    """``with Fake() as fake:`` listens on loopback. Without an answer prepared it says ``{}``."""

    asked: list[Asked] = field(default_factory=list)
    acts: deque[Act] = field(default_factory=deque)
    always: Act | None = None

    def __enter__(self) -> Fake:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.server.daemon_threads = True
        self.server.fake = self  # type: ignore[attr-defined]
        self.server.handle_error = lambda *_about: None  # type: ignore[method-assign]
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def paths(self) -> list[str]:
        return [each.path for each in self.asked]

    def says(self, body: Any = None, status: int = 200, **headers: str) -> Fake:
        """JSON. Header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = b"" if body is None else json.dumps(body).encode()
        kind = "application/json" if status < 400 else "application/problem+json"
        self.acts.append(lambda handler: handler.reply(status, content, {"Content-Type": kind} | named))
        return self

    def refuses(self, status: int, code: str, *, wait: str = "", **more: Any) -> Fake:
        """A problem document."""
        body = {
            "status": status,
            "code": code,
            "title": code,
            "detail": f"It is {code}.",
            "request_id": "r-1",
        }
        return self.says(body | more, status, **({"Retry_After": wait} if wait else {}))

    def sends(self, content: bytes, status: int = 200, kind: str = "text/html", **headers: str) -> Fake:
        """Bytes of a type."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.acts.append(lambda handler: handler.reply(status, content, {"Content-Type": kind} | named))
        return self

    def cuts(self, *, after: bytes = b"", promised: int = 0, status: int = 200, **headers: str) -> Fake:
        """Hang up, after ``after`` of ``promised`` bytes where given."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        def act(handler: _Handler) -> None:
            if promised:
                kind = {"Content-Type": "application/octet-stream", "Content-Length": str(promised)}
                handler.begin(status, kind | named)
                handler.wfile.write(after)
            handler.close_connection = True

        self.acts.append(act)
        return self

    def hangs(self, seconds: float) -> Fake:
        """Say nothing for that long."""

        def act(handler: _Handler) -> None:
            self.over.wait(seconds)
            handler.close_connection = True

        self.acts.append(act)
        return self

    def streams(self, *frames: str | float, stays: bool = False) -> Fake:
        """Events as they stand; numbers are seconds of silence. ``stays``: it is open until the test ends."""

        def act(handler: _Handler) -> None:
            handler.begin(200, {"Content-Type": "text/event-stream", "Connection": "close"})
            for frame in ("retry: 20\n: open\n\n", *frames):
                if isinstance(frame, str):
                    handler.wfile.write(frame.encode())
                    handler.wfile.flush()
                else:
                    self.over.wait(frame)
            if stays:
                self.over.wait(30)
            handler.close_connection = True

        self.acts.append(act)
        return self


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def handle_any(self) -> None:
        fake: Fake = self.server.fake  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        fake.asked.append(Asked(self.command, self.path, headers, body, self.client_address))
        if fake.always is not None:
            fake.always(self)
        elif fake.acts:
            fake.acts.popleft()(self)
        else:
            self.reply(200, b"{}", {"Content-Type": "application/json"})

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815 - http.server's names

    def begin(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def reply(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.begin(status, headers | {"Content-Length": str(len(content))})
        self.wfile.write(content)

    def log_message(self, *_about: object) -> None:
        """Nothing on the terminal."""


def eventually(ask: Callable[[], Any], seconds: float = 5.0) -> bool:
    """Whether it becomes true in that time."""
    limit = time.monotonic() + seconds
    while not ask():
        if time.monotonic() > limit:
            return False
        time.sleep(0.01)
    return True
