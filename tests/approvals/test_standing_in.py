"""Delegation, due actions and decision links: who answers when the approver does not."""

from __future__ import annotations

import datetime as dt

import pytest

from approvals import services
from approvals.models import DecisionLink
from approvals.selectors import LinkExpiredError, sheet_by_link, waiting_for
from core import sweep
from core.errors import (
    AlreadyDecidedError,
    DuplicateError,
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
)
from core.models import AuditLog
from core.time import db_now
from tests.factories.accounts import CompanyFactory, UserFactory
from tests.factories.approvals import (
    LONG_AGO,
    answer,
    make_approval_request,
    make_delegation,
    make_overdue,
    names,
    row_of,
    statuses,
)
from tickets.models import Activity


@pytest.mark.django_db
def test_a_delegate_decides_for_the_approver_and_both_names_stay():
    manager, stand_in = UserFactory(), UserFactory()
    make_delegation(manager, stand_in)
    request = make_approval_request(manager)
    assert [row.approver for row in waiting_for(stand_in)] == [manager]
    assert [row.approver for row in waiting_for(manager)] == [manager]
    row = row_of(request, manager)
    assert row.delegate == stand_in
    services.decide(row.pk, actor=stand_in, decision="approved", channel="page")
    row.refresh_from_db()
    assert (row.approver, row.decided_by, row.channel) == (manager, stand_in, "page")
    told = Activity.objects.get(verb="approval_approved")
    assert (told.actor, told.changes["for"]) == (stand_in, [None, manager.username])


@pytest.mark.django_db
def test_a_delegation_made_after_the_question_counts_and_ends_on_time():
    manager, stand_in = UserFactory(), UserFactory()
    request = make_approval_request(manager)
    delegation = services.delegate(
        actor=manager,
        user=manager,
        to=stand_in,
        start=db_now() - dt.timedelta(hours=1),
        end=db_now() + dt.timedelta(days=1),
    )
    assert waiting_for(stand_in).count() == 1
    services.end_delegation(delegation.pk, actor=manager)
    services.end_delegation(delegation.pk, actor=manager)
    assert waiting_for(stand_in).count() == 0
    with pytest.raises(NotVisibleError):
        services.decide(row_of(request, manager).pk, actor=stand_in, decision="approved")
    assert names("delegation.") == ["delegation.created", "delegation.ended"]


@pytest.mark.django_db
def test_what_is_no_delegation_is_refused():
    me, other, now = UserFactory(), UserFactory(), db_now()
    day = dt.timedelta(days=1)
    good = {"actor": me, "user": me, "to": other, "start": now, "end": now + day}
    services.delegate(**good)
    for bad in ({"to": me}, {"end": now - day}, {"start": now - 3 * day, "end": now - day},
                {"end": now + 400 * day}, {"scope": "everything"}, {"to": UserFactory(is_active=False)},
                {"to": UserFactory(company=CompanyFactory())}):  # fmt: skip
        with pytest.raises(RuleRefusedError):
            services.delegate(**(good | bad))
    with pytest.raises(DuplicateError):
        services.delegate(**(good | {"to": UserFactory(), "start": now + day / 2, "end": now + 2 * day}))
    with pytest.raises(NotAllowedError):
        services.delegate(**(good | {"actor": other}))
    services.delegate(**(good | {"start": now + day, "end": now + 2 * day}))


@pytest.mark.django_db
def test_reminders_escalation_and_the_end_come_in_their_order():
    boss = UserFactory()
    manager = UserFactory(manager=boss)
    request = make_approval_request(
        manager, due={"after": "P1D"}, on_due=["remind:2", "escalate_manager", "reject"]
    )
    assert request.due_at == request.next_fire_at
    seen = []
    for _turn in range(4):
        assert services.fire_due(limit=10) == 0
        make_overdue(request)
        assert services.fire_due(limit=10) == 1
        seen.append(names()[-1])
    request.refresh_from_db()
    assert seen == ["approval.reminded", "approval.reminded", "approval.requested", "approval.decided"]
    assert (request.status, request.reason, request.decided_by, request.fired) == ("rejected", "due", None, 4)
    assert statuses(request) == {manager: "not_required", boss: "not_required"}
    assert services.fire_due(limit=10) == 0


@pytest.mark.django_db
def test_an_escalated_manager_answers_for_the_same_seat():
    boss = UserFactory()
    manager, finance = UserFactory(manager=boss), UserFactory()
    request = make_approval_request(
        manager, finance, rule="all", due={"business": "PT16H"}, on_due="escalate_manager"
    )
    answer(request, finance)
    make_overdue(request)
    services.fire_due(limit=10)
    row = row_of(request, boss)
    assert (row.instead_of, row.why, row.seats) == (manager, "escalated", [f"1/user:{manager.pk}"])
    request = answer(request, boss)
    assert request.status == "approved"
    assert statuses(request)[manager] == "not_required"


@pytest.mark.django_db
def test_business_time_decides_when_it_is_due():
    request = make_approval_request(due={"business": "PT16H", "calendar": "requester"}, on_due="remind")
    assert request.due_at - request.created_at > dt.timedelta(hours=24)
    assert request.policy["stages"][0]["due"]["calendar"] == "kr-office"


@pytest.mark.django_db
@pytest.mark.pitfall("P-16")
def test_a_link_shows_often_and_decides_once():
    person, other = UserFactory(), UserFactory()
    request = make_approval_request(person, other)
    path = services.link_for(row_of(request, person).pk)
    token = path.removeprefix("/a/").removesuffix("/")
    before = (names(), Activity.objects.count(), AuditLog.objects.count())
    for _look in range(3):
        _link, sheet = sheet_by_link(token)
        assert sheet["can_decide"] is True
    assert (names(), Activity.objects.count(), AuditLog.objects.count()) == before
    assert token not in str(DecisionLink.objects.values())
    done = services.decide_by_link(token, decision="approved")
    row = row_of(request, person)
    assert (done.status, row.channel, row.decided_by) == ("approved", "mail", person)
    assert DecisionLink.objects.get().used_at is not None
    for again in (lambda: services.decide_by_link(token, decision="approved"), lambda: sheet_by_link(token)):
        with pytest.raises(AlreadyDecidedError) as refusal:
            again()
        assert refusal.value.extra["decided_by"] == person.display_name


@pytest.mark.django_db
def test_a_link_dies_with_its_time_and_is_nothing_for_strangers():
    manager, stand_in = UserFactory(), UserFactory()
    row = row_of(make_approval_request(manager), manager)
    with pytest.raises(NotAllowedError):
        services.link_for(row.pk, user=stand_in)
    make_delegation(manager, stand_in)
    token = services.link_for(row.pk, user=stand_in).split("/")[2]
    for wrong in ("", "x", token[:-1], token + "x", "\ud800"):
        with pytest.raises(NotVisibleError):
            services.decide_by_link(wrong, decision="approved")
    link = DecisionLink.objects.get()
    assert dt.timedelta(days=6, hours=23) < link.expires_at - db_now() <= dt.timedelta(days=7)
    DecisionLink.objects.update(expires_at=LONG_AGO)
    for use in (lambda: sheet_by_link(token), lambda: services.decide_by_link(token, decision="approved")):
        with pytest.raises(LinkExpiredError):
            use()
    row.refresh_from_db()
    assert row.status == "requested"


@pytest.mark.django_db
def test_a_link_obeys_the_rules_of_answering():
    manager = UserFactory()
    row = row_of(make_approval_request(manager), manager)
    token = services.link_for(row.pk).split("/")[2]
    with pytest.raises(RuleRefusedError):
        services.decide_by_link(token, decision="rejected")
    type(manager).objects.filter(pk=manager.pk).update(is_active=False)
    with pytest.raises(NotAllowedError):
        services.decide_by_link(token, decision="approved")
    assert DecisionLink.objects.get().used_at is None


@pytest.mark.django_db
def test_the_sweep_fires_what_is_due():
    assert services.fire_due in sweep.steps()
