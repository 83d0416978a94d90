"""Approve sets joined by OR: every order of answers against the plain words of PROCESSES APR-02."""

from __future__ import annotations

import itertools

import pytest

from approvals.rules import Tally, parse, stage_outcome, tally
from tests.approvals.test_rules import full

RULES = ["any", "all", "all_responded_any", "first_response", "count:2", "percent:50"]
# Who sits in the first and in the second set: apart, overlapping, one inside the other, alike.
SEATINGS = [("abc", "d"), ("abc", "cd"), ("abcd", "b"), ("abc", "abc"), ("ab", "")]


def told(rule, members, given):
    """What one set says after these answers, in their order: met, dead or open."""
    mine = [answer for person, answer in given if person in members]
    rest = len(members) - len(mine)
    if not members or not full(rule, (*mine, *[True] * rest)):
        return "dead"
    waits = (rule == "all_responded_any" and rest) or (rule == "first_response" and not mine)
    return "met" if not waits and full(rule, (*mine, *[False] * rest)) else "open"


def plainly(sets, veto, given):
    """The stage in the order of APR-02, written without tallies."""
    if veto and sum(not answer for _person, answer in given) >= veto:
        return "rejected"
    words = [told(rule, members, given) for rule, members in sets]
    if "met" in words:
        return "approved"
    return "requested" if "open" in words else "rejected"


def computed(sets, veto, given):
    """The same by the functions under test."""
    answers = dict(given)
    counted = [
        (parse(rule), tally((person, answers.get(person)) for person in members)) for rule, members in sets
    ]
    everybody = sorted({person for _rule, members in sets for person in members})
    whole = tally((person, answers.get(person)) for person in everybody)
    return stage_outcome(counted, whole, reject=parse(f"count:{veto}") if veto else None)


@pytest.mark.pitfall("P-13")
@pytest.mark.parametrize("seating", SEATINGS)
@pytest.mark.parametrize("veto", [0, 2])
def test_two_sets_end_once_and_at_the_right_answer_in_every_order(seating, veto):
    people = sorted(set("".join(seating)))
    for rules in itertools.product(RULES, repeat=2):
        sets = list(zip(rules, seating, strict=True))
        for order in itertools.permutations(people):
            for answers in itertools.product([True, False], repeat=len(people)):
                given = list(zip(order, answers, strict=True))
                for size in range(len(given) + 1):
                    state = computed(sets, veto, given[:size])
                    assert state == plainly(sets, veto, given[:size]), (sets, given[:size])
                    if state != "requested":
                        break
                else:
                    pytest.fail(f"Everybody has answered and it is still open: {sets} {given}")


def test_the_first_answer_decides_its_own_set_whatever_comes_later():
    first, other = parse("first_response"), parse("all")
    sets = [(first, Tally(yes=1, no=1, open=0)), (other, Tally(yes=0, no=0, open=1))]
    assert stage_outcome(sets, Tally(yes=1, no=1, open=1)) == "requested"


def test_a_set_with_nobody_in_it_never_approves():
    for rule in RULES:
        assert stage_outcome([(parse(rule), Tally(0, 0, 0))], Tally(0, 0, 0)) == "rejected"
