"""Replies that wait some seconds: seen by nobody, taken back whole, said exactly once, never lost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accounts.models import User
from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError, WrongStateError
from core.models import OutboxEvent
from incidents.models import Incident
from incidents.services import close_incident, resolve_incident
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.settling import settle
from tickets.models import Activity, Draft, HeldReply, Ticket
from tickets.services import (
    add_comment,
    hold_reply,
    keep_draft,
    say_due_replies,
    take_back_reply,
)

pytestmark = pytest.mark.django_db
WORDS = "Please restart it."


@pytest.fixture
def incident(group: Any) -> Incident:
    return make_incident("in_progress", group=group)


def held(ticket: Any, agent: Any, body: str = WORDS, *, due: bool = False) -> HeldReply:
    row = hold_reply(ticket.pk, actor=agent, body=body, seconds=10)
    if due:
        HeldReply.objects.filter(pk=row.pk).update(due_at=row.due_at - dt.timedelta(hours=1))
    return row


def said(ticket: Any) -> list[tuple[str, Any]]:
    rows = Activity.objects.filter(ticket=ticket.pk, kind="comment").order_by("pk")
    return [(row.body, row.actor) for row in rows]


def drafts(agent: Any) -> list[str]:
    return list(Draft.objects.filter(user=agent).values_list("body", flat=True))


def test_until_it_is_due_it_leaves_no_trace(incident: Any, agent: Any):
    keep_draft(actor=agent, ticket=incident, tab="comment", body="Please rest")
    before = Ticket.objects.values().get(pk=incident.pk)
    lines, events = Activity.objects.count(), OutboxEvent.objects.count()
    row = held(incident, agent)
    assert row.due_at - HeldReply.objects.get().held_at == dt.timedelta(seconds=10)
    assert say_due_replies(limit=50) == 0
    assert Ticket.objects.values().get(pk=incident.pk) == before
    assert (Activity.objects.count(), OutboxEvent.objects.count()) == (lines, events)
    assert drafts(agent) == []


def test_when_it_is_due_it_is_said_as_its_author_says_it(incident: Any, agent: Any):
    held(incident, agent, due=True)
    assert say_due_replies(limit=50) == 1
    assert say_due_replies(limit=50) == 0
    assert said(incident) == [(WORDS, agent)]
    row = Activity.objects.get(ticket=incident.pk, kind="comment")
    assert (row.is_public, row.channel, row.cause_chain) == (True, "page", [])
    event = OutboxEvent.objects.get(name="ticket.commented")
    assert (event.actor_id, event.payload["public"], event.channel) == (agent.pk, True, "page")
    assert Ticket.objects.get(pk=incident.pk).last_public_from == "agent"
    assert not HeldReply.objects.exists()


def test_the_sweep_of_every_worker_says_it(incident: Any, agent: Any):
    held(incident, agent, due=True)
    settle()
    assert said(incident) == [(WORDS, agent)]


def test_taken_back_it_is_the_draft_again(incident: Any, agent: Any):
    row = held(incident, agent, due=True)
    take_back_reply(row.public_id, actor=agent)
    assert say_due_replies(limit=50) == 0
    assert said(incident) == []
    assert drafts(agent) == [WORDS]
    with pytest.raises(NotVisibleError):
        take_back_reply(row.public_id, actor=agent)


def test_taken_back_it_joins_what_was_typed_since_and_nothing_is_cut(incident: Any, agent: Any):
    row = held(incident, agent, "a" * 20_000)
    keep_draft(actor=agent, ticket=incident, tab="comment", body="b" * 20_000)
    take_back_reply(row.public_id, actor=agent)
    assert drafts(agent) == ["a" * 20_000 + "\n\n" + "b" * 20_000]


def test_what_is_typed_since_stays_a_draft_when_it_is_said(incident: Any, agent: Any):
    held(incident, agent, due=True)
    keep_draft(actor=agent, ticket=incident, tab="comment", body="One more thing")
    say_due_replies(limit=50)
    assert (said(incident), drafts(agent)) == ([(WORDS, agent)], ["One more thing"])


def test_once_said_it_cannot_be_taken_back(incident: Any, agent: Any):
    row = held(incident, agent, due=True)
    say_due_replies(limit=50)
    with pytest.raises(NotVisibleError):
        take_back_reply(row.public_id, actor=agent)
    assert (said(incident), drafts(agent)) == ([(WORDS, agent)], [])


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("colleague", None),
        ("requester", None),
        ("stranger", NotVisibleError),
        ("other_company", NotVisibleError),
    ],
)
def test_who_may_hold_a_reply_is_who_may_comment(who: str, refusal: Any, incident: Any, group: Any):
    people = {
        "colleague": lambda: AgentFactory(groups=[group]),
        "requester": lambda: incident.requester,
        "stranger": UserFactory,
        "other_company": lambda: AgentFactory(company=CompanyFactory()),
    }
    person = people[who]()
    if refusal is None:
        held(incident, person, due=True)
        say_due_replies(limit=50)
    else:
        with pytest.raises(refusal):
            add_comment(incident.pk, actor=person, body=WORDS)
        with pytest.raises(refusal):
            held(incident, person)
    assert said(incident) == ([(WORDS, person)] if refusal is None else [])


@pytest.mark.parametrize("who", ["colleague", "requester", "boss"])
def test_nobody_takes_back_what_another_said(who: str, incident: Any, agent: Any, group: Any):
    row = held(incident, agent)
    people = {
        "colleague": lambda: AgentFactory(groups=[group]),
        "requester": lambda: incident.requester,
        "boss": lambda: UserFactory(roles=["super"]),
    }
    with pytest.raises(NotVisibleError):
        take_back_reply(row.public_id, actor=people[who]())
    assert HeldReply.objects.count() == 1
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("body", "seconds", "refusal"),
    [
        (" ", 10, RuleRefusedError),
        ("\x00", 10, RuleRefusedError),
        ("x" * 20_001, 10, RuleRefusedError),
        (WORDS, 0, RuleRefusedError),
        (WORDS, 31, RuleRefusedError),
    ],
    ids=["empty", "unstorable", "too long", "no time", "too much time"],
)
def test_what_cannot_be_said_is_not_held(body: str, seconds: int, refusal: Any, incident: Any, agent: Any):
    keep_draft(actor=agent, ticket=incident, tab="comment", body="typed")
    with pytest.raises(refusal):
        hold_reply(incident.pk, actor=agent, body=body, seconds=seconds)
    assert not HeldReply.objects.exists()
    assert drafts(agent) == ["typed"]


def test_on_a_closed_ticket_it_is_refused_at_once(agent: Any, group: Any):
    with pytest.raises(WrongStateError):
        held(make_incident("closed", group=group, agent=agent), agent)
    assert not HeldReply.objects.exists()


def closed(incident: Any, agent: Any) -> None:
    resolve_incident(incident.pk, actor=agent, close_code="solution_provided", close_notes="x")
    close_incident(incident.pk, actor=None)


def hidden(incident: Any, agent: Any) -> None:
    Ticket.objects.filter(pk=incident.pk).update(group=GroupFactory(is_restricted=True))


def left(incident: Any, agent: Any) -> None:
    User.objects.filter(pk=agent.pk).update(is_active=False)


@pytest.mark.parametrize("meanwhile", [closed, hidden, left], ids=lambda each: each.__name__)
def test_what_can_no_longer_be_said_is_a_draft_again(meanwhile: Any, incident: Any, agent: Any):
    held(incident, agent, due=True)
    meanwhile(incident, agent)
    assert say_due_replies(limit=50) == 1
    assert (said(incident), drafts(agent)) == ([], [WORDS])
    assert not HeldReply.objects.exists()


def test_two_are_said_in_the_order_in_which_they_were_sent(incident: Any, agent: Any):
    first = hold_reply(incident.pk, actor=agent, body="first", seconds=30)
    second = hold_reply(incident.pk, actor=agent, body="second", seconds=5)
    assert second.due_at == first.due_at
    HeldReply.objects.update(due_at=first.due_at - dt.timedelta(hours=1))
    say_due_replies(limit=50)
    assert [body for body, _actor in said(incident)] == ["first", "second"]


def test_one_that_fails_does_not_stop_the_others(incident: Any, agent: Any, group: Any, monkeypatch: Any):
    other = make_incident("in_progress", group=group)
    held(incident, agent, "breaks", due=True)
    held(other, agent, due=True)

    def breaking(pk: int, **given: Any) -> Any:
        if given["body"] == "breaks":
            raise ZeroDivisionError
        return add_comment(pk, **given)

    monkeypatch.setattr("tickets.services.holding.add_comment", breaking)
    assert say_due_replies(limit=50) == 1
    assert said(other) == [(WORDS, agent)]
    assert [row.body for row in HeldReply.objects.all()] == ["breaks"]
    monkeypatch.undo()
    assert say_due_replies(limit=50) == 1
    assert said(incident) == [("breaks", agent)]


def test_who_may_no_longer_comment_is_not_heard(incident: Any, agent: Any, monkeypatch: Any):
    held(incident, agent, due=True)
    monkeypatch.setattr("tickets.services.talking.may", lambda *_given: False)
    with pytest.raises(NotAllowedError):
        add_comment(incident.pk, actor=agent, body=WORDS)
    say_due_replies(limit=50)
    assert (said(incident), drafts(agent)) == ([], [WORDS])
