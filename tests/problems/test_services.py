"""What problems do beside their moves: opening, tasks, known errors, telling incidents, duplicates, ends."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError, WrongStateError
from core.models import OutboxEvent
from core.settings_store import change
from incidents.models import Incident
from incidents.services import hold_incident
from notifications.models import Notification
from problems import handlers, services
from problems.models import Problem, ProblemTask, Telling
from problems.selectors import incidents_of
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.problems import CAUSE, FIX, caused_by, make_problem, make_problem_task
from tests.settling import again, settle
from tickets.models import Activity, TicketLink, Watcher
from tickets.selectors import tickets_for
from tickets.services import apply_transition, link, unlink, update_ticket, watch

pytestmark = pytest.mark.django_db


def words(ticket: Any, kind: str) -> list[str]:
    """What was said on a ticket, oldest first."""
    rows = Activity.objects.filter(ticket=ticket.pk, kind=kind).order_by("pk")
    return list(rows.values_list("body", flat=True))


# opening


def test_a_problem_takes_over_what_its_incident_says_and_is_linked(agent: Any, group: Any):
    incident = make_incident(group=group, description="Since 9.", category="network", impact=1, urgency=2)
    problem = services.open_problem(actor=agent, incident=incident)
    assert problem.number.startswith("PRB")
    assert (problem.title, problem.description) == (incident.title, "Since 9.")
    assert (problem.impact, problem.urgency, problem.priority, problem.category) == (1, 2, 2, "network")
    assert list(incidents_of(problem.pk)) == [incident.ticket_ptr]
    own = services.open_problem(actor=agent, incident=incident, title="The gateway is too weak", impact=3)
    assert (own.title, own.impact) == ("The gateway is too weak", 3)


def test_a_problem_of_a_restricted_incident_is_as_restricted(group: Any):
    hidden = GroupFactory(is_restricted=True)
    insider, agent = AgentFactory(groups=[hidden]), AgentFactory(groups=[group])
    incident = make_incident(group=hidden, description="Whose salary it is.")
    problem = services.open_problem(actor=insider, incident=incident)
    assert problem.group == hidden
    assert problem.pk not in tickets_for(agent).values_list("pk", flat=True)


def test_what_cannot_be_a_problem_is_refused(agent: Any):
    hidden = make_incident(group=GroupFactory(is_restricted=True))
    with pytest.raises(NotVisibleError):
        services.open_problem(actor=agent, incident=hidden)
    with pytest.raises(NotAllowedError):
        services.open_problem(actor=hidden.requester, title="Mine")
    for wrong, field in (({"title": " "}, "title"), ({"title": "x", "impact": 4}, "impact"),
                         ({"incident": make_problem()}, "incident")):  # fmt: skip
        with pytest.raises(RuleRefusedError) as refusal:
            services.open_problem(actor=agent, **wrong)
        assert refusal.value.errors[0].field == field
    assert Problem.objects.count() == 1


def test_employees_see_no_problem_not_even_one_they_are_named_in(agent: Any):
    person = UserFactory()
    problem = make_problem(agent=agent, requester=person)
    assert problem.pk in tickets_for(agent).values_list("pk", flat=True)
    assert problem.pk not in tickets_for(person).values_list("pk", flat=True)


# tasks


def test_closing_a_problem_cancels_its_tasks_unless_told_otherwise(agent: Any):
    task = make_problem_task("work_in_progress", agent=agent)
    apply_transition(Problem, task.parent_id, "cancel", actor=agent, reason_text="None.")
    row = ProblemTask.objects.get(pk=task.pk)
    assert (row.state, row.close_code) == ("closed", "canceled")
    change("problem.cancel_open_tasks", False, actor=None)
    left = make_problem_task(agent=agent)
    apply_transition(Problem, left.parent_id, "cancel", actor=agent, reason_text="None.")
    assert ProblemTask.objects.get(pk=left.pk).state == "new"


def test_a_closed_problem_gets_no_tasks_unless_told_otherwise(agent: Any):
    problem = make_problem("closed", agent=agent)
    with pytest.raises(WrongStateError):
        services.open_problem_task(parent=problem, title="Late", actor=agent)
    change("problem.tasks_on_closed", True, actor=None)
    assert services.open_problem_task(parent=problem, title="Late", actor=agent).state == "new"


def test_a_task_with_an_assignee_is_being_assessed_at_once(agent: Any):
    task = services.open_problem_task(
        parent=make_problem(), title="Read the log", actor=agent, assignee=agent
    )
    assert (task.state, task.type) == ("assess", "general")


def test_who_works_the_problem_hears_when_all_its_tasks_are_done(agent: Any):
    task = make_problem_task("work_in_progress", agent=agent)
    other = make_problem_task(problem=task.parent, agent=agent)
    update_ticket(task.parent_id, actor=agent, assignee=agent)
    told = Notification.objects.filter(user=agent, template="tasks_done", channel="inapp")
    apply_transition(ProblemTask, task.pk, "complete", actor=agent)
    settle()
    assert not told.exists()
    apply_transition(ProblemTask, other.pk, "cancel", actor=agent, reason_text="Not needed.")
    settle()
    assert [each.ticket_id for each in told] == [task.parent_id]
    again("problems.handlers.tell_of_the_last_task")
    assert told.all().count() == 1


# known errors


def test_a_known_error_has_a_workaround(agent: Any):
    problem = make_problem(agent=agent)
    with pytest.raises(RuleRefusedError) as refusal:
        update_ticket(problem.pk, actor=agent, is_known_error=True)
    assert refusal.value.errors[0].field == "is_known_error"
    update_ticket(problem.pk, actor=agent, is_known_error=True, workaround="Use the other gateway.")
    with pytest.raises(RuleRefusedError) as refusal:
        update_ticket(problem.pk, actor=agent, workaround=" ")
    assert refusal.value.errors[0].field == "workaround"
    with pytest.raises(IntegrityError), transaction.atomic():
        Problem.objects.filter(pk=problem.pk).update(workaround="")
    update_ticket(problem.pk, actor=agent, is_known_error=False, workaround="")


# telling


def test_incidents_that_are_not_done_are_told_once_and_later_ones_the_next_time(agent: Any):
    problem = make_problem(agent=agent)
    update_ticket(problem.pk, actor=agent, workaround="Use the other gateway.")
    first, done = caused_by(problem), caused_by(problem, "resolved")
    other = make_incident("in_progress")
    assert services.tell_incidents(problem.pk, actor=agent, what="workaround") == 1
    settle()
    assert any("Use the other gateway." in body for body in words(first, "work_note"))
    assert not words(first, "comment")
    assert not words(done, "work_note")
    assert not words(other, "work_note")
    assert services.tell_incidents(problem.pk, actor=agent, what="workaround") == 0
    second = caused_by(problem)
    assert services.tell_incidents(problem.pk, actor=agent, what="workaround") == 1
    settle()
    assert len(words(first, "work_note")) == 1
    assert len(words(second, "work_note")) == 1


def test_another_text_and_the_public_word_are_told_anew(agent: Any):
    problem = make_problem(agent=agent)
    incident = caused_by(problem)
    update_ticket(problem.pk, actor=agent, workaround="Use the other gateway.")
    services.tell_incidents(problem.pk, actor=agent, what="workaround")
    assert services.tell_incidents(problem.pk, actor=agent, what="workaround", public=True) == 1
    update_ticket(problem.pk, actor=agent, workaround="Use the third gateway.")
    assert services.tell_incidents(problem.pk, actor=agent, what="workaround") == 1
    settle()
    assert len(words(incident, "work_note")) == 2  # the first text once, though it was told twice
    assert words(incident, "comment") == ["Use the other gateway."]
    assert Telling.objects.filter(incident=incident.pk).count() == 3
    told = Notification.objects.filter(user=incident.requester, template="ticket_replied")
    assert told.exists()


def test_what_was_told_in_public_is_not_told_inside_again(agent: Any):
    problem = make_problem(agent=agent)
    incident = caused_by(problem)
    update_ticket(problem.pk, actor=agent, workaround="Use the other gateway.")
    services.tell_incidents(problem.pk, actor=agent, what="workaround", public=True)
    assert services.tell_incidents(problem.pk, actor=agent, what="workaround") == 0
    settle()
    assert (len(words(incident, "work_note")), len(words(incident, "comment"))) == (1, 1)


def test_what_is_delivered_twice_is_told_and_noted_once(agent: Any):
    problem = make_problem("rca", agent=agent)
    update_ticket(problem.pk, actor=agent, workaround="Use the other gateway.")
    incident = caused_by(problem)
    services.tell_incidents(problem.pk, actor=agent, what="workaround", public=True)
    settle()
    hold_incident(incident.pk, actor=agent, hold_reason="awaiting_problem")
    apply_transition(Problem, problem.pk, "accept_risk", actor=agent, risk_reason="Costly.", **CAUSE)
    settle()
    before = words(incident, "work_note"), words(incident, "comment")
    again("incidents.handlers.hear_of_the_problem")
    again("incidents.handlers.settle_with_the_problem")
    assert (words(incident, "work_note"), words(incident, "comment")) == before


def test_hidden_incidents_are_told_and_not_counted(agent: Any):
    problem = make_problem(agent=agent)
    update_ticket(problem.pk, actor=agent, workaround="Use the other gateway.")
    hidden, seen = caused_by(problem, "new", group=GroupFactory(is_restricted=True)), caused_by(problem)
    assert services.tell_incidents(problem.pk, actor=agent, what="workaround") == 1
    settle()
    assert words(hidden, "work_note")
    assert words(seen, "work_note")


def test_there_must_be_something_to_tell_and_the_right_to(agent: Any):
    problem = make_problem(agent=agent)
    caused_by(problem)
    for what, field in (("workaround", "workaround"), ("fix", "fix_notes")):
        with pytest.raises(RuleRefusedError) as refusal:
            services.tell_incidents(problem.pk, actor=agent, what=what)
        assert refusal.value.errors[0].field == field
    with pytest.raises(NotVisibleError):
        services.tell_incidents(problem.pk, actor=UserFactory(), what="fix")


# ends


@pytest.mark.parametrize(
    ("move", "inputs", "state", "code"),
    [
        ("resolve", CAUSE | FIX, "resolved", "resolved_by_problem"),
        ("accept_risk", CAUSE | {"risk_reason": "Too costly."}, "on_hold", ""),
        ("accept_risk_for_now", CAUSE | {"risk_reason": "Too costly."}, "on_hold", ""),
        ("cancel", {"reason_text": "It is none."}, "in_progress", ""),
    ],
)
def test_only_what_waits_for_the_problem_follows_its_end(
    move: str, inputs: dict[str, str], state: str, code: str, agent: Any
):
    problem = make_problem("rca", agent=agent)
    waiting, other, elsewhere = caused_by(problem), caused_by(problem), caused_by(problem)
    Incident.objects.filter(pk=waiting.pk).update(assignee=agent)
    hold_incident(waiting.pk, actor=agent, hold_reason="awaiting_problem")
    hold_incident(elsewhere.pk, actor=agent, hold_reason="awaiting_vendor")
    apply_transition(Problem, problem.pk, move, actor=agent, **inputs)
    settle()
    row = Incident.objects.get(pk=waiting.pk)
    assert (row.state, row.close_code) == (state, code)
    assert problem.number in words(waiting, "work_note")[-1]
    if code:
        assert problem.number in row.close_notes
        assert FIX["fix_notes"] not in row.close_notes
    assert Incident.objects.get(pk=other.pk).state == "in_progress"
    assert Incident.objects.get(pk=elsewhere.pk).hold_reason == "awaiting_vendor"
    version = row.lock_version
    for event in OutboxEvent.objects.filter(name="problem.moved").order_by("pk"):
        handlers.follow_up_a_move(event)
    settle()
    again = Incident.objects.get(pk=waiting.pk)
    assert (again.state, again.lock_version) == (state, version)


def test_an_incident_that_is_linked_no_more_goes_on_waiting(agent: Any):
    problem = make_problem("rca", agent=agent)
    incident = caused_by(problem)
    hold_incident(incident.pk, actor=agent, hold_reason="awaiting_problem")
    apply_transition(Problem, problem.pk, "resolve", actor=agent, **CAUSE, **FIX)
    unlink(TicketLink.objects.get(source=incident.pk).pk, actor=None)
    settle()
    assert Incident.objects.get(pk=incident.pk).state == "on_hold"


# duplicates


def test_what_hangs_on_a_duplicate_goes_to_the_main_problem(agent: Any):
    main, problem = make_problem(agent=agent), make_problem(agent=agent)
    incident, both, person = caused_by(problem), caused_by(problem), AgentFactory()
    link(both.pk, actor=None, target=main, type="caused_by")
    task = make_problem_task("assess", problem=problem, agent=agent)
    watch(problem.pk, actor=agent, user=person)
    services.mark_duplicate(problem.pk, actor=agent, duplicate_of=main)
    settle()
    assert set(incidents_of(main.pk).values_list("pk", flat=True)) == {incident.pk, both.pk}
    assert not incidents_of(problem.pk).exists()
    row = ProblemTask.objects.get(pk=task.pk)
    assert (row.parent_id, row.state) == (main.pk, "assess")
    assert Watcher.objects.filter(ticket=main.pk, user=person).exists()
    assert problem.number in words(main, "work_note")[-1]
    assert TicketLink.objects.filter(source=problem.pk, target=main.pk, type="duplicate").exists()
    services.hand_over_to_main(problem.pk)
    assert len(words(main, "work_note")) == 1


def test_a_duplicate_does_not_name_a_problem_that_its_readers_may_not_see(agent: Any):
    hidden = GroupFactory(is_restricted=True)
    main = make_problem(agent=AgentFactory(groups=[hidden]), group=hidden)
    second, third = make_problem(agent=agent), make_problem(agent=agent)
    services.mark_duplicate(second.pk, actor=None, duplicate_of=main)
    services.mark_duplicate(third.pk, actor=agent, duplicate_of=second)
    settle()
    row = Problem.objects.get(pk=third.pk)
    told = [str(each.changes) + each.body for each in Activity.objects.filter(ticket=third.pk)]
    assert main.number not in row.close_notes + "".join(told)


def test_a_duplicate_of_a_duplicate_is_one_of_the_main_problem_and_never_of_itself(agent: Any):
    main, second, third = (make_problem(agent=agent) for _ in range(3))
    services.mark_duplicate(second.pk, actor=agent, duplicate_of=main)
    services.mark_duplicate(third.pk, actor=agent, duplicate_of=second)
    assert TicketLink.objects.filter(source=third.pk, target=main.pk, type="duplicate").exists()
    for wrong in (main, third, make_incident()):
        with pytest.raises(RuleRefusedError) as refusal:
            services.mark_duplicate(main.pk, actor=agent, duplicate_of=wrong)
        assert refusal.value.errors[0].field == "duplicate_of"
