"""Which tickets a bulk is for: those whose boxes are ticked, or all of a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import BadInputError, FieldError, RuleRefusedError, invalid
from desk import paging
from desk.filters import Filters
from tickets import kinds
from tickets.models import Ticket
from tickets.selectors import tickets_for

MOST = 1000


@dataclass(frozen=True)
class Pick:
    """A ticket that was chosen at that version. ``ticket`` is None when its reader cannot see it."""

    number: str
    version: int
    ticket: Ticket | None

    @property
    def kind(self) -> str:
        """The kind that the number tells."""
        return next(spec.key for spec in kinds.all_kinds() if _is_of(self.number, spec.prefix))


def chosen(actor: User, filters: Filters, data: QueryDict) -> list[Pick]:
    """The tickets that a form names, or with ``everything`` all of the list, in its order.

    Raises BadInputError for what is no choice, RuleRefusedError for none and for more than MOST.
    """
    if data.get("everything"):
        picks = [Pick(row.number, row.lock_version, row) for row in everything(actor, filters)]
    else:
        picks = _ticked(actor, data.getlist("pick"))
    if not picks:
        raise invalid("pick", _("Choose at least one ticket: tick its box, or press X on its row."))
    if len(picks) > MOST:
        raise _too_many()
    return picks


def everything(actor: User, filters: Filters) -> list[Ticket]:
    """The visible tickets of the list, at most one more than MOST."""
    rows = paging.ordered(tickets_for(actor).filter(filters.condition(actor)), filters.sort)
    return list(rows[: MOST + 1])


def _too_many() -> RuleRefusedError:
    text = _("At most %(count)s tickets are changed at once. Narrow the list with a filter first.")
    return invalid("pick", text % {"count": f"{MOST:,}"}, code="too_many")


def _ticked(actor: User, values: Iterable[str]) -> list[Pick]:
    versions = dict(_read(value) for value in values)
    if len(versions) > MOST:
        raise _too_many()
    rows = {row.number: row for row in tickets_for(actor).filter(number__in=versions)} if versions else {}
    return [Pick(number, version, rows.get(number)) for number, version in versions.items()]


def _read(value: str) -> tuple[str, int]:
    number, _slash, version = value.partition("/")
    known = any(_is_of(number, spec.prefix) for spec in kinds.all_kinds())
    if known and version.isascii() and version.isdigit() and len(version) < 10:
        return number, int(version)
    detail = _("This form does not say which tickets are meant. Reload the list.")
    raise BadInputError(errors=[FieldError("pick", "invalid", detail)])


def _is_of(number: str, prefix: str) -> bool:
    rest = number.removeprefix(prefix)
    return rest != number and rest.isascii() and rest.isdigit() and len(rest) < 16


def kinds_of(picks: Iterable[Pick]) -> dict[str, Any]:
    """One visible ticket for each kind among the picks, by kind."""
    found: dict[str, Any] = {}
    for pick in picks:
        if pick.ticket is not None:
            found.setdefault(pick.kind, pick.ticket)
    return found
