"""A reply to our mail decides: token, verified sender, once; what every other mail does (APR-13, S-11)."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from approvals import services
from approvals.models import DecisionLink, ReceivedMail
from approvals.selectors import LinkExpiredError, link_of
from approvals.services import mailing
from core import settings_store, sweep
from core.errors import NotAllowedError, NotVisibleError
from tests.approvals.test_replies import OTHER, TOKEN, mail, results
from tests.factories.accounts import UserFactory
from tests.factories.approvals import (
    LONG_AGO,
    answer,
    events,
    make_approval_request,
    make_delegation,
    row_of,
    statuses,
)

pytestmark = pytest.mark.django_db
ADDRESS = "hana@corp.example"


@pytest.fixture
def boss():
    return UserFactory(email="Hana@Corp.example", name_en="Hana Lee")


@pytest.fixture
def asked(boss):
    request = make_approval_request(boss, UserFactory(), rule="any")
    services.accept_reply(row_of(request, boss).pk, user=boss, token=TOKEN)
    return request


def receive(raw, *, trusted=True):
    """The mail, stored and looked at."""
    assert mailing.store_mail(raw, trusted=trusted) is True
    assert mailing.take_mails(limit=10) == 1
    return ReceivedMail.objects.latest("pk")


def answers():
    """The results that were answered by a mail."""
    return [payload["result"] for name, payload in events("approval.reply_answered") if name]


@pytest.mark.pitfall("P-16")
@pytest.mark.parametrize(
    ("body", "decision", "comment"),
    [
        ("승인합니다", "approved", ""),
        ("Approved\n\n> Rejected", "approved", ""),
        ("반려: 예산 초과", "rejected", "예산 초과"),
    ],
)
def test_a_reply_decides_as_its_person(asked, boss, body, decision, comment):
    row = receive(mail(body))
    answered = row_of(asked, boss)
    assert (row.result, row.sender, row.person, row.approval) == ("decided", ADDRESS, boss, answered)
    assert (answered.status, answered.decided_by, answered.channel, answered.comment) == (
        decision, boss, "mail", comment,
    )  # fmt: skip
    assert DecisionLink.objects.get(by_reply=True).used_at is not None
    assert answers() == []


def test_the_message_that_is_answered_is_token_enough(asked):
    assert receive(mail(To="maru@desk.example", In_Reply_To=f"<{TOKEN}@desk.example>")).result == "decided"


@pytest.mark.parametrize(
    ("raw", "result"),
    [
        (mail(To="maru@desk.example"), "no_token"),
        (mail(To=f"maru+{OTHER}@desk.example"), "no_token"),
        (mail(From="eve@evil.example"), "wrong_sender"),
        (mail(From='"hana@corp.example" <eve@evil.example>'), "wrong_sender"),
        (b"From: eve@evil.example\r\n" + mail(), "wrong_sender"),
        (mail(Auto_Submitted="auto-replied"), "automatic"),
        (mail("승인", From="mailer-daemon@corp.example"), "automatic"),
        (mail("I am on holiday"), "unclear"),
        (mail("Rejected"), "no_reason"),
    ],
)
def test_every_other_mail_decides_nothing_and_says_why(asked, boss, raw, result):
    row = receive(raw)
    assert row.result == result
    assert set(statuses(asked).values()) == {"requested"}
    assert (row.done_at is not None, row.raw.tobytes() if hasattr(row.raw, "tobytes") else row.raw) == (
        True,
        raw,
    )
    assert answers() == ([result] if result in {"unclear", "no_reason"} else [])


def test_from_alone_proves_nothing(asked, boss):
    """S-11: without a trusted mailbox our own server must vouch for the sender."""
    assert receive(mail(), trusted=False).result == "not_authentic"
    settings_store.change("approval.mail_server", "mx.desk.example", actor=None)
    try:
        forged = results("dmarc=pass header.from=corp.example", server="mx.evil.example")
        assert receive(forged.encode() + mail(Message_ID="<2@x>"), trusted=False).result == "not_authentic"
        failed = results("dmarc=fail header.from=corp.example")
        assert receive(failed.encode() + mail(Message_ID="<3@x>"), trusted=False).result == "not_authentic"
        assert set(statuses(asked).values()) == {"requested"}
        passed = results("dmarc=pass header.from=corp.example")
        assert receive(passed.encode() + mail(Message_ID="<4@x>"), trusted=False).result == "decided"
    finally:
        settings_store.forget()


def test_a_second_reply_hears_that_it_is_decided(asked, boss):
    assert receive(mail()).result == "decided"
    row = receive(mail("Rejected: changed my mind", Message_ID="<2@x>"))
    assert (row.result, row.answered_at is not None) == ("already_decided", True)
    [(_name, payload)] = events("approval.reply_answered")
    assert payload == {
        "mail_id": row.pk,
        "user_id": boss.pk,
        "approval_id": row_of(asked, boss).pk,
        "result": "already_decided",
    }
    assert row_of(asked, boss).status == "approved"


def test_a_reply_after_somebody_else_decided_hears_it_too(asked, boss):
    other = asked.approvals.exclude(approver=boss).get().approver
    answer(asked, other)
    assert receive(mail("Rejected: too late")).result == "already_decided"
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by, answers()) == ("approved", other, ["already_decided"])


def test_nobody_gets_more_than_two_answers_an_hour(asked, boss):
    for number in range(4):
        assert receive(mail("What is this?", Message_ID=f"<{number}@x>")).result == "unclear"
    assert answers() == ["unclear", "unclear"]
    ReceivedMail.objects.filter(answered_at__isnull=False).update(answered_at=LONG_AGO)
    receive(mail("Hm?", Message_ID="<later@x>"))
    assert len(answers()) == 3


def test_the_same_mail_is_stored_and_looked_at_once(asked):
    raw = mail("What?")
    assert [mailing.store_mail(raw, trusted=True) for _time in range(3)] == [True, False, False]
    assert mailing.take_mails(limit=10) == 1
    assert mailing.take_mails(limit=10) == 0
    assert mailing.store_mail(mail("Another body"), trusted=True) is True
    nameless = mail("What?", Message_ID=None)
    assert [mailing.store_mail(nameless, trusted=True) for _time in range(2)] == [True, False]
    assert ReceivedMail.objects.latest("pk").message_id == f"sha256:{hashlib.sha256(nameless).hexdigest()}"
    assert answers() == ["unclear"]


def test_a_token_dies_with_its_time_and_with_the_right(asked, boss):
    DecisionLink.objects.update(expires_at=LONG_AGO)
    assert receive(mail()).result == "expired"
    DecisionLink.objects.update(expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
    type(boss).objects.filter(pk=boss.pk).update(is_active=False)
    assert receive(mail(Message_ID="<2@x>")).result == "not_allowed"
    assert set(statuses(asked).values()) == {"requested"}


def test_the_token_of_a_reply_opens_no_page_and_a_link_is_no_reply(asked, boss):
    with pytest.raises(NotVisibleError):
        link_of(TOKEN)
    path = services.link_for(row_of(asked, boss).pk)
    token = path.split("/")[2]
    assert receive(mail(To=f"maru+{token}@desk.example")).result == "no_token"
    assert link_of(token).by_reply is False
    DecisionLink.objects.update(expires_at=LONG_AGO)
    with pytest.raises(LinkExpiredError):
        link_of(token)


def test_a_stand_in_replies_to_their_own_mail(asked, boss):
    stand_in = UserFactory(email="jun@corp.example")
    row = row_of(asked, boss)
    with pytest.raises(NotAllowedError):
        services.accept_reply(row.pk, user=stand_in, token=OTHER)
    make_delegation(boss, stand_in)
    for _attempt in range(2):
        services.accept_reply(row.pk, user=stand_in, token=OTHER)
    assert receive(mail(From="jun@corp.example")).result == "wrong_sender"
    mine = mail(From="jun@corp.example", To=f"maru+{OTHER}@desk.example", Message_ID="<2@x>")
    assert receive(mine).result == "decided"
    assert row_of(asked, boss).decided_by == stand_in


def test_a_mail_that_trips_over_a_defect_does_not_hold_up_the_next(asked, monkeypatch):
    real, seen = mailing.decide_by_reply, []

    def once_broken(row):
        if not seen:
            seen.append(row.pk)
            raise ZeroDivisionError("a defect")
        return real(row)

    monkeypatch.setattr(mailing, "decide_by_reply", once_broken)
    mailing.store_mail(mail("What?"), trusted=True)
    mailing.store_mail(mail(Message_ID="<2@x>"), trusted=True)
    assert mailing.take_mails(limit=10) == 2
    assert list(ReceivedMail.objects.order_by("pk").values_list("result", flat=True)) == ["failed", "decided"]


@pytest.mark.parametrize("raw", [b"", b"\x00\xff", b"Message-ID: <\x00a@b>\r\n\r\nhi", b"From:\r\n" * 2000])
def test_whatever_comes_is_stored_and_ends(raw):
    row = receive(raw)
    assert (row.result, bytes(row.raw)) == ("no_token", raw)


def test_the_sweep_takes_mails():
    assert mailing.take_mails in sweep.steps()
