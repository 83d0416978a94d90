"""Running a macro: all of it with the rights of who runs it, or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from core.errors import (
    IllegalTransitionError,
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    StaleVersionError,
    WrongStateError,
)
from core.models import OutboxEvent, RowChange
from history.labels import causes
from macros.models import Macro
from macros.services import make_macro, run_macro, use_reply
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident, make_incident_task
from tests.factories.macros import make_hold, make_reply
from tests.factories.problems import make_problem
from tickets.models import Activity, Draft, Ticket, Watcher
from tickets.services import keep_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def state_of(ticket: Any) -> tuple[Any, ...]:
    """All of a ticket that a macro could change, and how much was told of it."""
    row = Ticket.objects.get(pk=ticket.pk)
    seen = (row.state, row.assignee_id, row.group_id, row.impact, row.urgency, row.category, row.lock_version)
    return (*seen, Activity.objects.filter(ticket=row).count(), OutboxEvent.objects.count())


def test_a_macro_answers_takes_and_holds_in_one_go_and_is_named_as_the_cause(agent: Any, group: Any):
    requester = UserFactory(name_ko="김하늘", name_en="Haneul Kim", language="ko")
    incident = make_incident(group=group, requester=requester, title="VPN {agent} @boss {{x}} <b>")
    macro = make_hold(
        agent, "Ask: wait", text="{requester}님, {number} ({title}) — {agent}/{group}", urgency=1
    )
    keep_draft(actor=agent, ticket=incident, tab="comment", body="half a word")
    before = Activity.objects.filter(ticket=incident.pk).latest("pk").pk

    after = run_macro(incident, macro.public_id, actor=agent, expected_version=incident.lock_version)

    assert (after.state, after.hold_reason, after.assignee, after.urgency) == (
        "on_hold",
        "awaiting_caller",
        agent,
        1,
    )
    rows = list(Activity.objects.filter(ticket=incident.pk, pk__gt=before).order_by("pk"))
    said = [row for row in rows if row.kind == "comment"]
    with translation.override("ko"):
        names, team = (requester.display_name, agent.display_name), group.name
    title = "VPN {agent} @\u2060boss {{x}} <b>"  # looked at once, and no mention of its own
    assert [row.body for row in said] == [f"{names[0]}님, {incident.number} ({title}) — {names[1]}/{team}"]
    assert said[0].is_public
    assert {row.actor_id for row in rows} == {agent.pk}
    chain = [f"macro:Ask  wait:{macro.public_id}"]
    assert all(row.cause_chain == chain for row in rows)
    assert causes(chain) == "macro Ask  wait"
    assert Draft.objects.get(user=agent, ticket=incident.pk).body == "half a word"
    macro.refresh_from_db()
    assert (macro.uses, macro.lock_version) == (1, 1)
    assert macro.used_at is not None
    # The row history knows the person, too.
    kept = RowChange.objects.filter(record="tickets_ticket", record_id=incident.pk).latest("pk")
    assert (kept.actor_id, kept.cause_chain) == (agent.pk, chain)


def test_one_step_that_is_refused_undoes_all_of_them(agent: Any, group: Any):
    incident = make_incident("resolved", group=group, agent=agent)
    macro = make_hold(agent, to_group=GroupFactory(), impact=1, assign="nobody")
    seen = state_of(incident)
    with pytest.raises(IllegalTransitionError):
        run_macro(incident, macro.public_id, actor=agent)
    assert state_of(incident) == seen
    macro.refresh_from_db()
    assert macro.uses == 0


def test_who_may_run_what(agent: Any, group: Any):
    hidden = GroupFactory(is_restricted=True)
    open_one, secret = make_incident(group=group), make_incident(group=hidden)
    closed, foreign = make_incident("closed"), make_incident(requester=UserFactory(company=CompanyFactory()))
    problem = make_problem()
    mine, others = make_reply(agent, assign="me"), make_reply(AgentFactory())
    requester = open_one.requester
    cases: list[tuple[Any, Any, Any, Any]] = [
        (agent, open_one, mine, None),
        (agent, open_one, others, NotVisibleError),
        (agent, secret, mine, NotVisibleError),
        (agent, foreign, mine, NotVisibleError),
        (agent, closed, mine, WrongStateError),
        (agent, problem, mine, RuleRefusedError),  # a macro of other kinds
        (requester, open_one, mine, NotAllowedError),
    ]
    for actor, ticket, macro, refusal in cases:
        seen = state_of(ticket)
        if refusal is None:
            run_macro(ticket, macro.public_id, actor=actor)
            assert state_of(ticket) != seen
            continue
        with pytest.raises(refusal):
            run_macro(ticket, macro.public_id, actor=actor)
        assert state_of(ticket) == seen
    with pytest.raises(StaleVersionError):
        run_macro(open_one, mine.public_id, actor=agent, expected_version=open_one.lock_version)


def test_a_note_and_steps_on_work_orders_and_problems(agent: Any, group: Any):
    task, problem = make_incident_task(group=group), make_problem(group=group)
    start = make_macro(
        actor=agent,
        name="Begin",
        kinds=["itask", "ptask"],
        move="start",
        says="work_note",
        text="{group}: {today}",
    )
    took = run_macro(task, start.public_id, actor=agent)
    assert (took.state, took.assignee) == ("work_in_progress", agent)
    word = Activity.objects.get(ticket=task.pk, kind="work_note")
    assert word.body.startswith(f"{group.name}: ")
    assert not word.is_public
    resolve = make_macro(
        actor=agent,
        name="Known outage",
        kinds=["incident"],
        move="resolve",
        inputs={"close_code": "solution_provided", "close_notes": "{number}: restarted."},
    )
    incident = make_incident(group=group)
    done = run_macro(incident, resolve.public_id, actor=agent)
    assert (done.state, done.close_notes) == ("resolved", f"{incident.number}: restarted.")
    urgent = make_macro(actor=agent, name="Urgent", kinds=["problem"], impact=1, urgency=1)
    assert run_macro(problem, urgent.public_id, actor=agent).priority == 1


def test_a_reply_is_filled_without_touching_the_ticket(agent: Any, group: Any):
    incident = make_incident(group=group)
    reply, bare = make_reply(agent), make_macro(actor=agent, name="Mine", kinds=["incident"], assign="me")
    seen = state_of(incident)
    tab, text = use_reply(incident, reply.public_id, actor=agent)
    assert tab == "comment"
    assert f"about {incident.number}" in text
    assert state_of(incident) == seen
    assert Macro.objects.get(pk=reply.pk).uses == 1
    with pytest.raises(RuleRefusedError):
        use_reply(incident, bare.public_id, actor=agent)
    with pytest.raises(NotVisibleError):
        use_reply(incident, make_reply(AgentFactory()).public_id, actor=agent)
    assert not Watcher.objects.filter(ticket=incident.pk, user=agent).exists()
