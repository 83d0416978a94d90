"""Whether an incident is a major one: the edges, who may take them, what they ask for and bring about."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError, StaleVersionError, WrongStateError
from core.models import OutboxEvent
from core.settings_store import change
from incidents import services
from incidents.choices import MajorStatus
from incidents.major import EDGES, edges_for
from incidents.models import Incident, MajorProposal, MajorRoom, MajorSeat
from incidents.policies import may
from notifications.models import Notification
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.major import IMPACT, REASON, make_major, make_manager
from tests.factories.schedules import make_rota
from tests.settling import again, settle
from tickets.models import Activity
from tickets.services import update_ticket

pytestmark = pytest.mark.django_db

TABLE = {
    ("none", "propose_major", "proposed"),
    ("rejected", "propose_major", "proposed"),
    ("none", "accept_major", "accepted"),
    ("proposed", "accept_major", "accepted"),
    ("proposed", "reject_major", "rejected"),
    ("accepted", "demote_major", "cancelled"),
}
GIVEN: dict[str, dict[str, str]] = {
    "propose_major": {"reason": REASON, "business_impact": IMPACT},
    "accept_major": {"work_note": "All hands.", "business_impact": IMPACT},
    "reject_major": {"reason": "One office only."},
    "demote_major": {"reason": "It was one cable."},
}
START = {"propose_major": "none", "accept_major": "proposed", "reject_major": "proposed",
         "demote_major": "accepted"}  # fmt: skip
AGENTS = {"propose_major", "work_major"}
LEADERS = AGENTS | {"accept_major", "reject_major", "demote_major", "staff_major", "review_major",
                    "update_major"}  # fmt: skip
ALLOWED = {
    "requester": set(),
    "stranger": set(),
    "approver": set(),
    "agent": AGENTS,
    "incident_manager": AGENTS,
    "major_incident_manager": LEADERS,
    "administrator": LEADERS,
    "nobody": set(),
}


def run(name: str, incident: Any, actor: Any, **more: Any) -> Incident:
    """Take that edge."""
    act: Any = getattr(services, name)
    done: Incident = act(incident.pk, actor=actor, **(GIVEN[name] | more))
    return done


def written(incident: Any) -> tuple[Any, ...]:
    """All that a refused write must leave as it was."""
    row = Incident.objects.get(pk=incident.pk)
    return (
        (row.major_status, row.assignee_id, row.group_id, row.lock_version),
        Activity.objects.filter(ticket=incident.pk).count(),
        MajorProposal.objects.filter(incident=incident.pk).count(),
        MajorRoom.objects.count(),
        OutboxEvent.objects.count(),
    )


def test_there_are_exactly_these_edges():
    assert {(source, edge.name, edge.target) for edge in EDGES.values() for source in edge.sources} == TABLE


@pytest.mark.parametrize("name", sorted(EDGES))
@pytest.mark.parametrize("status", MajorStatus.values)
def test_each_edge_is_taken_from_its_sources_and_refused_from_all_others(name: str, status: str):
    manager = make_manager()
    incident = make_major(status, manager=manager)
    target = {edge: to for source, edge, to in TABLE if source == status}.get(name)
    if target is not None:
        assert run(name, incident, manager).major_status == target
        return
    before = written(incident)
    with pytest.raises(WrongStateError) as refused:
        run(name, incident, manager)
    assert written(incident) == before
    assert refused.value.extra["current_state"] == status


@pytest.mark.parametrize("who", sorted(ALLOWED))
@pytest.mark.parametrize("action", sorted(LEADERS))
def test_each_cell_of_who_may(who: str, action: str):
    requester = UserFactory()
    incident = make_incident(requester=requester)
    people = {
        "requester": lambda: requester,
        "stranger": UserFactory,
        "approver": lambda: UserFactory(roles=["approver"]),
        "agent": AgentFactory,
        "incident_manager": lambda: UserFactory(roles=["incident_manager"]),
        "major_incident_manager": lambda: UserFactory(roles=["major_incident_manager"]),
        "administrator": lambda: UserFactory(roles=["administrator"]),
        "nobody": lambda: AgentFactory(roles=["major_incident_manager"], is_active=False),
    }
    assert may(people[who](), incident, action) is (action in ALLOWED[who])


@pytest.mark.parametrize("name", sorted(EDGES))
def test_who_may_not_changes_nothing(name: str, agent: Any):
    requester = UserFactory()
    incident = make_major(START[name], requester=requester)
    hidden = AgentFactory(company=CompanyFactory(), roles=["major_incident_manager"])
    people = [(requester, NotAllowedError), (UserFactory(), NotVisibleError), (hidden, NotVisibleError)]
    if name != "propose_major":
        people.append((agent, NotAllowedError))
    before = written(incident)
    for person, refusal in people:
        with pytest.raises(refusal):
            run(name, incident, person)
    assert written(incident) == before


@pytest.mark.parametrize("name", sorted(EDGES))
def test_each_text_is_asked_for_and_may_be_no_book(name: str):
    manager = make_manager()
    incident = make_major(START[name], manager=manager)
    before = written(incident)
    for field in GIVEN[name]:
        for text in ("  \n ", "x" * 100_000, "nul\x00", "\ud800"):
            with pytest.raises(RuleRefusedError) as refused:
                run(name, incident, manager, **{field: text})
            assert [error.field for error in refused.value.errors] == [field]
    with pytest.raises(StaleVersionError):
        run(name, incident, manager, expected_version=incident.lock_version + 1)
    assert written(incident) == before


@pytest.mark.parametrize("state", ["resolved", "closed", "cancelled"])
@pytest.mark.parametrize("name", ["propose_major", "accept_major"])
def test_only_an_open_incident_becomes_a_major_one(state: str, name: str):
    manager = make_manager()
    incident = make_incident(state, agent=manager)
    with pytest.raises(WrongStateError, match="is not open any more"):
        run(name, incident, manager)
    assert edges_for(manager, incident) == []


def test_a_child_is_no_candidate_and_a_major_incident_gets_no_parent():
    manager = make_manager()
    child, parent = make_incident(), make_incident()
    update_ticket(child.pk, actor=manager, parent=parent)
    for name in ("propose_major", "accept_major"):
        with pytest.raises(WrongStateError, match="has a parent"):
            run(name, child, manager)
    major = make_major(manager=manager)
    with pytest.raises(RuleRefusedError) as refused:
        update_ticket(major.pk, actor=manager, parent=parent)
    assert refused.value.errors[0].field == "parent"
    assert "stands below no other" in str(refused.value.errors[0].detail)


def test_a_proposal_is_kept_written_down_and_told_to_who_decides(agent: Any):
    manager, other = make_manager(), make_manager(company=CompanyFactory())
    incident = run("propose_major", make_incident(), agent)
    settle()
    row = MajorProposal.objects.get()
    assert (row.proposed_by, row.reason, row.business_impact, row.verdict) == (agent, REASON, IMPACT, "open")
    note = Activity.objects.get(ticket=incident.pk, kind="work_note")
    assert (REASON in note.body, IMPACT in note.body, note.is_public) == (True, True, False)
    notices = Notification.objects.filter(template="major_proposed", channel="inapp")
    assert [notice.user for notice in notices] == [manager]
    assert notices[0].url == f"/w/major/{incident.number}/"
    again("incidents.handlers.tell_of_major")
    assert notices.count() == 1
    assert other not in [notice.user for notice in notices]


def test_a_rejection_is_told_to_who_works_on_it(agent: Any, group: Any):
    manager = make_manager()
    incident = make_incident(group=group)
    update_ticket(incident.pk, actor=agent, assignee=agent)
    run("propose_major", incident, agent)
    run("reject_major", incident, manager)
    settle()
    assert Incident.objects.get(pk=incident.pk).state == "new"
    notices = Notification.objects.filter(template="major_rejected", channel="inapp")
    assert [notice.user for notice in notices] == [agent]
    row = MajorProposal.objects.get()
    assert (row.verdict, row.decided_by) == ("rejected", manager)


def test_who_accepts_leads_and_the_plan_starts(group: Any):
    manager = make_manager(groups=[group])
    incident = run("accept_major", make_incident(group=group), manager)
    room = MajorRoom.objects.get(incident=incident)
    assert (incident.assignee, incident.group, incident.state) == (manager, group, "new")
    assert (room.next_update_at - room.started_at).total_seconds() == 30 * 60
    assert (room.accepted_by, room.business_impact) == (manager, IMPACT)
    assert [(seat.part, seat.person) for seat in MajorSeat.objects.all()] == [("commander", manager)]
    assert Activity.objects.filter(ticket=incident.pk, kind="work_note", body__contains="All hands.").exists()


@pytest.mark.parametrize(("own", "chosen", "expected"), [(True, True, "chosen"), (True, False, "own"),
                                                         (False, False, None)])  # fmt: skip
def test_an_incident_of_another_group_comes_to_one_of_who_leads(
    own: bool, chosen: bool, expected: str | None
):
    groups = {"own": GroupFactory(key="a-own"), "chosen": GroupFactory(key="z-major")}
    change("major.group", "z-major", actor=None)
    members = [groups["own"]] * own + [groups["chosen"]] * chosen
    manager = make_manager(groups=members)
    incident = run("accept_major", make_incident(group=GroupFactory()), manager)
    assert incident.assignee == manager
    assert incident.group == (groups[expected] if expected else None)


def test_a_restricted_group_keeps_its_incident():
    hr, desk = GroupFactory(key="hr", is_restricted=True), GroupFactory()
    manager = make_manager(groups=[desk])
    incident = make_incident(group=hr, requester=manager)
    accepted = run("accept_major", incident, manager)
    assert (accepted.group, accepted.assignee) == (hr, None)
    assert MajorSeat.objects.get().person == manager


def test_a_new_incident_above_is_the_major_one_where_so_set(agent: Any):
    change("major.create", "create_new", actor=None)
    manager = make_manager()
    found = run("propose_major", make_incident(title="VPN is down", impact=1), agent)
    major = run("accept_major", found, manager)
    found = Incident.objects.get(pk=found.pk)
    assert (found.parent_id, found.major_status) == (major.pk, "none")
    assert (major.title, major.impact, major.major_status) == ("VPN is down", 1, "accepted")
    assert MajorProposal.objects.get().verdict == "accepted"
    assert MajorRoom.objects.get().incident_id == major.pk
    settle()
    assert Incident.objects.filter(major_status="accepted").count() == 1


def test_a_demoted_one_goes_on_as_an_incident_and_is_due_no_update():
    manager = make_manager()
    incident = run("demote_major", make_major(manager=manager), manager)
    assert (incident.state, incident.major_status) == ("new", "cancelled")
    assert MajorRoom.objects.get().next_update_at is None
    assert OutboxEvent.objects.filter(name="incident.major_cancelled").count() == 1


@pytest.mark.parametrize("status", ["proposed", "accepted"])
def test_cancelling_the_incident_ends_that_too(status: str):
    manager = make_manager()
    incident = make_major(status, manager=manager)
    services.cancel_incident(incident.pk, actor=manager, reason_text="False alarm.")
    assert Incident.objects.get(pk=incident.pk).major_status == "cancelled"
    assert not MajorProposal.objects.filter(verdict="open").exists()
    assert not MajorRoom.objects.exclude(next_update_at=None).exists()
    assert OutboxEvent.objects.filter(name="incident.major_cancelled").count() == 1


def test_by_rule_the_on_call_person_of_the_major_group_leads():
    group = GroupFactory(key="major-group")
    called = AgentFactory(groups=[group])
    make_rota(group, [called])
    change("major.group", "major-group", actor=None)
    incident = run("accept_major", make_incident(), None)
    assert (incident.assignee, incident.group) == (called, group)
    assert MajorSeat.objects.get().person == called


def test_a_major_incident_is_not_the_requesters_to_end():
    requester, manager = UserFactory(), make_manager()
    incident = make_major(manager=manager, requester=requester)
    for act, words in (
        (services.resolve_incident, {}),
        (services.cancel_incident, {"reason_text": "Never mind."}),
    ):
        with pytest.raises(NotAllowedError):
            act(incident.pk, actor=requester, **words)
    services.resolve_incident(
        incident.pk, actor=manager, close_code="solution_provided", close_notes="Replaced the switch."
    )
    for act, words in ((services.reopen_incident, {"comment": "No."}), (services.close_incident, {})):
        with pytest.raises(NotAllowedError):
            act(incident.pk, actor=requester, **words)
    services.reply(incident.pk, actor=requester, body="reopen")
    settle()
    assert Incident.objects.get(pk=incident.pk).state == "resolved"


@pytest.mark.parametrize("role", ["agent", "incident_manager", "major_incident_manager"])
def test_only_who_leads_closes_a_major_incident(role: str):
    incident = make_major()
    services.resolve_incident(incident.pk, actor=None, close_code="user_error", close_notes="Done.")
    person = AgentFactory(roles=[role] if role != "agent" else [])
    if role == "major_incident_manager":
        assert services.close_incident(incident.pk, actor=person).state == "closed"
        return
    with pytest.raises(NotAllowedError):
        services.close_incident(incident.pk, actor=person)
    change("incident.auto_close_days", 1, actor=None)
    Incident.objects.filter(pk=incident.pk).update(resolved_at="2020-01-01T00:00:00Z")
    assert services.close_resolved(limit=10) == 0
