"""A page to who is on call climbs until somebody answers: each person once, never after an answer."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction

from accounts.models import Membership, User
from core import dispatch, outbox, sweep
from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError, WrongStateError
from core.models import AuditLog, OutboxEvent
from core.time import db_now
from incidents import services as incidents
from notifications import paging
from notifications.models import Notification, OnCallPage, PagedPerson
from schedules import services as schedules
from schedules.models import Rota
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.schedules import WEEKLY, make_override, make_rota
from tickets.escalations import Mark
from tickets.models import Activity
from tickets.services import add_comment, update_ticket

pytestmark = pytest.mark.django_db
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


class Stage:
    """A rota of two levels and a manager, an incident of their group, and a page about it."""

    def __init__(self, *levels: str, chief: str = "chief", **fields) -> None:
        self.group = GroupFactory(manager=AgentFactory(username=chief) if chief else None)
        self.people = {name: AgentFactory(username=name, groups=[self.group]) for name in levels}
        self.rota = make_rota(self.group)
        for name in levels:
            layer = WEEKLY | {"name": name, "members": [self.people[name]]}
            schedules.add_layer("desk", actor=None, **layer)
        self.incident = make_incident(group=self.group, **fields)
        self.began = db_now()

    def page(self) -> User:
        with transaction.atomic():
            event = outbox.publish("sla.warned", {})
            event.refresh_from_db()
            return paging.start(Mark(event, 0, self.incident, "Fix", 75), "desk")

    def sweep(self, minutes: float) -> int:
        return paging.climb_pages(limit=50, now=self.began + minutes * MINUTE)

    def called(self) -> list[str]:
        rows = PagedPerson.objects.order_by("page", "level")
        return list(rows.values_list("user__username", flat=True))

    def end(self) -> str:
        return OnCallPage.objects.get().end

    def lines(self) -> list[str]:
        rows = Activity.objects.filter(ticket=self.incident.pk, verb__startswith="page_")
        return list(rows.order_by("pk").values_list("verb", flat=True))


@pytest.fixture
def stage() -> Stage:
    made = Stage("first", "second")
    made.page()
    return made


def events(name: str) -> list[dict]:
    return list(OutboxEvent.objects.filter(name=name).order_by("pk").values_list("payload", flat=True))


def test_the_first_is_called_and_the_next_after_a_quarter_of_an_hour(stage):
    assert stage.called() == ["first"]
    assert stage.sweep(14) == 0
    assert stage.sweep(16) == 1
    assert stage.called() == ["first", "second"]
    assert stage.sweep(17) == 0
    [_one, two] = events("sla.paged")
    page = OnCallPage.objects.get()
    assert two == {
        "ticket_id": stage.incident.pk, "number": stage.incident.number, "rota": "desk", "page_id": page.pk,
        "user_ids": [stage.people["second"].pk], "percent": 75, "level": 2,
    }  # fmt: skip
    assert stage.lines() == ["page_climbed"]
    line = Activity.objects.get(verb="page_climbed")
    assert (line.kind, line.is_public, line.actor, line.body) == (
        "system", False, None, stage.people["second"].name_ko,
    )  # fmt: skip


def test_the_next_hears_by_bell_and_mail_that_nobody_answered(stage):
    stage.sweep(16)
    while dispatch.relay(limit=100) + dispatch.run_handlers(limit=100):
        pass
    rows = Notification.objects.filter(template__in=["sla_paged", "page_climbed"])
    assert set(rows.values_list("template", "user__username", "channel")) == {
        ("sla_paged", "first", "inapp"), ("sla_paged", "first", "mail"),
        ("page_climbed", "second", "inapp"), ("page_climbed", "second", "mail"),
    }  # fmt: skip


def test_a_page_that_was_answered_before_it_got_out_wakes_nobody(stage):
    paging.acknowledge(stage.incident.pk, actor=AgentFactory())
    while dispatch.relay(limit=100) + dispatch.run_handlers(limit=100):
        pass
    assert not Notification.objects.filter(template="sla_paged").exists()


def test_at_the_top_the_manager_is_called_and_then_it_is_written_that_nobody_answered(stage):
    assert [stage.sweep(minutes) for minutes in (16, 32, 48, 64)] == [1, 1, 1, 0]
    assert stage.called() == ["first", "second", "chief"]
    assert (stage.end(), stage.lines()) == ("unanswered", ["page_climbed", "page_climbed", "page_unanswered"])
    assert len(events("page.unanswered")) == 1
    with pytest.raises(WrongStateError):
        paging.acknowledge(stage.incident.pk, actor=stage.people["first"])


def test_without_a_manager_it_stops_at_the_top():
    stage = Stage("first", chief="")
    stage.page()
    assert [stage.sweep(16), stage.sweep(32)] == [1, 0]
    assert (stage.called(), stage.end()) == (["first"], "unanswered")


def test_members_who_manage_the_group_come_after_the_levels():
    stage = Stage("first", chief="")
    for name in ("gone", "lead"):
        AgentFactory(username=name, groups=[stage.group], is_active=name != "gone")
    Membership.objects.filter(user__username__in=["gone", "lead"]).update(is_manager=True)
    stage.page()
    stage.sweep(16)
    assert stage.called() == ["first", "lead"]


def test_after_downtime_it_climbs_by_one_and_waits_again(stage):
    assert stage.sweep(600) == 1
    assert stage.sweep(614) == 0
    assert stage.called() == ["first", "second"]
    assert stage.sweep(616) == 1


def test_who_has_taken_over_meanwhile_is_the_next(stage):
    other = AgentFactory(username="other", groups=[stage.group])
    make_override(stage.rota, other, stage.began + MINUTE, stage.began + DAY)
    stage.sweep(16)
    assert stage.called() == ["first", "other"]


def test_who_may_not_read_the_ticket_is_passed_over(stage):
    Membership.objects.filter(user=stage.people["second"]).update(group=GroupFactory())
    schedules.update_rota("desk", actor=None, is_active=False)
    stage.group.is_restricted = True
    stage.group.save()
    Membership.objects.create(user=User.objects.get(username="chief"), group=stage.group)
    stage.sweep(16)
    assert stage.called() == ["first", "chief"]


def test_nobody_is_called_who_may_not_read_the_ticket():
    stage = Stage("first")
    restricted = GroupFactory(is_restricted=True)
    update_ticket(stage.incident.pk, actor=None, group=restricted)
    stage.incident.refresh_from_db()
    with pytest.raises(RuleRefusedError) as refusal:
        stage.page()
    assert refusal.value.code == "nobody_on_call"
    assert not OnCallPage.objects.exists()


@pytest.mark.parametrize("minutes", [1, 60])
def test_the_rota_says_how_long_it_waits(minutes):
    stage = Stage("first", "second")
    schedules.update_rota("desk", actor=None, climb_minutes=minutes)
    stage.page()
    assert stage.sweep(minutes - 0.5) == 0
    assert stage.sweep(minutes + 0.5) == 1


@pytest.mark.parametrize("given", [0, -1, 1441, "15", None, True, 1.5])
def test_what_is_no_number_of_minutes_is_refused(given):
    make_rota(GroupFactory())
    with pytest.raises(RuleRefusedError) as refusal:
        schedules.update_rota("desk", actor=None, climb_minutes=given)
    assert refusal.value.errors[0].field == "climb_minutes"
    assert Rota.objects.get().climb_minutes == 15


def test_answered_it_climbs_no_further(stage):
    second = stage.people["second"]
    [page] = paging.acknowledge(stage.incident.pk, actor=second)
    assert (page.end, page.acknowledged_by, page.next_at) == ("acknowledged", second, None)
    assert stage.sweep(600) == 0
    assert (stage.called(), stage.lines()) == (["first"], ["page_acknowledged"])
    assert events("page.acknowledged")[0]["by"] == "page"
    assert AuditLog.objects.filter(action="page_acknowledged", object_ref=stage.incident.number).exists()
    with pytest.raises(WrongStateError):
        paging.acknowledge(stage.incident.pk, actor=second)
    assert len(events("page.acknowledged")) == 1


def take(stage: Stage) -> User:
    update_ticket(stage.incident.pk, actor=stage.people["second"], assignee=stage.people["second"])
    return stage.people["second"]


def move(stage: Stage) -> User:
    other = AgentFactory()
    incidents.hold_incident(
        incidents.start_incident(stage.incident.pk, actor=other).pk, actor=other,
        hold_reason="awaiting_caller", comment="Which office?",
    )  # fmt: skip
    return other


def resolve(stage: Stage) -> User:
    other = AgentFactory()
    incidents.resolve_incident(stage.incident.pk, actor=other, close_code="user_error", close_notes="Caps")
    return other


@pytest.mark.parametrize(("act", "by"), [(take, "taken"), (move, "moved"), (resolve, "moved")])
def test_to_take_the_ticket_or_to_move_it_is_an_answer(stage, act, by):
    person = act(stage)
    page = OnCallPage.objects.get()
    assert (page.end, page.acknowledged_by) == ("acknowledged", person)
    assert [each["by"] for each in events("page.acknowledged")] in ([by], ["taken"])
    assert stage.sweep(600) == 0
    assert stage.called() == ["first"]


def comment(stage: Stage) -> None:
    add_comment(stage.incident.pk, actor=stage.people["second"], body="Hm.")


def edit(stage: Stage) -> None:
    update_ticket(stage.incident.pk, actor=stage.people["second"], category="mail")


def give_away(stage: Stage) -> None:
    update_ticket(stage.incident.pk, actor=stage.people["second"], assignee=stage.people["first"])


def by_the_system(stage: Stage) -> None:
    incidents.start_incident(stage.incident.pk, actor=None)


@pytest.mark.parametrize("act", [comment, edit, give_away, by_the_system])
def test_what_is_no_answer_lets_it_climb(stage, act):
    act(stage)
    assert stage.end() == ""
    assert stage.sweep(16) == 1
    assert stage.called() == ["first", "second"]


def test_a_ticket_that_is_done_calls_nobody(stage):
    incidents.cancel_incident(stage.incident.pk, actor=stage.incident.requester, reason_text="Works again.")
    assert (stage.end(), stage.lines()) == ("over", [])
    assert stage.sweep(600) == 0
    assert stage.called() == ["first"]


def test_a_page_that_was_overlooked_when_the_ticket_was_done_ends_at_the_sweep(stage):
    incidents.cancel_incident(stage.incident.pk, actor=None, reason_text="Works again.")
    OnCallPage.objects.update(end="", ended_at=None, next_at=stage.began)
    assert stage.sweep(16) == 1
    assert (stage.called(), stage.end()) == (["first"], "over")


def test_two_marks_are_two_pages_and_one_answer_is_for_both(stage):
    stage.page()
    assert stage.called() == ["first", "first"]
    assert len(paging.acknowledge(stage.incident.pk, actor=stage.people["first"])) == 2
    assert stage.sweep(600) == 0


def test_who_may_answer(stage):
    for person, refusal in (
        (UserFactory(), NotVisibleError),
        (stage.incident.requester, NotAllowedError),
    ):
        with pytest.raises(refusal):
            paging.acknowledge(stage.incident.pk, actor=person)
    assert (stage.end(), events("page.acknowledged")) == ("", [])
    paging.acknowledge(stage.incident.pk, actor=AgentFactory())
    assert stage.end() == "acknowledged"


def test_the_sweep_knows_it_and_costs_one_question_when_nothing_is_due(stage, django_assert_num_queries):
    assert paging.climb_pages in sweep.steps()
    with django_assert_num_queries(3):  # with the savepoint
        assert stage.sweep(1) == 0


def test_the_database_refuses_a_second_call_and_a_page_that_is_neither(stage):
    page = OnCallPage.objects.get()
    for values, constraint in (
        ({"user": stage.people["first"], "level": 2}, "paged_once"),
        ({"user": stage.people["second"], "level": 1}, "one_paged_per_level"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            PagedPerson.objects.create(page=page, **values)
    with pytest.raises(IntegrityError, match="page_climbs_or_has_ended"), transaction.atomic():
        OnCallPage.objects.update(next_at=None)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        PagedPerson.objects.update(level=3)


def at_once(*acts) -> list:
    """What the acts give when they begin together, each on a connection of its own."""
    barrier, answers = threading.Barrier(len(acts)), []

    def run(act) -> None:
        barrier.wait()
        try:
            answers.append(act())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_many_sweeps_at_once_call_the_next_once():
    stage = Stage("first", "second")
    stage.page()
    answers = at_once(*[lambda: stage.sweep(16)] * 6)
    assert sorted(answers) == [0, 0, 0, 0, 0, 1]
    assert stage.called() == ["first", "second"]
    assert len(events("sla.paged")) == 2


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_a_sweep_at_once_agree():
    stage = Stage("first", "second")
    person = stage.people["first"]
    for _round in range(5):
        stage.page()
        at_once(lambda: stage.sweep(16), lambda: len(paging.acknowledge(stage.incident.pk, actor=person)))
        page = OnCallPage.objects.latest("pk")
        assert page.end == "acknowledged"
        assert page.calls.count() == page.level
    assert stage.sweep(600) == 0
