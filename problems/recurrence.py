"""Which incidents come again: groups that propose a problem (PROCESSES PRB-09, DOMAIN DP-6); pure."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from problems.choices import Reason

_LOWEST = 5  # the priority that weighs least


@dataclass(frozen=True)
class Seen:
    """An incident as the detection knows it. ``group_id`` is set for one of a restricted group only.

    ``text`` is its title without what changes from one time to the next: see ``selectors.seen_incidents``.
    """

    pk: int
    company_id: int
    group_id: int | None
    ci_id: int | None
    category: str
    priority: int
    opened_at: dt.datetime
    text: str

    @property
    def realm(self) -> tuple[int, int | None]:
        """Whose it is: what one company or restricted group has is never put together with another's."""
        return self.company_id, self.group_id


@dataclass(frozen=True)
class Recurrence:
    """Incidents that seem to have one cause, oldest first, and what makes them look so."""

    reason: Reason
    members: tuple[Seen, ...]

    @cached_property
    def pks(self) -> frozenset[int]:
        """The members' primary keys."""
        return frozenset(each.pk for each in self.members)

    @property
    def ci_id(self) -> int | None:
        """The configuration item that all of them are about."""
        return self._shared("ci_id")

    @property
    def category(self) -> str:
        """The category that all of them have."""
        return self._shared("category") or ""

    def _shared(self, name: str) -> Any:
        values = {getattr(each, name) for each in self.members}
        return values.pop() if len(values) == 1 else None

    @property
    def score(self) -> float:
        """How much it is worth to look at: size × mean weight of the priorities × regularity.

        A priority 1 weighs five times a priority 5. The regularity is the share of the incidents that fall
        on days of their own: what comes again each day counts more than a burst in one hour.
        """
        size = len(self.members)
        weight = sum(_LOWEST + 1 - each.priority for each in self.members) / size
        days = len({each.opened_at.date() for each in self.members})
        return size * weight * days / size

    @property
    def signature(self) -> str:
        """What makes it the same recurrence the next time: where it happens, and its most frequent text.

        No two groups of one search have the same.
        """
        mark = self.members[0]
        text = ""
        if self.reason == Reason.ALIKE:
            often = Counter(each.text for each in self.members)
            text = min(often, key=lambda text: (-often[text], text))
            mark = next(each for each in self.members if each.text == text)
        told = repr((self.reason.value, mark.realm, mark.ci_id, mark.category, text))
        return hashlib.sha256(told.encode()).hexdigest()


def repeated(seen: Iterable[Seen], *, least: int) -> list[Recurrence]:
    """Groups of at least so many incidents on one configuration item in one category."""
    groups: dict[Hashable, list[Seen]] = defaultdict(list)
    for each in seen:
        if each.ci_id is not None:
            groups[each.realm, each.ci_id, each.category].append(each)
    return _large(Reason.REPEATED, groups.values(), least)


def alike(seen: Sequence[Seen], pairs: Iterable[tuple[int, int]], *, least: int) -> list[Recurrence]:
    """Groups of at least so many incidents that ``pairs`` of keys join, directly or through others."""
    above: dict[int, int] = {each.pk: each.pk for each in seen}

    def top(pk: int) -> int:
        while above[pk] != pk:
            above[pk] = above[above[pk]]  # halve the way for the next one
            pk = above[pk]
        return pk

    for one, other in pairs:
        if one in above and other in above:
            above[top(other)] = top(one)
    groups: dict[Hashable, list[Seen]] = defaultdict(list)
    for each in seen:
        groups[top(each.pk)].append(each)
    return _large(Reason.ALIKE, groups.values(), least)


def _large(reason: Reason, groups: Iterable[list[Seen]], least: int) -> list[Recurrence]:
    kept = (sorted(group, key=lambda each: each.pk) for group in groups if len(group) >= least)
    return [Recurrence(reason, tuple(group)) for group in kept]


def share(one: Collection[int], other: Collection[int]) -> float:
    """How much two groups have in common: the part of the smaller one that is in both, 0 to 1."""
    smaller = min(len(one), len(other))
    return len(set(one) & set(other)) / smaller if smaller else 0.0
