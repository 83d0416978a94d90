"""Counting what produces incidents: one gate, one pass over the incidents of the period (DI-6)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Count,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Now, TruncDate

from accounts.models import Company, Department, Group, User
from cmdb.models import CI
from problems.choices import Resolution, TrendBy
from problems.models import Problem
from problems.trends import Known, Span, Trend, in_order, total_of
from tickets.choices import LinkType
from tickets.models import Ticket, TicketLink
from tickets.selectors import seen_by

# Not what was withdrawn or reported twice; a family counts once (as for what comes again, decision 0032).
COUNTED = Q(parent=None) & ~Q(state="cancelled") & ~Q(close_code="duplicate")
MOST_KNOWN = 1000
_COLUMNS = {
    TrendBy.CATEGORY: "category",
    TrendBy.SERVICE: "ci",
    TrendBy.ITEM: "ci",
    TrendBy.GROUP: "group",
    TrendBy.DEPARTMENT: "requester__department",
}
_KEYS = {
    TrendBy.CATEGORY: "category",
    TrendBy.SERVICE: "ci__number",
    TrendBy.ITEM: "ci__number",
    TrendBy.GROUP: "group__key",
    TrendBy.DEPARTMENT: "requester__department__key",
}
_SERVICE = Q(ci__ci_class__key="service")
_ONLY = {TrendBy.SERVICE: _SERVICE, TrendBy.ITEM: Q(ci__isnull=False) & ~_SERVICE}


@dataclass(frozen=True)
class Trends:
    """What produces incidents in two periods; ``rows`` begin with what rises.

    ``total`` has those without a value too; ``without`` are those of the later period that have none.
    """

    by: TrendBy
    span: Span
    rows: list[Trend]
    total: Trend
    without: int


def explained() -> Exists:
    """Whether a problem that was not cancelled explains an incident."""
    causes = TicketLink.objects.filter(
        source=OuterRef("pk"), type=LinkType.CAUSED_BY, target__kind="problem"
    ).exclude(target__close_code=Resolution.CANCELED)
    return Exists(causes)


def span_for(actor: User, weeks: int) -> Span:
    """The last weeks that end with today in the zone of the actor's company; one query."""
    zone, now = Company.objects.filter(pk=actor.company_id).values_list("time_zone", Now()).get()
    return Span(weeks, now.astimezone(ZoneInfo(zone)).date(), zone)


def counted(actor: User, by: TrendBy, begin: dt.datetime, end: dt.datetime) -> QuerySet[Ticket]:
    """The incidents opened in that time that count and that ``actor`` sees, in no order."""
    rows = seen_by(actor).filter(COUNTED, kind="incident", opened_at__gte=begin, opened_at__lt=end)
    return rows.filter(_ONLY[by]) if by in _ONLY else rows


def of_row(actor: User, by: TrendBy, key: str, span: Span) -> QuerySet[Ticket]:
    """The incidents of the later period that one row tells of."""
    return counted(actor, by, span.begin, span.end).filter(**{_KEYS[by]: key})


def name_of(by: TrendBy, key: str, incident: Ticket) -> str:
    """What the row is called that one of its incidents belongs to."""
    own: dict[str, Any] = {
        TrendBy.GROUP: incident.group,
        TrendBy.SERVICE: incident.ci,
        TrendBy.ITEM: incident.ci,
        TrendBy.DEPARTMENT: incident.requester.department,
    }
    return str(own[by].name) if by in own else key


def trends_for(actor: User, by: TrendBy, span: Span) -> Trends:
    """What produces incidents, as far as ``actor`` sees them: two queries for any number of them."""
    found: dict[Any, Trend] = {}
    for place, week, count, reopened, resolved, took, known in _cells(actor, by, span):
        before = found.get(place) or Trend("", "", (0,) * (2 * span.weeks))
        counts = list(before.counts)
        counts[week] += count
        found[place] = Trend(
            "",
            "",
            tuple(counts),
            before.reopened + reopened,
            before.resolved + resolved,
            before.seconds + (took.total_seconds() if took else 0),
            before.explained + known,
        )
    total = total_of(list(found.values()), span.weeks)
    nowhere = found.pop(None, None) or found.pop("", None)
    names = _NAMES[by](list(found))
    rows = [replace(row, key=names[place][0], name=names[place][1]) for place, row in found.items()]
    return Trends(by, span, in_order(rows), total, nowhere.now if nowhere else 0)


def _cells(actor: User, by: TrendBy, span: Span) -> Iterable[Any]:
    """Place, week and figures; those beside the count are of the later period alone."""
    day = TruncDate("opened_at", tzinfo=ZoneInfo(span.zone))
    first = Value(span.first_before, output_field=DateField())
    week = Func(day, first, template="((%(expressions)s) / 7)", arg_joiner=" - ", output_field=IntegerField())
    took = ExpressionWrapper(F("resolved_at") - F("opened_at"), output_field=DurationField())
    later = Q(opened_at__gte=span.begin)
    done = later & Q(resolved_at__isnull=False)
    rows = counted(actor, by, span.begin_before, span.end).annotate(week=week, known=explained())
    return (
        rows.values_list(_COLUMNS[by], "week")
        .annotate(
            count=Count("pk"),
            reopened_count=Count("pk", filter=later & Q(reopen_count__gt=0)),
            resolved_count=Count("pk", filter=done),
            took=Sum(took, filter=done),
            explained_count=Count("pk", filter=later & Q(known=True)),
        )
        .order_by()
        .iterator(chunk_size=2000)
    )


def _items(pks: list[int]) -> dict[int, tuple[str, str]]:
    return {ci.pk: (ci.number, ci.name) for ci in CI.objects.only("number", "name").in_bulk(pks).values()}


def _groups(pks: list[int]) -> dict[int, tuple[str, str]]:
    return {row.pk: (row.key, row.name) for row in Group.objects.in_bulk(pks).values()}


def _departments(pks: list[int]) -> dict[int, tuple[str, str]]:
    return {row.pk: (row.key, row.name) for row in Department.objects.in_bulk(pks).values()}


_NAMES: dict[TrendBy, Callable[[list[Any]], dict[Any, tuple[str, str]]]] = {
    TrendBy.CATEGORY: lambda keys: {key: (key, key) for key in keys},
    TrendBy.SERVICE: _items,
    TrendBy.ITEM: _items,
    TrendBy.GROUP: _groups,
    TrendBy.DEPARTMENT: _departments,
}


def known_for(actor: User, trends: Trends, rows: Sequence[Trend]) -> dict[str, list[Known]]:
    """Problems that are not closed and may explain these rows, by their keys, newest first: two queries.

    Those that an incident of the row is linked to, and those on the same item or in the same category.
    """
    keys, column = {row.key for row in rows}, _KEYS[trends.by]
    seen = counted(actor, trends.by, trends.span.begin, trends.span.end).filter(**{f"{column}__in": keys})
    links = TicketLink.objects.filter(type=LinkType.CAUSED_BY, source__in=seen.values("pk"))
    linked: dict[int, set[str]] = defaultdict(set)
    for problem, key in links.values_list("target", f"source__{column}").distinct():
        linked[problem].add(key)
    on_same = Q(**{f"{column}__in": keys}) if column in {"category", "ci__number"} else Q(pk__in=[])
    problems = Problem.objects.filter(pk__in=seen_by(actor).filter(kind="problem", active=True).values("pk"))
    problems = problems.filter(Q(pk__in=list(linked)) | on_same).select_related("ci").order_by("-pk")
    found: dict[str, list[Known]] = defaultdict(list)
    for problem in problems.only("number", "title", "state", "category", "is_known_error", "ci__number")[
        :MOST_KNOWN
    ]:
        own = {"category": problem.category, "ci__number": problem.ci.number if problem.ci else ""}
        told = Known(problem.number, problem.title, problem.state, problem.is_known_error)
        for key in sorted(linked[problem.pk] | ({own[column]} & keys if column in own else set())):
            found[key].append(told)
    return found
