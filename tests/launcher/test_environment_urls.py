"""Addresses of servers, as an administrator writes them down."""

from __future__ import annotations

import pytest

from itsm.environment import email_settings, imap_settings


def test_a_mail_server_with_all_it_can_say():
    found = email_settings("smtp://bot:p%40ss@mail.example:587?tls=1&from=IT%20Desk%20%3Cit@corp.example%3E")
    assert found == {
        "EMAIL_HOST": "mail.example",
        "EMAIL_PORT": 587,
        "EMAIL_HOST_USER": "bot",
        "EMAIL_HOST_PASSWORD": "p@ss",
        "EMAIL_USE_SSL": False,
        "EMAIL_USE_TLS": True,
        "DEFAULT_FROM_EMAIL": "IT Desk <it@corp.example>",
    }


def test_without_a_sender_the_usual_one_stays():
    assert "DEFAULT_FROM_EMAIL" not in email_settings("smtps://mail.example")
    assert email_settings("smtps://mail.example")["EMAIL_PORT"] == 465


def test_another_scheme_is_refused():
    with pytest.raises(ValueError, match="smtp://"):
        email_settings("http://mail.example")


def test_a_mailbox_for_replies_with_all_it_can_say():
    found = imap_settings("imaps://bot:p%40ss@mail.example/Replies%20in?reply=it@corp.example&trusted=1")
    assert found == {
        "scheme": "imaps",
        "host": "mail.example",
        "port": 993,
        "user": "bot",
        "password": "p@ss",
        "folder": "Replies in",
        "is_trusted": True,
        "reply_to": "it@corp.example",
    }
    plain = imap_settings("imap+tls://mail.example")
    assert (plain["port"], plain["folder"], plain["is_trusted"], plain["reply_to"]) == (
        143,
        "INBOX",
        False,
        "",
    )
    assert imap_settings("") == {}


@pytest.mark.parametrize(
    "url", ["smtp://mail.example", "imaps://", "imap://h?reply=nobody", "imap://h?reply=a%2Bb@c"]
)
def test_what_is_no_mailbox_is_refused(url):
    with pytest.raises(ValueError, match="ITSM_IMAP_URL"):
        imap_settings(url)
