"""Tasks end items and items end requests, by handlers that may run twice and in any order."""

from __future__ import annotations

import datetime as dt
from itertools import product

import pytest

from catalog import handlers, services
from catalog.models import CatalogTask, Request, RequestItem
from core import outbox
from core.errors import WrongStateError
from core.models import OutboxEvent
from core.time import db_now
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.catalog import ANSWERS, item_of, make_item, make_order, make_version, task_of
from tests.settling import settle
from tickets.models import Activity, Ticket
from tickets.services import apply_transition

pytestmark = pytest.mark.django_db


def states(request):
    items = RequestItem.objects.filter(request=request.pk).order_by("pk").values_list("state", flat=True)
    return Request.objects.get(pk=request.pk).state, list(items)


def end_task(task, how, agent):
    notes = {} if how == "complete" else {"close_notes": "That is how it is."}
    services.SERVICES["sctask"][how](task.pk, actor=agent, **notes)


def test_a_task_in_work_puts_its_item_in_work():
    request = make_order()
    settle()
    assert states(request) == ("in_process", ["open"])
    services.start_task(task_of(item_of(request)).pk, actor=AgentFactory())
    settle()
    assert states(request) == ("in_process", ["work_in_progress"])


@pytest.mark.parametrize(
    ("how", "item", "request_"),
    [
        ("complete", "closed_complete", "closed_complete"),
        ("incomplete", "closed_incomplete", "closed_incomplete"),
        ("skip", "closed_skipped", "closed_skipped"),
    ],
)
def test_the_end_of_the_only_task_ends_item_and_request(how, item, request_):
    request = make_order()
    end_task(task_of(item_of(request)), how, AgentFactory())
    settle()
    assert states(request) == (request_, [item])


@pytest.mark.parametrize("ends", list(product(["complete", "incomplete", "skip"], repeat=2)))
def test_two_tasks_of_an_item_are_rolled_up(ends):
    request, agent = make_order(), AgentFactory()
    services.open_task(parent=item_of(request), title="Second", actor=agent)
    tasks = list(CatalogTask.objects.order_by("pk"))
    end_task(tasks[0], ends[0], agent)
    settle()
    assert states(request)[0] == "in_process"
    end_task(tasks[1], ends[1], agent)
    settle()
    expected = "closed_complete"
    if "incomplete" in ends:
        expected = "closed_incomplete"
    elif ends == ("skip", "skip"):
        expected = "closed_skipped"
    assert states(request) == (expected, [expected])


def two_items(person=None):
    version = make_version()
    line = services.OrderLine(version.item.key, ANSWERS)
    return services.place_order(actor=person or UserFactory(), lines=[line, line])


def test_one_item_withdrawn_leaves_the_other_to_decide():
    person, agent = UserFactory(), AgentFactory()
    request = two_items(person)
    first, second = RequestItem.objects.order_by("pk")
    services.cancel_item(first.pk, actor=person)
    settle()
    assert states(request) == ("in_process", ["cancelled", "open"])
    assert task_of(first).state == "closed_skipped"
    end_task(task_of(second), "complete", agent)
    settle()
    assert states(request) == ("closed_complete", ["cancelled", "closed_complete"])


def test_one_incomplete_item_makes_the_request_incomplete():
    agent, request = AgentFactory(), two_items()
    first, second = RequestItem.objects.order_by("pk")
    end_task(task_of(first), "incomplete", agent)
    end_task(task_of(second), "complete", agent)
    settle()
    assert states(request) == ("closed_incomplete", ["closed_incomplete", "closed_complete"])


def test_withdrawing_a_request_withdraws_items_and_skips_tasks():
    person = UserFactory()
    request = two_items(person)
    services.cancel_request(request.pk, actor=person, reason_text="Ordered twice.")
    settle()
    assert states(request) == ("closed_cancelled", ["cancelled", "cancelled"])
    assert set(CatalogTask.objects.values_list("state", flat=True)) == {"closed_skipped"}
    assert {item.close_notes for item in RequestItem.objects.all()} == {"Ordered twice."}
    assert not Ticket.objects.filter(active=True).exists()


def test_withdrawing_all_items_one_by_one_withdraws_the_request():
    person = UserFactory()
    request = two_items(person)
    for item in RequestItem.objects.all():
        services.cancel_item(item.pk, actor=person)
    settle()
    assert states(request) == ("closed_cancelled", ["cancelled", "cancelled"])


def test_a_correction_by_hand_stops_the_tasks_and_closes_the_request():
    admin = UserFactory(roles=["config_admin"])
    request = make_order(person=admin)
    item = item_of(request)
    services.incomplete_item(item.pk, actor=admin, work_note="The vendor is gone.")
    settle()
    assert states(request) == ("closed_incomplete", ["closed_incomplete"])
    assert task_of(item).state == "closed_skipped"


def test_rejecting_a_request_as_a_whole_rejects_its_items():
    request = two_items()
    apply_transition(Request, request.pk, "reject", actor=None, reason_text="No budget this year.")
    settle()
    assert states(request) == ("closed_rejected", ["rejected", "rejected"])
    spoken = Activity.objects.filter(kind="comment", ticket__kind="ritm", is_public=True)
    assert list(spoken.values_list("body", flat=True)) == ["No budget this year."] * 2


# --- delivered ---------------------------------------------------------------------------------------------


def delivered(person):
    item = item_of(make_order(person=person, version=make_version(needs_acceptance=True)))
    end_task(task_of(item), "complete", AgentFactory())
    settle()
    item.refresh_from_db()
    assert (item.state, item.request.state) == ("delivered", "in_process")
    return item


def test_a_delivered_item_is_accepted_by_its_person():
    person = UserFactory()
    item = delivered(person)
    services.accept_item(item.pk, actor=person)
    settle()
    assert states(item.request) == ("closed_complete", ["closed_complete"])


def test_what_does_not_work_gets_one_task_and_is_delivered_again():
    person, agent = UserFactory(), AgentFactory()
    item = delivered(person)
    services.complain_item(item.pk, actor=person, comment="The wheels are missing.")
    settle()
    item.refresh_from_db()
    task = task_of(item)
    assert (item.state, item.tasks.count(), task.round) == ("work_in_progress", 2, 1)
    assert task.group == item.item_version.item.owner_group
    end_task(task, "complete", agent)
    settle()
    item.refresh_from_db()
    assert item.state == "delivered"
    services.complain_item(item.pk, actor=person, comment="Now it squeaks.")
    settle()
    assert sorted(item.tasks.values_list("round", flat=True)) == [0, 1, 2]


def test_a_complaint_is_not_settled_away_before_its_task_is_there():
    person = UserFactory()
    item = delivered(person)
    services.complain_item(item.pk, actor=person, comment="The wheels are missing.")
    services.settle_item(item.pk)
    item.refresh_from_db()
    assert item.state == "work_in_progress"


def age(item, days):
    RequestItem.objects.filter(pk=item.pk).update(resolved_at=db_now() - dt.timedelta(days=days))


def test_silence_for_three_business_days_accepts():
    item = delivered(UserFactory())
    services.close_accepted(limit=10)
    assert states(item.request)[1] == ["delivered"]
    age(item, 30)
    assert services.close_accepted(limit=10) == 1
    assert services.close_accepted(limit=10) == 0
    settle()
    assert states(item.request) == ("closed_complete", ["closed_complete"])


# --- handlers run twice ------------------------------------------------------------------------------------


def test_every_handler_may_run_twice_and_in_any_order():
    person = UserFactory()
    item = delivered(person)
    services.complain_item(item.pk, actor=person, comment="The wheels are missing.")
    settle()
    end_task(task_of(item), "complete", AgentFactory())
    settle()
    services.accept_item(item.pk, actor=person)
    settle()
    facts = (OutboxEvent.objects.count(), Activity.objects.count(), CatalogTask.objects.count())
    for event in reversed(OutboxEvent.objects.order_by("pk")):
        for handler in outbox.handlers_for(event.name):
            if handler.name.startswith(handlers.__name__):
                handler.run(event)
    assert (OutboxEvent.objects.count(), Activity.objects.count(), CatalogTask.objects.count()) == facts


def test_settling_what_is_not_there_does_nothing():
    before = OutboxEvent.objects.count()
    for call in (
        services.settle_item,
        services.settle_item_of_task,
        services.settle_request,
        services.settle_request_of_item,
        services.stop_work,
        services.withdraw_items,
        services.open_complaint_task,
        services.note_stage,
    ):
        call(0)
    assert OutboxEvent.objects.count() == before


def test_a_closed_item_gets_no_new_task():
    item = make_item("closed_complete")
    with pytest.raises(WrongStateError):
        services.open_task(parent=item, title="Too late")
