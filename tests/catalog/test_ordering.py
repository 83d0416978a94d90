"""Ordering is one transaction: everything exists together, or nothing (REQ-01)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import services
from catalog.models import CatalogTask, Request, RequestItem
from catalog.services import OrderLine, ordering
from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError, WrongStateError
from core.models import AuditLog, Delivery, OutboxEvent
from tests.factories.accounts import AgentFactory, CompanyFactory, DepartmentFactory, UserFactory
from tests.factories.catalog import ANSWERS, item_of, make_catalog_item, make_order, make_version, task_of
from tickets.models import Activity, Ticket

pytestmark = pytest.mark.django_db


def everything():
    """How many rows there are of all that an order writes."""
    return [
        model.objects.count() for model in (Ticket, Request, RequestItem, CatalogTask, Activity, AuditLog)
    ] + [OutboxEvent.objects.count(), Delivery.objects.count()]


def test_an_order_makes_request_item_and_task():
    version = make_version()
    person = UserFactory(department=DepartmentFactory(key="sales"), grade="senior", cost_center="CC-12")
    request = services.order_item(actor=person, item_key=version.item.key, answers={"size": "large"})
    item, task = item_of(request), task_of(item_of(request))
    assert (request.number[:3], item.number[:4], task.number[:6]) == ("REQ", "RITM", "SCTASK")
    assert (request.state, item.state, task.state) == ("in_process", "open", "open")
    assert (request.requester, request.opened_by, request.on_behalf_of) == (person, person, None)
    assert (item.item_version, item.variables, item.quantity) == (version, {"size": "large"}, 1)
    assert (item.price, request.total, item.currency) == (Decimal(300_000), Decimal(300_000), "KRW")
    assert (item.collected["department"], item.collected["grade"]) == ("sales", "senior")
    assert (item.parent_id, task.parent_id, task.ritm_id) == (request.pk, item.pk, item.pk)
    assert (task.group, item.group) == (version.item.owner_group, version.item.owner_group)
    assert item.expected_at > item.opened_at
    assert task.opened_by is None
    names = list(OutboxEvent.objects.order_by("pk").values_list("name", flat=True))
    assert [name for name in names if name.endswith(".opened")] == [
        "request.opened",
        "ritm.opened",
        "sctask.opened",
    ]


def test_the_price_is_for_all_pieces_and_decimal():
    request = make_order(answers={"size": "small"}, quantity=3)
    assert (item_of(request).price, request.total) == (Decimal(450_000), Decimal(450_000))
    assert request.title.endswith("× 3")


def test_a_monthly_price_is_totalled_apart():
    version = make_version(recurring_price="9900", recurring_period="month")
    request = make_order(version=version, quantity=2)
    assert (request.total, request.recurring_total) == (Decimal(300_000), Decimal(19_800))
    assert item_of(request).recurring_period == "month"


@pytest.mark.parametrize("quantity", [0, -1, 11, "2", True, 1.0, None, 10**9])
def test_a_quantity_outside_the_range_is_refused(quantity):
    version, person = make_version(), UserFactory()
    before = everything()
    with pytest.raises(RuleRefusedError) as refusal:
        services.order_item(actor=person, item_key=version.item.key, answers=ANSWERS, quantity=quantity)
    assert [error.field for error in refusal.value.errors] == ["quantity"]
    assert everything() == before


def test_quantity_and_answers_are_refused_together():
    version = make_version()
    with pytest.raises(RuleRefusedError) as refusal:
        services.order_item(actor=UserFactory(), item_key=version.item.key, answers={"x": 1}, quantity=99)
    assert {error.field for error in refusal.value.errors} == {"quantity", "size", "x"}


def test_a_wrong_answer_writes_nothing():
    version, person = make_version(), UserFactory()
    before = everything()
    with pytest.raises(RuleRefusedError):
        services.order_item(actor=person, item_key=version.item.key, answers={"size": "huge"})
    assert everything() == before


def test_a_failure_at_the_last_step_leaves_nothing(monkeypatch):
    version, person = make_version(), UserFactory()
    before = everything()

    def broken(*_args, **_kwargs):
        raise RuntimeError("the flow could not be started")

    monkeypatch.setattr(ordering, "_start", broken)
    with pytest.raises(RuntimeError):
        services.order_item(actor=person, item_key=version.item.key, answers=ANSWERS)
    assert everything() == before


@pytest.mark.parametrize("key", ["no-such-item", "", "\x00", "\ud800", None, 7, ["laptop"]])
def test_an_unknown_item_is_not_there(key):
    with pytest.raises(NotVisibleError):
        services.order_item(actor=UserFactory(), item_key=key, answers={})


def test_what_is_switched_off_retired_or_only_drafted_cannot_be_ordered():
    off = make_version()
    services.update_item(off.item_id, actor=None, enabled=False)
    retired = make_version()
    services.retire_version(retired.pk, actor=None)
    drafted = make_version(publish=False)
    for version in (off, retired, drafted):
        with pytest.raises(NotVisibleError):
            make_order(version=version)


def test_a_republished_item_is_ordered_again_only_after_another_look():
    first = make_version()
    services.save_draft(first.item_id, actor=None, price=70_000)
    second = services.publish_version(first.item.versions.get(no=2).pk, actor=None)
    with pytest.raises(WrongStateError) as refusal:
        make_order(version=second, version_no=1)
    assert (refusal.value.status, refusal.value.code) == (409, "item_changed")
    assert refusal.value.extra["current_version"] == 2
    assert item_of(make_order(version=second, version_no=2)).price == Decimal(170_000)


def test_an_order_stays_on_its_version():
    first = make_version()
    item = item_of(make_order(version=first))
    services.save_draft(first.item_id, actor=None, price=70_000)
    services.publish_version(first.item.versions.get(no=2).pk, actor=None)
    item.refresh_from_db()
    assert (item.item_version_id, item.price) == (first.pk, Decimal(150_000))
    assert item.item_version.status == "retired"


# --- entitlement -------------------------------------------------------------------------------------------


def grade(value):
    return {"f": "grade", "op": "eq", "v": value}


def test_only_who_is_entitled_orders():
    version = make_version(available_for=grade("director"))
    assert make_order(version=version, person=UserFactory(grade="director"))
    with pytest.raises(NotVisibleError):
        make_order(version=version, person=UserFactory(grade="staff"))


def test_a_refusal_wins_over_an_entitlement():
    version = make_version(
        available_for={"f": "roles", "op": "contains", "v": "requester"}, not_available_for=grade("intern")
    )
    assert make_order(version=version, person=UserFactory(grade="staff"))
    with pytest.raises(NotVisibleError):
        make_order(version=version, person=UserFactory(grade="intern"))


def test_the_shelf_and_those_above_it_must_pass_too():
    top = services.create_category(
        actor=None,
        company=make_catalog_item().company,
        key="board",
        name_ko="임원",
        name_en="Board",
        available_for=grade("director"),
    )
    shelf = services.create_category(
        actor=None, company=top.company, key="board-cars", name_ko="차량", name_en="Cars", parent=top
    )
    version = make_version(item=make_catalog_item(category=shelf))
    assert make_order(version=version, person=UserFactory(grade="director"))
    with pytest.raises(NotVisibleError):
        make_order(version=version, person=UserFactory(grade="staff"))


def test_another_company_has_another_catalogue():
    version = make_version()
    with pytest.raises(NotVisibleError):
        make_order(version=version, person=UserFactory(company=CompanyFactory()))


# --- on behalf ---------------------------------------------------------------------------------------------


def test_a_manager_orders_for_a_report():
    boss = UserFactory()
    person = UserFactory(manager=boss, language="ko")
    request = make_order(person=boss, requested_for=person)
    item = item_of(request)
    assert (request.requester, request.opened_by, request.on_behalf_of) == (person, boss, person)
    assert (item.requester, item.opened_by, item.requested_for) == (person, boss, person)
    assert request.title == "의자"


def test_a_colleague_does_not_order_for_another():
    version, before = make_version(), everything()
    person = UserFactory()
    with pytest.raises(NotAllowedError):
        make_order(person=UserFactory(), requested_for=person, version=version)
    assert everything()[:3] == before[:3]


def test_restricted_asks_for_the_persons_entitlement_and_delegated_for_the_orderers():
    agent, staff = AgentFactory(grade="director"), UserFactory(grade="staff")
    restricted = make_version(available_for=grade("director"))
    delegated = make_version(
        item=make_catalog_item(behalf_access="delegated"), available_for=grade("director")
    )
    with pytest.raises(NotVisibleError):
        make_order(person=agent, requested_for=staff, version=restricted)
    assert make_order(person=agent, requested_for=staff, version=delegated)


def test_nothing_is_ordered_for_who_has_left():
    gone = UserFactory(is_active=False)
    with pytest.raises(RuleRefusedError) as refusal:
        make_order(person=AgentFactory(), requested_for=gone)
    assert [error.field for error in refusal.value.errors] == ["requested_for"]


def test_the_platform_says_for_whom_it_orders():
    version = make_version()
    with pytest.raises(RuleRefusedError) as refusal:
        services.order_item(actor=None, item_key=version.item.key, answers=ANSWERS)
    assert [error.field for error in refusal.value.errors] == ["requested_for"]
    person = UserFactory()
    request = services.order_item(
        actor=None, item_key=version.item.key, answers=ANSWERS, requested_for=person, channel="flow"
    )
    assert (request.requester, request.opened_by) == (person, person)


# --- several lines -----------------------------------------------------------------------------------------


def test_several_lines_make_one_request():
    chair, desk, person = make_version(), make_version(name_en="Desk", name_ko="책상"), UserFactory()
    request = services.place_order(
        actor=person,
        lines=[OrderLine(chair.item.key, ANSWERS, 2), OrderLine(desk.item.key, {"size": "large"})],
    )
    assert request.total == Decimal(600_000)
    assert request.title == "Chair × 2 and 1 more item"
    assert [item.price for item in request.items.order_by("pk")] == [Decimal(300_000), Decimal(300_000)]


def test_mistakes_of_several_lines_are_told_by_line():
    chair, person = make_version(), UserFactory()
    lines = [OrderLine(chair.item.key, ANSWERS), OrderLine(chair.item.key, {}, 99)]
    before = everything()
    with pytest.raises(RuleRefusedError) as refusal:
        services.place_order(actor=person, lines=lines)
    assert {error.field for error in refusal.value.errors} == {"lines.1.size", "lines.1.quantity"}
    assert everything() == before


def test_currencies_are_not_mixed():
    won, dollar, person = make_version(), make_version(currency="USD"), UserFactory()
    with pytest.raises(RuleRefusedError):
        services.place_order(
            actor=person, lines=[OrderLine(won.item.key, ANSWERS), OrderLine(dollar.item.key, ANSWERS)]
        )


@pytest.mark.parametrize("count", [0, 51])
def test_an_order_has_between_1_and_50_lines(count):
    version = make_version()
    with pytest.raises(RuleRefusedError):
        services.place_order(actor=UserFactory(), lines=[OrderLine(version.item.key, ANSWERS)] * count)


def test_an_order_without_a_flow_costs_a_fixed_number_of_statements():
    version, person = make_version(), UserFactory()
    make_order(version=version, person=person)
    fresh = type(person).objects.get(pk=person.pk)
    with CaptureQueriesContext(connection) as queries:
        services.order_item(actor=fresh, item_key=version.item.key, answers=ANSWERS)
    written = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(written) <= 42, "\n".join(written)
