"""Deciding by answering our mail, from the mail that asks to the mail that says it was too late (APR-13)."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from approvals.models import DecisionLink, ReceivedMail
from approvals.services import decide, mailing, request_approval
from tests.factories.accounts import UserFactory
from tests.factories.incidents import make_incident
from tests.notifications.conftest import text_of
from tests.notifications.test_mail import due_again, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(settings):
    settings.BASE_URL = "https://desk.example.test"
    settings.TAKES_REPLIES, settings.REPLY_ADDRESS = True, "it@example.test"


def asked_of(*people):
    return request_approval(make_incident(title="Laptop").pk, actor=None, approvers=people)


def reply_to(mail, body, *, sender, number=1):
    """What a mail program makes of an answer to this mail."""
    answer = EmailMessage()
    answer["From"], answer["To"] = sender, mail["Reply-To"] or mail["From"]
    answer["In-Reply-To"] = mail["Message-ID"]
    answer["References"] = f"{mail['References'] or ''} {mail['Message-ID']}"
    answer["Message-ID"] = f"<{number}@example.test>"
    answer.set_content(f"{body}\n\nOn Tue, Maru <it@example.test> wrote:\n> Rejected")
    mailing.store_mail(answer.as_bytes(), trusted=True)
    mailing.take_mails(limit=10)
    return ReceivedMail.objects.latest("pk").result


def test_the_mail_that_asks_takes_an_answer(smtp, mailbox):
    boss = UserFactory(email="boss@example.test")
    request = asked_of(boss)
    work_off()
    (mail,) = smtp.to("boss@example.test")
    token = mail["Message-ID"].strip("<>").partition("@")[0]
    assert mail["Reply-To"] == f"it+{token}@example.test"
    assert "You can also answer this mail" in text_of(mail)
    assert "Replies to it are not read" not in text_of(mail)
    assert reply_to(mail, "Approved", sender="boss@example.test") == "decided"
    request.refresh_from_db()
    assert (request.status, request.decided_by) == ("approved", boss)


def test_sent_twice_it_is_one_token(smtp, mailbox):
    asked_of(UserFactory(email="boss@example.test"))
    smtp.data_answer = "451 later"
    work_off()
    smtp.data_answer = ""
    due_again()
    work_off()
    assert len(smtp.to("boss@example.test")) == 1
    assert DecisionLink.objects.filter(by_reply=True).count() == 1


def test_without_an_address_of_its_own_the_message_is_token_enough(smtp, mailbox, settings):
    settings.REPLY_ADDRESS = ""
    boss = UserFactory(email="boss@example.test")
    asked_of(boss)
    work_off()
    (mail,) = smtp.to("boss@example.test")
    assert mail["Reply-To"] is None
    assert reply_to(mail, "Approved", sender="boss@example.test") == "decided"


def test_without_a_mailbox_a_mail_takes_no_answer(smtp):
    asked_of(UserFactory(email="boss@example.test"))
    work_off()
    (mail,) = smtp.to("boss@example.test")
    assert (mail["Reply-To"], DecisionLink.objects.filter(by_reply=True).count()) == (None, 0)
    assert "Replies to it are not read" in text_of(mail)


def test_who_comes_too_late_hears_who_decided(smtp, mailbox):
    boss, other = (
        UserFactory(email="boss@example.test"),
        UserFactory(email="o@example.test", name_en="Jun Choi"),
    )
    request = asked_of(boss, other)
    work_off()
    (mail,) = smtp.to("boss@example.test")
    decide(request.approvals.get(approver=other).pk, actor=other, decision="approved")
    assert reply_to(mail, "Rejected: no", sender="boss@example.test") == "already_decided"
    work_off()
    answer = smtp.to("boss@example.test")[-1]
    assert answer["Subject"] == "Already decided: Laptop"
    assert "Jun Choi" in text_of(answer)
    assert (answer["Auto-Submitted"], answer["Reply-To"]) == ("auto-generated", None)


def test_what_was_not_understood_is_answered_and_a_strangers_mail_is_not(smtp, mailbox):
    asked_of(UserFactory(email="boss@example.test"))
    work_off()
    (mail,) = smtp.to("boss@example.test")
    assert reply_to(mail, "Approved", sender="eve@evil.test") == "wrong_sender"
    assert reply_to(mail, "Who is this for?", sender="boss@example.test", number=2) == "unclear"
    assert reply_to(mail, "Declined", sender="boss@example.test", number=3) == "no_reason"
    work_off()
    told = [each["Subject"] for each in smtp.mails]
    assert told[1:] == ["We could not read your decision: Laptop", "Please give a reason: Laptop"]
    assert smtp.to("eve@evil.test") == []


def test_in_a_demonstration_the_mailbox_page_answers(smtp, mailbox, client, settings, tmp_path):
    settings.DEMO, settings.MAIL_FOLDER = True, tmp_path
    boss = UserFactory(email="boss@example.test")
    request = asked_of(boss)
    work_off()
    (mail,) = smtp.to("boss@example.test")
    (tmp_path / "1000-aa.eml").write_bytes(mail.as_bytes())
    client.force_login(UserFactory())
    assert 'action="/demo/mail/1000-aa/reply/"' in client.get("/demo/mail/1000-aa/").content.decode()
    sent = client.post("/demo/mail/1000-aa/reply/", {"text": "승인합니다"})
    assert sent["Location"] == "/demo/mail/1000-aa/"
    mailing.take_mails(limit=10)
    request.refresh_from_db()
    assert (request.status, request.decided_by) == ("approved", boss)
    assert client.post("/demo/mail/none/reply/", {"text": "x"}).status_code == 404
    assert client.get("/demo/mail/1000-aa/reply/").status_code == 405
    settings.DEMO = False
    assert client.post("/demo/mail/1000-aa/reply/", {"text": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status", "has_form"),
    [
        (b"To: a@example.test", 404, False),
        (b"To: a@example.test\r\nReply-To: it+x@localhost", 302, True),
        (b"To: \x80\x81,,\r\nReply-To: it+x@localhost", 302, True),
    ],
)
def test_only_a_mail_that_takes_answers_is_answered(client, settings, tmp_path, headers, status, has_form):
    settings.DEMO, settings.MAIL_FOLDER = True, tmp_path
    (tmp_path / "1000-aa.eml").write_bytes(b"Subject: Hi\r\n" + headers + b"\r\n\r\nbody")
    client.force_login(UserFactory())
    assert (b"/demo/mail/1000-aa/reply/" in client.get("/demo/mail/1000-aa/").content) is has_form
    assert client.post("/demo/mail/1000-aa/reply/", {"text": "x"}).status_code == status
