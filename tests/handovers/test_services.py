"""Handing a shift over and taking it over: who, what is kept, what is refused, who hears of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Group
from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError, WrongStateError
from core.models import OutboxEvent, RowChange
from core.time import db_now
from handovers.choices import Why
from handovers.models import HandOver, HandOverNote
from handovers.selectors import hand_over_of, hand_overs_for, proposed, shift_began, waiting_for, with_notes
from handovers.services import MOST_NOTES, accept_hand_over, write_hand_over
from incidents.models import Incident
from notifications.models import Notification
from sla.models import Clock
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.handovers import make_hand_over
from tests.factories.incidents import make_incident
from tests.factories.schedules import make_override, make_rota
from tests.settling import settle
from tickets.models import Activity, Ticket
from tickets.services import add_work_note, update_ticket

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def colleague(group: Any) -> Any:
    """Of the next shift."""
    return AgentFactory(groups=[group])


def led_by(group: Any) -> Any:
    """Who leads the group without being in it."""
    lead = AgentFactory()
    Group.objects.filter(pk=group.pk).update(manager=lead)
    return lead


def events() -> list[str]:
    return list(
        OutboxEvent.objects.filter(name__startswith="hand_over.")
        .order_by("pk")
        .values_list("name", flat=True)
    )


def test_what_was_written_is_kept_and_told(agent: Any, group: Any, colleague: Any):
    first, second = make_incident(group=group), make_incident(group=group)
    since = db_now() - 8 * HOUR
    row = write_hand_over(
        actor=agent,
        group=group,
        text="  A quiet night. ",
        notes=[(second, "Call back."), (first, "")],
        since=since,
    )
    kept = hand_over_of(colleague, row.public_id)
    assert (kept.text, kept.since, kept.written_by, kept.waits) == ("A quiet night.", since, agent, True)
    assert [(note.ticket.number, note.text) for note in kept.seen_notes] == [
        (second.number, "Call back."),
        (first.number, ""),
    ]
    assert events() == ["hand_over.written"]
    assert set(OutboxEvent.objects.get(name="hand_over.written").payload) == {"hand_over", "group"}
    assert RowChange.objects.filter(table="handovers_handover").count() == 1


def test_the_next_shift_takes_it_over_once(agent: Any, group: Any, colleague: Any):
    third = AgentFactory(groups=[group])
    row = make_hand_over(agent, group)
    taken = accept_hand_over(row.public_id, actor=colleague)
    assert (taken.taken_by, taken.waits, taken.lock_version) == (colleague, False, 2)
    again = accept_hand_over(row.public_id, actor=colleague)
    assert (again.taken_at, again.lock_version) == (taken.taken_at, 2)
    with pytest.raises(WrongStateError, match=colleague.display_name):
        accept_hand_over(row.public_id, actor=third)
    assert events() == ["hand_over.written", "hand_over.accepted"]
    assert HandOver.objects.get().taken_by == colleague
    assert list(waiting_for(third)) == []
    assert list(hand_overs_for(third)) == [row]


@pytest.mark.parametrize(
    ("who", "read", "write", "accept"),
    [
        ("writer", True, True, False),
        ("member", True, True, True),
        ("lead", True, False, False),
        ("other_agent", False, False, False),
        ("requester", False, False, False),
        ("employee_in_group", False, False, False),
        ("left_group", False, False, False),
        ("other_company", False, False, False),
    ],
)
def test_who_reads_writes_and_accepts(
    who: str,
    read: bool,
    write: bool,
    accept: bool,
    agent: Any,
    group: Any,
    colleague: Any,
):
    row = make_hand_over(agent, group, make_incident(group=group))
    gone = AgentFactory(groups=[group])
    gone.memberships.all().delete()
    plain = UserFactory()
    group.memberships.create(user=plain)
    people = {
        "writer": lambda: agent,
        "member": lambda: colleague,
        "lead": lambda: led_by(group),
        "other_agent": lambda: AgentFactory(groups=[GroupFactory()]),
        "requester": UserFactory,
        "employee_in_group": lambda: plain,
        "left_group": lambda: type(gone).objects.get(pk=gone.pk),
        "other_company": lambda: AgentFactory(company=CompanyFactory()),
    }
    person = people[who]()
    assert hand_overs_for(person).exists() == read
    assert waiting_for(person).exists() == accept
    if write:
        make_hand_over(person, group)
    else:
        with pytest.raises(NotAllowedError):
            make_hand_over(person, group)
    if accept:
        accept_hand_over(row.public_id, actor=person)
    else:
        with pytest.raises(NotAllowedError if read else NotVisibleError):
            accept_hand_over(row.public_id, actor=person)
    assert HandOver.objects.get(pk=row.pk).waits != accept
    assert HandOver.objects.count() == 1 + write


def test_a_note_is_read_by_who_sees_its_ticket_alone(agent: Any, group: Any, colleague: Any):
    """A ticket that goes to a team apart takes its note and its title with it; nothing says there is more."""
    secret = GroupFactory(is_restricted=True)
    initiated = AgentFactory(groups=[group, secret])
    open_one, kept = make_incident(group=group), make_incident(group=group, title="Layoffs")
    row = make_hand_over(agent, group, kept, open_one)
    Ticket.objects.filter(pk=kept.pk).update(group=secret)

    def read(person: Any) -> list[str]:
        [found] = with_notes(person, hand_overs_for(person))
        one = hand_over_of(person, row.public_id)
        assert [note.pk for note in one.seen_notes] == [note.pk for note in found.seen_notes]
        return [note.ticket.number for note in found.seen_notes]

    assert read(initiated) == [kept.number, open_one.number]
    assert read(colleague) == [open_one.number]
    assert read(led_by(group)) == [open_one.number]
    [waiting] = waiting_for(colleague)
    assert [note.ticket_id for note in waiting.seen_notes] == [open_one.pk]
    changes = RowChange.objects.filter(table__startswith="handovers_")
    assert not any("Look at" in str(change.__dict__) for change in changes)


def test_nobody_writes_of_what_they_do_not_see(agent: Any, group: Any):
    hidden = make_incident(group=GroupFactory(is_restricted=True))
    with pytest.raises(RuleRefusedError) as refusal:
        make_hand_over(agent, group, hidden)
    assert [error.code for error in refusal.value.errors] == ["does_not_exist"]
    assert not HandOver.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "},
        {"text": "x" * 10_001},
        {"text": "\x00"},
        {"notes": "twice"},
        {"notes": "long"},
        {"notes": "many"},
        {"since": HOUR},
        {"since": -32 * 24 * HOUR},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(wrong: dict[str, Any], agent: Any, group: Any):
    one = make_incident(group=group)
    notes: dict[Any, list[Any]] = {
        "twice": [(one, ""), (one, "x")],
        "long": [(one, "x" * 2001)],
        "many": [(one, "")] * (MOST_NOTES + 1),
    }
    given: dict[str, Any] = {"text": "x"} | wrong
    if "notes" in given:
        given["notes"] = notes[given["notes"]]
    if "since" in given:
        given["since"] = db_now() + given["since"]
    with pytest.raises(RuleRefusedError):
        write_hand_over(actor=agent, group=group, **given)
    assert not HandOver.objects.exists()
    assert events() == []


def test_the_database_keeps_notes_and_refuses_a_hand_over_to_oneself(agent: Any, group: Any):
    row = make_hand_over(agent, group, make_incident(group=group))
    with pytest.raises(DatabaseError), transaction.atomic():
        HandOverNote.objects.update(text="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        HandOver.objects.filter(pk=row.pk).update(taken_by=agent, taken_at=db_now())
    with pytest.raises(IntegrityError), transaction.atomic():
        HandOver.objects.filter(pk=row.pk).update(taken_at=db_now())


def test_what_matters_is_proposed_the_weightiest_first(agent: Any, group: Any):
    plain, touched = make_incident(group=group), make_incident(group=group)
    late, major = make_incident(group=group), make_incident(group=group)
    back = make_incident("on_hold", group=group, agent=agent)
    far = make_incident("on_hold", group=group, agent=agent)
    elsewhere = make_incident(group=GroupFactory())
    done = make_incident("resolved", group=group, agent=agent)
    hidden = GroupFactory(is_restricted=True)
    now = db_now() + 24 * HOUR  # what opening them wrote was before this shift
    Clock.objects.filter(ticket__in=[late.pk, done.pk]).update(breached_at=late.opened_at)
    Incident.objects.filter(pk__in=[major.pk, elsewhere.pk]).update(priority=1)
    Incident.objects.filter(pk=back.pk).update(hold_until=now + HOUR)
    Incident.objects.filter(pk=far.pk).update(hold_until=now + 48 * HOUR)
    found = proposed(agent, group, now - 12 * HOUR, now)
    assert [(each.ticket.number, each.reasons) for each in found] == [
        (major.number, (Why.MAJOR,)),
        (late.number, (Why.SLA,)),
        (back.number, (Why.HOLD,)),
    ]
    add_work_note(touched.pk, actor=agent, body="x")
    since = db_now() - 12 * HOUR
    both = {each.ticket.number: each for each in proposed(agent, group, since, db_now())}
    assert Why.TOUCHED in both[touched.number].reasons
    assert not both[touched.number].is_chosen
    assert both[late.number].is_chosen
    assert plain.number in both  # its requester opened it in this shift
    assert proposed(agent, hidden, since, db_now()) == []


def test_a_ticket_the_writer_does_not_see_is_not_proposed(group: Any):
    Group.objects.filter(pk=group.pk).update(is_restricted=True)
    make_incident(group=group)
    assert proposed(AgentFactory(groups=[group]), group, db_now() - HOUR, db_now())
    stranger = AgentFactory(groups=[GroupFactory()])
    assert proposed(stranger, group, db_now() - HOUR, db_now()) == []


def test_a_shift_began_with_the_turn_of_the_rota_or_twelve_hours_ago(agent: Any, group: Any):
    now = db_now()
    assert shift_began(agent, group, now) == now - 12 * HOUR
    rota = make_rota(group, [agent, AgentFactory(groups=[group])])
    make_override(rota, agent, now - 5 * HOUR, now + 3 * HOUR)
    began = shift_began(agent, group, now)
    assert now - dt.timedelta(days=7) <= began <= now - 5 * HOUR
    other = AgentFactory(groups=[group])
    make_override(rota, other, now + 10 * HOUR, now + 12 * HOUR)
    assert shift_began(other, group, now) == now - 12 * HOUR


def told(template: str = "hand_over_written") -> set[Any]:
    return {row.user for row in Notification.objects.filter(template=template)}


def test_who_is_on_shift_is_told(agent: Any, group: Any, colleague: Any):
    idle = AgentFactory(groups=[group])
    rota = make_rota(group, [idle, agent])
    now = db_now()
    make_override(rota, agent, now - HOUR, now + dt.timedelta(minutes=30))
    make_override(rota, colleague, now + dt.timedelta(minutes=30), now + 8 * HOUR)
    make_hand_over(agent, group)
    settle()
    assert told() == {colleague}


def test_without_a_rota_the_whole_team_is_told_but_the_writer(agent: Any, group: Any, colleague: Any):
    led_by(group)
    AgentFactory(groups=[GroupFactory()])
    row = make_hand_over(agent, group)
    settle()
    assert told() == {colleague}
    accept_hand_over(row.public_id, actor=colleague)
    settle()
    assert told("hand_over_accepted") == {agent}


def test_what_somebody_has_already_wakes_nobody(agent: Any, group: Any, colleague: Any):
    AgentFactory(groups=[group])
    row = make_hand_over(agent, group)
    accept_hand_over(row.public_id, actor=colleague)
    settle()
    assert told() == set()
    assert told("hand_over_accepted") == {agent}


def test_a_hand_over_leaves_its_tickets_as_they_are(agent: Any, group: Any):
    incident = update_ticket(make_incident(group=group).pk, actor=agent, assignee=agent)
    before = Ticket.objects.values().get(pk=incident.pk)
    lines = Activity.objects.count()
    make_hand_over(agent, group, incident)
    assert Ticket.objects.values().get(pk=incident.pk) == before
    assert Activity.objects.count() == lines
