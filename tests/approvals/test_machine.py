"""Whole requests against a naive model: random stages, sets and answers, on the real database (DF-73)."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals import services
from approvals.models import Approval, ApprovalRequest
from core.errors import AlreadyDecidedError
from tests.approvals.test_stage_rules import told
from tests.factories.accounts import GroupFactory, UserFactory
from tests.factories.approvals import make_approval_request
from tests.factories.incidents import make_incident

RULES = [
    "any",
    "all",
    "all_responded_any",
    "first_response",
    "count:1",
    "count:2",
    "percent:50",
    "percent:67",
]
PEOPLE = "abcde"
GROUPS = {"G": "abc", "H": "cd"}

sets = st.fixed_dictionaries(
    {
        "named": st.lists(st.sampled_from([*PEOPLE, *GROUPS]), min_size=1, max_size=3, unique=True),
        "rule": st.sampled_from(RULES),
        "members": st.sampled_from(["once", "each"]),
    }
)
stages = st.fixed_dictionaries(
    {
        "sets": st.lists(sets, min_size=1, max_size=2),
        "veto": st.sampled_from([0, 1, 2]),
        "carry": st.booleans(),
    }
)
plans = st.lists(stages, min_size=1, max_size=3)


def seats_of(each):
    """Seat by person in one set: people named for themselves first, then members of groups."""
    found = {}
    for name in sorted(each["named"], key=lambda name: name in GROUPS):
        for person in GROUPS.get(name, name):
            found.setdefault(person, name if name in GROUPS and each["members"] == "once" else person)
    return found


@dataclass
class Model:
    """What a request must do, in the plainest words: nothing is cached, all follows from the answers."""

    plan: list
    stage: int = 0
    status: str = "requested"
    given: list = field(default_factory=list)
    carried: list = field(default_factory=list)

    def begin(self):
        """Start the present stage, pass it when carried answers meet it, end when nobody could approve it."""
        while True:
            earlier = {person for stage, person, yes in self.given if yes and stage < self.stage}
            who = {person for each in self.plan[self.stage]["sets"] for person in seats_of(each)}
            if all(self.is_hopeless(each) for each in self.plan[self.stage]["sets"]):
                self.status = "cancelled"
                return
            if self.plan[self.stage]["carry"]:
                self.carry(sorted(earlier & who))
            if not self.moves_on():
                return

    def is_hopeless(self, each):
        """Whether so few can be asked that this set could never be met."""
        seats = set(seats_of(each).values())
        return told(each["rule"], seats, []) == "dead"

    def carry(self, people):
        """Earlier answers count as the first ones of this stage, one seat each."""
        for person in people:
            if self.open_seats(person):
                self.given.append((self.stage, person, True))
                self.carried.append((self.stage, person))

    def seat_answers(self, each):
        """The first answer of whoever holds a seat is the seat's answer, in the order they were given."""
        holders, answers = seats_of(each), []
        for stage, person, yes in self.given:
            seat = holders.get(person)
            if stage == self.stage and seat and seat not in {known for known, _yes in answers}:
                answers.append((seat, yes))
        return answers

    def open_seats(self, person):
        """The sets in which the person's seat has no answer yet."""
        sets = self.plan[self.stage]["sets"]
        taken = [{seat for seat, _yes in self.seat_answers(each)} for each in sets]
        return [
            n
            for n, each in enumerate(sets)
            if person in seats_of(each) and seats_of(each)[person] not in taken[n]
        ]

    def asked(self):
        """Whom the request waits for now."""
        if self.status != "requested":
            return set()
        answered = {person for stage, person, _yes in self.given if stage == self.stage}
        return {person for person in PEOPLE if person not in answered and self.open_seats(person)}

    def moves_on(self):
        """Settle the present stage; whether there is another one to begin."""
        stage = self.plan[self.stage]
        noes = sum(not yes for at, _person, yes in self.given if at == self.stage)
        words = [
            told(each["rule"], set(seats_of(each).values()), self.seat_answers(each))
            for each in stage["sets"]
        ]
        if stage["veto"] and noes >= stage["veto"]:
            self.status = "rejected"
        elif "met" in words:
            if self.stage + 1 < len(self.plan):
                self.stage += 1
                return True
            self.status = "approved"
        elif "open" not in words:
            self.status = "rejected"
        return False

    def answer(self, person, yes):
        """One person says yes or no."""
        self.given.append((self.stage, person, yes))
        if self.moves_on():
            self.begin()


def asked_for(plan, people, groups):
    """The plan as ``request_approval`` takes it."""
    named = {**people, **groups}
    return [
        {
            "sets": [
                {"approvers": [named[name] for name in each["named"]], "rule": each["rule"],
                 "members": each["members"]} for each in stage["sets"]
            ],
            "reject_rule": f"count:{stage['veto']}" if stage["veto"] else "",
            "carry_decision": stage["carry"],
        }
        for stage in plan
    ]  # fmt: skip


@pytest.fixture
def world(db):
    groups = {name: GroupFactory() for name in GROUPS}
    people = {
        name: UserFactory(groups=[groups[key] for key, members in GROUPS.items() if name in members])
        for name in PEOPLE
    }
    return people, groups, make_incident()


@pytest.mark.pitfall("P-13")
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=plans, data=st.data())
def test_every_request_does_what_the_plain_model_says(world, plan, data):
    people, groups, ticket = world
    with transaction.atomic():
        play(plan, data, people, groups, ticket)
        transaction.set_rollback(True)


def play(plan, data, people, groups, ticket):
    model = Model(plan)
    model.begin()
    if model.status == "cancelled":
        with pytest.raises(services.NoApproverError):
            make_approval_request(ticket=ticket, stages=asked_for(plan, people, groups))
        return
    request = make_approval_request(ticket=ticket, stages=asked_for(plan, people, groups))
    names = {person.pk: name for name, person in people.items()}
    check(request, model, names)
    while model.asked():
        person = data.draw(st.sampled_from(sorted(model.asked())))
        yes = data.draw(st.booleans())
        row = Approval.objects.get(request=request, approver=people[person], status="requested")
        services.decide(
            row.pk, actor=people[person], decision="approved" if yes else "rejected", comment="Because"
        )
        model.answer(person, yes)
        check(request, model, names)
        with pytest.raises(AlreadyDecidedError):
            services.decide(row.pk, actor=people[person], decision="approved")
    assert model.status in {"approved", "rejected", "cancelled"}


def check(request, model, names):
    """The database and the model agree: status, stage, who is asked, what was carried."""
    row = ApprovalRequest.objects.get(pk=request.pk)
    assert (row.status, row.stage) == (model.status, model.stage + 1), model
    rows = Approval.objects.filter(request=request)
    waiting = {(each.stage, names[each.approver_id]) for each in rows.filter(status="requested")}
    assert waiting == {(row.stage, person) for person in model.asked()}, model
    assert {(each.stage - 1, names[each.approver_id]) for each in rows.filter(why="carried")} == set(
        model.carried
    )
    assert (row.status == "requested") == (row.decided_at is None)
