"""The room of a major incident: parts, updates, when they are due, actions, and its review (INC-15)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from core import sweep
from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError, StaleVersionError, WrongStateError
from core.models import OutboxEvent
from core.settings_store import change
from core.time import db_now
from incidents import services
from incidents.choices import Part
from incidents.models import Incident, MajorReview, MajorRoom, MajorSeat, MajorTodo, MajorUpdate
from notifications.models import Notification
from problems.models import Problem
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.major import make_child, make_major, make_manager, no_rules
from tests.settling import again, settle
from tickets.models import Activity, TicketLink
from tickets.services import unlink, watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> Any:
    """Who leads."""
    no_rules()
    return make_manager()


@pytest.fixture
def major(manager: Any) -> Incident:
    """A major incident that was just accepted."""
    return make_major(manager=manager, requester=UserFactory())


def say(major: Any, actor: Any, **more: Any) -> MajorUpdate:
    """Send a public update."""
    return services.send_major_update(
        major.pk,
        actor=actor,
        **({"audience": "public", "text_ko": "복구 중이에요.", "text_en": "On it."} | more),
    )


def told(template: str, channel: str = "inapp") -> list[Any]:
    """Who got that notice."""
    rows = Notification.objects.filter(template=template, channel=channel).order_by("pk")
    return [row.user for row in rows]


def resolve(major: Any, actor: Any = None) -> None:
    """Resolve it and let the platform follow."""
    services.resolve_incident(
        major.pk, actor=actor, close_code="solution_provided", close_notes="Replaced the switch."
    )
    settle()


def test_parts_are_given_changed_and_left(major: Incident, manager: Any, agent: Any):
    for part in Part.values:
        services.seat_major(major.pk, part, actor=manager, person=agent)
    assert dict(MajorSeat.objects.values_list("part", "person")) == dict.fromkeys(Part.values, agent.pk)
    services.seat_major(major.pk, "scribe", actor=manager, person=None)
    services.seat_major(major.pk, "commander", actor=manager, person=manager)
    assert MajorSeat.objects.count() == 3
    said = list(Activity.objects.filter(verb="major_seat").order_by("pk").values_list("body", flat=True))
    assert said[-2:] == [
        f"{Part.SCRIBE.label}: {gettext('nobody')}",
        f"{Part.COMMANDER.label}: {manager.display_name}",
    ]
    count = OutboxEvent.objects.count()
    services.seat_major(major.pk, "commander", actor=manager, person=manager)  # as it is already
    assert OutboxEvent.objects.count() == count


def test_parts_are_for_people_who_work_on_it(major: Incident, manager: Any, agent: Any):
    strangers = [UserFactory(), AgentFactory(company=CompanyFactory()), AgentFactory(is_active=False)]
    for person in strangers:
        with pytest.raises(RuleRefusedError) as refused:
            services.seat_major(major.pk, "scribe", actor=manager, person=person)
        assert refused.value.errors[0].field == "person"
    with pytest.raises(RuleRefusedError):
        services.seat_major(major.pk, "king", actor=manager, person=agent)
    with pytest.raises(NotAllowedError):
        services.seat_major(major.pk, "scribe", actor=agent, person=agent)
    with pytest.raises(WrongStateError, match="is no major incident"):
        services.seat_major(make_incident().pk, "scribe", actor=manager, person=agent)
    assert MajorSeat.objects.count() == 1


def test_a_public_update_reaches_everybody_it_concerns_once(major: Incident, manager: Any):
    twice, behalf, late = UserFactory(language="ko"), UserFactory(), UserFactory()
    children = [make_child(major, requester=twice) for _ in range(2)]
    deep = make_child(children[0], requester=late, on_behalf_of=behalf)
    over = make_child(major)
    services.cancel_incident(over.pk, actor=manager, reason_text="Sent twice.")
    settle()
    update = say(major, manager)
    settle()
    people = {major.requester, twice, behalf, late}
    assert set(told("major_news")) == people
    assert len(told("major_news")) == len(told("major_news", "mail")) == update.reached == 4
    assert {row.ticket_id: row.url for row in Notification.objects.filter(template="major_news")} == {
        each.pk: f"/my/{each.number}/" for each in (major, children[0], deep)
    }
    again("incidents.handlers.tell_the_affected")
    assert len(told("major_news")) == 4
    say(major, manager, text_en="Back.")
    settle()
    assert told("major_news").count(twice) == 2


def test_each_reads_it_in_their_language_or_in_the_only_one(major: Incident, manager: Any, client_of: Any):
    korean = UserFactory(language="ko")
    make_child(major, requester=korean)
    say(major, manager)
    say(major, manager, text_ko="", text_en="Only <b>English</b>")
    settle()
    page = client_of(korean).get("/notifications/").content.decode()
    assert "복구 중이에요." in page
    assert "Only &lt;b&gt;English&lt;/b&gt;" in page
    assert "On it." not in page


def test_an_internal_update_reaches_who_works_on_it_and_nobody_else(
    major: Incident, manager: Any, agent: Any
):
    child = make_child(major)
    watcher = AgentFactory()
    watch(major.pk, actor=None, user=watcher)
    services.seat_major(major.pk, "scribe", actor=manager, person=agent)
    say(major, manager, audience="internal", text_ko="스위치 교체 중")
    settle()
    assert set(told("major_internal_update")) == {agent, watcher}
    assert told("major_news") == []
    assert not OutboxEvent.objects.filter(name="incident.major_told", payload__has_key="update_id").exists()
    rows = Activity.objects.filter(body__contains="스위치 교체 중")
    assert [(row.ticket_id, row.is_public) for row in rows] == [(major.pk, False)]
    assert not Activity.objects.filter(ticket=child.pk, body__contains="스위치").exists()


def test_an_update_for_the_page_rings_nowhere(major: Incident, manager: Any):
    make_child(major)
    say(major, manager, channel="page")
    settle()
    assert told("major_news") == []
    rows = OutboxEvent.objects.filter(name="incident.major_told", payload__has_key="update_id")
    assert rows.count() == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text_ko": "", "text_en": " "}, "text_ko"),
        ({"text_en": "x" * 100_000}, "text_en"),
        ({"audience": "all"}, "audience"),
        ({"channel": "sms"}, "channel"),
        ({"text_ko": "nul\x00"}, "text_ko"),
    ],
)
def test_an_update_that_does_not_fit_changes_nothing(
    given: dict[str, str], field: str, major: Incident, manager: Any
):
    before = (OutboxEvent.objects.count(), MajorRoom.objects.get().next_update_at)
    with pytest.raises(RuleRefusedError) as refused:
        say(major, manager, **given)
    assert [error.field for error in refused.value.errors] == [field]
    assert (OutboxEvent.objects.count(), MajorRoom.objects.get().next_update_at) == before
    assert not MajorUpdate.objects.exists()


def test_who_has_a_part_writes_updates_and_other_agents_do_not(major: Incident, manager: Any, agent: Any):
    with pytest.raises(NotAllowedError):
        say(major, agent)
    services.seat_major(major.pk, "communications", actor=manager, person=agent)
    assert say(major, agent).author == agent
    with pytest.raises(NotAllowedError):
        say(major, major.requester)


def test_an_overdue_update_alerts_once_for_each_due_time(major: Incident, manager: Any):
    sweep.run()
    assert told("major_update_late") == []
    for number in (1, 2):
        MajorRoom.objects.update(next_update_at=db_now() - dt.timedelta(minutes=3 - number))
        for _ in range(3):
            settle()
        assert told("major_update_late") == [manager] * number
        assert OutboxEvent.objects.filter(name="incident.major_update_overdue").count() == number
        say(major, manager)
    assert MajorRoom.objects.get().late_updates == 2
    again("incidents.handlers.tell_of_major")
    assert told("major_update_late") == [manager] * 2


def test_the_next_update_is_due_after_the_minutes_that_are_set(major: Incident, manager: Any):
    change("major.update_minutes", 5, actor=None)
    update = say(major, manager)
    assert MajorRoom.objects.get().next_update_at == update.sent_at + dt.timedelta(minutes=5)


@pytest.mark.parametrize("end", ["resolve", "demote", "cancel"])
def test_nothing_is_due_any_more_once_it_has_ended(end: str, major: Incident, manager: Any):
    if end == "resolve":
        resolve(major, manager)
    elif end == "demote":
        services.demote_major(major.pk, actor=manager, reason="One cable.")
    else:
        services.cancel_incident(major.pk, actor=manager, reason_text="False alarm.")
    assert MajorRoom.objects.get().next_update_at is None
    if end == "resolve":
        say(major, manager, text_en="Solved.")  # a last word, after which nothing is due
        assert MajorRoom.objects.get().next_update_at is None
        services.reopen_incident(major.pk, actor=manager)
        assert MajorRoom.objects.get().next_update_at > db_now()
    else:
        with pytest.raises(WrongStateError):
            say(major, manager)


def test_actions_are_added_changed_done_and_taken_away(major: Incident, manager: Any, agent: Any):
    todo = services.add_major_todo(major.pk, actor=agent, text="Call the <b>vendor</b>", owner=manager)
    done = services.change_major_todo(major.pk, todo.public_id, actor=agent, is_done=True)
    assert (done.done_by, done.done_at is not None, done.lock_version) == (agent, True, 2)
    back = services.change_major_todo(major.pk, todo.public_id, actor=agent, is_done=False, owner=None)
    assert (back.done_by, back.done_at, back.owner) == (None, None, None)
    with pytest.raises(StaleVersionError):
        services.change_major_todo(major.pk, todo.public_id, actor=agent, expected_version=1, text="x")
    for wrong, field in (
        ({"text": " "}, "text"),
        ({"text": "x" * 301}, "text"),
        ({"owner": UserFactory()}, "owner"),
    ):
        with pytest.raises(RuleRefusedError) as refused:
            services.change_major_todo(major.pk, todo.public_id, actor=agent, **wrong)
        assert refused.value.errors[0].field == field
    with pytest.raises(NotVisibleError):
        services.change_major_todo(make_major(manager=manager).pk, todo.public_id, actor=agent, text="x")
    services.remove_major_todo(major.pk, todo.public_id, actor=agent)
    verbs = Activity.objects.filter(ticket=major.pk, verb__startswith="major_todo").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "major_todo", "major_todo_done", "major_todo_changed", "major_todo_removed"
    ]  # fmt: skip


def test_a_room_takes_so_many_actions(major: Incident, manager: Any):
    MajorTodo.objects.bulk_create(MajorTodo(incident=major, text=str(number)) for number in range(100))
    with pytest.raises(RuleRefusedError) as refused:
        services.add_major_todo(major.pk, actor=manager, text="one more")
    assert "100" in str(refused.value.errors[0].detail)


def test_resolving_drafts_one_review_and_opens_one_problem(major: Incident, manager: Any, agent: Any):
    child = make_child(major)
    services.add_major_todo(major.pk, actor=agent, text="Call the vendor", owner=agent)
    say(major, manager)
    resolve(major, manager)
    for handler in ("incidents.handlers.draft_the_review", "problems.handlers.look_for_the_cause"):
        again(handler)
    review = MajorReview.objects.get()
    assert review.summary.startswith(major.title)
    assert "복구 중이에요." in review.updates
    assert review.actions == f"[ ] Call the vendor ({agent.display_name})"
    assert "All hands." in review.timeline
    problem = Problem.objects.get()
    assert (problem.opened_for_id, problem.title, problem.state) == (major.pk, major.title, "new")
    link = TicketLink.objects.get(type="caused_by")
    assert (link.source_id, link.target_id) == (major.pk, problem.pk)
    assert Incident.objects.get(pk=child.pk).state == "resolved"


def test_resolved_again_there_is_still_one_problem_also_without_its_link(major: Incident, manager: Any):
    resolve(major, manager)
    unlink(TicketLink.objects.get().pk, actor=manager)
    services.reopen_incident(major.pk, actor=manager)
    services.add_major_todo(major.pk, actor=manager, text="Call the vendor")
    resolve(major, manager)
    assert Problem.objects.count() == MajorReview.objects.count() == 1
    assert MajorReview.objects.get().actions == "[ ] Call the vendor"  # nobody had touched the draft


def test_a_draft_that_a_person_has_edited_stays(major: Incident, manager: Any):
    resolve(major, manager)
    services.change_review(major.pk, actor=manager, summary="The switch died.")
    services.reopen_incident(major.pk, actor=manager)
    resolve(major, manager)
    assert MajorReview.objects.get().summary == "The switch died."


def test_an_incident_that_a_problem_explains_gets_no_second_one(major: Incident, manager: Any):
    from problems.services import open_problem

    known = open_problem(actor=manager, incident=major)
    resolve(major, manager)
    assert list(Problem.objects.all()) == [known]


def test_an_ordinary_incident_ends_without_review_and_problem(manager: Any):
    for incident in (make_incident(), make_major("proposed", manager=manager), make_major("cancelled")):
        resolve(incident, manager)
    assert not MajorReview.objects.exists()
    assert not Problem.objects.exists()


def test_a_review_is_finished_once_by_who_leads(major: Incident, manager: Any, agent: Any):
    with pytest.raises(NotVisibleError):
        services.change_review(major.pk, actor=manager, summary="x")
    resolve(major, manager)
    with pytest.raises(NotAllowedError):
        services.change_review(major.pk, actor=agent, lessons="x")
    with pytest.raises(RuleRefusedError) as refused:
        services.finish_review(major.pk, actor=manager)
    assert refused.value.errors[0].field == "lessons"
    with pytest.raises(RuleRefusedError):
        services.change_review(major.pk, actor=manager, lessons="x" * 100_000)
    review = services.change_review(major.pk, actor=manager, lessons="Keep a spare switch.")
    with pytest.raises(StaleVersionError):
        services.finish_review(major.pk, actor=manager, expected_version=review.lock_version - 1)
    done = services.finish_review(major.pk, actor=manager)
    assert (done.finished_by, done.finished_at is not None) == (manager, True)
    for act in (services.change_review, services.finish_review):
        with pytest.raises(WrongStateError):
            act(major.pk, actor=manager)
    assert OutboxEvent.objects.filter(name="incident.major_reviewed").count() == 1


def test_the_database_keeps_one_of_each(major: Incident):
    for make in (
        lambda: MajorRoom.objects.create(incident=major, started_at=db_now(), business_impact="x"),
        lambda: MajorSeat.objects.create(incident=major, part="commander", person=major.requester),
        lambda: MajorUpdate.objects.create(incident=major, audience="public", channel="page"),
        lambda: MajorTodo.objects.create(incident=major, text=""),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make()


def test_a_restricted_outage_says_nothing_to_agents_outside(manager: Any):
    hr = GroupFactory(is_restricted=True)
    inside = make_manager(groups=[hr])
    incident = make_incident(group=hr)
    services.propose_major(incident.pk, actor=inside, reason="x", business_impact="y")
    settle()
    assert told("major_proposed") == []  # the one who proposed it is the only one who may see it
