"""The live stream: events as they happen, resumed where it broke off."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from maru_client.errors import AnswerError, ConnectionLostError, MaruError, NotFoundError, ProblemError
from maru_client.session import API, Session
from maru_client.transport import OpenAnswer

SILENCE_SECONDS = 50.0  # the server says something every 15 s
STEADY_SECONDS = 10.0  # a stream that lasted this long was a good one
LONGEST_PAUSE = 60.0
_WAIT = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Event:
    """One event: ``ticket.changed``, ``queue.changed``, ``notification``, ``approval`` …

    ``type`` is ``reset`` when events may have been missed: read again what you show. ``data`` names the
    ``topic``, and the ``number`` of a ticket; never its content. ``id`` resumes after it, "" within a batch.
    """

    type: str
    data: dict[str, Any]
    id: str = ""


class EventStream:
    """Events of some topics: ``for event in stream:``. Topics: ``tickets/<number>``, ``queue/<group key>``,
    ``queue/all``, ``users/me``.

    A stream that breaks off is opened again after the last event, until it is closed or the server refuses;
    with ``reconnect=False`` it raises ConnectionLostError. ``close`` may be called from another thread.
    """

    def __init__(
        self, session: Session, topics: Iterable[str], *, last_id: str = "", reconnect: bool = True
    ) -> None:
        self._session = session
        self._topics = ",".join(topics)
        if not self._topics:
            raise ValueError("Name at least one topic.")
        self.last_id = last_id
        self._reconnect = reconnect
        self._url = ""
        self._pause = 3.0
        self._heard: float | None = (
            None  # when something arrived last; before the beginning nothing was missed
        )
        self._failures = 0
        self._closed = threading.Event()
        self._answer: OpenAnswer | None = None

    def __enter__(self) -> EventStream:
        """Open it: all that happens from here on is told, also before the first event is asked for."""
        self._heard = time.monotonic()
        try:
            self._open()
        except (ConnectionLostError, ProblemError) as error:
            if not self._reconnect or (isinstance(error, ProblemError) and error.status not in _WAIT):
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Event]:
        self._heard = self._heard or time.monotonic()
        while not self._closed.is_set():
            lost: MaruError = ConnectionLostError("The stream ended.")
            try:
                yield from self._read()
            except ConnectionLostError as error:
                lost = error
            except ProblemError as error:
                if error.status not in _WAIT:
                    raise
                lost = error
            if self._closed.is_set():
                return
            if not self._reconnect:
                raise lost
            self._closed.wait(self._next_pause(lost))

    def close(self) -> None:
        """End it; who waits for the next event is woken and gets no more."""
        self._closed.set()
        answer = self._answer
        if answer is not None:
            answer.close()

    def _next_pause(self, lost: MaruError) -> float:
        self._failures += 1
        told = lost.retry_after if isinstance(lost, ProblemError) else None
        return float(told or min(LONGEST_PAUSE, self._pause * 2 ** min(self._failures - 1, 5)))

    def _read(self) -> Iterator[Event]:
        answer = self._answer or self._open()
        try:
            yield from self._events(answer)
        finally:
            answer.close()
            self._answer = None if self._answer is answer else self._answer

    def _events(self, answer: OpenAnswer) -> Iterator[Event]:
        began = time.monotonic()
        lines: list[str] = []
        while line := answer.readline():
            self._heard = time.monotonic()
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            if text:
                lines.append(text)
                continue
            event, lines = self._event(lines), []
            if event is not None or self._heard - began > STEADY_SECONDS:
                self._failures = 0
            if event is not None:
                yield event

    def _open(self) -> OpenAnswer:
        asked: dict[str, Any] = {"topics": self._topics}
        more: dict[str, str] = {}
        if self.last_id:
            more["Last-Event-ID"] = self.last_id
        elif self._heard is not None:  # no event to resume after: what came since we last heard anything
            asked["age"] = int((time.monotonic() - self._heard) * 1000) + 1
        url = f"{self._address()}?{urlencode(asked, safe='/,')}"
        self._answer = answer = self._session.stream(url, more, silence=SILENCE_SECONDS)
        if self._closed.is_set():
            answer.close()
        return answer

    def _event(self, lines: list[str]) -> Event | None:
        fields = _fields(lines)
        if fields.get("retry", "").isdecimal():
            self._pause = min(LONGEST_PAUSE, int(fields["retry"]) / 1000)
        if "id" in fields:
            self.last_id = fields["id"]
        if "data" not in fields:
            return None
        try:
            body = json.loads(fields["data"])
        except ValueError as error:
            raise AnswerError("The stream holds something that is no event.") from error
        kind = fields.get("event", "message")
        if kind == "reset":
            self.last_id = ""  # the server does not know it any more
        return Event(kind, body if isinstance(body, dict) else {"value": body}, fields.get("id", ""))

    def _address(self) -> str:
        """Where the server says its stream is: often another port, or the same address behind a proxy."""
        if not self._url:
            self._url = self._session.stream_url or self._discover()
        return self._url

    def _discover(self) -> str:
        try:
            told = str((self._session.get("/")[0] or {}).get("stream") or "")
        except NotFoundError:
            told = ""
        base = self._session.base + "/"
        url = urljoin(base, told) if told else urljoin(base, API.lstrip("/") + "stream/")
        here, there = urlsplit(base), urlsplit(url)
        weaker = here.scheme == "https" and there.scheme != "https"
        if there.hostname != here.hostname or weaker:
            # The token is for this server: to send it elsewhere is for the caller to say.
            raise AnswerError(
                f"The server's stream is at {there.scheme}://{there.netloc}, not at {here.netloc}."
                " If that is right, give it as stream_url."
            )
        return url


def _fields(lines: list[str]) -> dict[str, str]:
    """The fields of one frame; ``data`` of several lines is one text, comments are left out."""
    found: dict[str, str] = {}
    for line in lines:
        field, _colon, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if field == "data" and field in found:
            value = f"{found[field]}\n{value}"
        if field:
            found[field] = value
    return found
