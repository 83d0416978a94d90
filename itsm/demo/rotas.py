"""Who of the demo company's service desk is on call: a week each, and a manager behind them."""

from __future__ import annotations

import datetime as dt

from accounts.models import Group, User
from schedules import services
from schedules.choices import TurnUnit
from schedules.models import Rota

KEY, GROUP = "service-desk", "service-desk"
FIRST_MONDAY = dt.date(2026, 1, 5)
# Name, people in the order of their turns, weekly hours (none is always).
LAYERS: list[tuple[str, list[str], dict[int, list[tuple[int, int]]]]] = [
    ("일차 담당 · First line", ["seojin", "seoa", "admin"], {}),
    ("근무 시간 상급 지원 · Backup in office hours", ["jiwoo"], {day: [(540, 1080)] for day in range(5)}),
]


def load(people: dict[str, User]) -> None:
    """Make the rota, unless it is there."""
    if Rota.objects.filter(key=KEY).exists():
        return
    group = Group.objects.get(key=GROUP)
    services.create_rota(
        actor=None, key=KEY, group=group, name_ko="서비스데스크 당직", name_en="Service desk on call"
    )
    for name, usernames, hours in LAYERS:
        services.add_layer(
            KEY,
            actor=None,
            name=name,
            start_date=FIRST_MONDAY,
            handover_weekday=0,
            handover_time=dt.time(9),
            unit=TurnUnit.WEEKS,
            length=1,
            hours=hours,
            members=[people[name] for name in usernames],
        )
