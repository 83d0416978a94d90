"""What follows a calendar: apps above register how far it has come after the calendar was changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from schedules.models import Calendar


@dataclass(frozen=True)
class Following:
    """So many of ``total`` things follow the calendar as it is now; ``label`` says what they are."""

    label: str
    done: int
    total: int

    @property
    def left(self) -> int:
        """How many do not yet."""
        return self.total - self.done

    @property
    def percent(self) -> int:
        """The share that does, rounded down."""
        return self.done * 100 // self.total if self.total else 100


Count = Callable[[Calendar], Following]
_counts: list[Count] = []


def register(count: Count) -> None:
    """Show ``count(calendar)`` on the calendar's page; it may cost one query, however much there is."""
    if count not in _counts:
        _counts.append(count)


def following(calendar: Calendar) -> list[Following]:
    """What has had to follow this version of the calendar, finished or not."""
    return [each for each in (count(calendar) for count in _counts) if each.total]
