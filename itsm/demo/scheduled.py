"""What comes again in the demo company: the backups are looked at each first Monday."""

from __future__ import annotations

import datetime as dt

from accounts.models import Group, User
from scheduled import services
from scheduled.choices import Nth, Repeat
from scheduled.models import TicketSchedule

KEY = "backups"


def load(people: dict[str, User]) -> None:
    """Make the schedule, unless it is there."""
    if TicketSchedule.objects.filter(key=KEY).exists():
        return
    services.create(
        actor=None,
        key=KEY,
        owner=people["admin"],
        requester=people["haneul"],
        group=Group.objects.get(key="network"),
        title="백업 점검 · Check the backups",
        description="지난달 기록을 확인하고 하나를 복원해 보세요.\nRead last month's log and restore one.",
        category="other",
        repeat=Repeat.MONTHLY,
        nth=Nth.FIRST,
        nth_weekday=0,
        at=dt.time(9),
        starts_on=dt.date(2026, 1, 1),
    )
