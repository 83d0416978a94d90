"""The laptop request of DOMAIN section 9, service to service, with the real flow, approvals and sweep."""

from __future__ import annotations

import pytest

from accounts.models import Group
from approvals.models import Approval
from approvals.services import decide
from catalog import reference, services
from catalog.models import CatalogTask, Request, RequestItem
from catalog.selectors import item_page, request_view
from cmdb.models import CI
from core import outbox
from core.errors import RuleRefusedError
from core.models import OutboxEvent
from tests import settling
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.catalog import item_of, task_of
from tickets.models import Activity, Ticket
from workflows.models import Flow, FlowRun
from workflows.services import cancel_runs

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """An employee, their manager, finance, and the purchasing team."""
    purchasing = GroupFactory(key="purchasing", name_ko="구매팀", name_en="Purchasing")
    GroupFactory(key="service-desk")
    reference.load()
    boss = UserFactory(username="boss", name_ko="이서연", name_en="Seoyeon Lee", roles=["approver"])
    return {
        "employee": UserFactory(username="employee", manager=boss, grade="senior"),
        "boss": boss,
        "finance": UserFactory(username="money", name_en="Taeho Yoon", roles=["finance_approver"]),
        "buyer": AgentFactory(username="buyer", groups=[purchasing]),
    }


def settle():
    settling.settle()
    assert list(FlowRun.objects.filter(status="suspended").values_list("error", flat=True)) == []


def order(people, model="developer_14", **answers):
    given = {"model": model, "handover": "desk", "reason": "Mine is five years old."} | answers
    if model != "office_13":
        given.setdefault("memory", "standard")
    request = services.order_item(actor=people["employee"], item_key="laptop", answers=given)
    settle()
    return request


def answer(person, decision, comment=""):
    approval = Approval.objects.get(approver=person, status="requested")
    decide(approval.pk, actor=person, decision=decision, comment=comment)
    settle()
    return approval


def standing(request):
    item = item_of(request)
    return Request.objects.get(pk=request.pk).state, item.state


def stages(request, person):
    view = request_view(person, Request.objects.get(pk=request.pk))[0]
    return [(stage.id, stage.state) for stage in view.stages]


def test_approved_bought_handed_over(people):
    request = order(people)
    assert standing(request) == ("in_process", "pending_approval")
    assert stages(request, people["employee"]) == [
        ("approval", "now"),
        ("purchase", "todo"),
        ("ready", "todo"),
    ]
    answer(people["boss"], "approved")
    assert standing(request) == ("in_process", "open")
    assert stages(request, people["employee"]) == [
        ("approval", "done"),
        ("purchase", "now"),
        ("ready", "todo"),
    ]
    item, task = item_of(request), task_of(item_of(request))
    assert (item.stage, task.group.key, task.requester) == ("purchase", "purchasing", people["employee"])
    services.start_task(task.pk, actor=people["buyer"])
    settle()
    assert standing(request) == ("in_process", "work_in_progress")
    services.complete_task(task.pk, actor=people["buyer"], serial="SN-4711", close_notes="In the locker.")
    settle()
    assert standing(request) == ("closed_complete", "closed_complete")
    laptop = CI.objects.get(serial="SN-4711")
    assert (laptop.ci_class.key, laptop.assigned_to, laptop.status) == (
        "laptop",
        people["employee"],
        "in_use",
    )
    assert all(state == "done" for _stage, state in stages(request, people["employee"]))
    assert not Ticket.objects.filter(active=True).exists()


def test_the_expensive_one_asks_finance_too(people):
    request = order(people, "video_16")
    answer(people["boss"], "approved")
    assert standing(request) == ("in_process", "pending_approval")
    assert not CatalogTask.objects.exists()
    answer(people["finance"], "approved")
    assert standing(request) == ("in_process", "open")
    services.complete_task(task_of(item_of(request)).pk, actor=people["buyer"], serial="SN-9")
    settle()
    assert standing(request) == ("closed_complete", "closed_complete")


@pytest.mark.parametrize("extra", ["standard", "double"])
def test_the_price_with_its_extras_decides_whether_finance_is_asked(people, extra):
    request = order(people, "developer_14", memory=extra)
    answer(people["boss"], "approved")
    assert item_of(request).price == (2_190_000 if extra == "standard" else 2_440_000)
    assert CatalogTask.objects.exists()


def test_a_rejection_ends_it_with_the_reason_in_public(people):
    request = order(people)
    answer(people["boss"], "rejected", "The old one is still fine.")
    assert standing(request) == ("closed_rejected", "rejected")
    item = item_of(request)
    assert item.close_notes == "The old one is still fine."
    spoken = Activity.objects.filter(ticket=item.pk, kind="comment", is_public=True)
    assert list(spoken.values_list("body", flat=True)) == ["The old one is still fine."]
    assert not CatalogTask.objects.exists()
    assert not CI.objects.exists()


def test_finance_says_no(people):
    request = order(people, "video_16")
    answer(people["boss"], "approved")
    answer(people["finance"], "rejected", "Not this quarter.")
    assert standing(request) == ("closed_rejected", "rejected")
    assert item_of(request).close_notes == "Not this quarter."


def test_what_cannot_be_bought_is_incomplete_and_no_asset_is_made(people):
    request = order(people)
    answer(people["boss"], "approved")
    services.incomplete_task(task_of(item_of(request)).pk, actor=people["buyer"], close_notes="Out of stock.")
    settle()
    assert standing(request) == ("closed_incomplete", "closed_incomplete")
    assert not CI.objects.exists()


def test_a_skipped_purchase_is_skipped_all_the_way_up(people):
    request = order(people)
    answer(people["boss"], "approved")
    services.skip_task(task_of(item_of(request)).pk, actor=people["buyer"], close_notes="Taken from stock.")
    settle()
    assert standing(request) == ("closed_skipped", "closed_skipped")


def test_withdrawing_while_the_manager_is_asked_takes_the_question_back(people):
    request = order(people)
    services.cancel_request(request.pk, actor=people["employee"])
    settle()
    assert standing(request) == ("closed_cancelled", "cancelled")
    assert list(Approval.objects.values_list("status", flat=True)) == ["cancelled"]
    assert FlowRun.objects.get().status == "cancelled"


def test_withdrawing_while_purchasing_has_it_skips_the_task(people):
    request = order(people)
    answer(people["boss"], "approved")
    services.cancel_item(item_of(request).pk, actor=people["employee"])
    settle()
    assert standing(request) == ("closed_cancelled", "cancelled")
    assert task_of(item_of(request)).state == "closed_skipped"
    assert FlowRun.objects.get().status == "cancelled"


def test_an_operator_who_cancels_the_run_cancels_the_item(people):
    request = order(people)
    item = item_of(request)
    cancel_runs(item, actor=None, reason="Wrong flow.")
    settle()
    assert standing(request) == ("closed_cancelled", "cancelled")


def test_the_item_page_tells_beforehand_who_will_be_asked(people):
    page = item_page(people["employee"], "laptop")
    assert [approver.names for approver in page.approvers] == [("이서연",)]


def test_the_decision_sheet_tells_what_why_and_how_much(people):
    request = order(people, "video_16")
    summary = item_of(request).decision_summary()
    assert summary["what"] == {"ko": "노트북", "en": "Laptop"}
    assert summary["why"] == "Mine is five years old."
    assert summary["cost"] == {"amount": "3890000.00", "currency": "KRW"}
    assert {
        "label": {"ko": "모델", "en": "Model"},
        "value": {"ko": "16형 영상용", "en": "16-inch video"},
    } in summary["rows"]


def test_every_decision_and_handler_run_twice_changes_nothing(people):
    request = order(people)
    answer(people["boss"], "approved")
    services.complete_task(task_of(item_of(request)).pk, actor=people["buyer"], serial="SN-1")
    settle()
    facts = (
        OutboxEvent.objects.count(),
        Activity.objects.count(),
        CI.objects.count(),
        Ticket.objects.count(),
    )
    for event in OutboxEvent.objects.order_by("pk"):
        for handler in outbox.handlers_for(event.name):
            if handler.name.startswith("catalog."):
                handler.run(event)
    settle()
    assert (
        OutboxEvent.objects.count(),
        Activity.objects.count(),
        CI.objects.count(),
        Ticket.objects.count(),
    ) == facts


def test_a_flow_that_is_switched_off_lets_nothing_be_half_ordered(people):
    Flow.objects.filter(key="laptop_request").update(enabled=False)
    before = (Ticket.objects.count(), Activity.objects.count(), OutboxEvent.objects.count())
    with pytest.raises(RuleRefusedError):
        order(people)
    assert (Ticket.objects.count(), Activity.objects.count(), OutboxEvent.objects.count()) == before
    assert not RequestItem.objects.exists()


def test_the_seed_catalogue_is_published_with_its_groups(people):
    reference.load()
    purchasing = Group.objects.get(key="purchasing")
    pages = {key: item_page(people["employee"], key) for key in SEEDED}
    assert pages["laptop"].version.item.owner_group == purchasing
    assert all(page.version.no == 1 for page in pages.values())


SEEDED = ["laptop", "monitor", "software-license", "access", "vpn", "new-starter-kit"]
