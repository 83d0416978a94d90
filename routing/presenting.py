"""Rules and previews in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import SkillLevel
from accounts.policies import Actor
from core.conditions import LeafResult, line
from routing.preview import Outcome, Preview
from routing.rules import always_holds
from routing.selectors import Listed
from tickets import kinds
from tickets.choices import Standing, Strategy
from tickets.models import AssignmentRule
from tickets.strategies import Candidate
from tickets.vocabulary import TicketVocabulary

_BARE = frozenset({"empty", "nempty", "changed"})
_SEVERAL = frozenset({"in", "nin", "between"})
_TONES = {Standing.CHOSEN: "good", Standing.STANDS_IN: "good", Standing.AWAY: "warn"}


@dataclass(frozen=True)
class RuleRow:
    """A rule for the list: when it holds, and whom it chooses."""

    listed: Listed
    when: str
    how: str


@dataclass(frozen=True)
class TestWords:
    """One test of a rule: what it asks, what the ticket has, and how it came out."""

    __test__ = False  # the name means something to pytest

    text: str
    value: str
    holds: bool


@dataclass(frozen=True)
class OutcomeWords:
    """One rule of a preview."""

    outcome: Outcome
    tests: list[TestWords]
    verdict: str
    tone: str
    icon: str


@dataclass(frozen=True)
class CandidateWords:
    """One person of a preview: how they stand, and what that was judged by."""

    candidate: Candidate
    standing: str
    tone: str
    notes: str


def kind_word(kind: str) -> str:
    """What tickets of that kind are called; a kind that is gone by its key."""
    return str(next((spec.plural for spec in kinds.all_kinds() if spec.key == kind), kind))


def how(rule: AssignmentRule) -> str:
    """How the rule picks a person, in words."""
    if rule.strategy != Strategy.SKILL:
        return str(Strategy(rule.strategy).label)
    if rule.least_level == SkillLevel.BEGINNER:
        return _("Who has the skill “%(skill)s”") % {"skill": rule.skill}
    words = {"skill": rule.skill, "level": rule.least_level}
    return _("Who has the skill “%(skill)s”, level %(level)s or more") % words


def when(rule: AssignmentRule, words: TicketVocabulary) -> str:
    """When the rule holds, in one line."""
    return _("Always") if always_holds(rule.condition) else line(rule.condition, words)


def rows(by_kind: dict[str, list[Listed]], actor: Actor) -> list[tuple[str, str, list[RuleRow]]]:
    """The kinds that have rules: key, word, rules."""
    found = []
    for kind, listed in by_kind.items():
        words = TicketVocabulary(kind, actor)
        shown = [RuleRow(each, when(each.rule, words), how(each.rule)) for each in listed]
        found.append((kind, kind_word(kind), shown))
    return found


def outcomes(preview: Preview, actor: Actor) -> list[OutcomeWords]:
    """The rules of a preview, in order."""
    words = TicketVocabulary(preview.ticket.kind, actor)
    return [
        OutcomeWords(each, [_test(leaf, words) for leaf in each.tests], *_verdict(each))
        for each in preview.outcomes
    ]


def candidates(preview: Preview) -> list[CandidateWords]:
    """The people of a preview, the chosen first."""
    found = []
    for each in preview.choice.candidates:
        standing = Standing(each.standing)
        tone = _TONES.get(standing, "neutral")
        found.append(CandidateWords(each, str(standing.label), tone, notes(each)))
    return found


def notes(candidate: Candidate) -> str:
    """What a person's standing was judged by."""
    told = []
    if candidate.level is not None:
        told.append(_("level %(level)s") % {"level": candidate.level})
    if candidate.load is not None:
        told.append(
            ngettext("%(count)s open ticket", "%(count)s open tickets", candidate.load)
            % {"count": candidate.load}
        )
    if candidate.stand_in is not None:
        told.append(_("%(name)s stands in") % {"name": candidate.stand_in.display_name})
    return " · ".join(told)


def nobody(preview: Preview) -> str:
    """Why the rule that matched chooses nobody; empty where it chooses somebody."""
    if preview.matched is None or preview.choice.person is not None:
        return ""
    if preview.matched.rule.strategy == Strategy.NONE:
        return _("The rule chooses no person: the group sees the ticket as unassigned.")
    return _("Nobody of the group can be chosen now: the group sees the ticket as unassigned.")


def _verdict(outcome: Outcome) -> tuple[str, str, str]:
    if outcome.broken:
        return _("Its condition cannot be read"), "bad", "circle-alert"
    if outcome.matched:
        return _("Matches"), "good", "circle-check"
    if not outcome.rule.enabled:
        return _("Switched off"), "neutral", "circle-x"
    if not outcome.reached:
        return _("Not reached"), "neutral", "skip-forward"
    return _("Does not match"), "neutral", "circle-x"


def _test(leaf: LeafResult, words: TicketVocabulary) -> TestWords:
    return TestWords(line(_tree(leaf), words), words.value(leaf.field, leaf.value), leaf.holds)


def _tree(leaf: LeafResult) -> dict[str, Any]:
    """The test again, with what it was compared with in place of references."""
    tree: dict[str, Any] = {"f": leaf.field, "op": leaf.op}
    if leaf.op in _BARE:
        return tree
    return tree | {"v": list(leaf.operands) if leaf.op in _SEVERAL else leaf.operands[0]}
