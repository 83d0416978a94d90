"""Keyset paging: a page begins after the last row of the one before, never at an offset (DOMAIN DM-6)."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import BadInputError, FieldError
from core.time import instant
from sla.risk import next_due
from tickets.models import Ticket

SIZE = 50


@dataclass(frozen=True)
class Column:
    """One column of an order, and how its value is read back from a cursor."""

    name: str
    down: bool
    read: Callable[[Any], Any]


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError(value)
    return value


def _moment(value: Any) -> dt.datetime:
    return instant(value)


_LAST = Column("pk", down=True, read=_number)
ORDERS: dict[str, tuple[Column, ...]] = {
    "priority": (
        Column("priority", down=False, read=_number),
        Column("opened_at", down=True, read=_moment),
        _LAST,
    ),
    "newest": (Column("opened_at", down=True, read=_moment), _LAST),
    "oldest": (Column("opened_at", down=False, read=_moment), Column("pk", down=False, read=_number)),
    "updated": (Column("updated_at", down=True, read=_moment), _LAST),
    "sla": (
        Column("next_due", down=False, read=_moment),
        Column("priority", down=False, read=_number),
        Column("pk", down=False, read=_number),
    ),
}
# What an order needs that is no column of a ticket.
_COMPUTED: dict[str, Callable[[], dict[str, Any]]] = {"sla": lambda: {"next_due": next_due()}}
ORDER_LABELS: dict[str, str | Promise] = {
    "priority": _("Priority"),
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "updated": _("Last changed"),
    "sla": _("Next SLA due first"),
}


def columns_of(sort: str) -> list[str]:
    """The columns of an order, the key last: what a row needs for ``cursor_after``."""
    return [column.name for column in ORDERS[sort]]


def ordered(rows: QuerySet[Ticket], sort: str) -> QuerySet[Ticket]:
    """The tickets in one of ORDERS, ready to be narrowed by ``rows_after``."""
    if sort in _COMPUTED:
        rows = rows.annotate(**_COMPUTED[sort]())
    return rows.order_by(*[f"{'-' if column.down else ''}{column.name}" for column in ORDERS[sort]])


def cursor_after(values: Sequence[Any]) -> str:
    """The text that stands for "after the row with these values of ``columns_of``" in an address."""
    plain = [value.isoformat() if isinstance(value, dt.datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def rows_after(sort: str, cursor: str) -> Q:
    """The rows behind ``cursor`` in that order. Raises BadInputError for a cursor of another making."""
    columns = ORDERS[sort]
    try:
        raw = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [column.read(value) for column, value in zip(columns, list(raw), strict=True)]
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        detail = _("This page address is not complete. Open the list again.")
        raise BadInputError(errors=[FieldError("after", "invalid", detail)]) from error
    return _behind(columns, values)


def _behind(columns: tuple[Column, ...], values: list[Any]) -> Q:
    """Lexicographic "after", with a plain bound on the first column for the index."""
    found, equal = Q(), Q()
    for column, value in zip(columns, values, strict=True):
        found |= equal & Q(**{f"{column.name}__{'lt' if column.down else 'gt'}": value})
        equal &= Q(**{column.name: value})
    first = columns[0]
    return Q(**{f"{first.name}__{'lte' if first.down else 'gte'}": values[0]}) & found
