"""The operations of a bulk: read from its body with every mistake named, before anything is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _

from api import views
from core.api.problems import unknown
from core.api.views import ApiViewSet
from core.errors import BadInputError, DomainError, FieldError
from core.idempotency import check_key

MOST, MOST_AT_ONCE = 1_000, 100
MOST_TOLD = 20  # mistakes
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
PREFIX = "/api/v1/"
NAMES = frozenset({"ref", "method", "path", "if_match", "idempotency_key", "body"})
_LONGEST = {"ref": 100, "path": 2_000, "if_match": 500, "idempotency_key": 255}


@dataclass(frozen=True)
class Operation:
    """One call as its caller wrote it down. ``has_body`` is false where none was given."""

    ref: str
    method: str
    path: str
    if_match: str = ""
    idempotency_key: str = ""
    body: Any = None
    has_body: bool = False

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing."""
        return self.method == "GET"

    @property
    def place(self) -> str:
        """The path without its query, decoded, with its last slash: what the URL map knows."""
        place = unquote(self.path.partition("?")[0], errors="strict")
        return place if place.endswith("/") else f"{place}/"

    @property
    def query(self) -> str:
        """What stands behind the question mark."""
        return self.path.partition("?")[2]

    def match(self) -> ResolverMatch:
        """The view that a single call would reach. Raises Resolver404 outside the API."""
        return resolve(self.place)


@dataclass(frozen=True)
class Asked:
    """A whole bulk."""

    operations: tuple[Operation, ...]
    atomic: bool

    @property
    def must_be_job(self) -> bool:
        """Whether it is too much for one answer."""
        return len(self.operations) > MOST_AT_ONCE


class _Mistakes:
    """What is wrong with the rows of a bulk, each with its place."""

    def __init__(self) -> None:
        self.found: list[FieldError] = []

    def add(self, no: int, name: str, code: str, text: str) -> None:
        """One more; an empty ``name`` is the whole row."""
        place = f"operations.{no}"
        self.found.append(FieldError(f"{place}.{name}" if name else place, code, text))


def read(data: Any) -> Asked:
    """The bulk in a request's body. Raises BadInputError that names each mistake by its place."""
    if not isinstance(data, dict):
        raise BadInputError(_("The body must be a JSON object."))
    strange = [str(name)[:80] for name in data if name not in {"operations", "atomic"}]
    if strange:
        raise unknown(strange)
    atomic = data.get("atomic", False)
    if not isinstance(atomic, bool):
        raise refused([FieldError("atomic", "invalid", _("This must be true or false."))])
    rows = data.get("operations")
    if not isinstance(rows, list):
        raise refused([FieldError("operations", "invalid", _("This must be a list of operations."))])
    most = MOST_AT_ONCE if atomic else MOST
    if not 1 <= len(rows) <= most:
        code = "too_many" if rows else "required"
        raise refused([FieldError("operations", code, _("Give 1 to %(most)s operations.") % {"most": most})])
    mistakes = _Mistakes()
    found = [_operation(row, no, mistakes) for no, row in enumerate(rows)]
    _check_refs(rows, mistakes)
    if mistakes.found:
        raise refused(mistakes.found)
    return Asked(tuple(found), atomic)


def refused(errors: Iterable[FieldError]) -> BadInputError:
    """The refusal of a whole bulk, with the first mistakes."""
    return BadInputError(errors=list(errors)[:MOST_TOLD])


def check_for_job(operations: Iterable[Operation]) -> list[FieldError]:
    """Why these cannot be a job: its results keep no answers, and it stores what it is to do for a while."""
    return [
        FieldError(f"operations.{no}.{name}", "not_in_job", text)
        for no, each in enumerate(operations)
        for name, text in _not_in_job(each)
    ]


def _not_in_job(operation: Operation) -> list[tuple[str, str]]:
    if operation.is_read:
        return [("method", _("A job keeps no answers. Read in a bulk of at most 100 operations."))]
    view: Any = operation.match().func
    action = getattr(view, "actions", {}).get(operation.method.lower(), "")
    if action and action in view.cls.secret_actions:
        return [("path", _("What takes or tells a secret is not done in a job."))]
    return []


def _operation(row: Any, no: int, mistakes: _Mistakes) -> Operation:
    """The operation in one row, as far as it can be read."""
    if not isinstance(row, dict):
        mistakes.add(no, "", "invalid", _("This must be a JSON object."))
        return Operation("", "", "")
    for name in row:
        if name not in NAMES:
            mistakes.add(no, str(name)[:80], "unknown", _("This field is unknown or read-only."))
    texts = {name: _text(row.get(name), no, name, mistakes) for name in _LONGEST}
    body = row.get("body")
    made = Operation(
        texts["ref"] or str(no),
        _method(row.get("method"), no, mistakes),
        texts["path"],
        texts["if_match"],
        texts["idempotency_key"],
        body,
        body is not None,
    )
    if made.is_read and made.has_body:
        mistakes.add(no, "body", "invalid", _("What only reads has no body."))
    if made.idempotency_key or row.get("idempotency_key") == "":
        _check_key(made, no, mistakes)
    if made.path:
        _check_path(made, no, mistakes)
    return made


def _method(value: Any, no: int, mistakes: _Mistakes) -> str:
    if isinstance(value, str) and value in METHODS:
        return value
    mistakes.add(no, "method", "choice", _("Choose one of: %(names)s.") % {"names": ", ".join(METHODS)})
    return ""


def _text(value: Any, no: int, name: str, mistakes: _Mistakes) -> str:
    if value is None or value == "":
        if name == "path":
            mistakes.add(no, name, "required", _("This field is required."))
    elif not isinstance(value, str):
        mistakes.add(no, name, "invalid", _("This must be a text."))
    elif len(value) > _LONGEST[name]:
        told = _("At most %(max)s characters.") % {"max": _LONGEST[name]}
        mistakes.add(no, name, "too_long", told)
    elif not value.isprintable() or (name == "if_match" and not value.isascii()):
        told = _("This text holds a character that cannot be used here.")
        mistakes.add(no, name, "character", told)
    else:
        return value
    return ""


def _check_key(operation: Operation, no: int, mistakes: _Mistakes) -> None:
    try:
        check_key(operation.idempotency_key)
    except DomainError as refusal:
        mistakes.add(no, "idempotency_key", "invalid", str(refusal.detail))


def _check_refs(rows: list[Any], mistakes: _Mistakes) -> None:
    """A result is known by its ``ref``, so two operations cannot share one."""
    seen: set[str] = set()
    for no, row in enumerate(rows):
        ref = row.get("ref") if isinstance(row, dict) else None
        if isinstance(ref, str) and ref:
            if ref in seen:
                mistakes.add(no, "ref", "duplicate", _("Another operation has this ref already."))
            seen.add(ref)


def _check_path(operation: Operation, no: int, mistakes: _Mistakes) -> None:
    """Refuse what is no path of this API, and what a bulk does not do."""
    try:
        place = operation.place
    except UnicodeDecodeError:
        place = ""
    steps = place[len(PREFIX) : -1].split("/")
    is_plain = (
        operation.path.startswith(PREFIX)
        and place.startswith(PREFIX)
        and place.isprintable()
        and "\\" not in place
        and "#" not in operation.path
        and not {"", ".", ".."} & set(steps)
    )
    if not is_plain:
        told = _("Give a path of this API that begins with /api/v1/.")
        mistakes.add(no, "path", "invalid", told)
    elif steps[0] == "stream" or not _takes(operation):
        mistakes.add(no, "path", "not_in_bulk", _("This cannot be done in a bulk."))


def _takes(operation: Operation) -> bool:
    """Whether a bulk may go there; an address that is not there is answered as a single call would be."""
    try:
        match = operation.match()
    except Resolver404:
        return False
    view = getattr(match.func, "cls", None)
    if isinstance(view, type) and issubclass(view, ApiViewSet):
        return view.in_bulk
    return match.func is views.unknown
