"""The result of a what-if as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Group
from sla.models import WhatIf

WIDTH = 1_000


@dataclass(frozen=True)
class Pair:
    """One line of a table: breaches by today's rules and by the candidate, with bars of that length."""

    label: str
    before: int
    after: int
    most: int

    @property
    def change(self) -> int:
        """How many more there would be."""
        return self.after - self.before

    @property
    def before_width(self) -> int:
        """The bar of today's rules, of 1000."""
        return self.before * WIDTH // max(self.most, 1)

    @property
    def after_width(self) -> int:
        """The bar of the candidate, of 1000."""
        return self.after * WIDTH // max(self.most, 1)


@dataclass(frozen=True)
class Outcome:
    """What a question has found up to now."""

    tickets: int
    clocks: Pair
    breaches: Pair
    gained: list[str]
    gained_count: int
    lost: list[str]
    lost_count: int
    by_priority: list[Pair]
    by_team: list[Pair]
    assumed: list[str]


def outcome_of(row: WhatIf) -> Outcome | None:
    """The result in order; None before the first batch. One query for the names of the teams."""
    found: Mapping[str, Any] = row.result
    if not found:
        return None
    keys = [key for key in found["by_team"] if key]
    teams = {group.key: group.name for group in Group.objects.filter(key__in=keys)}
    none = _("No team")
    priorities = {key: f"P{key}" for key in found["by_priority"]}
    return Outcome(
        tickets=found["tickets"],
        clocks=_pair(_("Clocks"), found["clocks_before"], found["clocks_after"]),
        breaches=_pair(_("Breaches"), found["breaches_before"], found["breaches_after"]),
        gained=found["gained"],
        gained_count=found["gained_count"],
        lost=found["lost"],
        lost_count=found["lost_count"],
        by_priority=_pairs(found["by_priority"], priorities),
        by_team=_pairs(found["by_team"], {key: teams.get(key, key) or none for key in found["by_team"]}),
        assumed=found["assumed"],
    )


def _pair(label: str, before: int, after: int) -> Pair:
    return Pair(label, before, after, max(before, after))


def _pairs(counts: Mapping[str, list[int]], names: Mapping[str, str]) -> list[Pair]:
    most = max((number for pair in counts.values() for number in pair), default=0)
    made = [Pair(names[key], before, after, most) for key, (before, after) in counts.items()]
    return sorted(made, key=lambda pair: pair.label)
