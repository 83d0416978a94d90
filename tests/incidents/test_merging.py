"""Merging incidents and taking it back (PROCESSES INC-12)."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection

from core.attachments import accept
from core.errors import (
    IllegalTransitionError,
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    StaleVersionError,
    WrongStateError,
)
from core.models import OutboxEvent
from core.time import db_now
from incidents import services
from incidents.models import CallerWait, Incident
from sla.models import Clock
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident, make_incident_task
from tests.factories.problems import make_problem
from tests.settling import settle
from tickets.choices import LinkType
from tickets.models import Activity, Merge, TicketLink, Watcher
from tickets.selectors import attachment_for, attachments_of, timeline_for
from tickets.services import add_comment, add_work_note, attach, link, watch

pytestmark = pytest.mark.django_db
AS_BEFORE = (
    *("state", "phase", "close_code", "close_notes", "closed_at", "closed_by", "hold_reason", "hold_until"),
    *("resolved_at", "resolved_by", "assignee", "group"),
)


def merge(source: Incident, target: Incident, actor: Any = None, **more: Any) -> Incident:
    """The source after it was merged."""
    merged = services.merge_incident(source.pk, actor=actor or AgentFactory(), into=target, **more)
    connection.check_constraints()  # as if committed: what comes later is another transaction
    return merged


def bodies(actor: Any, ticket: Incident) -> list[str]:
    """What the reader finds said on the ticket."""
    return [row.body for row in timeline_for(actor, ticket) if row.kind in {"comment", "work_note"}]


def nothing_changed(*incidents: Incident) -> None:
    """No merge, and each incident as it was."""
    assert not Merge.objects.exists()
    for each in incidents:
        assert Incident.objects.get(pk=each.pk).lock_version == each.lock_version


@pytest.mark.parametrize("state", ["new", "in_progress", "on_hold", "resolved"])
def test_a_merge_and_its_way_back(state: str):
    agent = AgentFactory()
    source, target = make_incident(state), make_incident()
    source.refresh_from_db()
    merged = merge(source, target, agent)
    assert (merged.state, merged.close_code, merged.closed_by) == ("cancelled", "duplicate", agent)
    assert TicketLink.objects.get().type == LinkType.DUPLICATE
    row = Merge.objects.get()
    assert (row.source_id, row.target_id, row.main_id, row.by) == (source.pk, target.pk, target.pk, agent)
    told = OutboxEvent.objects.get(name="ticket.merged").payload
    assert (told["ticket_id"], told["target_id"]) == (source.pk, target.pk)

    back = services.unmerge_incident(source.pk, actor=agent)
    for name in AS_BEFORE:
        assert getattr(back, name) == getattr(source, name), name
    assert not TicketLink.objects.exists()
    assert Merge.objects.get().undone_by == agent
    assert OutboxEvent.objects.filter(name="ticket.unmerged").count() == 1


@pytest.mark.parametrize(
    ("source", "target", "refusal"),
    [
        ("closed", "new", IllegalTransitionError),
        ("cancelled", "new", IllegalTransitionError),
        ("new", "closed", RuleRefusedError),
        ("new", "cancelled", RuleRefusedError),
    ],
)
def test_what_is_over_is_not_merged(source: str, target: str, refusal: type[Exception]):
    one, other = make_incident(source), make_incident(target)
    with pytest.raises(refusal):
        merge(one, other)
    nothing_changed(one, other)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("agent", None),
        ("manager", None),
        ("requester", NotAllowedError),
        ("stranger", NotVisibleError),
        ("platform", None),
    ],
)
def test_who_may_merge(who: str, refusal: type[Exception] | None):
    source, target = make_incident(), make_incident()
    actor = {
        "agent": AgentFactory(),
        "manager": AgentFactory(roles=["incident_manager"]),
        "requester": source.requester,
        "stranger": UserFactory(),
        "platform": None,
    }[who]
    if who == "requester":
        watch(target.pk, actor=None, user=source.requester)
    if refusal is None:
        assert services.merge_incident(source.pk, actor=actor, into=target).state == "cancelled"
        return
    with pytest.raises(refusal):
        services.merge_incident(source.pk, actor=actor, into=target)
    nothing_changed(source, target)


def test_a_target_that_cannot_be_is_refused_and_changes_nothing(group: Any):
    agent = AgentFactory()
    source = make_incident()
    far = make_incident(requester=UserFactory(company=CompanyFactory()))
    hidden = make_incident(group=GroupFactory(is_restricted=True))
    texts = {}
    for name, target in {"problem": make_problem(), "itself": source, "far": far, "hidden": hidden}.items():
        with pytest.raises(RuleRefusedError) as refusal:
            merge(source, target, agent)
        assert [each.field for each in refusal.value.errors] == ["into"]
        texts[name] = str(refusal.value.errors[0].detail)
    assert texts["far"] == texts["hidden"]  # neither is there for this agent
    assert len(set(texts.values())) == 3
    with pytest.raises(RuleRefusedError) as refusal:  # the platform sees both companies
        services.merge_incident(source.pk, actor=None, into=far)
    assert str(refusal.value.errors[0].detail) not in texts.values()
    with pytest.raises(RuleRefusedError) as refusal:
        services.merge_incident(source.pk, actor=agent)
    assert refusal.value.errors[0].code == "required"
    nothing_changed(source, far, hidden)


def test_a_hidden_source_is_not_there():
    source = make_incident(group=GroupFactory(is_restricted=True))
    with pytest.raises(NotVisibleError):
        merge(source, make_incident())


def test_what_a_restricted_group_said_stays_inside():
    inner = GroupFactory(is_restricted=True)
    agent = AgentFactory(groups=[inner])
    source, open_one, inside = make_incident(group=inner), make_incident(), make_incident(group=inner)
    with pytest.raises(RuleRefusedError):
        merge(source, open_one, agent)
    assert merge(source, inside, agent).state == "cancelled"


def test_a_major_incident_is_no_source():
    source, target = make_incident(), make_incident()
    Incident.objects.filter(pk=source.pk).update(major_status="accepted")
    with pytest.raises(RuleRefusedError):
        merge(source, target)
    assert merge(target, source).state == "cancelled"


def test_the_reason_is_told_in_the_language_of_who_asked():
    korean = make_incident(requester=UserFactory(language="ko"))
    english = make_incident(requester=UserFactory(language="en"))
    target = make_incident()
    assert "합쳐서" in merge(korean, target).close_notes
    assert "together" in merge(english, target).close_notes


def test_an_old_version_is_refused():
    source, target = make_incident(), make_incident()
    with pytest.raises(StaleVersionError):
        merge(source, target, expected_version=source.lock_version + 1)
    nothing_changed(source, target)


def test_merges_make_no_circle_and_no_chain():
    agent = AgentFactory()
    first, second, third = (make_incident() for _ in range(3))
    merge(first, second, agent)
    with pytest.raises(RuleRefusedError):  # first means second by now
        merge(second, first, agent)
    merge(second, third, agent)
    assert set(Merge.objects.values_list("main", flat=True)) == {third.pk}
    duplicates = TicketLink.objects.filter(type=LinkType.DUPLICATE)
    assert set(duplicates.values_list("source", "target")) == {(first.pk, third.pk), (second.pk, third.pk)}
    with pytest.raises(IllegalTransitionError):
        merge(first, third, agent)
    fourth = make_incident()
    merge(fourth, first, agent)  # goes on where first goes on
    assert Merge.objects.get(source=fourth.pk).target_id == third.pk
    with pytest.raises(WrongStateError):
        services.unmerge_incident(first.pk, actor=agent)
    services.unmerge_incident(second.pk, actor=agent)
    assert Merge.objects.get(source=first.pk).main_id == second.pk
    assert services.unmerge_incident(first.pk, actor=agent).state == "new"
    assert set(duplicates.values_list("source", "target")) == {(fourth.pk, third.pk)}


def test_a_link_says_duplicate_of_an_original_only():
    agent = AgentFactory()
    one, other, third = (make_incident() for _ in range(3))
    link(one.pk, actor=agent, target=other, type="duplicate")
    for source, target in ((third, one), (other, third)):
        with pytest.raises(RuleRefusedError):
            link(source.pk, actor=agent, target=target, type="duplicate")
    with pytest.raises(RuleRefusedError):
        merge(third, one, agent)
    merge(one, third, agent)
    assert set(TicketLink.objects.values_list("source", "target")) == {(one.pk, third.pk)}
    services.unmerge_incident(one.pk, actor=agent)
    assert set(TicketLink.objects.values_list("source", "target")) == {(one.pk, other.pk)}


def test_the_conversation_shows_on_the_target_with_the_visibility_it_had():
    agent, reader = AgentFactory(), AgentFactory()
    source, target = make_incident(), make_incident()
    add_comment(source.pk, actor=source.requester, body="Mine too")
    add_work_note(source.pk, actor=agent, body="Secret of the source")
    add_comment(target.pk, actor=agent, body="We look")
    for name, public in (("open.txt", True), ("inner.txt", False)):
        file = accept(uploader=agent, name=name, chunks=[b"x"])
        attach(source.pk, actor=agent, public=public, attachment=file)
    merge(source, target, agent)
    add_work_note(source.pk, actor=agent, body="Said later")
    assert bodies(reader, target) == ["Mine too", "Secret of the source", "We look", "Said later"]
    assert bodies(target.requester, target) == ["Mine too", "We look"]
    assert bodies(source.requester, source) == ["Mine too"]
    came = {row.body: row.came_from for row in timeline_for(reader, target) if row.body}
    assert (came["Mine too"].pk, came["We look"]) == (source.pk, None)
    told = {row.kind for row in timeline_for(reader, target) if row.came_from}
    assert told == {"comment", "work_note", "attachment"}  # its own moves are not the target's

    def files(person: Any) -> list[str]:
        return [each.attachment.name for each in attachments_of(person, target)]

    assert (files(reader), files(target.requester)) == (["open.txt", "inner.txt"], ["open.txt"])
    shown, kept = (each.attachment.public_id for each in attachments_of(reader, target))
    assert attachment_for(target.requester, shown).ticket_id == source.pk
    for person, file in ((target.requester, kept), (UserFactory(), shown)):
        with pytest.raises(NotVisibleError):
            attachment_for(person, file)
    services.unmerge_incident(source.pk, actor=agent)
    assert bodies(reader, target) == ["We look"]
    assert files(reader) == []
    with pytest.raises(NotVisibleError):
        attachment_for(target.requester, shown)


def test_tasks_children_links_and_watchers_go_over_and_come_back(group: Any):
    agent, watcher = AgentFactory(), AgentFactory()
    source, target, child = make_incident(), make_incident(), make_incident()
    task, done = make_incident_task(incident=source), make_incident_task("closed_complete", incident=source)
    Incident.objects.filter(pk=child.pk).update(parent=source.pk)
    problem = make_problem()
    link(source.pk, actor=agent, target=problem, type="caused_by")
    link(make_incident().pk, actor=agent, target=source, type="related")
    for person in (watcher, UserFactory()):
        watch(source.pk, actor=None, user=person)
    before = set(TicketLink.objects.values_list("source", "target", "type"))
    merge(source, target, agent)

    def parents() -> list[int]:
        return [type(each).objects.get(pk=each.pk).parent_id for each in (task, done, child)]

    assert parents() == [target.pk, source.pk, target.pk]
    now = set(TicketLink.objects.values_list("source", "target", "type"))
    there = {source.pk: target.pk}
    swapped = {(there.get(s, s), there.get(t, t), k) for s, t, k in before}
    assert now == swapped | {(source.pk, target.pk, "duplicate")}
    assert list(Watcher.objects.filter(ticket=target).values_list("user", flat=True)) == [watcher.pk]
    services.unmerge_incident(source.pk, actor=agent)
    assert parents() == [source.pk, source.pk, source.pk]
    assert set(TicketLink.objects.values_list("source", "target", "type")) == before
    assert not Watcher.objects.filter(ticket=target).exists()


def test_a_requester_follows_only_what_the_rules_let_them_read():
    same = UserFactory()
    one, other = make_incident(requester=same), make_incident(requester=same)
    stranger = make_incident()
    merge(one, stranger)
    assert not Watcher.objects.filter(ticket=stranger).exists()
    merge(other, make_incident(requester=same))
    assert Watcher.objects.filter(user=same).count() == 1


def test_families_set_limits():
    agent = AgentFactory()
    source, child = make_incident(), make_incident()
    Incident.objects.filter(pk=child.pk).update(parent=source.pk)
    with pytest.raises(RuleRefusedError):
        merge(source, child, agent)
    deep = [make_incident() for _ in range(3)]
    for above, below in pairwise(deep):
        Incident.objects.filter(pk=below.pk).update(parent=above.pk)
    with pytest.raises(RuleRefusedError):
        merge(source, deep[2], agent)
    assert Incident.objects.get(pk=child.pk).parent_id == source.pk
    assert merge(child, source, agent).state == "cancelled"


def test_open_tasks_do_not_go_to_a_resolved_incident():
    source, target = make_incident(), make_incident("resolved")
    make_incident_task(incident=source)
    with pytest.raises(RuleRefusedError):
        merge(source, target)
    assert merge(make_incident(), target).state == "cancelled"


def test_clocks_end_without_a_breach_and_go_on_after_the_way_back():
    agent = AgentFactory()
    source = make_incident(impact=1, urgency=1)
    clocks = Clock.objects.filter(ticket=source.pk)
    started = {clock.track: (clock.started_at, clock.due_at) for clock in clocks}
    assert len(started) == 2
    merge(source, make_incident(), agent)
    assert set(clocks.values_list("stage", "breached_at")) == {("cancelled", None)}
    services.unmerge_incident(source.pk, actor=agent)
    again = clocks.filter(stage="in_progress")
    assert {clock.track: (clock.started_at, clock.due_at) for clock in again} == started
    assert set(clocks.values_list("breached_at", flat=True)) == {None}


@pytest.mark.parametrize(
    ("who", "minutes", "refusal"),
    [
        ("merger", 9, None),
        ("manager", 9, None),
        ("merger", 11, WrongStateError),
        ("manager", 11, WrongStateError),
        ("agent", 1, NotAllowedError),
        ("requester", 1, NotAllowedError),
    ],
)
def test_who_takes_a_merge_back_and_until_when(who: str, minutes: int, refusal: type[Exception] | None):
    source, merger = make_incident(), AgentFactory()
    merge(source, make_incident(), merger)
    Merge.objects.update(at=db_now() - dt.timedelta(minutes=minutes))
    actor = {
        "merger": merger,
        "manager": AgentFactory(roles=["incident_manager"]),
        "agent": AgentFactory(),
        "requester": source.requester,
    }[who]
    if refusal is None:
        assert services.unmerge_incident(source.pk, actor=actor).state == "new"
        return
    with pytest.raises(refusal):
        services.unmerge_incident(source.pk, actor=actor)
    assert Incident.objects.get(pk=source.pk).state == "cancelled"


def test_what_is_not_merged_is_not_taken_apart():
    manager = AgentFactory(roles=["incident_manager"])
    with pytest.raises(WrongStateError):
        services.unmerge_incident(make_incident("cancelled").pk, actor=manager)


def test_a_caller_is_waited_for_again():
    agent, source = AgentFactory(), make_incident("on_hold")
    merge(source, make_incident(), agent)
    CallerWait.objects.all().delete()
    services.unmerge_incident(source.pk, actor=agent)
    assert CallerWait.objects.filter(pk=source.pk).exists()


def test_a_reply_to_the_source_is_a_word_of_the_target_once():
    agent = AgentFactory()
    source, target = make_incident(), make_incident("in_progress", agent=agent)
    merge(source, target, agent)
    where, row = services.reply(source.pk, actor=source.requester, body="Still down")
    settle()
    assert (where, row is not None) == (source, True)
    assert bodies(agent, target) == ["Still down"]
    assert bodies(source.requester, source) == ["Still down"]
    assert Activity.objects.filter(kind="comment").count() == 1
    target = Incident.objects.get(pk=target.pk)
    assert (target.last_public_from, target.first_response_at) == ("requester", None)
    event = OutboxEvent.objects.get(name="ticket.commented").payload
    assert (event["ticket_id"], event["public"]) == (target.pk, True)
    assert Incident.objects.count() == 2


def test_a_reply_after_the_target_is_closed_opens_a_follow_up():
    source, target = make_incident(), make_incident("resolved")
    merge(source, target)
    services.close_incident(target.pk, actor=None)
    new, _row = services.reply(source.pk, actor=source.requester, body="It is back")
    assert new.requester == source.requester
    assert new.pk not in {source.pk, target.pk}
    with pytest.raises(WrongStateError):
        add_comment(source.pk, actor=source.requester, body="It is back")
