"""How did it go? Asked once when a ticket is closed, answered by one tap (PROCESSES INC-16)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from core.errors import NotVisibleError, RuleRefusedError, WrongStateError
from core.models import OutboxEvent
from core.settings_store import change
from core.time import db_now
from incidents.services import cancel_incident
from notifications.models import Notification
from reports.satisfaction import Said
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.settling import again, settle
from tickets.models import Activity, Survey
from tickets.services import answer_survey, answer_survey_by_link, ask_how_it_went
from tickets.surveys import asked_by, token_of

pytestmark = pytest.mark.django_db


def closed(**fields: Any) -> Any:
    """A closed incident whose requester has been asked."""
    incident = make_incident("closed", **fields)
    settle()
    return incident


# asking


def test_who_a_closed_incident_was_for_is_asked_once(group: Any):
    incident = closed(group=group)
    row = Survey.objects.get()
    assert (row.ticket_id, row.person, row.group, row.score) == (
        incident.pk,
        incident.requester,
        incident.group,
        None,
    )
    assert row.closes_at - row.created_at == pytest.approx(dt.timedelta(days=30), abs=dt.timedelta(minutes=5))
    again("incidents.handlers.ask_how_it_went")
    assert ask_how_it_went(incident.pk) is None
    told = Notification.objects.filter(template="survey_asked", user=incident.requester)
    assert sorted(told.values_list("channel", flat=True)) == ["inapp", "mail"]


def test_who_it_was_for_is_asked_and_not_who_ordered_it():
    person = UserFactory()
    incident = closed(on_behalf_of=person)
    assert Survey.objects.get(ticket=incident.pk).person == person


@pytest.mark.parametrize("percent", [0, 30, 100])
def test_of_a_hundred_tickets_as_many_are_asked_about_as_is_set(percent: int):
    change("survey.percent", percent, actor=None)
    rows = [make_incident("closed") for _number in range(10)]
    for row in rows:
        ask_how_it_went(row.pk)
    meant = {row.pk for row in rows if row.public_id.int % 100 < percent}
    assert set(Survey.objects.values_list("ticket", flat=True)) == meant


def test_nobody_is_asked_about_what_was_withdrawn_or_is_not_over(agent: Any):
    cancel_incident(make_incident().pk, actor=agent, reason_text="Sent twice.")
    resolved = make_incident("resolved")
    settle()
    assert ask_how_it_went(resolved.pk) is None
    gone = make_incident("closed", requester=UserFactory(is_active=False))
    settle()
    assert ask_how_it_went(gone.pk) is None
    assert not Survey.objects.exists()


# answering


def test_the_last_answer_before_it_closes_counts():
    incident = closed()
    answer_survey(incident.pk, actor=incident.requester, score=2, comment="Took long.")
    first = Survey.objects.get().answered_at
    row = answer_survey(incident.pk, actor=incident.requester, score=4)
    assert (row.score, row.comment, row.answered_at) == (4, "Took long.", first)
    line = Activity.objects.filter(ticket=incident.pk, verb="survey_answered").latest("pk")
    assert (line.changes, line.is_public) == ({"survey_score": [2, 4]}, False)
    told = OutboxEvent.objects.filter(name="ticket.survey_answered")
    assert told.count() == 2


@pytest.mark.parametrize("score", [0, 6, -1])
def test_what_is_no_answer_is_refused(score: int):
    incident = closed()
    with pytest.raises(RuleRefusedError) as refusal:
        answer_survey(incident.pk, actor=incident.requester, score=score)
    assert refusal.value.errors[0].field == "score"
    with pytest.raises(RuleRefusedError):
        answer_survey(incident.pk, actor=incident.requester, score=3, comment="x\x00")
    assert Survey.objects.get().score is None


def test_only_who_was_asked_answers(agent: Any):
    incident = closed()
    for other in (agent, UserFactory(), UserFactory(company=CompanyFactory())):
        with pytest.raises(NotVisibleError):
            answer_survey(incident.pk, actor=other, score=1)


def test_after_the_last_day_it_is_too_late():
    incident = closed()
    Survey.objects.update(closes_at=db_now())
    with pytest.raises(WrongStateError):
        answer_survey(incident.pk, actor=incident.requester, score=1)


def test_no_way_of_writing_makes_half_an_answer():
    incident = closed()
    for half in ({"score": 3}, {"answered_at": db_now()}, {"score": 6, "answered_at": db_now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Survey.objects.filter(ticket=incident.pk).update(**half)


# the mailed link


def test_a_link_opens_its_own_question_and_no_other():
    incident = closed()
    survey = Survey.objects.get()
    token = token_of(survey.public_id)
    assert asked_by(token) == survey.public_id
    head, _sep, tail = token.partition("~")
    for wrong in (f"{uuid.uuid4().hex}~{tail}", f"{head}~{tail[:-1]}", head, "", "~", "\0"):
        with pytest.raises(NotVisibleError):
            answer_survey_by_link(wrong, score=5)
    answer_survey_by_link(token, score=5)
    assert Survey.objects.get(ticket=incident.pk).score == 5


def test_opening_the_link_answers_nothing_and_one_tap_does():
    closed()
    survey = Survey.objects.get()
    place = f"/s/{token_of(survey.public_id)}/"
    client = Client()
    page = client.get(f"{place}?score=4")
    assert page.status_code == 200
    assert 'value="4" checked' in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert not [name for name in client.cookies if "session" in name]
    assert Survey.objects.get().score is None
    done = client.post(place, {"score": "4", "comment": "Thanks"})
    assert done.status_code == 200
    assert (Survey.objects.get().score, Survey.objects.get().comment) == (4, "Thanks")
    assert client.post(place, {"score": "9"}).status_code == 422
    assert client.get(f"/s/{'0' * 32}~x/").status_code == 404
    Survey.objects.update(closes_at=db_now())
    assert client.get(place).status_code == 409
    assert client.post(place, {"score": "5"}).status_code == 409


# the pages


def test_the_ticket_page_asks_and_takes_the_answer(client_of: Any, agent: Any, group: Any):
    incident = closed(group=group)
    person = client_of(incident.requester)
    place = f"/my/{incident.number}/"
    assert 'id="survey"' in person.get(place).content.decode()
    said = person.post(f"{place}survey/", {"score": "5", "comment": "Quick and friendly."})
    assert said["Location"] == f"{place}#survey"
    assert Survey.objects.get().score == 5
    desk = client_of(agent).get(f"/w/incidents/{incident.number}/").content.decode()
    assert "(5/5)" in desk
    assert "Quick and friendly." in desk
    assert person.post(f"{place}survey/", {"score": "x"}).status_code == 302
    assert Survey.objects.get().score == 5


def test_an_open_ticket_asks_nothing(client_of: Any):
    incident = make_incident("in_progress")
    page = client_of(incident.requester).get(f"/my/{incident.number}/").content.decode()
    assert 'id="survey"' not in page


# the figures


def test_figures_are_by_group_of_what_the_reader_may_see(client_of: Any, agent: Any, group: Any):
    hidden = GroupFactory(is_restricted=True)
    for owner, score in ((group, 5), (group, 2), (hidden, 1)):
        incident = closed(group=owner, agent=AgentFactory(groups=[owner]))
        answer_survey(incident.pk, actor=incident.requester, score=score)
    closed(group=group)
    page = client_of(agent).get("/w/reports/satisfaction/").content.decode()
    assert "50 %" in page
    table = client_of(agent).get("/w/reports/satisfaction/export/")
    lines = b"".join(table.streaming_content).decode().splitlines()
    assert lines[1].split(",")[1:4] == ["3", "2", "3.5"]
    assert len(lines) == 3


def test_means_and_shares():
    said = Said("", "") + Said("", "", 4)
    assert (said.mean, said.good_percent) == (None, None)
    said.answers.update({5: 1, 4: 1, 1: 1})
    assert (said.answered, said.mean, said.good_percent) == (3, 3.3, 66.6)
