"""What a mail that answers a question says: Korean and English, real mail programs, and mails that lie."""

from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.replies import decision_in, is_authentic, own_lines, read

TOKEN = "0123456789abcdef" * 2
OTHER = "fedcba9876543210" * 2


def mail(body="Approved", *, charset="utf-8", html=False, **headers):
    """A reply to our mail; a header given as None is left out."""
    message = EmailMessage()
    defaults = {
        "From": "Hana Lee <Hana@Corp.Example>",
        "To": f"Maru <maru+{TOKEN}@desk.example>",
        "Subject": "Re: Approval requested: Laptop",
        "Message-ID": "<reply-1@corp.example>",
    }
    given_headers = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in (defaults | given_headers).items():
        if value is not None:
            message[name] = value
    message.set_content(body, charset=charset, subtype="html" if html else "plain", cte="base64")
    return message.as_bytes()


@pytest.mark.parametrize(
    ("text", "decision", "reason"),
    [
        ("Approved", "approved", ""),
        ("approve", "approved", ""),
        ("  YES!  ", "approved", ""),
        ("*Approved*", "approved", ""),
        ("Approved. Go ahead", "approved", "Go ahead"),
        ("Approved, thanks\n\nHana", "approved", "thanks\n\nHana"),
        ("승인", "approved", ""),
        ("승인합니다.", "approved", ""),
        ("승인함\n수고하세요", "approved", "수고하세요"),
        ("\u1109\u1173\u11bc\u110b\u1175\u11ab", "approved", ""),  # decomposed, as macOS writes it
        ("\ufeff승인\u200b", "approved", ""),
        ("Rejected: too expensive", "rejected", "too expensive"),
        ("reject too expensive", "rejected", "too expensive"),
        ("Declined - not in the budget", "rejected", "not in the budget"),
        ("decline", "rejected", ""),
        ("반려: 예산이 없어 안 됩니다", "rejected", "예산이 없어 안 됩니다"),
        ("반려 예산 초과", "rejected", "예산 초과"),
        ("거절합니다\n사유: 중복 구매", "rejected", "사유: 중복 구매"),
        # No plain word: a person has to read these.
        ("Approved, but only the cheaper one", "", ""),
        ("Yes if finance agrees", "", ""),
        ("Yes, if finance agrees", "", ""),
        ("Approved? Not by me", "", ""),
        ("not approved", "", ""),
        ("approval denied", "", ""),
        ("yesterday I was out", "", ""),
        ("승인하지 않습니다", "", ""),
        ("승인 불가", "", ""),
        ("승인, 다만 수량은 줄여 주세요", "", ""),
        ("승인못함", "", ""),
        ("승인자는 누구인가요?", "", ""),
        ("거절하지 않습니다", "", ""),
        ("거절 안 함", "", ""),
        ("reject not", "", ""),
        ("rejection is wrong", "", ""),
        ("What is this?\nApproved", "", ""),
        ("> Approved", "", ""),
        ("", "", ""),
    ],
)
def test_a_plain_word_at_the_beginning_decides_and_nothing_else(text, decision, reason):
    assert decision_in(text) == (decision, reason)


@pytest.mark.parametrize(
    "quote",
    [
        "On Tue, 24 Nov 2026 at 10:00, Maru <maru@desk.example> wrote:\n> Rejected: no",
        "2026년 11월 24일 (화) 오전 10:00, Maru <maru@desk.example>님이 작성:\n> 반려",
        "-----Original Message-----\nFrom: Maru\nRejected",
        "-----원본 메시지-----\n보낸 사람: Maru\n반려",
        "________________________________\nFrom: Maru",
        "From: Maru <maru@desk.example>\nSent: Tuesday",
        "보낸사람: Maru\n반려",
        "-- \nHana Lee\nCorp, not a bank",
        "Sent from my iPhone",
        "Get Outlook for iOS",
        "나의 iPhone에서 보냄",
        "네이버 메일 앱에서 보냈습니다.",
        "> Rejected",
    ],
)
def test_quotes_and_signatures_are_not_the_persons_words(quote):
    assert own_lines(f"Approved\n\n{quote}") == ["Approved"]
    assert decision_in(quote) == ("", "")


@pytest.mark.parametrize("charset", ["utf-8", "euc-kr", "cp949", "iso-2022-kr"])
def test_korean_charsets_are_read(charset):
    found = read(mail("반려: 예산 초과입니다", charset=charset))
    assert (found.decision, found.reason, found.problem) == ("rejected", "예산 초과입니다", "")


@pytest.mark.parametrize(
    ("named", "codec"),
    [("ks_c_5601-1987", "cp949"), ("x-unknown", "utf-8"), ("us-ascii", "cp949"), ("", "utf-8")],
)
def test_a_charset_that_is_wrong_or_unknown_is_guessed(named, codec):
    body = base64.b64encode("승인합니다".encode(codec)).decode()
    charset = f"; charset={named}" if named else ""
    head = (
        f"From: a@b.example\r\nContent-Type: text/plain{charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    assert read((head + body).encode()).decision == "approved"


def test_an_html_mail_is_read_without_its_quote():
    html = (
        "<html><head><style>p{}</style></head><body><p>Rejected: <b>too\nexpensive</b></p>"
        "<blockquote><p>Approved</p></blockquote></body></html>"
    )
    found = read(mail(html, html=True))
    assert (found.decision, found.reason) == ("rejected", "too expensive")


def test_the_token_is_found_in_the_address_and_in_the_message_it_answers():
    assert read(mail()).tokens == (TOKEN,)
    answered = mail(To="maru@desk.example", In_Reply_To=f"<{OTHER}@desk.example>")
    assert read(answered).tokens == (OTHER,)
    upper = mail(To=f"MARU+{TOKEN.upper()}@DESK.EXAMPLE", References=f"<x@y> <{OTHER}@desk.example>")
    assert read(upper).tokens == (TOKEN, OTHER)
    assert read(mail(To="maru@desk.example", Subject=f"[{TOKEN}]")).tokens == ()


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ({}, "hana@corp.example"),
        ({"From": "a@b.example, c@d.example"}, ""),
        ({"From": None}, ""),
        ({"From": "no address"}, ""),
        ({"From": '"boss@corp.example" <eve@evil.example>'}, "eve@evil.example"),
    ],
)
def test_the_sender_is_the_one_address_in_from(headers, sender):
    assert read(mail(**headers)).sender == sender


def test_two_from_headers_are_nobody():
    raw = b"From: boss@corp.example\r\n" + mail()
    assert read(raw).sender == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated; x=y"}, {"Precedence": "bulk"},
        {"X_Autoreply": "yes"}, {"Return_Path": "<>"}, {"From": "MAILER-DAEMON@corp.example"},
        {"X_Failed_Recipients": "a@b.example"}, {"From": "noreply@corp.example"},
    ],
)  # fmt: skip
def test_what_a_machine_wrote_is_known(headers):
    assert read(mail(**headers)).is_automatic is True
    assert read(mail(Auto_Submitted="no")).is_automatic is False


def checked(result, sender="hana@corp.example", receiver="mx.desk.example"):
    return is_authentic(result.encode() + mail(), sender=sender, receiver=receiver)


def results(text, server="mx.desk.example"):
    return f"Authentication-Results: {server}; {text}\r\n"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (results("dmarc=pass header.from=corp.example"), True),
        (results("spf=fail smtp.mailfrom=x@y.example; dmarc=pass (p=none) header.from=corp.example"), True),
        (results("dkim=pass header.d=corp.example"), True),
        (results("spf=pass smtp.mailfrom=hana@corp.example"), True),
        (results("dkim=pass header.i=@corp.example; spf=softfail smtp.mailfrom=corp.example"), True),
        (results("dmarc=fail header.from=corp.example; spf=pass smtp.mailfrom=hana@corp.example"), False),
        (results("dmarc=pass header.from=evil.example"), False),
        (results("dkim=pass header.d=evil.example"), False),
        (results("spf=pass smtp.mailfrom=eve@evil.example"), False),
        (results("none"), False),
        (results("dmarc=pass header.from=corp.example", server="mx.evil.example"), False),
        # What came with the mail stands below what our server wrote.
        (results("spf=fail") + results("dmarc=pass header.from=corp.example"), False),
        (results("dkim=none") + results("dkim=pass header.d=corp.example"), False),
        # An envelope address of the sender's making must not read as a result.
        (results('spf=pass smtp.mailfrom="; dmarc=pass header.from=corp.example ;"@evil.example'), False),
        (
            results('spf=pass (of "x) dmarc=pass header.from=corp.example (") smtp.mailfrom=e@evil.example'),
            False,
        ),
        (results("dmarc=fail header.from=corp.example dmarc=pass"), False),
        ("", False),
    ],
)
def test_only_our_own_server_vouches_for_a_sender(headers, expected):
    assert checked(headers) is expected


def test_without_the_name_of_our_server_nobody_is_vouched_for():
    header = results("dmarc=pass header.from=corp.example")
    assert checked(header, receiver="") is False
    assert checked(header, sender="") is False


@given(st.binary(max_size=400), st.binary(max_size=200))
def test_reading_never_fails(noise, more):
    for raw in (noise, mail()[:120] + noise, mail() + noise, noise + b"\r\n\r\n" + more,
                b"Content-Type: multipart/mixed; boundary=" + noise[:9] + b"\r\n\r\n" + more):  # fmt: skip
        read(raw)
        is_authentic(raw, sender="hana@corp.example", receiver="mx.desk.example")


@given(st.text(max_size=300))
def test_deciding_words_never_fails(text):
    assert decision_in(text)[0] in {"", "approved", "rejected"}
