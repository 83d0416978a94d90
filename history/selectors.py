"""Reading what the triggers recorded: newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from accounts.models import User
from core.models import RowChange

PAGE = 50


def changes_of(records: Iterable[tuple[str, Sequence[int]]]) -> QuerySet[RowChange]:
    """The changes of these records and their parts, newest first."""
    wanted = Q(pk__in=())
    for table, keys in records:
        wanted |= Q(record=table, record_id__in=list(keys))
    return RowChange.objects.filter(wanted).order_by("-pk")


def all_changes(actor: User) -> QuerySet[RowChange]:
    """Every change, newest first, for who audits."""
    return RowChange.objects.order_by("-pk")


def page_of(rows: QuerySet[RowChange], *, before: str = "") -> tuple[list[RowChange], str]:
    """A page of changes, and the public id to go on behind; empty at the end or for an unknown place."""
    if before:
        rows = rows.filter(pk__lt=RowChange.objects.filter(public_id=before).values("pk")[:1])
    found = list(rows[: PAGE + 1])
    page = found[:PAGE]
    return page, str(page[-1].public_id) if len(found) > PAGE else ""
