"""How long an item usually takes, from what really happened (PROCESSES REQ-14)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F

from catalog.choices import ItemState
from catalog.models import CatalogItemVersion, RequestItem
from core.time import db_now
from schedules.selectors import business_time_of_group

HISTORY = dt.timedelta(days=90)
# Fewer deliveries than this say little; the item's own figure is the better guess.
LEAST_DELIVERIES = 3


class _Median(Aggregate):
    """PostgreSQL's continuous median."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class UsualTime:
    """How many days an item usually takes; ``measured`` days are calendar days, others business days."""

    days: int
    measured: bool
    deliveries: int


def usual_times(versions: Iterable[CatalogItemVersion]) -> dict[int, UsualTime]:
    """By item: the median of what was delivered in the last 90 days, else its own figure. One query."""
    wanted = list(versions)
    took = ExpressionWrapper(F("resolved_at") - F("opened_at"), output_field=DurationField())
    rows = (
        RequestItem.objects.filter(
            item_version__item__in={version.item_id for version in wanted},
            state=ItemState.CLOSED_COMPLETE,
            closed_at__gte=db_now() - HISTORY,
        )
        .values_list("item_version__item")
        .annotate(median=_Median(took), deliveries=Count("pk"))
    )
    measured = {item: (median, count) for item, median, count in rows if count >= LEAST_DELIVERIES}
    found = {}
    for version in wanted:
        if version.item_id in measured:
            median, count = measured[version.item_id]
            days = max(1, math.ceil(median / dt.timedelta(days=1)))
            found[version.item_id] = UsualTime(days, measured=True, deliveries=count)
        else:
            found[version.item_id] = UsualTime(version.usual_days, measured=False, deliveries=0)
    return found


def expected_at(version: CatalogItemVersion, usual: UsualTime, now: dt.datetime) -> dt.datetime:
    """When an order made now is expected to be ready."""
    if usual.measured:
        return now + dt.timedelta(days=usual.days)
    return business_time_of_group(version.item.owner_group_id).add_business_days(now, usual.days)
