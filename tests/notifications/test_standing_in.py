"""Out of office beyond approvals: new tickets and notices reach who stands in, by the clock (APR-12)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import translation

from approvals.models import Delegation
from core import outbox
from core.time import db_now
from notifications.models import Notification
from notifications.services import Notice, notify
from notifications.texts import rendered
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.approvals import make_delegation
from tests.factories.incidents import make_incident
from tickets.assignment import pick
from tickets.models import AssignmentRule
from tickets.services import add_work_note, update_ticket

pytestmark = pytest.mark.django_db


class Team:
    """Three members of a group in the order of their turns, and a rule that shares tickets out."""

    def __init__(self, strategy):
        self.group = GroupFactory()
        self.first, self.second, self.third = (AgentFactory(groups=[self.group]) for _ in range(3))
        self.outside = AgentFactory()
        self.rule = AssignmentRule.objects.create(
            name="shared", kind="incident", order=10, group=self.group, strategy=strategy
        )

    def away(self, name, stand_in, **more):
        scope = more.pop("scope", "assignments")
        return make_delegation(getattr(self, name), getattr(self, stand_in), scope=scope, **more)

    def turns(self, count):
        names = {getattr(self, name).pk: name for name in ("first", "second", "third", "outside")}
        chosen = (pick(self.rule, db_now()) for _ in range(count))
        return [names[person.pk] if person else None for person in chosen]


ROUND = "round_robin"


@pytest.mark.parametrize(
    ("absences", "turns"),
    [
        ([], ["first", "second", "third", "first"]),
        ([("second", "third")], ["first", "third", "third", "first"]),  # a member takes the turn
        ([("second", "outside")], ["first", "third", "first", "third"]),  # nobody outside the group does
        ([("second", "third"), ("third", "first")], ["first", "first", "first", "first"]),
        ([("first", "second"), ("second", "third"), ("third", "first")], [None, None]),  # not passed on
    ],
)
def test_turns_pass_over_the_absent_or_go_to_their_stand_in(absences, turns):
    team = Team(ROUND)
    for absence in absences:
        team.away(*absence)
    assert team.turns(len(turns)) == turns


def test_the_least_busy_who_is_here_gets_it():
    team = Team("least_open")
    team.away("first", "second")
    for _ in range(2):
        incident = make_incident(group=team.group)
        update_ticket(incident.pk, actor=team.third, assignee=team.third)
    assert team.turns(1) == ["second"]


@pytest.mark.parametrize(
    "more",
    [
        {"starts_in": 1, "ends_in": 2},
        {"starts_in": -2, "ends_in": -1},
        {"scope": "approvals"},
        {"scope": "notifications"},
    ],
)
def test_before_after_and_in_other_scopes_everybody_takes_their_turn(more):
    team = Team(ROUND)
    team.away("second", "third", **more)
    assert team.turns(3) == ["first", "second", "third"]


def test_an_absence_begins_and_ends_by_the_clock():
    team = Team(ROUND)
    row = team.away("first", "outside", starts_in=1, ends_in=2)
    assert team.turns(1) == ["first"]
    now = db_now()
    Delegation.objects.filter(pk=row.pk).update(
        during=(now - dt.timedelta(hours=1), now + dt.timedelta(days=1))
    )
    assert team.turns(3) == ["second", "third", "second"]
    Delegation.objects.filter(pk=row.pk).update(during=(now - dt.timedelta(hours=1), now))
    assert team.turns(2) == ["third", "first"]


def test_whoever_was_switched_off_stands_in_for_nobody():
    team = Team(ROUND)
    team.away("second", "third")
    type(team.third).objects.filter(pk=team.third.pk).update(is_active=False)
    assert team.turns(3) == ["first", "second", "first"]


def test_assigning_by_hand_warns_with_the_name_of_the_stand_in():
    team = Team(ROUND)
    make_delegation(team.first, AgentFactory(name_en="Hana Helper", name_ko="하나"), scope="assignments")
    incident = make_incident(group=team.group)
    client = Client()
    client.force_login(team.third)
    place = f"/w/incidents/{incident.number}/"
    form = client.get(f"{place}?edit=assignee").content.decode()
    assert "away, Hana Helper stands in" in form or "하나님이 대신" in form
    incident.refresh_from_db()
    sent = {"field": "assignee", "value": team.first.username, "lock_version": incident.lock_version}
    page = client.post(f"{place}edit/", sent, follow=True).content.decode()
    incident.refresh_from_db()
    assert incident.assignee == team.first
    assert page.count("Hana Helper") + page.count("하나") >= 2  # the message, and the note at the name


def told(event):
    return {row.user_id: row for row in Notification.objects.filter(event_id=event.pk, channel="inapp")}


def tell(people, ticket, *, template="ticket_assigned", side="desk", actor=None):
    event = outbox.publish("test.happened", {}, actor=actor)
    notify(event, [Notice(template, [person.pk for person in people], side)], ticket=ticket)
    return event


def test_notices_also_reach_the_stand_in_as_for_the_absent():
    absent = AgentFactory(name_en="Ara Absent")
    helper, third = AgentFactory(language="en"), AgentFactory()
    make_delegation(absent, helper, scope="notifications")
    make_delegation(helper, third, scope="notifications")
    incident = make_incident(title="VPN")
    rows = told(tell([absent], incident))
    assert set(rows) == {absent.pk, helper.pk}  # not passed on to the third
    assert rows[absent.pk].title_params.get("for") is None
    with translation.override("en"):
        text = rendered([rows[helper.pk]], helper)[rows[helper.pk].pk]
    assert text is not None
    assert text.subject == f"For Ara Absent: {incident.number} assigned to you: VPN"


@pytest.mark.parametrize(
    ("case", "reached"),
    [
        ("agent", True),
        ("employee", False),  # may not see the ticket
        ("other_company", False),
        ("restricted", False),
        ("actor", False),  # did it
        ("watching_employee", False),  # may see the ticket, but not the workspace
        ("survey", False),
        ("approval", False),
        ("without_ticket", False),
        ("over", False),
    ],
)
def test_the_stand_in_hears_only_what_they_may_see(case, reached):
    group = GroupFactory(is_restricted=case == "restricted")
    absent = AgentFactory(groups=[group])
    helper = {
        "employee": UserFactory,
        "watching_employee": UserFactory,
        "other_company": lambda: AgentFactory(company=CompanyFactory()),
    }.get(case, AgentFactory)()
    make_delegation(absent, helper, scope="notifications", ends_in=-0.5 if case == "over" else 1)
    incident = make_incident(group=group, requester=helper if case == "watching_employee" else UserFactory())
    template = {"survey": "survey_asked", "approval": "approval_requested"}.get(case, "ticket_assigned")
    ticket = None if case == "without_ticket" else incident
    rows = told(tell([absent], ticket, template=template, actor=helper if case == "actor" else None))
    assert (helper.pk in rows) is reached
    assert absent.pk in rows


def test_the_words_of_an_internal_note_stay_inside():
    requester, helper = UserFactory(), UserFactory()
    make_delegation(requester, helper, scope="notifications")
    incident = make_incident(requester=requester)
    note = add_work_note(incident.pk, actor=AgentFactory(), body="ZZ-internal")
    event = outbox.publish("test.happened", {})
    notice = Notice("ticket_replied", [requester.pk], "portal", params={"activity": note.pk})
    notify(event, [notice], ticket=incident)
    assert helper.pk not in told(event)
