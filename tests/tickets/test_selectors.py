"""What is read of a ticket depends on who reads, and costs the same for any number of rows."""

from __future__ import annotations

import pytest

from core import attachments
from core.errors import NotVisibleError, RuleRefusedError
from incidents import services as incidents
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident
from tickets import finding, selectors, services


@pytest.fixture
def talked_about():
    """An incident with a public word and an internal note that has a file."""
    requester, agent = UserFactory(), AgentFactory()
    incident = make_incident("in_progress", requester=requester, agent=agent)
    services.add_comment(incident.pk, actor=agent, body="We are on it")
    file = attachments.accept(uploader=agent, name="trace.txt", chunks=[b"secret trace"])
    services.add_work_note(incident.pk, actor=agent, body="The user forgot the cable", attachments=[file])
    return incident, requester, agent, file


@pytest.mark.django_db
@pytest.mark.pitfall("P-42")
def test_an_internal_note_and_its_file_reach_no_requester(talked_about):
    incident, requester, agent, file = talked_about
    mine = selectors.timeline_for(requester, incident)
    assert "The user forgot the cable" not in [row.body for row in mine]
    assert {row.kind for row in mine} <= {"state", "comment"}
    assert "The user forgot the cable" in [row.body for row in selectors.timeline_for(agent, incident)]
    assert selectors.attachments_of(requester, incident) == []
    with pytest.raises(NotVisibleError):
        selectors.attachment_for(requester, str(file.public_id))
    assert selectors.attachment_for(agent, str(file.public_id)).attachment == file


@pytest.mark.django_db
def test_another_persons_upload_cannot_be_attached(talked_about):
    incident, requester, agent, _file = talked_about
    foreign = attachments.accept(uploader=agent, name="a.txt", chunks=[b"x"])
    with pytest.raises(RuleRefusedError) as refusal:
        services.attach(incident.pk, actor=requester, attachment=foreign)
    assert refusal.value.errors[0].code == "does_not_exist"
    own = attachments.accept(uploader=requester, name="b.txt", chunks=[b"y"])
    services.attach(incident.pk, actor=requester, attachment=own)
    with pytest.raises(RuleRefusedError):
        services.attach(incident.pk, actor=requester, attachment=own)


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [2, 20])
def test_a_list_of_children_costs_two_queries(rows, django_assert_num_queries):
    agent = AgentFactory()
    for _ in range(rows):
        make_incident(requester=agent)
    list(selectors.tickets_for(agent)[:1])
    with django_assert_num_queries(2):
        page = list(selectors.tickets_for(agent)[:50])
        shown = selectors.as_kinds(page)
        text = [
            f"{row.number} {row.requester.display_name} {row.assignee} {row.group} {row.ci}" for row in shown
        ]
    assert len(text) == rows


@pytest.mark.django_db
def test_search_finds_numbers_words_and_two_syllables():
    agent = AgentFactory()
    korean = make_incident(title="판교 메일서버가 느려요")
    english = make_incident(title="VPN drops")
    for text, expected in [
        ("서버", korean),
        ("메일서버", korean),
        ("vpn", english),
        (english.number, english),
    ]:
        found = selectors.tickets_for(agent).filter(finding.search(agent, text))
        assert [row.number for row in found] == [expected.number], text
    assert not selectors.tickets_for(agent).filter(finding.search(agent, "프린터")).exists()
    assert not selectors.tickets_for(UserFactory()).filter(finding.search(agent, "vpn")).exists()


@pytest.mark.django_db
def test_a_link_shows_only_when_both_ends_do():
    requester, agent = UserFactory(), AgentFactory()
    mine, foreign = make_incident(requester=requester), make_incident()
    services.link(mine.pk, actor=agent, target=foreign, type="related")
    assert selectors.links_for(requester, mine) == []
    assert [row.target_id for row in selectors.links_for(agent, mine)] == [foreign.pk]


@pytest.mark.django_db
def test_drafts_are_kept_per_person_and_tab_and_go_with_the_sending():
    agent = AgentFactory()
    incident = make_incident("in_progress", agent=agent)
    services.keep_draft(actor=agent, ticket=incident, tab="comment", body="half a sen")
    services.keep_draft(actor=agent, ticket=incident, tab="comment", body="half a sentence")
    assert selectors.drafts_of(agent, incident) == {"comment": "half a sentence"}
    assert selectors.drafts_of(AgentFactory(), incident) == {}
    services.add_comment(incident.pk, actor=agent, body="a sentence")
    assert selectors.drafts_of(agent, incident) == {}


@pytest.mark.django_db
def test_watching_gives_reading_and_is_done_once():
    friend, requester = UserFactory(), UserFactory()
    incident = make_incident(requester=requester)
    services.watch(incident.pk, actor=requester, user=friend)
    services.watch(incident.pk, actor=requester, user=friend)
    assert selectors.ticket_numbered(friend, incident.number).pk == incident.pk
    assert selectors.participants(incident) == {requester.pk, friend.pk}
    services.unwatch(incident.pk, actor=friend, user=friend)
    with pytest.raises(NotVisibleError):
        selectors.ticket_numbered(friend, incident.number)


@pytest.mark.django_db
def test_the_timeline_tells_who_did_what(talked_about):
    incident, _requester, agent, _file = talked_about
    incidents.resolve_incident(incident.pk, actor=agent, close_code="user_error", close_notes="Plugged in.")
    verbs = [(row.kind, row.verb) for row in selectors.timeline_for(agent, incident)]
    assert verbs[0] == ("state", "opened")
    assert ("state", "resolve") in verbs
