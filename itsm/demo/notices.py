"""One agent who has chosen how she is told: quiet nights and weekends, what she watches in the digest."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from notifications.choices import Quiet, Way
from notifications.choosing import choose, set_hours
from notifications.models import NotificationHours
from notifications.topics import WATCHED

EVENING, MORNING, WEEKEND = dt.time(20), dt.time(8), [5, 6]


def load(people: dict[str, User]) -> None:
    """Choose for her, unless somebody has chosen already."""
    if NotificationHours.objects.exists():
        return
    agent = people["seoa"]
    choose(actor=agent, ways={(WATCHED, "mail"): Way.DIGEST, ("group", "mail"): Way.DIGEST})
    set_hours(actor=agent, quiet=Quiet.HOURS, quiet_from=EVENING, quiet_until=MORNING, quiet_days=WEEKEND)
