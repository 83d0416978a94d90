"""Checklist of a ticket and time spent on it: who may, in which state, and what stays of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Role
from core.errors import (
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    StaleVersionError,
    WrongStateError,
)
from core.models import AuditLog, OutboxEvent, RowChange
from incidents.services import (
    cancel_incident,
    close_incident,
    merge_incident,
    resolve_incident,
    unmerge_incident,
)
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.catalog import make_item, make_task
from tests.factories.incidents import make_incident, make_incident_task
from tests.factories.problems import make_problem, make_problem_task
from tickets.models import Activity, ChecklistItem, Ticket, TimeEntry
from tickets.services import (
    add_checklist_items,
    add_time,
    change_checklist_item,
    change_time,
    remove_checklist_item,
    remove_time,
)
from tickets.worklog import MOST_ENTRIES, time_of

pytestmark = pytest.mark.django_db


def texts(ticket: Any) -> list[str]:
    """The checklist in its order; its places must have no gaps."""
    found = list(ChecklistItem.objects.filter(ticket=ticket.pk).order_by("position"))
    assert [each.position for each in found] == list(range(1, len(found) + 1))
    return [each.text for each in found]


def listed(ticket: Any, agent: Any, *lines: str) -> list[ChecklistItem]:
    return add_checklist_items(ticket.pk, actor=agent, texts=lines)


def told(name: str) -> int:
    return OutboxEvent.objects.filter(name=name).count()


def verbs(ticket: Any) -> list[str]:
    """What the internal lines of a ticket tell of, oldest first."""
    lines = Activity.objects.filter(ticket=ticket.pk, verb__regex="^(checklist|time)_").order_by("pk")
    assert not any(line.is_public for line in lines)
    return [line.verb for line in lines]


KINDS = {
    "incident": make_incident,
    "incident_task": make_incident_task,
    "problem": make_problem,
    "problem_task": make_problem_task,
    "item": make_item,
    "catalog_task": make_task,
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_tickets_of_each_kind_have_both(kind: str):
    ticket, agent = KINDS[kind](), AgentFactory()
    made = listed(ticket, agent, "Call back", "", "  ", "Order the part")
    assert texts(ticket) == ["Call back", "Order the part"]
    done = change_checklist_item(ticket.pk, made[0].public_id, actor=agent, is_done=True)
    assert (done.is_done, done.done_by, done.done_at is None) == (True, agent, False)
    entry = add_time(ticket.pk, actor=agent, minutes=90, note="전화로 확인")
    assert (entry.person, entry.minutes, entry.day) == (agent, 90, timezone.localdate())
    assert verbs(ticket) == ["checklist_added", "checklist_done", "time_added"]
    assert (told("ticket.checklist_changed"), told("ticket.time_changed")) == (2, 1)


# the checklist


def test_what_is_ticked_twice_is_ticked_once(agent: Any):
    ticket = make_incident()
    item = listed(ticket, agent, "One")[0]
    first = change_checklist_item(ticket.pk, item.public_id, actor=agent, is_done=True)
    again = change_checklist_item(ticket.pk, item.public_id, actor=AgentFactory(), is_done=True, text="One")
    assert (again.done_by, again.done_at, again.lock_version) == (agent, first.done_at, 2)
    back = change_checklist_item(ticket.pk, item.public_id, actor=agent, is_done=False)
    assert (back.is_done, back.done_by, back.done_at) == (False, None, None)
    assert verbs(ticket) == ["checklist_added", "checklist_done", "checklist_undone"]


@pytest.mark.parametrize(
    ("line", "to", "expected"),
    [
        ("A", 1, "ABCD"),
        ("A", 2, "BACD"),
        ("A", 4, "BCDA"),
        ("A", 100, "BCDA"),
        ("D", 1, "DABC"),
        ("C", 2, "ACBD"),
        ("B", 3, "ACBD"),
    ],
)
def test_a_line_moves_and_those_between_make_room(line: str, to: int, expected: str, agent: Any):
    ticket, other = make_incident(), make_incident()
    listed(other, agent, "X", "Y")
    item = listed(ticket, agent, *"ABCD")["ABCD".index(line)]
    change_checklist_item(ticket.pk, item.public_id, actor=agent, position=to)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert "".join(texts(ticket)) == expected
    assert texts(other) == ["X", "Y"]


def test_a_line_that_is_taken_away_leaves_no_gap(agent: Any):
    ticket = make_incident()
    items = listed(ticket, agent, *"ABC")
    remove_checklist_item(ticket.pk, items[1].public_id, actor=agent)
    assert texts(ticket) == ["A", "C"]
    line = Activity.objects.get(ticket=ticket.pk, verb="checklist_removed")
    assert (line.body, line.actor) == ("B", agent)
    assert RowChange.objects.filter(table="tickets_checklistitem", op="D").count() == 1
    with pytest.raises(NotVisibleError):
        remove_checklist_item(ticket.pk, items[1].public_id, actor=agent)


@pytest.mark.parametrize("lines", [[], [""], ["  ", "\n"], ["x" * 201], ["x" * 100_000], ["a\x00"]])
def test_what_is_no_line_is_refused(lines: list[str], agent: Any):
    ticket = make_incident()
    with pytest.raises(RuleRefusedError) as refusal:
        add_checklist_items(ticket.pk, actor=agent, texts=lines)
    assert refusal.value.errors[0].field == "text"
    assert texts(ticket) == []
    assert verbs(ticket) == []


def test_a_checklist_holds_a_hundred_lines(agent: Any):
    ticket = make_incident()
    listed(ticket, agent, *(str(number) for number in range(99)))
    with pytest.raises(RuleRefusedError):
        listed(ticket, agent, "100", "101")
    listed(ticket, agent, "100")
    with pytest.raises(RuleRefusedError):
        listed(ticket, agent, "101")
    assert len(texts(ticket)) == 100


def test_who_read_an_older_line_does_not_overwrite(agent: Any):
    ticket = make_incident()
    item = listed(ticket, agent, "One")[0]
    change_checklist_item(ticket.pk, item.public_id, actor=agent, expected_version=1, text="Two")
    with pytest.raises(StaleVersionError):
        change_checklist_item(ticket.pk, item.public_id, actor=agent, expected_version=1, text="Three")
    with pytest.raises(RuleRefusedError):
        change_checklist_item(ticket.pk, item.public_id, actor=agent, text=" ")
    with pytest.raises(RuleRefusedError):
        change_checklist_item(ticket.pk, item.public_id, actor=agent, position=0)
    assert texts(ticket) == ["Two"]


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_the_checklist_of_a_closed_ticket_stays(state: str, agent: Any):
    ticket = make_incident("in_progress", agent=agent)
    item = listed(ticket, agent, "One")[0]
    if state == "cancelled":
        cancel_incident(ticket.pk, actor=agent, reason_text="Sent twice.")
    else:
        resolve_incident(ticket.pk, actor=agent, close_code="solution_provided", close_notes="x")
        close_incident(ticket.pk, actor=None)
    for refused in (
        lambda: listed(ticket, agent, "Two"),
        lambda: change_checklist_item(ticket.pk, item.public_id, actor=agent, is_done=True),
        lambda: remove_checklist_item(ticket.pk, item.public_id, actor=agent),
    ):
        with pytest.raises(WrongStateError):
            refused()
    assert texts(ticket) == ["One"]


@pytest.mark.parametrize("state", ["new", "in_progress", "on_hold", "resolved"])
def test_before_that_it_can_be_worked_on_in_every_state(state: str, agent: Any):
    ticket = make_incident(state)
    item = listed(ticket, agent, "One")[0]
    assert change_checklist_item(ticket.pk, item.public_id, actor=agent, is_done=True).is_done


def test_a_line_is_found_below_its_own_ticket_only(agent: Any):
    ticket, other = make_incident(), make_incident()
    item = listed(ticket, agent, "One")[0]
    entry = add_time(ticket.pk, actor=agent, minutes=5)
    for refused in (
        lambda: change_checklist_item(other.pk, item.public_id, actor=agent, is_done=True),
        lambda: change_checklist_item(ticket.pk, uuid.uuid4(), actor=agent, is_done=True),
        lambda: remove_time(other.pk, entry.public_id, actor=agent),
        lambda: change_time(ticket.pk, uuid.uuid4(), actor=agent, minutes=1),
    ):
        with pytest.raises(NotVisibleError):
            refused()


# who may


def people(ticket: Any) -> dict[str, Any]:
    grants = [each for each in Role.objects.get(key="agent").grants if each != "ticket.read_internal"]
    Role.objects.create(key="supplier", name_ko="협력사", grants=grants)
    return {
        "requester": ticket.requester,
        "employee": UserFactory(),
        "supplier": UserFactory(roles=["supplier"]),
        "agent": AgentFactory(),
        "other company": AgentFactory(company=CompanyFactory()),
        "platform": None,
    }


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("requester", NotAllowedError),
        ("employee", NotVisibleError),
        ("supplier", NotAllowedError),
        ("agent", None),
        ("other company", NotVisibleError),
        ("platform", None),
    ],
)
def test_who_works_on_the_ticket_keeps_them(who: str, expected: Any, agent: Any):
    ticket = make_incident()
    actor = people(ticket)[who]
    item = listed(ticket, agent, "One", "Two")[0]
    ways = [
        lambda: listed(ticket, actor, "Three"),
        lambda: change_checklist_item(ticket.pk, item.public_id, actor=actor, is_done=True),
        lambda: remove_checklist_item(ticket.pk, item.public_id, actor=actor),
    ]
    if who != "platform":
        ways.append(lambda: add_time(ticket.pk, actor=actor, minutes=5))
    for way in ways:
        if expected is None:
            way()
        else:
            with pytest.raises(expected):
                way()
    assert TimeEntry.objects.exists() == (who == "agent")


@pytest.mark.parametrize(
    ("who", "may"),
    [("author", True), ("colleague", False), ("leader", True), ("manager", True), ("requester", False)],
)
def test_time_is_corrected_by_whose_it_is_and_by_who_leads(who: str, may: bool, group: Any):
    author, leader = AgentFactory(groups=[group]), AgentFactory(groups=[group])
    group.manager = leader
    group.save()
    ticket = make_incident(group=group)
    entry = add_time(ticket.pk, actor=author, minutes=90)
    actor = {
        "author": author,
        "colleague": AgentFactory(groups=[group]),
        "leader": leader,
        "manager": AgentFactory(roles=["incident_manager"]),
        "requester": ticket.requester,
    }[who]
    if not may:
        for way in (
            lambda: change_time(ticket.pk, entry.public_id, actor=actor, minutes=5),
            lambda: remove_time(ticket.pk, entry.public_id, actor=actor),
        ):
            with pytest.raises(NotAllowedError):
                way()
        assert TimeEntry.objects.get().minutes == 90
        return
    assert change_time(ticket.pk, entry.public_id, actor=actor, minutes=5).person == author
    remove_time(ticket.pk, entry.public_id, actor=actor)
    assert not TimeEntry.objects.exists()
    changed, removed = Activity.objects.filter(ticket=ticket.pk, verb__startswith="time_").order_by("pk")[1:]
    assert (changed.changes, removed.changes) == ({"time_spent": [90, 5]}, {"time_spent": [5, None]})
    assert removed.actor == actor
    assert (author.username in removed.body) == (who != "author")
    assert AuditLog.objects.filter(table="tickets_timeentry", action="time_removed").count() == 1
    gone = RowChange.objects.get(table="tickets_timeentry", op="D")
    assert gone.changed["minutes"] == 5


# the time


@pytest.mark.parametrize("minutes", [0, -1, 1441, 100_000])
def test_a_day_has_so_many_minutes(minutes: int, agent: Any):
    ticket = make_incident()
    with pytest.raises(RuleRefusedError) as refusal:
        add_time(ticket.pk, actor=agent, minutes=minutes)
    assert refusal.value.errors[0].field == "minutes"
    assert not TimeEntry.objects.exists()


@pytest.mark.parametrize(("days", "may"), [(1, False), (0, True), (-1, True), (-2, False), (-4000, False)])
def test_the_day_lies_in_the_life_of_the_ticket(days: int, may: bool, agent: Any):
    ticket = make_incident()
    day = timezone.localdate() + dt.timedelta(days=days)
    if may:
        assert add_time(ticket.pk, actor=agent, minutes=5, day=day).day == day
        return
    with pytest.raises(RuleRefusedError) as refusal:
        add_time(ticket.pk, actor=agent, minutes=5, day=day)
    assert refusal.value.errors[0].field == "day"


@pytest.mark.parametrize("note", ["x" * 501, "x" * 100_000, "a\x00"])
def test_a_note_that_does_not_fit_is_refused(note: str, agent: Any):
    ticket = make_incident()
    with pytest.raises(RuleRefusedError) as refusal:
        add_time(ticket.pk, actor=agent, minutes=5, note=note)
    assert refusal.value.errors[0].field == "note"


def test_time_is_noted_on_a_closed_ticket_too(agent: Any):
    ticket = make_incident("closed")
    entry = add_time(ticket.pk, actor=agent, minutes=30)
    assert change_time(ticket.pk, entry.public_id, actor=agent, minutes=40).minutes == 40


def test_a_correction_that_changes_nothing_leaves_no_line(agent: Any):
    ticket = make_incident()
    entry = add_time(ticket.pk, actor=agent, minutes=30, note="x")
    same = change_time(ticket.pk, entry.public_id, actor=agent, expected_version=1, minutes=30, note="x")
    assert same.lock_version == 1
    change_time(ticket.pk, entry.public_id, actor=agent, expected_version=1, minutes=31)
    with pytest.raises(StaleVersionError):
        change_time(ticket.pk, entry.public_id, actor=agent, expected_version=1, minutes=32)
    assert verbs(ticket) == ["time_added", "time_changed"]


def test_a_ticket_holds_so_many_entries(agent: Any):
    ticket = make_incident()
    day = timezone.localdate()
    TimeEntry.objects.bulk_create(
        TimeEntry(ticket_id=ticket.pk, person=agent, minutes=1, day=day) for _number in range(MOST_ENTRIES)
    )
    with pytest.raises(RuleRefusedError):
        add_time(ticket.pk, actor=agent, minutes=1)


def test_the_version_that_a_requester_sees_stays(agent: Any):
    ticket = make_incident()
    version = Ticket.objects.get(pk=ticket.pk).lock_version
    listed(ticket, agent, "One")
    add_time(ticket.pk, actor=agent, minutes=1)
    assert Ticket.objects.get(pk=ticket.pk).lock_version == version


def test_no_way_of_writing_makes_half_a_line(agent: Any):
    ticket = make_incident()
    listed(ticket, agent, "One")
    for half in ({"is_done": True}, {"done_at": timezone.now()}, {"done_by": agent}, {"text": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ChecklistItem.objects.filter(ticket=ticket.pk).update(**half)
    add_time(ticket.pk, actor=agent, minutes=1)
    for minutes in (0, 1441):
        with pytest.raises(IntegrityError), transaction.atomic():
            TimeEntry.objects.filter(ticket=ticket.pk).update(minutes=minutes)


def test_a_merge_moves_no_time_and_its_undo_needs_none(agent: Any):
    twin, main = make_incident(), make_incident()
    add_time(twin.pk, actor=agent, minutes=20)
    add_time(main.pk, actor=agent, minutes=30)
    merge_incident(twin.pk, actor=agent, into=main)
    found = {(row.minutes, row.merged_from) for row in time_of(agent, main.pk)}  # type: ignore[attr-defined]
    assert found == {(20, twin.number), (30, None)}
    assert [row.minutes for row in time_of(agent, twin.pk)] == [20]
    with connection.cursor() as cursor:  # the merge is a transaction of its own
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    unmerge_incident(twin.pk, actor=agent)
    assert [row.minutes for row in time_of(agent, main.pk)] == [30]


def test_who_reads_nothing_internal_reads_none_of_it(agent: Any):
    ticket = make_incident(group=GroupFactory())
    add_time(ticket.pk, actor=agent, minutes=20)
    assert not time_of(ticket.requester, ticket.pk).exists()
