"""Replies fetched from a real IMAP server (pymap, in a process of its own)."""

from __future__ import annotations

import datetime as dt
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from imap_tools import MailBoxUnencrypted, MailMessageFlags

from approvals import services
from approvals.models import ReceivedMail
from approvals.services import fetching
from core import sweep
from core.models import ScheduleTick
from itsm.environment import imap_settings
from tests.approvals.test_replies import TOKEN, mail
from tests.factories.accounts import UserFactory
from tests.factories.approvals import make_approval_request, row_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def imap_port():
    """The port of a running server with one account."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("pymap")
    command = [
        program,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-tls",
        "--no-service",
        "admin",
        "dict",
        "--demo-data",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        wait_for(port, server)
        yield port
        server.terminate()


def wait_for(port, server):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert server.poll() is None, "the IMAP server did not start"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the IMAP server does not answer")


@pytest.fixture
def box(imap_port, settings):
    """The mailbox, emptied, which the platform polls."""
    url = f"imap://demouser:demopass@127.0.0.1:{imap_port}/INBOX?reply=maru@desk.example&trusted=1"
    settings.REPLY_MAILBOX = imap_settings(url)
    with MailBoxUnencrypted("127.0.0.1", imap_port, timeout=10).login("demouser", "demopass") as mailbox:
        mailbox.delete(mailbox.uids())
        yield mailbox


def poll():
    """Poll as if the half minute were over."""
    ScheduleTick.objects.filter(schedule="approvals.mailbox").delete()
    return fetching.poll_mailbox(limit=50)


def test_new_mails_are_stored_byte_for_byte_once_and_marked_as_seen(box):
    mails = [
        mail("승인", Message_ID=f"<{number}@corp.example>").replace(b"\n", b"\r\n") for number in range(3)
    ]
    for raw in mails:
        box.append(raw)
    assert poll() == 3
    assert [bytes(row.raw) for row in ReceivedMail.objects.order_by("pk")] == mails
    assert {row.is_trusted for row in ReceivedMail.objects.all()} == {True}
    assert box.uids("UNSEEN") == []
    assert poll() == 0


def test_a_mail_that_was_stored_but_not_marked_is_fetched_again_and_adds_nothing(box):
    box.append(mail())
    assert poll() == 1
    box.flag(box.uids(), MailMessageFlags.SEEN, value=False)
    assert poll() == 0
    assert ReceivedMail.objects.count() == 1
    assert box.uids("UNSEEN") == []


def test_a_poller_that_dies_while_storing_leaves_the_mail_for_the_next(box, monkeypatch):
    box.append(mail())

    def dies(raw, *, trusted):
        raise KeyboardInterrupt

    monkeypatch.setattr(fetching, "store_mail", dies)
    with pytest.raises(KeyboardInterrupt):
        poll()
    monkeypatch.undo()
    assert len(box.uids("UNSEEN")) == 1
    assert poll() == 1


def test_a_reply_in_the_mailbox_decides(box):
    boss = UserFactory(email="hana@corp.example")
    request = make_approval_request(boss)
    services.accept_reply(row_of(request, boss).pk, user=boss, token=TOKEN)
    box.append(mail("승인합니다"))
    ScheduleTick.objects.filter(schedule="approvals.mailbox").delete()
    sweep.run(limit=50, seconds=20)
    request.refresh_from_db()
    assert (request.status, request.decided_by) == ("approved", boss)


def test_each_half_minute_is_polled_once(box, monkeypatch):
    now = dt.datetime(2026, 11, 24, 9, 0, 10, tzinfo=dt.UTC)
    monkeypatch.setattr(fetching, "db_now", lambda: now)
    box.append(mail())
    assert fetching.poll_mailbox(limit=50) == 1
    box.append(mail(Message_ID="<2@corp.example>"))
    assert fetching.poll_mailbox(limit=50) == 0
    monkeypatch.setattr(fetching, "db_now", lambda: now + dt.timedelta(seconds=20))
    assert fetching.poll_mailbox(limit=50) == 1
    assert ReceivedMail.objects.count() == 2


@pytest.mark.parametrize("user", ["demouser", "nobody"])
def test_a_server_that_refuses_or_is_away_stops_nothing(box, imap_port, settings, user):
    port = imap_port if user == "nobody" else 1
    settings.REPLY_MAILBOX = imap_settings(f"imap://{user}:wrong@127.0.0.1:{port}/INBOX")
    assert poll() == 0


def test_without_a_mailbox_nothing_is_polled(settings, django_assert_num_queries):
    settings.REPLY_MAILBOX = {}
    with django_assert_num_queries(0):
        assert fetching.poll_mailbox(limit=50) == 0
