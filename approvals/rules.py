"""When answers make a decision: pure functions over counted answers (PROCESSES APR-02 to APR-04)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext as _

from core.errors import invalid

KINDS = frozenset({"any", "all", "all_responded_any", "first_response", "count", "percent"})
_WITH_AMOUNT = frozenset({"count", "percent"})
MAX_COUNT = 1_000


@dataclass(frozen=True)
class Tally:
    """How many seats said yes, said no and have not answered yet."""

    yes: int
    no: int
    open: int

    @property
    def asked(self) -> int:
        """How many seats there are."""
        return self.yes + self.no + self.open


@dataclass(frozen=True)
class Rule:
    """One rule; ``amount`` is the n of count and the p of percent."""

    kind: str
    amount: Decimal = Decimal(0)

    def needed(self, asked: int) -> int:
        """How many yes it takes among ``asked`` seats."""
        if self.kind == "all":
            return max(asked, 1)
        if self.kind == "count":
            return int(self.amount)
        if self.kind == "percent":
            share = (asked * self.amount / 100).quantize(Decimal(1), ROUND_HALF_UP)
            return max(int(share), 1)
        return 1

    def is_met(self, tally: Tally) -> bool:
        """Whether these answers approve."""
        if self.kind == "all_responded_any" and tally.open:
            return False
        if self.kind == "first_response" and tally.no:
            return False
        return tally.yes >= self.needed(tally.asked)

    def is_reachable(self, tally: Tally) -> bool:
        """Whether the open answers could still make it met."""
        if self.kind == "first_response" and tally.no:
            return False
        return tally.yes + tally.open >= self.needed(tally.asked)


def parse(text: str) -> Rule:
    """The rule a text such as ``any``, ``all_responded_any``, ``count:2`` or ``percent:60`` stands for.

    A percentage of nothing or less is ``first_response``, of 100 or more ``all`` (APR-04).
    Raises RuleRefusedError naming ``rule``.
    """
    kind, colon, amount_text = text.partition(":")
    if kind not in KINDS or bool(colon) > (kind in _WITH_AMOUNT):
        raise invalid("rule", _("“%(rule)s” is no approval rule.") % {"rule": text[:40]}, code="choice")
    if kind == "percent":
        return _percent(amount_text)
    if kind == "count":
        amount = _number(amount_text)
        if amount is None or amount != int(amount) or not 1 <= amount <= MAX_COUNT:
            raise invalid("rule", _("Say how many approvals are needed, for example count:2."))
        return Rule("count", amount)
    return Rule(kind)


def _percent(text: str) -> Rule:
    if not text.strip():
        return Rule("first_response")
    amount = _number(text)
    if amount is None:
        raise invalid("rule", _("Say which share is needed, for example percent:60."))
    if amount <= 0:
        return Rule("first_response")
    return Rule("all") if amount >= 100 else Rule("percent", amount)


def _number(text: str) -> Decimal | None:
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def tally(answers: Iterable[tuple[str, bool | None]]) -> Tally:
    """The counted answers: seat with yes, no or None; rows of one seat count once, an answer wins."""
    seats: dict[str, bool | None] = {}
    for seat, answer in answers:
        if seats.get(seat) is None:
            seats[seat] = answer
    values = list(seats.values())
    return Tally(values.count(True), values.count(False), values.count(None))


def outcome(rule: Rule, counted: Tally, *, reject: Rule | None = None) -> str:
    """``approved``, ``rejected`` or ``requested`` (still open) for a stage of one set."""
    return stage_outcome([(rule, counted)], counted, reject=reject)


def stage_outcome(sets: Iterable[tuple[Rule, Tally]], whole: Tally, *, reject: Rule | None = None) -> str:
    """``approved``, ``rejected`` or ``requested`` (still open) for a stage, in the order of APR-02.

    ``sets`` are the approve sets, joined by OR, each with its answers; ``whole`` counts all answers of the
    stage, each once, for the ``reject`` rule over the noes. What no set can approve any more is rejected at
    that very answer.
    """
    noes = Tally(yes=whole.no, no=whole.yes, open=whole.open)
    if reject is not None and reject.is_met(noes):
        return "rejected"
    known = list(sets)
    if any(rule.is_met(counted) for rule, counted in known):
        return "approved"
    return "requested" if any(rule.is_reachable(counted) for rule, counted in known) else "rejected"
