"""Python and SQL give one answer for any condition over any tickets (DOMAIN DX-1)."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from django.db.models import Q
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Membership
from cmdb.models import CI, CIClass
from core.conditions import OPERATORS, BadConditionError, Dictionary, Field, Test, compile_condition
from tests.factories.accounts import DepartmentFactory, GroupFactory, LocationFactory, UserFactory
from tickets.conditions import DICTIONARY
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 10, 1, 0, tzinfo=dt.UTC)
INSTANTS = [None, NOW - dt.timedelta(days=1), NOW - dt.timedelta(hours=2), NOW, NOW + dt.timedelta(hours=2)]
TITLES = [
    "VPN drops",
    "vpn drops",
    "100% CPU",
    "a_b",
    "back\\slash",
    "프린터가 안 됩니다",
    "'; DROP TABLE--",
    " x ",
]
STATES = [
    ("new", 10, "open"),
    ("in_progress", 20, "open"),
    ("on_hold", 30, "waiting"),
    ("resolved", 60, "done"),
]
RELATED = ("company", "group", "assignee", "requester__department", "requester__location", "ci")


def is_member(username, key):
    return Membership.objects.filter(user__username=username, group__key=key).exists()


def members(column, key):
    return Q(**{f"{column}__in": Membership.objects.filter(group__key=key).values("user__username")})


WORDS = Dictionary(
    [
        *DICTIONARY,
        Field("bigram", "list"),
        Field(
            "opened_on",
            "date",
            orm="opened_at__date",
            get=lambda ticket: timezone.localtime(ticket.opened_at).date(),
        ),
    ],
    tests={
        "in_group": Test(
            "choice",
            check=is_member,
            q=members,
            fields=frozenset({"assignee.username", "requester.username"}),
        )
    },
)
LITERALS = {
    "number": [0, 1, 2, 2.5, 3, 5, 10**17, -1],
    "boolean": [True, False],
    "date": ["2026-03-08", "2026-03-10", "2026-03-11"],
    "datetime": ["2026-03-10T01:00:00Z", "2026-03-10T12:00:00+09:00", {"now": "-PT2H"}, {"now": "P1D"}],
    "list": ["vp", "pn", "프린", "zz"],
    "string": [
        *TITLES, "new", "on_hold", "resolved", "open", "waiting", "done", "incident", "request", "portal",
        "", "%", "_", "\\", "VPN", "a", "agent", "requester", "person-a", "person-b", "team-a", "team-b",
        "sales", "seoul", "hardware", "CI0001", "prod", "api", "M3",
    ],
}  # fmt: skip


@st.composite
def leaves(draw):
    """Any legal test that SQL knows."""
    field = draw(st.sampled_from(list(WORDS)))
    legal = [op for op, types in OPERATORS.items() if field.type in types and not op.startswith("changed")]
    op = draw(st.sampled_from(legal + ["in_group"] * (WORDS.tests["in_group"].applies_to(field))))
    tree = {"f": field.path, "op": op}
    if op in {"empty", "nempty"}:
        return tree
    literals = [value for value in LITERALS[field.family] if field.choices is None or value in field.choices]
    if op in {"contains", "starts", "in_group"}:
        literals = [value for value in literals if value]
    others = [other.path for other in WORDS if other.family == field.family != "list"]
    one = st.sampled_from(literals)
    if op in {"in", "nin"}:
        return tree | {"v": draw(st.lists(one, min_size=1, max_size=4))}
    if op not in {"contains", "starts", "in_group"}:
        one |= st.sampled_from(others).map(lambda path: {"ref": path})
    return tree | {"v": [draw(one), draw(one)] if op == "between" else draw(one)}


TREES = st.recursive(
    leaves(),
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda parts: {"all": parts})
        | st.lists(inner, max_size=4).map(lambda parts: {"any": parts})
        | inner.map(lambda part: {"not": part})
    ),
    max_leaves=8,
)


@pytest.fixture
def tickets():
    """Sixty tickets with every mix of values and empty columns."""
    dice = random.Random(20260310)
    teams = [GroupFactory(key="team-a"), GroupFactory(key="team-b")]
    people = [
        UserFactory(
            username="person-a", groups=[teams[0]], grade="M3", department=DepartmentFactory(key="sales")
        ),
        UserFactory(username="person-b", groups=teams, is_vip=True, location=LocationFactory(key="seoul")),
        UserFactory(username="person-c"),
    ]
    machine = CI.objects.create(
        number="CI0001", name="db1", environment="prod", criticality=2, company=people[0].company,
        ci_class=CIClass.objects.order_by("pk").first(),
    )  # fmt: skip
    for at in range(60):
        state, rank, phase = dice.choice(STATES)
        group = dice.choice([None, *teams])
        able = [person for person in people if group is None or is_member(person.username, group.key)]
        title = dice.choice(TITLES)
        Ticket.objects.create(
            number=f"T{at}", kind=dice.choice(["incident", "request"]), title=title,
            state=state, state_rank=rank, phase=phase, company=people[0].company,
            requester=dice.choice(people), assignee=dice.choice([None, *able]),
            group=group, ci=dice.choice([None, machine]),
            category=dice.choice(["", "hardware"]),
            channel=dice.choice(["portal", "api"]), impact=dice.randint(1, 3), urgency=dice.randint(1, 3),
            priority=dice.randint(1, 5), reopen_count=dice.randint(0, 2), opened_at=dice.choice(INSTANTS[1:]),
            first_response_at=dice.choice(INSTANTS), due_at=dice.choice(INSTANTS),
            resolved_at=dice.choice(INSTANTS), last_public_from=dice.choice(["", "agent", "requester"]),
            bigram=dice.choice([[], ["vp", "pn"], ["프린"]]), description=dice.choice(["", *TITLES]),
        )  # fmt: skip
    return list(Ticket.objects.select_related(*RELATED))


@settings(max_examples=600)
@given(tree=TREES)
def test_python_and_sql_choose_the_same_tickets(tickets, tree):
    condition = compile_condition(tree, WORDS)
    by_python = {ticket.pk for ticket in tickets if condition.test(ticket, now=NOW)}
    assert set(Ticket.objects.filter(condition.q(now=NOW)).values_list("pk", flat=True)) == by_python


@settings(max_examples=300)
@given(tree=TREES)
def test_what_an_explanation_amounts_to_is_what_the_condition_says(tickets, tree):
    condition = compile_condition(tree, WORDS)
    for ticket in tickets:
        found = condition.explain(ticket, now=NOW)
        assert condition.verdict(found) == condition.test(ticket, now=NOW)


@given(tree=TREES)
def test_sql_chooses_each_ticket_once_and_the_opposite_of_a_condition_chooses_the_rest(tickets, tree):
    chosen = list(
        Ticket.objects.filter(compile_condition(tree, WORDS).q(now=NOW)).values_list("pk", flat=True)
    )
    rest = Ticket.objects.filter(compile_condition({"not": tree}, WORDS).q(now=NOW)).values_list(
        "pk", flat=True
    )
    assert sorted([*chosen, *rest]) == sorted(ticket.pk for ticket in tickets)


@pytest.mark.parametrize("op", ["changed", "changed_from", "changed_to"])
def test_a_test_of_change_has_no_sql_form(op):
    tree = {"f": "priority", "op": op} | ({} if op == "changed" else {"v": 1})
    with pytest.raises(BadConditionError) as refusal:
        compile_condition({"all": [tree]}, WORDS).q(now=NOW)
    assert [(error.field, error.code) for error in refusal.value.errors] == [("all.0", "no_sql")]


def test_a_special_test_without_a_filter_is_refused_for_sql_only():
    words = Dictionary(
        [Field("number", "text")], tests={"is_odd": Test("text", check=lambda value, _key: True)}
    )
    condition = compile_condition({"f": "number", "op": "is_odd", "v": "x"}, words)
    assert condition.test({"number": "1"}, now=NOW)
    with pytest.raises(BadConditionError):
        condition.q(now=NOW)


def test_a_changed_reference_is_followed_to_the_record_it_pointed_to(tickets, django_assert_num_queries):
    ticket = next(ticket for ticket in tickets if ticket.group_id and ticket.group.key == "team-a")
    other = next(ticket.group_id for ticket in tickets if ticket.group and ticket.group.key == "team-b")
    was_b = compile_condition({"f": "group.key", "op": "changed_from", "v": "team-b"}, WORDS)
    assert was_b.test(ticket, before={"group": other}, now=NOW)
    assert not was_b.test(ticket, before={"group": None}, now=NOW)
    with django_assert_num_queries(0):
        assert not was_b.test(ticket, before={"group": ticket.group_id}, now=NOW)
        assert not was_b.test(ticket, before={"title": "x"}, now=NOW)
