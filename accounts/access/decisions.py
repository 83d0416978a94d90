"""What a policy answers: yes or no together with the rule that decided (SECURITY AC-14).

A policy writes ``why(…) -> Decision``; its ``may(…)`` is the truth of that and nothing else. What lets a
person see rows is a list of ``RowRule``, and the filter of the selectors is made from it by ``any_of``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from core.errors import Text


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a policy, true or false, with the rule in words.

    ``code`` names the rule for programs. ``grants`` are those the rule asks for, held or not. ``via`` is the
    attribute of the object that holds the group through which it is reached.
    """

    allowed: bool
    code: str
    words: Text
    grants: tuple[str, ...] = ()
    via: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def needing(self, grants: Iterable[str]) -> Decision:
        """The same answer, naming ``grants`` that would have made it another."""
        return Decision(self.allowed, self.code, self.words, tuple(grants), self.via)


def yes(code: str, words: Text) -> Decision:
    """An answer that allows without any grant."""
    return Decision(True, code, words)  # noqa: FBT003 - it is the name of the answer


def no(code: str, words: Text) -> Decision:
    """A refusal that no grant would change."""
    return Decision(False, code, words)  # noqa: FBT003 - it is the name of the answer


@dataclass(frozen=True, slots=True)
class RowRule:
    """A reason why a person sees rows: those that match ``rows``, every row where that is empty."""

    code: str
    words: Text
    rows: Q
    grants: tuple[str, ...] = ()
    via: str = ""


PLATFORM = yes("platform", _("The platform itself acts."))
UNKNOWN_ACTION = no("unknown_action", _("Nobody can do this with such an object."))
OTHER_COMPANY = no("company_wall", _("It belongs to another company."))
NO_ROW_RULE = no("no_rule", _("No rule lets this person see it: what is not allowed is refused."))


def any_of(rules: Iterable[RowRule]) -> Q:
    """The rows that one of ``rules`` shows; none when there is no rule."""
    filters = [rule.rows for rule in rules]
    if any(not each for each in filters):
        return Q()
    return reduce(or_, filters, Q()) if filters else Q(pk__in=[])


def row_decision(model: type[Model], pk: Any, wall: Q, rules: Iterable[RowRule]) -> Decision:
    """Which of ``rules`` shows this row behind the ``wall``: the database answers, by the filters."""
    found = list(rules)
    asked = {f"rule_{place}": rule.rows for place, rule in enumerate(found) if rule.rows}
    kept: Any = model._default_manager.filter(pk=pk)
    if not kept.filter(wall).exists():
        return OTHER_COMPANY
    holds = kept.annotate(**asked).values(*asked).first() if asked else {}
    for place, rule in enumerate(found):
        if (holds or {}).get(f"rule_{place}", not rule.rows):
            return Decision(True, rule.code, rule.words, rule.grants, rule.via)  # noqa: FBT003 - as above
    return NO_ROW_RULE
