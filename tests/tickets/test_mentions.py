"""“@name” makes a watcher of who may read it, tells them, and nobody else (NTF-08)."""

from __future__ import annotations

from typing import Any

import pytest

from core.mentions import MOST, marked, names_in
from core.models import OutboxEvent
from incidents import services as incidents
from notifications.models import Notification
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.settling import settle
from tickets.models import Watcher
from tickets.services import add_comment, add_work_note

TEXTS = [
    ("@seojin please look", ["seojin"]),
    ("(@seojin), @Jiwoo. @seojin again", ["seojin", "jiwoo"]),
    ("ask @kim.dev-1, or @lee_2!", ["kim.dev-1", "lee_2"]),
    ("mail somebody@example.test or https://x.test/@me", []),
    ("@ alone, @@twice, @-no", []),
    ("@서진 님", []),
    ("@서진 @min", ["min"]),
    ("", []),
]


@pytest.mark.parametrize(("text", "names"), TEXTS)
def test_what_names_somebody(text: str, names: list[str]):
    assert names_in(text) == names


def test_a_text_names_twenty_people_at_most():
    assert len(names_in(" ".join(f"@p{n}" for n in range(100)))) == MOST


def test_a_name_is_bold_and_everything_else_is_text():
    assert marked("<b>@seojin</b> & @<i>") == "&lt;b&gt;<b>@seojin</b>&lt;/b&gt; &amp; @&lt;i&gt;"


@pytest.fixture
def cast(agent: Any) -> dict[str, Any]:
    return {
        "agent": agent,
        "colleague": AgentFactory(username="colleague"),
        "employee": UserFactory(username="employee"),
        "stranger": AgentFactory(username="stranger", company=CompanyFactory()),
        "gone": AgentFactory(username="gone", is_active=False),
    }


EVERYBODY = "@colleague @employee @stranger @gone @nobody_of_that_name see this"
WHO = [
    # (which words, the ticket's group is restricted, who is told and watches)
    (add_comment, False, {"colleague"}),
    (add_work_note, False, {"colleague"}),
    (add_comment, True, set()),
    (add_work_note, True, set()),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("say", "restricted", "expected"), WHO)
def test_who_is_told_and_watches(cast: Any, say: Any, restricted: bool, expected: set[str]):
    agent = cast["agent"]
    group = GroupFactory(is_restricted=restricted)
    group.memberships.create(user=agent)
    incident = make_incident("in_progress", group=group, agent=agent)
    say(incident.pk, actor=agent, body=EVERYBODY)
    settle()
    watching = set(Watcher.objects.filter(ticket=incident.pk).values_list("user__username", flat=True))
    told = set(
        Notification.objects.filter(template="ticket_mentioned").values_list("user__username", flat=True)
    )
    assert watching == told == expected


@pytest.mark.django_db
def test_who_may_read_their_own_ticket_hears_of_words_in_public_only(cast: Any):
    incident = make_incident("in_progress", requester=cast["employee"])
    add_work_note(incident.pk, actor=cast["agent"], body="@employee is wrong about this")
    settle()
    assert not Watcher.objects.filter(ticket=incident.pk).exists()
    assert not Notification.objects.filter(user=cast["employee"]).exists()
    add_comment(incident.pk, actor=cast["agent"], body="@employee have a look")
    settle()
    assert set(Notification.objects.filter(user=cast["employee"]).values_list("template", flat=True)) == {
        "ticket_replied"
    }


@pytest.mark.django_db
def test_each_is_told_once_of_one_text_and_the_author_never(cast: Any):
    incident = make_incident("in_progress", assignee=cast["colleague"])
    settle()
    Notification.objects.all().delete()
    add_work_note(incident.pk, actor=cast["agent"], body=f"@colleague and @{cast['agent'].username}")
    settle()
    rows = Notification.objects.filter(ticket=incident.pk, channel="inapp")
    assert [(row.user, row.template) for row in rows] == [(cast["colleague"], "ticket_mentioned")]


@pytest.mark.django_db
def test_words_that_come_with_a_move_mention_too(cast: Any):
    incident = make_incident("in_progress", assignee=cast["agent"])
    incidents.hold_incident(
        incident.pk, actor=cast["agent"], hold_reason="awaiting_vendor", work_note="@colleague knows"
    )
    settle()
    assert Notification.objects.filter(user=cast["colleague"], template="ticket_mentioned").exists()
    assert Watcher.objects.filter(ticket=incident.pk, user=cast["colleague"]).exists()


@pytest.mark.django_db
def test_the_platform_and_requesters_of_hidden_people_mention_nobody(cast: Any):
    incident = make_incident("in_progress", requester=cast["employee"])
    add_comment(incident.pk, actor=None, body="@colleague")
    assert not Watcher.objects.filter(ticket=incident.pk).exists()
    add_comment(incident.pk, actor=cast["employee"], body="@stranger @gone @colleague")
    assert set(Watcher.objects.filter(ticket=incident.pk).values_list("user__username", flat=True)) == {
        "colleague"
    }


@pytest.mark.django_db
def test_a_text_without_names_asks_nothing_more(agent: Any, django_assert_max_num_queries: Any):
    incident = make_incident("in_progress")
    add_work_note(incident.pk, actor=agent, body="warm")
    with django_assert_max_num_queries(15):
        add_work_note(incident.pk, actor=agent, body="no names here")
    event = OutboxEvent.objects.filter(name="ticket.commented").order_by("-pk").first()
    assert event is not None
    assert "mentioned" not in event.payload
