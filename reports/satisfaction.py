"""What people said of how their tickets went, by assignment group (PROCESSES INC-16)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import Group, User
from reports.filters import NONE, Asked
from tickets.choices import Score
from tickets.models import Survey
from tickets.selectors import seen_by

GOOD = (Score.GOOD, Score.VERY_GOOD)


@dataclass(frozen=True)
class Said:
    """How many were asked and how many answered what; ``key`` is the group's value as a filter."""

    key: str
    name: str
    asked: int = 0
    answers: Counter[int] = field(default_factory=Counter)

    def __add__(self, other: Said) -> Said:
        """Both together, under the first one's name."""
        return Said(self.key, self.name, self.asked + other.asked, self.answers + other.answers)

    @property
    def answered(self) -> int:
        """All answers."""
        return self.answers.total()

    @property
    def mean(self) -> float | None:
        """The mean of the answers, 1 to 5, to a tenth; None of none."""
        if not self.answered:
            return None
        return round(sum(score * count for score, count in self.answers.items()) / self.answered, 1)

    @property
    def good_percent(self) -> float | None:
        """How many of a hundred answers were "satisfied" or better, rounded down to a tenth; None of none."""
        good = sum(self.answers[score] for score in GOOD)
        return good * 1000 // self.answered / 10 if self.answered else None


@dataclass(frozen=True)
class Satisfaction:
    """The figures of a period, of all and by group, the least satisfied first."""

    asked: Asked
    total: Said
    groups: list[Said]


def satisfaction_for(actor: User, asked: Asked) -> Satisfaction:
    """What was said about tickets that ``actor`` may see, of those who were asked in the period."""
    tickets = seen_by(actor).filter(asked.tickets())
    rows = Survey.objects.filter(ticket__in=tickets.values("pk"))
    rows = rows.filter(created_at__gte=asked.start, created_at__lt=asked.end)
    found: dict[int | None, Said] = {}
    cells = rows.order_by().values_list("group", "score").annotate(count=Count("pk"))
    for group, score, count in cells:
        said = found.setdefault(group, Said("", ""))
        answers = Counter({score: count}) if score is not None else Counter()
        found[group] = said + Said("", "", count, answers)
    names = Group.objects.in_bulk([pk for pk in found if pk is not None])
    groups = [
        Said(*_called(names.get(pk) if pk is not None else None), said.asked, said.answers)
        for pk, said in found.items()
    ]
    total = sum(groups, Said("", _("All")))
    return Satisfaction(asked, total, sorted(groups, key=_least_first))


def _called(group: Group | None) -> tuple[str, str]:
    return (group.key, group.name) if group is not None else (NONE, _("No group"))


def _least_first(said: Said) -> tuple[float, int, str]:
    return (said.mean if said.mean is not None else 9.0, -said.answered, said.key)
