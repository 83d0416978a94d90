"""What the services of incidents write, and that a refusal writes nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import attachments, sweep
from core.errors import NotAllowedError, RuleRefusedError, StaleVersionError, WrongStateError
from core.models import AuditLog, OutboxEvent
from incidents import handlers, services
from incidents.models import Incident
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tickets.models import Activity, AssignmentRule, TicketLink
from tickets.services import add_comment, add_work_note, move_to, update_ticket


def events():
    """Names of the facts about tickets stored so far."""
    rows = OutboxEvent.objects.filter(payload__has_key="ticket_id").order_by("pk")
    return list(rows.values_list("name", flat=True))


@pytest.mark.django_db
def test_opening_numbers_prioritises_and_records():
    requester = UserFactory()
    incident = services.open_incident(actor=requester, title="  VPN drops ", impact=1, urgency=2)
    assert incident.number.startswith("INC")
    assert len(incident.number) == 10
    assert (incident.state, incident.phase, incident.priority, incident.title) == (
        "new",
        "open",
        2,
        "VPN drops",
    )
    assert (incident.requester, incident.opened_by) == (requester, requester)
    row = Activity.objects.get(ticket=incident)
    assert (row.kind, row.verb, row.actor, row.is_public) == ("state", "opened", requester, True)
    assert AuditLog.objects.filter(object_ref=incident.number, action="opened").count() == 1
    assert events() == ["incident.opened"]


@pytest.mark.django_db
def test_opening_costs_at_most_fifteen_statements_and_one_commit():
    requester = UserFactory()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        services.open_incident(actor=requester, title="VPN drops", impact=2, urgency=2)
    written = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(written) <= 13, "\n".join(written)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [(1, 1, 1), (1, 2, 2), (2, 1, 2), (1, 3, 3), (2, 2, 3), (3, 1, 3), (2, 3, 4), (3, 2, 4), (3, 3, 5)],
)
def test_the_nine_cells_of_the_matrix(impact, urgency, priority):
    assert make_incident(impact=impact, urgency=urgency).priority == priority


@pytest.mark.django_db
@pytest.mark.parametrize("title", ["", "   ", "x" * 161, "a\0b", "\ud800"])
def test_a_title_that_cannot_be_stored_opens_nothing(title):
    requester = UserFactory()
    with pytest.raises(RuleRefusedError) as refusal:
        services.open_incident(actor=requester, title=title)
    assert refusal.value.errors[0].field == "title"
    assert not Incident.objects.exists()
    assert events() == []


@pytest.mark.django_db
def test_nobody_reports_in_anothers_name_but_agents():
    someone = UserFactory()
    with pytest.raises(NotAllowedError):
        services.open_incident(actor=UserFactory(), title="x", requester=someone)
    agent = AgentFactory()
    assert services.open_incident(actor=agent, title="x", requester=someone).opened_by == agent


@pytest.mark.django_db
def test_a_stranger_changes_nothing():
    incident = make_incident("in_progress")
    before = (events(), Activity.objects.count(), AuditLog.objects.count())
    with pytest.raises(Exception) as refusal:  # noqa: PT011 - the status is checked below
        services.resolve_incident(
            incident.pk, actor=UserFactory(), close_code="solution_provided", close_notes="x"
        )
    assert refusal.value.status == 404
    incident.refresh_from_db()
    assert incident.state == "in_progress"
    assert (events(), Activity.objects.count(), AuditLog.objects.count()) == before


@pytest.mark.django_db
def test_a_stale_version_is_refused():
    incident = make_incident()
    agent = AgentFactory()
    update_ticket(incident.pk, actor=agent, urgency=1)
    with pytest.raises(StaleVersionError):
        services.start_incident(incident.pk, actor=agent, expected_version=incident.lock_version)


@pytest.mark.django_db
def test_starting_unowned_work_makes_the_agent_its_owner():
    agent = AgentFactory()
    assert services.start_incident(make_incident().pk, actor=agent).assignee == agent


@pytest.mark.django_db
def test_holding_for_the_caller_needs_a_public_question_and_ends_with_the_answer():
    requester, agent = UserFactory(), AgentFactory()
    incident = make_incident("in_progress", requester=requester, agent=agent)
    with pytest.raises(RuleRefusedError) as refusal:
        services.hold_incident(incident.pk, actor=agent, hold_reason="awaiting_caller")
    assert refusal.value.errors[0].field == "comment"
    held = services.hold_incident(
        incident.pk, actor=agent, hold_reason="awaiting_caller", comment="Which office?"
    )
    assert (held.state, held.phase) == ("on_hold", "waiting")
    assert held.hold_until > held.updated_at
    row = add_comment(incident.pk, actor=requester, body="Pangyo, 3rd floor")
    event = OutboxEvent.objects.filter(name="ticket.commented", payload__activity_id=row.pk).get()
    handlers.resume_when_the_caller_answers(event)
    handlers.resume_when_the_caller_answers(event)
    incident.refresh_from_db()
    assert (incident.state, incident.hold_reason, incident.hold_until) == ("in_progress", "", None)
    assert Activity.objects.filter(ticket=incident, verb="resume", kind="state").count() == 1


@pytest.mark.django_db
def test_an_agents_word_does_not_end_the_waiting():
    incident, agent = make_incident("on_hold"), AgentFactory()
    row = add_comment(incident.pk, actor=agent, body="Still waiting for you")
    handlers.resume_when_the_caller_answers(OutboxEvent.objects.get(payload__activity_id=row.pk))
    incident.refresh_from_db()
    assert incident.state == "on_hold"


@pytest.mark.django_db
def test_a_hold_ends_when_its_time_is_over():
    incident = make_incident("on_hold")
    assert services.resume_overdue_holds(limit=10) == 0
    Incident.objects.filter(pk=incident.pk).update(hold_until=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert services.resume_overdue_holds(limit=10) == 1
    assert services.resume_overdue_holds(limit=10) == 0
    incident.refresh_from_db()
    assert incident.state == "in_progress"


@pytest.mark.django_db
def test_resolving_needs_code_and_notes_from_agents_only():
    requester, agent = UserFactory(), AgentFactory()
    incident = make_incident("in_progress", requester=requester, agent=agent)
    with pytest.raises(RuleRefusedError) as refusal:
        services.resolve_incident(incident.pk, actor=agent)
    assert {error.field for error in refusal.value.errors} == {"close_code", "close_notes"}
    with pytest.raises(RuleRefusedError):
        services.resolve_incident(incident.pk, actor=agent, close_code="magic", close_notes="x")
    resolved = services.resolve_incident(incident.pk, actor=requester)
    assert (resolved.state, resolved.close_code) == ("resolved", "resolved_by_caller")


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "possible"), [(6, True), (8, False)])
def test_the_reopen_window(days, possible):
    requester = UserFactory()
    incident = make_incident("resolved", requester=requester)
    past = incident.resolved_at - dt.timedelta(days=days)
    Incident.objects.filter(pk=incident.pk).update(resolved_at=past)
    if possible:
        again = services.reopen_incident(incident.pk, actor=requester, comment="Still broken")
        assert (again.state, again.reopen_count, again.resolved_at, again.close_code) == (
            "in_progress",
            1,
            None,
            "",
        )
    else:
        with pytest.raises(RuleRefusedError):
            services.reopen_incident(incident.pk, actor=requester, comment="Still broken")


@pytest.mark.django_db
@pytest.mark.parametrize("said", [{}, {"comment": ""}, {"comment": " \n\t "}])
def test_the_requester_says_why_it_is_reopened(said):
    requester = UserFactory()
    incident = make_incident("resolved", requester=requester)
    with pytest.raises(RuleRefusedError) as refusal:
        services.reopen_incident(incident.pk, actor=requester, **said)
    assert [(error.field, error.code) for error in refusal.value.errors] == [("comment", "required")]
    incident.refresh_from_db()
    assert incident.state == "resolved"


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["reopen", "Please reopen.", "다시 열기"])
def test_the_keyword_reopens(word):
    requester = UserFactory()
    incident = make_incident("resolved", requester=requester)
    row = add_comment(incident.pk, actor=requester, body=word)
    event = OutboxEvent.objects.get(payload__activity_id=row.pk)
    handlers.reopen_when_the_requester_asks(event)
    handlers.reopen_when_the_requester_asks(event)
    incident.refresh_from_db()
    assert (incident.state, incident.reopen_count) == ("in_progress", 1)


@pytest.mark.django_db
def test_a_plain_reply_leaves_it_resolved():
    requester = UserFactory()
    incident = make_incident("resolved", requester=requester)
    row = add_comment(incident.pk, actor=requester, body="Thank you")
    handlers.reopen_when_the_requester_asks(OutboxEvent.objects.get(payload__activity_id=row.pk))
    incident.refresh_from_db()
    assert incident.state == "resolved"


@pytest.mark.django_db
def test_auto_close_counts_business_days_from_the_resolution():
    fresh, old = make_incident("resolved"), make_incident("resolved")
    Incident.objects.filter(pk=old.pk).update(resolved_at=dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
    assert services.close_resolved(limit=10) == 1
    assert services.close_resolved(limit=10) == 0
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert (old.state, old.active, fresh.state) == ("closed", False, "resolved")
    assert old.closed_by is None


@pytest.mark.django_db
def test_a_late_reply_opens_a_follow_up():
    requester = UserFactory()
    incident = make_incident("closed", requester=requester, impact=1, urgency=1, category="network")
    with pytest.raises(WrongStateError):
        add_comment(incident.pk, actor=requester, body="It is back")
    new, comment = services.reply(incident.pk, actor=requester, body="It is back")
    assert comment is None
    assert (new.title, new.impact, new.category, new.description) == (
        incident.title,
        1,
        "network",
        "It is back",
    )
    assert TicketLink.objects.get(source=new).target_id == incident.pk


@pytest.mark.django_db
def test_the_first_public_word_of_an_agent_is_the_first_response():
    requester, agent = UserFactory(), AgentFactory()
    incident = make_incident(requester=requester)
    add_work_note(incident.pk, actor=agent, body="Looks like the gateway")
    add_comment(incident.pk, actor=requester, body="More details")
    incident.refresh_from_db()
    assert incident.first_response_at is None
    add_comment(incident.pk, actor=agent, body="We are on it")
    incident.refresh_from_db()
    first = incident.first_response_at
    assert first is not None
    add_comment(incident.pk, actor=agent, body="Still on it")
    incident.refresh_from_db()
    assert incident.first_response_at == first


@pytest.mark.django_db
def test_a_requester_writes_no_work_note():
    requester = UserFactory()
    incident = make_incident(requester=requester)
    with pytest.raises(NotAllowedError):
        add_work_note(incident.pk, actor=requester, body="x")


@pytest.mark.django_db
def test_naming_a_state_runs_the_edge_with_its_guards():
    agent = AgentFactory()
    incident = make_incident("in_progress", agent=agent)
    with pytest.raises(RuleRefusedError):
        move_to(Incident, incident.pk, "resolved", actor=agent)
    done = move_to(
        Incident, incident.pk, "resolved", actor=agent, close_code="user_error", close_notes="Caps lock"
    )
    assert done.state == "resolved"


@pytest.mark.django_db
def test_a_new_group_clears_a_foreign_assignee_and_counts():
    net, hr = GroupFactory(), GroupFactory()
    agent = AgentFactory(groups=[net])
    incident = make_incident(group=net)
    update_ticket(incident.pk, actor=agent, assignee=agent)
    with pytest.raises(RuleRefusedError) as refusal:
        update_ticket(incident.pk, actor=agent, assignee=AgentFactory())
    assert refusal.value.errors[0].field == "assignee"
    moved = update_ticket(incident.pk, actor=agent, group=hr)
    assert (moved.assignee, moved.reassignment_count) == (None, 1)
    assert events().count("ticket.assigned") == 2


@pytest.mark.django_db
def test_a_priority_by_hand_needs_the_right_and_a_reason():
    incident = make_incident()
    with pytest.raises(NotAllowedError):
        update_ticket(incident.pk, actor=AgentFactory(), priority=1)
    manager = UserFactory(roles=["incident_manager"])
    with pytest.raises(RuleRefusedError):
        update_ticket(incident.pk, actor=manager, priority=1)
    update_ticket(incident.pk, actor=manager, priority=1, priority_override_reason="CEO demo")
    kept = update_ticket(incident.pk, actor=manager, urgency=3)
    assert kept.priority == 1


@pytest.mark.django_db
def test_the_first_matching_rule_routes_and_shares_in_turn():
    net = GroupFactory()
    people = sorted((AgentFactory(groups=[net]) for _ in range(3)), key=lambda person: person.pk)
    AssignmentRule.objects.create(
        name="network", kind="incident", order=10, group=net, strategy="round_robin",
        condition={"f": "category", "op": "eq", "v": "network"},
    )  # fmt: skip
    chosen = [make_incident(category="network").assignee for _ in range(4)]
    assert chosen == [people[0], people[1], people[2], people[0]]
    assert make_incident(category="mail").group is None


@pytest.mark.django_db
def test_the_sweep_knows_the_incident_jobs():
    assert {services.resume_overdue_holds, services.close_resolved} <= set(sweep.steps())


@pytest.mark.django_db
def test_an_agent_outside_the_group_may_resolve_without_becoming_its_owner():
    incident = make_incident(group=GroupFactory())
    outsider = AgentFactory()
    done = services.resolve_incident(incident.pk, actor=outsider, close_code="user_error", close_notes="Caps")
    assert (done.state, done.assignee, done.resolved_by) == ("resolved", None, outsider)


@pytest.fixture
def called_in():
    """An incident that an agent wrote down for somebody on the phone, with a picture."""
    agent, caller = AgentFactory(), UserFactory()
    file = attachments.accept(uploader=agent, name="trace.txt", chunks=[b"trace"])
    incident = services.open_incident(actor=agent, title="No sound", requester=caller, attachments=[file])
    return incident, agent, caller


@pytest.mark.django_db
def test_writing_down_a_call_is_no_first_response(called_in):
    incident, _agent, _caller = called_in
    incident.refresh_from_db()
    assert (incident.first_response_at, incident.last_public_from) == (None, "")
    assert incident.attachments.count() == 1


@pytest.mark.django_db
def test_the_agent_who_wrote_a_call_down_answers_as_an_agent(called_in):
    incident, agent, _caller = called_in
    add_comment(incident.pk, actor=agent, body="We are looking into it")
    incident.refresh_from_db()
    assert incident.first_response_at is not None
    assert incident.last_public_from == "agent"


@pytest.mark.django_db
def test_the_agent_who_wrote_a_call_down_gives_the_close_code(called_in):
    incident, agent, _caller = called_in
    with pytest.raises(RuleRefusedError):
        services.resolve_incident(incident.pk, actor=agent)
    done = services.resolve_incident(
        incident.pk, actor=agent, close_code="solution_provided", close_notes="Unmuted"
    )
    assert (done.close_code, done.assignee) == ("solution_provided", agent)


@pytest.mark.django_db
def test_the_agent_who_wrote_a_call_down_does_not_end_the_waiting_for_the_caller(called_in):
    incident, agent, caller = called_in
    services.hold_incident(incident.pk, actor=agent, hold_reason="awaiting_caller", comment="Which room?")
    for person, state in [(agent, "on_hold"), (caller, "in_progress")]:
        row = add_comment(incident.pk, actor=person, body="A word")
        handlers.resume_when_the_caller_answers(OutboxEvent.objects.get(payload__activity_id=row.pk))
        incident.refresh_from_db()
        assert incident.state == state
