"""Reading the catalogue and orders: one answer everywhere, at a cost that does not grow."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils.translation import override

from catalog import services
from catalog.models import CatalogItem, RequestItem
from catalog.selectors import (
    answers_of,
    catalogue,
    entries_for,
    form_schema,
    item_numbered,
    item_page,
    items_of,
    offered,
    own_requests,
    quote,
    request_numbered,
    request_view,
    tasks_for,
    usual_times,
    versions_for,
)
from core.errors import NotVisibleError, RuleRefusedError
from core.time import db_now
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory
from tests.factories.catalog import (
    SIZES,
    form_with,
    item_of,
    make_catalog_item,
    make_category,
    make_order,
    make_version,
    task_of,
)
from tickets.services import apply_transition

pytestmark = pytest.mark.django_db


@pytest.fixture
def bare():
    """No seed items: only what a test makes."""
    CatalogItem.objects.update(enabled=False)


def keys(shelves):
    return [entry.key for shelf in shelves for entry in shelf.entries]


def grade(value):
    return {"f": "grade", "op": "eq", "v": value}


@pytest.mark.usefixtures("bare")
def test_list_search_page_quote_and_order_give_the_same_answer():
    version = make_version(available_for=grade("director"))
    key = version.item.key
    director, staff = UserFactory(grade="director"), UserFactory(grade="staff")
    assert keys(catalogue(director)) == keys(catalogue(director, query="chair")) == [key]
    assert offered(director, key) == item_page(director, key).version == version
    assert keys(catalogue(staff)) == keys(catalogue(staff, query="chair")) == []
    for closed in (offered, item_page, lambda person, k: quote(person, k, {})):
        with pytest.raises(NotVisibleError):
            closed(staff, key)


@pytest.mark.usefixtures("bare")
def test_another_company_sees_nothing():
    make_version()
    assert catalogue(UserFactory(company=CompanyFactory())) == []


@pytest.mark.usefixtures("bare")
def test_shelves_are_a_tree_without_empty_branches():
    top = make_category(key="top", order=1)
    below = make_category(key="below", parent=top)
    make_category(key="empty", order=2)
    make_version(item=make_catalog_item(category=below))
    shelves = catalogue(UserFactory())
    assert [(shelf.category.key, shelf.depth, len(shelf.entries)) for shelf in shelves] == [
        ("top", 0, 0),
        ("below", 1, 1),
    ]


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("노트", ["laptop-x"]),
        ("노트 북", ["laptop-x"]),
        ("노트북 신청", []),
        ("NOTE", ["laptop-x"]),
        ("개발용", ["laptop-x"]),
        ("의자", ["chair-x"]),
        ("자", ["chair-x"]),
        ("없는것", []),
        ("%", []),
        ("\x00", []),
    ],
)
def test_search_finds_korean_from_any_part_of_a_word(query, found):
    shelf = make_category(name_ko="사무", name_en="Office")
    laptop = make_catalog_item(category=shelf, key="laptop-x")
    make_version(item=laptop, name_ko="노트북", name_en="Notebook", short_ko="개발용과 사무용")
    make_version(item=make_catalog_item(category=shelf, key="chair-x"))
    assert keys(catalogue(UserFactory(), query=query)) == found


@pytest.mark.usefixtures("bare")
def test_what_has_the_word_in_its_name_comes_first():
    shelf = make_category()
    make_version(item=make_catalog_item(category=shelf, order=1), name_en="Desk", short_en="Fits a lamp")
    lamp = make_version(item=make_catalog_item(category=shelf, order=2), name_en="Lamp")
    assert keys(catalogue(UserFactory(), query="lamp"))[0] == lamp.item.key


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("rows", [2, 20])
def test_the_catalogue_costs_the_same_for_any_number_of_items(rows, django_assert_num_queries):
    shelf, person = make_category(), UserFactory()
    for _number in range(rows):
        make_version(item=make_catalog_item(category=shelf), available_for=grade(""))
    fresh = type(person).objects.get(pk=person.pk)
    # Items, shelves (twice), the clock, company, roles and groups of the person, medians.
    with django_assert_num_queries(8):
        assert len(keys(catalogue(fresh))) == rows


@pytest.mark.usefixtures("bare")
def test_a_manager_browses_for_a_report():
    boss = UserFactory(grade="staff")
    person = UserFactory(manager=boss, grade="director")
    version = make_version(available_for=grade("director"))
    assert entries_for(boss) == []
    assert entries_for(boss, for_whom=person) == [version]
    assert entries_for(UserFactory(), for_whom=person) == []


def test_a_quote_tells_price_and_mistakes_without_writing():
    version, person = make_version(), UserFactory()
    page = quote(person, version.item.key, {"size": "large"}, quantity=2)
    assert (page.total, page.quantity, page.evaluation.errors) == (Decimal(600_000), 2, [])
    unfinished = quote(person, version.item.key, {}, quantity=99)
    assert [error.field for error in unfinished.evaluation.errors] == ["size"]
    assert (unfinished.total, unfinished.quantity) == (Decimal(500_000), 10)
    assert not RequestItem.objects.exists()
    with pytest.raises(RuleRefusedError):
        quote(person, version.item.key, ["size"])


def deliver(version, days):
    item = item_of(make_order(version=version))
    apply_transition(RequestItem, item.pk, "complete", actor=None)
    then = db_now() - dt.timedelta(days=days)
    RequestItem.objects.filter(pk=item.pk).update(opened_at=then)


def test_the_usual_time_is_the_median_of_what_was_delivered():
    version = make_version(usual_days=9)
    assert (
        usual_times([version])[version.item_id].days,
        item_page(UserFactory(), version.item.key).usual.measured,
    ) == (
        9,
        False,
    )
    for days in (2, 4, 30):
        deliver(version, days)
    usual = usual_times([version])[version.item_id]
    assert (usual.days, usual.measured, usual.deliveries) == (4, True, 3)


def test_what_was_delivered_long_ago_or_not_at_all_does_not_count():
    version = make_version(usual_days=9)
    for _number in range(3):
        deliver(version, 3)
    RequestItem.objects.update(closed_at=db_now() - dt.timedelta(days=91))
    for _number in range(3):
        make_order(version=version)
    assert usual_times([version])[version.item_id].measured is False


def test_the_form_is_described_in_both_languages_with_rules_and_prices():
    when = {"f": "size", "op": "eq", "v": "large"}
    note = {"key": "note", "type": "text", "label": {"ko": "메모", "en": "Note"}, "visible": when}
    version = make_version(form=form_with(SIZES, note))
    size, shown = form_schema(item_page(UserFactory(), version.item.key).evaluation)
    assert (size["key"], size["type"], size["is_required"], size["label"]["ko"]) == (
        "size",
        "choice",
        True,
        "크기",
    )
    assert [choice["price_effect"] for choice in size["choices"]] == ["100000", "250000"]
    assert (shown["is_visible"], shown["rules"]["visible"]) == (False, when)


def test_answers_are_read_in_the_readers_language():
    boxes = {"key": "fragile", "type": "boolean", "label": {"ko": "깨지기 쉬움", "en": "Fragile"}}
    who = {"key": "who", "type": "user", "label": {"ko": "받을 사람", "en": "Receiver"}}
    colleague = UserFactory(name_ko="박연우", name_en="Yeonwoo Park")
    answers = {"size": "large", "fragile": True, "who": colleague.username}
    item = item_of(make_order(version=make_version(form=form_with(SIZES, boxes, who)), answers=answers))
    agent = AgentFactory()
    with override("ko"):
        assert [(row.label, row.text) for row in answers_of(agent, item)][::2] == [
            ("크기", "큰 것"),
            ("받을 사람", "박연우"),
        ]
    with override("en"):
        assert [(row.label, row.text) for row in answers_of(agent, item)] == [
            ("Size", "Large"),
            ("Fragile", "Yes"),
            ("Receiver", "Yeonwoo Park"),
        ]


def test_own_requests_are_those_a_person_ordered_or_gets():
    boss = UserFactory()
    person = UserFactory(manager=boss)
    mine, theirs = make_order(person=person), make_order(person=boss, requested_for=person)
    make_order()
    assert list(own_requests(person)) == [theirs, mine]
    assert list(own_requests(boss)) == [theirs]


@pytest.mark.parametrize("rows", [2, 10])
def test_own_requests_cost_the_same_for_any_number(rows, django_assert_num_queries):
    person, version = UserFactory(), make_version()
    for _number in range(rows):
        make_order(person=person, version=version)
    fresh = type(person).objects.get(pk=person.pk)
    with django_assert_num_queries(3):  # grants, requests, items with their versions
        for request in own_requests(fresh):
            assert [item.item_version.item.key for item in request.items.all()] == [version.item.key]


def test_a_request_shows_its_items_and_to_agents_its_tasks():
    person, agent = UserFactory(), AgentFactory()
    request = make_order(person=person)
    (own,) = request_view(person, request_numbered(person, request.number))
    assert ([answer.text for answer in own.answers], own.tasks) == (["작은 것"], [])
    (seen,) = request_view(agent, request_numbered(agent, request.number))
    assert seen.tasks == [task_of(item_of(request))]
    with pytest.raises(NotVisibleError):
        request_numbered(UserFactory(), request.number)
    with pytest.raises(NotVisibleError):
        item_numbered(UserFactory(), item_of(request).number)


@pytest.mark.parametrize("lines", [1, 5])
def test_a_request_costs_the_same_for_any_number_of_items(lines, django_assert_num_queries):
    version, agent = make_version(), AgentFactory()
    rows = [services.OrderLine(version.item.key, {"size": "small"})] * lines
    request = services.place_order(actor=UserFactory(), lines=rows)
    fresh = type(agent).objects.get(pk=agent.pk)
    with django_assert_num_queries(5):  # grants, groups, items, tasks, runs
        assert len(request_view(fresh, request)) == lines


def test_the_items_of_a_request_are_each_for_its_person():
    first, second = UserFactory(), UserFactory()
    version, agent = make_version(), AgentFactory()
    lines = [
        services.OrderLine(version.item.key, {"size": "small"}, requested_for=person)
        for person in (first, second)
    ]
    request = services.place_order(actor=agent, lines=lines)
    assert request.requester == agent
    assert [item.requester for item in items_of(agent, request)] == [first, second]
    assert [item.requester for item in items_of(first, request)] == [first]


def test_a_team_sees_its_open_tasks_those_due_first():
    version = make_version()
    member = AgentFactory(groups=[version.item.owner_group])
    late, soon = make_order(version=version), make_order(version=version)
    due = db_now() + dt.timedelta(hours=1)
    type(task_of(item_of(soon))).objects.filter(pk=task_of(item_of(soon)).pk).update(due_at=due)
    make_order()
    assert [task.ritm.request for task in tasks_for(member)] == [soon, late]
    services.complete_task(task_of(item_of(soon)).pk, actor=member)
    assert [task.ritm.request for task in tasks_for(member)] == [late]
    assert list(tasks_for(AgentFactory())) == []


def test_drafts_and_retired_versions_are_for_who_edits_the_catalogue():
    version = make_version()
    services.save_draft(version.item_id, actor=None, price=1)
    mine = versions_for(UserFactory()).filter(item=version.item_id)
    theirs = versions_for(UserFactory(roles=["catalog_manager"])).filter(item=version.item_id)
    assert [row.no for row in mine] == [1]
    assert [row.no for row in theirs] == [2, 1]
