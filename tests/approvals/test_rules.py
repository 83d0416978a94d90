"""The truth table of approval rules: every rule, up to ten approvers, every order of answers."""

from __future__ import annotations

import itertools

import pytest

from approvals.rules import Rule, Tally, outcome, parse, tally
from core.errors import RuleRefusedError

RULES = [
    *("any", "all", "all_responded_any", "first_response", "count:1", "count:2", "count:5", "count:10"),
    *("percent:0", "percent:1", "percent:33", "percent:50", "percent:66.6", "percent:99", "percent:100"),
]
MOST = 10


def needed_share(percent: str, asked: int) -> int:
    """Round half up in whole tenths, at least one: written without decimals on purpose."""
    tenths = round(float(percent) * 10)
    return max((2 * asked * tenths + 1000) // 2000, 1)


def full(rule: str, answers: tuple[bool, ...]) -> bool:
    """What the rule says when everybody has answered, in this order; PROCESSES APR-03 in plain words."""
    name, _, amount = rule.partition(":")
    yes = sum(answers)
    if name in {"any", "all_responded_any"}:
        return yes >= 1
    if name == "all" or (name == "percent" and float(amount) >= 100):
        return yes == len(answers)
    if name == "first_response" or (name == "percent" and float(amount) <= 0):
        return answers[0]
    if name == "count":
        return yes >= int(amount)
    return yes >= needed_share(amount, len(answers))


@pytest.mark.pitfall("P-13")
@pytest.mark.parametrize("rule", RULES)
def test_every_order_of_answers_ends_once_and_at_the_right_answer(rule):
    parsed = parse(rule)
    for asked in range(1, MOST + 1):
        for answers in itertools.product([True, False], repeat=asked):
            assert played(parsed, answers) == expected(rule, answers), (asked, answers)


def played(rule: Rule, answers: tuple[bool, ...]) -> tuple[str, int]:
    """The end and the number of answers it took; after an end nothing is asked any more."""
    for given in range(len(answers) + 1):
        rows = [(f"user:{i}", answer if i < given else None) for i, answer in enumerate(answers)]
        state = outcome(rule, tally(rows))
        assert state in {"approved", "rejected", "requested"}
        if state != "requested":
            return state, given
    raise AssertionError("Everybody has answered and it is still open.")


def expected(rule: str, answers: tuple[bool, ...]) -> tuple[str, int]:
    """Approved at the first answer that meets the rule, rejected at the first that makes it impossible."""
    asked = len(answers)
    for given in range(asked + 1):
        so_far, rest = answers[:given], asked - given
        if not full(rule, (*so_far, *[True] * rest)):
            return "rejected", given
        waits_for_all = rule == "all_responded_any" and rest
        first_matters = rule in {"first_response", "percent:0"} and not given
        if not waits_for_all and not first_matters and full(rule, (*so_far, *[False] * rest)):
            return "approved", given
    raise AssertionError("unreachable")


@pytest.mark.parametrize(
    ("percent", "asked", "needed"), [("33", 3, 1), ("50", 5, 3), ("49.8", 5, 2), ("1", 10, 1), ("60", 5, 3)]
)
def test_a_share_is_rounded_half_up_and_is_at_least_one(percent, asked, needed):
    assert parse(f"percent:{percent}").needed(asked) == needed


def test_a_seat_counts_once_and_its_answer_wins():
    counted = tally([("group:1", None), ("group:1", True), ("group:1", None), ("user:2", None)])
    assert counted == Tally(yes=1, no=0, open=1)


def test_a_reject_rule_ends_the_question_before_the_approvals_do():
    rule, veto = parse("count:1"), parse("any")
    assert outcome(rule, Tally(yes=0, no=1, open=5), reject=veto) == "rejected"
    assert outcome(rule, Tally(yes=0, no=1, open=5)) == "requested"
    assert outcome(parse("all"), Tally(yes=2, no=0, open=1), reject=parse("count:2")) == "requested"


@pytest.mark.parametrize(
    "text", ["", "most", "any:1", "count", "count:0", "count:x", "count:1.5", "count:9999", "percent:x",
             "percent:nan", "all:", "count:2:3"]
)  # fmt: skip
def test_what_is_no_rule_is_refused(text):
    with pytest.raises(RuleRefusedError) as refusal:
        parse(text)
    assert refusal.value.errors[0].field == "rule"
