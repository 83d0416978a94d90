"""What goes wrong: no answer, or an answer that refuses. Texts are the server's, in the client's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


class MaruError(Exception):
    """Any failure of a call."""


class LocalFileError(MaruError):
    """A file that was to be sent could not be read; nothing was asked of the server."""


class AnswerError(MaruError):
    """Something answered that is not Maru's API: a page of a proxy, a redirect, broken JSON."""


class ConnectionLostError(MaruError):
    """No answer came: refused, cut off or too slow.

    ``timed_out`` tells too slow from cut off. ``maybe_done`` is False when the request certainly never
    reached the server.
    """

    def __init__(self, text: str, *, timed_out: bool = False, maybe_done: bool = True) -> None:
        super().__init__(text)
        self.timed_out = timed_out
        self.maybe_done = maybe_done


@dataclass(frozen=True)
class FieldProblem:
    """One complaint of a refusal. ``field`` is the field, parameter or header it is about, "" the whole."""

    field: str
    code: str
    detail: str
    pointer: str = ""


class ProblemError(MaruError):
    """The server refused: its problem document (RFC 9457).

    ``code`` is for programs and stable; ``title`` and ``detail`` are for people; ``errors`` has one entry per
    field; ``request_id`` finds the call in the server's log. ``document`` is all of it, ``retry_after`` the
    seconds after which a repeat makes sense, where the server told them.
    """

    def __init__(
        self, status: int, document: Mapping[str, Any], *, request_id: str = "", retry_after: str = ""
    ) -> None:
        self.status = status
        self.document = dict(document)
        self.code = str(document.get("code") or f"http_{status}")
        self.title = str(document.get("title") or "")
        self.detail = str(document.get("detail") or self.title)
        self.request_id = str(document.get("request_id") or request_id)
        self.errors = [_field_problem(each) for each in document.get("errors") or ()]
        self.retry_after = int(retry_after) if retry_after.isdecimal() else None
        super().__init__(self._text())

    def _text(self) -> str:
        places = ", ".join(each.field for each in self.errors if each.field)
        told = f"{self.status} {self.code}: {self.detail}".rstrip(": ")
        return told + (f" ({places})" if places else "")

    def __reduce__(self) -> tuple[Any, ...]:
        """Exceptions travel between processes."""
        return _again, (type(self), self.status, self.document, self.request_id, self.retry_after)


def _again(
    kind: type[ProblemError], status: int, document: dict[str, Any], request_id: str, wait: int | None
) -> ProblemError:
    return kind(status, document, request_id=request_id, retry_after="" if wait is None else str(wait))


class BadInputError(ProblemError):
    """400: malformed, or a field, parameter or filter that is not taken here."""


class NotSignedInError(ProblemError):
    """401: no token, or one that is not valid any more."""


class NotAllowedError(ProblemError):
    """403: it is there, but this token or person may not do this."""


class NotFoundError(ProblemError):
    """404: not there, or not for this caller; the two are one answer."""


class ConflictError(ProblemError):
    """409: not possible where the record stands, somebody decided first, or the thing exists already."""

    @property
    def current_state(self) -> str:
        """Where the record stands, if the answer tells it."""
        return str(self.document.get("current_state") or "")

    @property
    def allowed(self) -> list[str]:
        """What is possible instead, if the answer tells it."""
        return list(self.document.get("allowed") or ())


class StaleVersionError(ProblemError):
    """412: the record changed since it was read (428: it was never read)."""

    @property
    def changed_fields(self) -> list[str]:
        """What others changed, as far as the caller may see it."""
        return list(self.document.get("changed_fields") or ())


class RuleRefusedError(ProblemError):
    """422: a value, a reference, a guard or a company's rule; ``errors`` names each field."""


class RateLimitedError(ProblemError):
    """429: too many calls in this minute, also after waiting."""


class ServerError(ProblemError):
    """5xx: a defect, or something the server needs is away."""


_BY_STATUS: dict[int, type[ProblemError]] = {
    400: BadInputError,
    401: NotSignedInError,
    403: NotAllowedError,
    404: NotFoundError,
    409: ConflictError,
    412: StaleVersionError,
    422: RuleRefusedError,
    428: StaleVersionError,
    429: RateLimitedError,
}


def problem_of(
    status: int, document: Mapping[str, Any], *, request_id: str = "", retry_after: str = ""
) -> ProblemError:
    """The exception for an answer of 400 or above."""
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else ProblemError)
    return kind(status, document, request_id=request_id, retry_after=retry_after)


def _field_problem(entry: Mapping[str, Any]) -> FieldProblem:
    pointer = str(entry.get("pointer") or "")
    place = _dotted(pointer) or str(entry.get("parameter") or entry.get("header") or "")
    return FieldProblem(place, str(entry.get("code") or ""), str(entry.get("detail") or ""), pointer)


def _dotted(pointer: str) -> str:
    steps: Iterable[str] = pointer.split("/")[1:]
    return ".".join(step.replace("~1", "/").replace("~0", "~") for step in steps)
