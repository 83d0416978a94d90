"""Mails through a real SMTP server: content, language, stable keys, and every way a server can fail."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from approvals.models import DecisionLink
from approvals.services import decide_by_link, request_approval
from core import dispatch, outbox
from core.errors import NotVisibleError
from core.models import Delivery
from incidents import services as incidents
from notifications import mail as channel
from notifications.models import Notification
from notifications.services import Notice, notify
from notifications.texts import rendered
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.notifications.conftest import text_of
from tickets.services import add_comment, add_work_note, update_ticket

pytestmark = pytest.mark.django_db
SECRET = "ZZ-internal-ZZ"


def work_off() -> None:
    """Relay, handle and send until nothing is due."""
    while dispatch.relay(limit=200) + dispatch.run_handlers(limit=200):
        pass
    dispatch.send_due(limit=50)


def due_again() -> None:
    """Let the waiting time of all deliveries be over."""
    Delivery.objects.filter(done_at=None).update(not_before=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))


def queue_for(*people, template="ticket_moved", ticket=None, **params):
    event = outbox.publish("test.happened", {})
    notice = Notice(template, [person.pk for person in people], "desk", "/w/incidents/x/", params=params)
    notify(event, [notice], ticket=ticket)
    return event


def test_a_mail_has_both_parts_and_the_headers_that_stop_loops(smtp, settings):
    settings.BASE_URL = "https://desk.example.test"
    requester = UserFactory(email="jimin@example.test", name_en="Jimin, Kim <x>")
    incident = make_incident(requester=requester, title="VPN & <Wi-Fi>")
    add_comment(incident.pk, actor=AgentFactory(name_en="Jiwoo Han"), body="Which <b>office</b>?")
    work_off()
    (mail,) = smtp.to("jimin@example.test")
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Subject"] == f"{incident.number} has a new answer: VPN & <Wi-Fi>"
    plain, html = (part.get_content() for part in mail.iter_parts())
    assert "Which <b>office</b>?" in plain
    assert f"https://desk.example.test/my/{incident.number}/" in plain
    assert "Which &lt;b&gt;office&lt;/b&gt;?" in html
    assert "<b>office" not in html
    assert f'href="https://desk.example.test/my/{incident.number}/"' in html
    assert mail["Message-ID"].endswith("@desk.example.test>")
    assert mail["References"] != mail["Message-ID"]


def test_everybody_reads_their_own_language_and_time_zone(smtp):
    korean, english = UserFactory(language="ko"), UserFactory(language="en")
    group = GroupFactory(name_ko="네트워크", name_en="Network")
    incident = make_incident(group=group)
    for person in (korean, english):
        person.roles.through.objects.create(user=person, role_id=AgentFactory().roles.get(key="agent").pk)
    queue_for(korean, english, template="ticket_new_in_group", ticket=incident)
    work_off()
    assert "네트워크 팀에 배정되었습니다" in text_of(smtp.to(korean.email)[0])
    assert "in the queue of Network" in text_of(smtp.to(english.email)[0])


def test_each_person_gets_a_message_of_their_own(smtp):
    people = [UserFactory() for _ in range(3)]
    queue_for(*people)
    work_off()
    assert len(smtp.mails) == 3
    assert all(str(mail["To"]).count("@") == 1 and mail["Cc"] is None for mail in smtp.mails)
    assert not Delivery.objects.filter(channel="email", done_at=None).exists()
    assert Notification.objects.filter(channel="mail", sent_at=None).count() == 0


def test_one_refused_recipient_becomes_a_dead_letter_and_stops_no_other(smtp):
    people = [UserFactory() for _ in range(3)]
    smtp.refused[people[0].email] = "550 no such mailbox"
    queue_for(*people)
    work_off()
    assert {str(mail["To"]) for mail in smtp.mails} == {f"Jimin Kim <{p.email}>" for p in people[1:]}
    dead = Delivery.objects.get(channel="email", dead_at__isnull=False)
    assert dead.payload["user_id"] == people[0].pk
    assert "550" in dead.last_error


def test_a_refusal_for_now_is_tried_again_with_back_off(smtp):
    person = UserFactory()
    smtp.refused[person.email] = "451 try later"
    queue_for(person)
    work_off()
    row = Delivery.objects.get(channel="email")
    assert (row.attempts, row.done_at, row.dead_at) == (1, None, None)
    assert row.not_before > row.created_at
    smtp.refused.clear()
    due_again()
    dispatch.send_due(limit=50)
    assert len(smtp.to(person.email)) == 1


def test_a_refusal_for_good_after_data_is_a_dead_letter(smtp):
    smtp.data_answer = "554 content refused"
    queue_for(UserFactory())
    work_off()
    assert Delivery.objects.filter(channel="email", dead_at__isnull=False).count() == 1


def test_eight_refusals_for_now_end_as_a_dead_letter(smtp):
    person = UserFactory()
    smtp.refused[person.email] = "451 try later"
    queue_for(person)
    work_off()
    for _ in range(7):
        due_again()
        dispatch.send_due(limit=50)
    row = Delivery.objects.get(channel="email")
    assert (row.attempts, row.dead_at is not None) == (8, True)


def test_a_mail_dropped_after_data_goes_out_again_with_the_same_id(smtp):
    person = UserFactory()
    smtp.drops = 1
    event = queue_for(person)
    work_off()
    row = Delivery.objects.get(channel="email")
    assert (row.attempts, row.done_at, row.dead_at) == (1, None, None)
    due_again()
    dispatch.send_due(limit=50)
    row.refresh_from_db()
    assert row.done_at is not None
    first, second = smtp.to(person.email)
    assert first["Message-ID"] == second["Message-ID"] == channel.message_id(row.idem_key)
    assert row.idem_key == f"notice:{event.pk}:{person.pk}:mail"


def test_different_mails_have_different_ids():
    keys = [f"notice:{event}:{user}:mail" for event in range(20) for user in range(20)]
    assert len({channel.message_id(key) for key in keys}) == len(keys)


@pytest.mark.parametrize("server", ["none", "away"])
def test_without_a_mail_server_mail_waits_for_ever_and_says_why(server, smtp, settings):
    people = [UserFactory() for _ in range(3)]
    port, host = settings.EMAIL_PORT, settings.EMAIL_HOST
    if server == "none":
        settings.EMAIL_HOST = ""
    else:
        settings.EMAIL_PORT = 1
    queue_for(*people)
    work_off()
    for _ in range(20):
        due_again()
        dispatch.send_due(limit=50)
    rows = Delivery.objects.filter(channel="email")
    assert {(row.attempts, row.done_at, row.dead_at, row.claimed_until) for row in rows} == {
        (0, None, None, None)
    }
    told = [row.last_error for row in rows if row.last_error]
    assert told
    assert all(("EMAIL_URL" if server == "none" else "not reachable") in error for error in told)
    settings.EMAIL_HOST, settings.EMAIL_PORT = host, port
    due_again()
    dispatch.send_due(limit=50)
    assert len(smtp.mails) == 3


def test_a_line_break_in_an_address_is_never_sent(smtp):
    person = UserFactory()
    queue_for(person)
    type(person).objects.filter(pk=person.pk).update(email="a@example.test\r\nBcc: all@example.test")
    work_off()
    assert smtp.mails == []
    assert Delivery.objects.filter(channel="email", dead_at__isnull=False).count() == 1


def test_values_of_a_flow_cannot_add_headers(smtp):
    person = UserFactory()
    incident = make_incident(requester=person)
    from notifications.services import edit_template

    edit_template("request_ready", actor=None, subject_en="Ready: {{ item }}")
    payload = {
        "template": "request_ready",
        "user_ids": [person.pk],
        "ticket_id": incident.pk,
        "names": {"item": "Laptop\r\nBcc: all@example.test\r\n\r\nbody", "ticket": {"number": "FAKE"}},
    }
    outbox.publish("flow.notice", payload)
    work_off()
    (mail,) = smtp.to(person.email)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Ready: Laptop Bcc: all@example.test body"
    assert "FAKE" not in text_of(mail)


def test_rights_count_when_the_mail_is_sent_not_when_it_was_queued(smtp):
    group = GroupFactory()
    agent = AgentFactory()
    incident = make_incident(group=group)
    queue_for(agent, ticket=incident)
    group.is_restricted = True
    group.save()
    work_off()
    assert smtp.mails == []
    row = Notification.objects.get(channel="mail")
    assert (row.skipped, row.sent_at) == ("not_visible", None)
    assert Delivery.objects.get(channel="email").done_at is not None


def test_who_left_meanwhile_gets_no_mail(smtp):
    person = UserFactory()
    queue_for(person)
    person.is_active = False
    person.save()
    work_off()
    assert smtp.mails == []
    assert Notification.objects.get(channel="mail").skipped == "inactive"


def test_a_decision_mail_carries_a_link_that_works_once(smtp):
    boss = UserFactory()
    incident = make_incident()
    request_approval(incident.pk, actor=None, approvers=[boss], title="A laptop")
    work_off()
    (mail,) = smtp.to(boss.email)
    links = re.findall(r"/a/([A-Za-z0-9_-]{40,})/", text_of(mail))
    assert len(set(links)) == 1
    assert DecisionLink.objects.get().user_id == boss.pk
    assert decide_by_link(links[0], decision="approved").status == "approved"
    row = Notification.objects.get(user=boss, channel="inapp")
    assert "/a/" not in row.url


def test_a_decided_question_is_not_mailed_any_more(smtp):
    first, second = UserFactory(), UserFactory()
    incident = make_incident()
    request = request_approval(incident.pk, actor=None, approvers=[first, second], title="A laptop")
    while dispatch.relay(limit=200) + dispatch.run_handlers(limit=200):
        pass
    from approvals.services import decide

    decide(request.approvals.get(approver=first).pk, actor=first, decision="approved")
    dispatch.send_due(limit=50)
    assert smtp.to(first.email) == smtp.to(second.email) == []
    assert set(Notification.objects.filter(channel="mail").values_list("skipped", flat=True)) == {"decided"}


def test_the_reason_of_a_refusal_reaches_the_requester(smtp):
    boss, requester = UserFactory(), UserFactory()
    incident = make_incident(requester=requester)
    request = request_approval(incident.pk, actor=None, approvers=[boss], title="A laptop")
    from approvals.services import decide

    decide(request.approvals.get().pk, actor=boss, decision="rejected", comment="Too expensive.")
    payload = {"template": "request_rejected", "user_ids": [requester.pk], "ticket_id": incident.pk}
    outbox.publish("flow.notice", payload | {"names": {}})
    work_off()
    assert "Too expensive." in text_of(smtp.to(requester.email)[-1])


def test_no_internal_word_reaches_a_requester_by_mail_or_bell(smtp):
    """G-08 and NTF-04, over a whole story with every kind of internal content in it."""
    group = GroupFactory()
    agent, mate = AgentFactory(groups=[group]), AgentFactory(groups=[group])
    requester, watcher = UserFactory(), UserFactory()
    from tickets.services import watch

    incident = make_incident(requester=requester, group=group)
    watch(incident.pk, actor=None, user=watcher)
    update_ticket(incident.pk, actor=agent, assignee=agent)
    add_work_note(incident.pk, actor=mate, body=f"{SECRET} one")
    add_comment(incident.pk, actor=agent, body="Which office?")
    incidents.start_incident(incident.pk, actor=agent, work_note=f"{SECRET} two")
    incidents.hold_incident(
        incident.pk,
        actor=agent,
        hold_reason="awaiting_caller",
        comment="Which office?",
        work_note=f"{SECRET} three",
    )
    work_off()
    incidents.resume_incident(incident.pk, actor=agent, work_note=f"{SECRET} four")
    incidents.resolve_incident(
        incident.pk,
        actor=agent,
        close_code="solution_provided",
        close_notes="Restarted.",
        work_note=f"{SECRET} five",
    )
    for _ in range(5):
        work_off()
    for person in (requester, watcher):
        mails = smtp.to(person.email)
        assert mails
        assert not [mail for mail in mails if SECRET in text_of(mail)]
        notices = list(Notification.objects.filter(user=person))
        assert not [text for text in rendered(notices, person).values() if SECRET in repr(text)]
        assert not Notification.objects.filter(user=person, template="ticket_internal_note").exists()
    assert SECRET in "".join(text_of(mail) for mail in smtp.to(agent.email))


def test_an_internal_word_that_got_into_a_requesters_notice_is_not_shown(smtp):
    """The reader's rights are asked again when a notice is put into words."""
    requester = UserFactory()
    incident = make_incident(requester=requester)
    note = add_work_note(incident.pk, actor=AgentFactory(), body=SECRET)
    queue_for(requester, template="ticket_commented", ticket=incident, activity=note.pk)
    work_off()
    assert smtp.mails == []
    assert Notification.objects.get(channel="mail").skipped == "not_visible"


def test_a_link_cannot_be_guessed_from_a_notice():
    with pytest.raises(NotVisibleError):
        decide_by_link("0" * 43, decision="approved")
