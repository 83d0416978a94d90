"""What a service raises when it refuses, and the HTTP answer each refusal becomes (PROCESSES G-03)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class FieldError:
    """One thing that is wrong with one field. ``field`` is the caller's name for it, ``""`` the whole."""

    field: str
    code: str
    detail: Text


class DomainError(Exception):
    """A refusal: a text for people, a stable code for programs; nothing was changed."""

    status = 400
    code = "error"
    title: Text = _("The request could not be carried out")

    def __init__(
        self, detail: Text = "", *, errors: Iterable[FieldError] = (), code: str | None = None, **extra: Any
    ) -> None:
        super().__init__(detail)
        self.errors = tuple(errors)
        self._detail = detail
        self.code = code or self.code
        self.extra = extra

    @property
    def detail(self) -> Text:
        """What was wrong and what to do, in the reader's language."""
        if self._detail:
            return self._detail
        return self.errors[0].detail if self.errors else self.title


class BadInputError(DomainError):
    """The input is malformed: an unknown field, a broken body, a value of no type."""

    status = 400
    code = "bad_input"
    title = _("The request is malformed")


class NotAllowedError(DomainError):
    """The actor sees the record but may not do this."""

    status = 403
    code = "not_allowed"
    title = _("You are not allowed to do this")


class NotVisibleError(DomainError):
    """There is no such record, or none this actor may see: the two are one answer."""

    status = 404
    code = "not_found"
    title = _("Not found")


class WrongStateError(DomainError):
    """The record stands where this cannot be done. ``extra`` names ``current_state`` and ``allowed``."""

    status = 409
    code = "wrong_state"
    title = _("Not possible in the present state")


class IllegalTransitionError(WrongStateError):
    """The state machine has no such edge from here."""


class AlreadyDecidedError(DomainError):
    """Somebody was faster. ``extra`` names ``decided_by``, ``decided_at`` and ``decision``."""

    status = 409
    code = "already_decided"
    title = _("Already decided")


class DuplicateError(DomainError):
    """The same thing exists already."""

    status = 409
    code = "duplicate"
    title = _("Already exists")


class LoopStoppedError(DomainError):
    """Automation called itself too often; the chain was stopped (DOMAIN DR-8)."""

    status = 409
    code = "loop_stopped"
    title = _("A loop of automatic changes was stopped")


class StaleVersionError(DomainError):
    """The record changed since the caller read it. ``extra`` may name ``changed_fields``."""

    status = 412
    code = "stale_version"
    title = _("Someone changed this in the meantime")


class RangeRefusedError(DomainError):
    """A part of a file that lies behind its end. ``extra`` names ``content_range``, a header told."""

    status = 416
    code = "range_not_satisfiable"
    title = _("There is no such part of the file")


class RuleRefusedError(DomainError):
    """A guard, a company rule or a value check said no; ``errors`` has one entry per field."""

    status = 422
    code = "rule_refused"
    title = _("Refused by a rule")


class BusyError(DomainError):
    """The record is held by somebody else for too long; try again (API A-23)."""

    status = 503
    code = "busy"
    title = _("Busy, please try again in a moment")


class StorageFullError(DomainError):
    """The attachment store has no room left."""

    status = 507
    code = "storage_full"
    title = _("There is no room left for attachments")


class UnexpectedError(DomainError):
    """A defect of ours; the request id finds it in the log."""

    status = 500
    code = "unexpected"
    title = _("Something went wrong on our side")


def required(field: str, detail: Text = "") -> RuleRefusedError:
    """The refusal for one missing field."""
    return RuleRefusedError(errors=[FieldError(field, "required", detail or _("This field is required."))])


def invalid(field: str, detail: Text, code: str = "invalid") -> RuleRefusedError:
    """The refusal for one field with a wrong value."""
    return RuleRefusedError(errors=[FieldError(field, code, detail)])
