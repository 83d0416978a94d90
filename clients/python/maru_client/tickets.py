"""Tickets of every kind: words, files, transitions, people, clocks."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import IO, Any, Union

from maru_client.errors import AnswerError, ConnectionLostError
from maru_client.files import Multipart, Source, safe_name
from maru_client.pages import Listing
from maru_client.records import Editable, Record
from maru_client.session import Session, name
from maru_client.stream import EventStream
from maru_client.transport import OpenAnswer

# A file whose name is not its own comes with one: (name, file).
Files = Iterable[Union[Source, tuple[str, Source]]]
# Where a kind is changed; a kind that is not named has its plural.
_PLACES = {"ritm": "request-items", "sctask": "catalog-tasks"}


@dataclass(frozen=True)
class Input:
    """One value that a transition takes. ``choices`` are (code, label)."""

    name: str
    type: str
    label: str
    required: bool
    choices: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Transition:
    """One way out of the present state; ``closed_by`` and ``reason`` say why the caller may not take it."""

    name: str
    label: str
    to: str
    to_label: str
    inputs: list[Input]
    closed_by: str = ""
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the caller may run it now."""
        return not self.closed_by

    @property
    def required(self) -> list[str]:
        """The names of the inputs it needs."""
        return [each.name for each in self.inputs if each.required]


class Attachment(Record):
    """A file on a ticket."""

    __slots__ = ()

    @contextmanager
    def open(self) -> Iterator[Iterator[bytes]]:
        """``with attachment.open() as chunks:`` gives the content in pieces, as they arrive."""
        answer = self.session.open(self.url)
        try:
            yield answer.chunks()
        finally:
            answer.close()

    def read(self) -> bytes:
        """The whole content in memory."""
        with self.open() as chunks:
            return b"".join(chunks)

    def save(self, path: str | os.PathLike[str]) -> str:
        """Keep it as ``path``, or under its own name in the folder ``path``; the whole file or nothing.

        A download that breaks off goes on where it stopped. Its owner alone can read it. Returns the path.
        """
        target = os.fspath(path)
        if os.path.isdir(target):
            target = os.path.join(target, safe_name(self.name))
        folder = os.path.dirname(target) or "."
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".maru-", delete=False) as kept:
            try:
                self._fill(kept)
                kept.close()
                os.replace(kept.name, target)
            except BaseException:
                kept.close()
                with suppress(OSError):
                    os.unlink(kept.name)
                raise
        return target

    def _fill(self, kept: IO[bytes]) -> None:
        tag = ""
        for left in range(self.session.retries.most, -1, -1):
            tag, lost = self._try(kept, tag)
            if lost is None:
                return
            if not left:
                raise lost

    def _try(self, kept: IO[bytes], tag: str) -> tuple[str, ConnectionLostError | None]:
        try:
            answer = self._rest(kept, tag)
            tag = answer.headers.get("etag", "")
            with closing(answer):
                for chunk in answer.chunks():
                    kept.write(chunk)
        except ConnectionLostError as lost:
            return tag, lost
        return tag, None

    def _rest(self, kept: IO[bytes], tag: str) -> OpenAnswer:
        """What is missing in ``kept`` of the content with that tag; all of it where there comes no part."""
        got = kept.tell()
        strong = tag.startswith('"')
        more = {"Range": f"bytes={got}-", "If-Range": tag} if got and strong else {}
        answer = self.session.open(self.url, more)
        if answer.status == 206 and not answer.headers.get("content-range", "").startswith(f"bytes {got}-"):
            answer.close()
            raise AnswerError("The server gave another part of the file than was asked for.")
        if answer.status != 206:
            kept.seek(0)
            kept.truncate()
        return answer


class Clock(Record):
    """A service level's clock. Durations are ISO 8601: ``maru_client.duration`` reads them."""

    __slots__ = ()

    def timeline(self) -> dict[str, Any]:
        """How it came to stand where it stands."""
        return dict(self.session.get(f"/sla/clocks/{name(self.id)}/timeline/")[0])


class Ticket(Editable):
    """A ticket. What changes it needs its number only, so a row of a list will do."""

    __slots__ = ("_below",)
    _below: str

    def placed(self, below: str) -> Ticket:
        """The same ticket, knowing below which address it was read."""
        self._below = below
        return self

    def address(self) -> str:
        """Below the address of its kind, where it may be changed."""
        below = self._below
        if below == "tickets":
            kind = self.data.get("kind") or self.session.get(f"/tickets/{name(self.number)}/")[0]["kind"]
            below = _PLACES.get(kind, f"{kind}s")
        return f"/{below}/{name(self.number)}/"

    def refresh(self) -> Ticket:
        """Read it again."""
        self._take(*self.session.get(self._part("")))
        return self

    def transitions(self) -> list[Transition]:
        """What leads out of the present state; also what is closed to the caller, and why."""
        body, _tag = self.session.get(f"{self.address()}transitions/")
        return [transition_of(each) for each in body["transitions"]]

    def move(
        self, transition: str, /, *, if_unchanged: bool = False, idempotency_key: str = "", **inputs: Any
    ) -> Ticket:
        """Run a transition with its inputs; the ticket is the new one afterwards.

        Raises ConflictError in the wrong state, RuleRefusedError that names missing inputs. With
        ``if_unchanged`` also StaleVersionError when anything changed since it was read.
        """
        if if_unchanged and not self.etag:
            raise ValueError("This ticket was read in a list: refresh it before asking for its version.")
        path = f"{self.address()}transitions/{name(transition)}/"
        tag = self.etag if if_unchanged else ""
        self._take(*self.session.post(path, inputs, key=idempotency_key, if_match=tag))
        return self

    def assign(self, assignee: str | None = None, *, group: str | None = None) -> Ticket:
        """Give it to a person by user name, to a group by key, or both; it stays where it is otherwise."""
        fields = {"assignee": assignee, "group": group}
        return self.change(refresh=True, **{key: value for key, value in fields.items() if value is not None})

    # Words

    def comment(self, body: str = "", *, files: Files = (), idempotency_key: str = "") -> Record:
        """Say something that requester and agents read. ``files`` are as in ``attach``, or (name, file)."""
        return self._say("comments", body, files, idempotency_key)

    def note(self, body: str = "", *, files: Files = (), idempotency_key: str = "") -> Record:
        """Write an internal note, which only agents read; otherwise as ``comment``."""
        return self._say("work-notes", body, files, idempotency_key)

    def comments(self) -> Listing[Record]:
        """What was said, oldest first."""
        return self._list("comments")

    def notes(self) -> Listing[Record]:
        """Internal notes, oldest first; NotFoundError for who may not read them."""
        return self._list("work-notes")

    def activity(self, **filters: Any) -> Listing[Record]:
        """All that happened, oldest first; ``ordering="-at"`` for the newest first."""
        return self._list("activity", **filters)

    def _say(self, part: str, body: str, files: Files, key: str) -> Record:
        # Keys that follow from the caller's: a repeat must name the same files.
        keys = (f"{key}-file-{turn}" if key else "" for turn in count())
        ids = [
            _upload(self.session, "/attachments/", file, filename, each)["id"]
            for (filename, file), each in zip(map(_with_name, files), keys)
        ]
        words: dict[str, Any] = {"body": body} | ({"attachments": ids} if ids else {})
        said, _tag = self.session.post(self._part(part), words, key=key)
        self.etag = ""  # one's own words are a new version, too
        return Record(self.session, said)

    # Files

    def attach(self, file: Source, *, filename: str = "", idempotency_key: str = "") -> Attachment:
        """Put a file on it: a path, bytes, or an open binary file, which is read while it is sent.

        Its name tells its type, which the server checks: give ``filename`` where it has none.
        """
        made = _upload(self.session, self._part("attachments"), file, filename, idempotency_key)
        self.etag = ""
        return Attachment(self.session, made)

    def attachments(self) -> list[Attachment]:
        """The files on it, oldest first."""
        rows = self.session.get(self._part("attachments"))[0]["results"]
        return [Attachment(self.session, row) for row in rows]

    # People and other tickets

    def watchers(self) -> list[Record]:
        """Who follows it."""
        return list(self._list("watchers"))

    def watch(self, username: str) -> None:
        """Let somebody follow it."""
        self.session.post(self._part("watchers"), {"user": username})
        self.etag = ""

    def unwatch(self, username: str) -> None:
        """Stop somebody's following."""
        self.session.delete(f"{self._part('watchers')}{name(username)}/")
        self.etag = ""

    def links(self) -> list[Record]:
        """Its ties to other tickets."""
        return list(self._list("links"))

    def link(self, type: str, target: str) -> Record:
        """Say what it is to another ticket: read *this is TYPE target*."""
        made, _tag = self.session.post(self._part("links"), {"type": type, "target": target})
        self.etag = ""
        return Record(self.session, made)

    def unlink(self, link_id: str) -> None:
        """Take a link away."""
        self.session.delete(f"{self._part('links')}{name(link_id)}/")
        self.etag = ""

    # What the engines say

    def clocks(self) -> list[Clock]:
        """Its service levels as they stand, the worst first; for agents."""
        return [Clock(self.session, row) for row in self.session.get(self._part("clocks"))[0]["results"]]

    def approvals(self) -> list[Record]:
        """The questions asked about it, newest first, each with everybody's answer."""
        return list(self._list("approvals"))

    def progress(self) -> list[Record]:
        """Stages: done, now or to do, whom they wait for, since and until when.

        Of a request the ordered items, each with its ``stages``; of any other ticket the stages of its flow.
        """
        return list(self._list("progress"))

    def events(self, *, last_id: str = "", reconnect: bool = True) -> EventStream:
        """What happens to it from now on."""
        return EventStream(self.session, [f"tickets/{self.number}"], last_id=last_id, reconnect=reconnect)

    def _part(self, part: str) -> str:
        # Where it was read: a token that may read all tickets need not know each kind.
        return f"/{self._below}/{name(self.number)}/" + (f"{part}/" if part else "")

    def _list(self, part: str, **filters: Any) -> Listing[Record]:
        return Listing(self.session, self._part(part), filters, lambda row: Record(self.session, row))


def _with_name(file: Source | tuple[str, Source]) -> tuple[str, Source]:
    return file if isinstance(file, tuple) else ("", file)


def _upload(session: Session, path: str, file: Source, filename: str = "", key: str = "") -> dict[str, Any]:
    content = Multipart(file, filename)
    try:
        return dict(session.upload(path, content, key=key))
    finally:
        content.close()


def transition_of(told: dict[str, Any]) -> Transition:
    """A transition as the API tells it."""
    inputs = [
        Input(
            each["name"],
            each["type"],
            each.get("label", each["name"]),
            bool(each.get("required")),
            [(str(choice["value"]), str(choice["label"])) for choice in each.get("choices") or ()],
        )
        for each in told.get("inputs") or ()
    ]
    return Transition(
        told["name"],
        told["label"],
        told["to"],
        told.get("to_label", told["to"]),
        inputs,
        str(told.get("closed_by") or ""),
        str(told.get("reason") or ""),
    )
