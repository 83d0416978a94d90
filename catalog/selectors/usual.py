"""How long an item usually takes, from what really happened (PROCESSES REQ-14)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from catalog.models import CatalogItemVersion
from schedules.selectors import business_time_of_group

# Fewer deliveries than this say little; the item's own figure is the better guess.
LEAST_DELIVERIES = 3
# The newest deliveries tell enough, and reading no more keeps ordering as quick for a popular item.
MOST_DELIVERIES = 200
_MEDIANS = """
    SELECT wanted.item_id, found.median, found.deliveries
    FROM unnest(%s::bigint[]) AS wanted(item_id)
    CROSS JOIN LATERAL (
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY took) AS median, count(*) AS deliveries
        FROM (
            SELECT ticket.resolved_at - ticket.opened_at AS took
            FROM catalog_catalogitemversion version
            JOIN catalog_requestitem ritm ON ritm.item_version_id = version.id
            JOIN tickets_ticket ticket ON ticket.id = ritm.ticket_ptr_id
            WHERE version.item_id = wanted.item_id AND ticket.state = 'closed_complete'
              AND ticket.closed_at >= now() - interval '90 days'
            ORDER BY ritm.ticket_ptr_id DESC LIMIT %s
        ) AS newest
    ) AS found
"""


@dataclass(frozen=True)
class UsualTime:
    """How many days an item usually takes; ``measured`` days are calendar days, others business days."""

    days: int
    measured: bool
    deliveries: int


def usual_times(versions: Iterable[CatalogItemVersion]) -> dict[int, UsualTime]:
    """By item: the median of what was delivered in the last 90 days, else its own figure. One query."""
    wanted = {version.item_id: version.usual_days for version in versions}
    found = {item: UsualTime(days, measured=False, deliveries=0) for item, days in wanted.items()}
    with connection.cursor() as cursor:
        cursor.execute(_MEDIANS, [list(wanted), MOST_DELIVERIES])
        for item, median, deliveries in cursor.fetchall():
            if deliveries >= LEAST_DELIVERIES:
                days = max(1, math.ceil(median / dt.timedelta(days=1)))
                found[item] = UsualTime(days, measured=True, deliveries=deliveries)
    return found


def expected_at(version: CatalogItemVersion, usual: UsualTime, now: dt.datetime) -> dt.datetime:
    """When an order made now is expected to be ready."""
    if usual.measured:
        return now + dt.timedelta(days=usual.days)
    return business_time_of_group(version.item.owner_group_id).add_business_days(now, usual.days)
