"""The bell, the list, and the demo mailbox: whose they are, and that nothing in a mail is executed."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from notifications import mailbox
from notifications.models import Notification
from notifications.selectors import page_for
from notifications.texts import rendered
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.notifications import make_notice
from tickets.services import add_comment

pytestmark = pytest.mark.django_db


def page(client, person, path="/notifications/", **headers):
    client.force_login(person)
    return client.get(path, headers=headers)


def test_the_list_shows_the_own_notices_newest_first(client):
    owner = UserFactory()
    first, second = make_incident(requester=owner, title="One"), make_incident(requester=owner, title="Two")
    make_notice(owner, ticket=first)
    make_notice(owner, ticket=second)
    make_notice(UserFactory(), ticket=make_incident(title="Foreign"))
    text = page(client, owner).content.decode()
    assert 0 < text.index("Two") < text.index("One")
    assert "Foreign" not in text
    assert "Mark all as read" in text


def test_the_list_is_in_the_readers_language(client):
    owner = UserFactory(language="ko")
    make_notice(owner, ticket=make_incident(requester=owner))
    assert "새 답변이 있어요" in page(client, owner).content.decode()


def test_a_notice_about_what_one_may_no_longer_see_says_only_that(client):
    group = GroupFactory()
    agent = AgentFactory()
    make_notice(agent, ticket=make_incident(group=group, title="Secret matter"))
    group.is_restricted = True
    group.save()
    text = page(client, agent).content.decode()
    assert "Secret matter" not in text
    assert "You can no longer see what this was about." in text


@pytest.mark.parametrize("rows", [2, 20])
def test_the_list_costs_the_same_for_any_number_of_notices(rows, django_assert_num_queries):
    owner, agent = UserFactory(), AgentFactory()
    for _ in range(rows):
        incident = make_incident(requester=owner)
        word = add_comment(incident.pk, actor=agent, body="Hello.")
        make_notice(owner, ticket=incident, title_params={"activity": word.pk, "actor": agent.pk})
    reader = type(owner).objects.select_related("company").get(pk=owner.pk)
    with django_assert_num_queries(6):
        page_of, _next = page_for(reader)
        texts = rendered(page_of, reader)
    assert [text.quote for text in texts.values()] == ["Hello."] * rows


@pytest.mark.parametrize("person", [UserFactory, AgentFactory])
def test_an_empty_bell_has_an_empty_state(client, person):
    answer = page(client, person())
    assert answer.status_code == 200
    assert "Nothing new" in answer.content.decode()


def test_a_long_list_has_pages(client):
    owner = UserFactory()
    incident = make_incident(requester=owner)
    for _ in range(31):
        make_notice(owner, ticket=incident)
    first = page(client, owner).content.decode()
    assert first.count('class="notice"') == 30
    oldest = Notification.objects.filter(user=owner).order_by("pk")[1]
    assert f"?before={oldest.pk}" in first
    rest = page(client, owner, f"/notifications/?before={oldest.pk}").content.decode()
    assert rest.count('class="notice"') == 1


@pytest.mark.parametrize("cursor", ["x", "-1", "1e9", "9" * 30, "%EF%BC%91", "1;drop"])
def test_a_page_that_is_none_is_refused(client, cursor):
    assert page(client, UserFactory(), f"/notifications/?before={cursor}").status_code == 400


def test_opening_a_notice_marks_it_read_and_leads_to_its_subject(client):
    owner = UserFactory()
    notice = make_notice(owner, url="/my/INC0001/")
    client.force_login(owner)
    assert client.get(f"/notifications/{notice.public_id}/read/").status_code == 405
    answer = client.post(f"/notifications/{notice.public_id}/read/")
    assert (answer.status_code, answer["Location"]) == (302, "/my/INC0001/")
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_anothers_notice_is_not_there(client):
    notice = make_notice(UserFactory())
    client.force_login(UserFactory())
    assert client.post(f"/notifications/{notice.public_id}/read/").status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_the_bell_shows_how_many_are_unread_and_reading_all_empties_it(client):
    owner = UserFactory()
    make_notice(owner)
    make_notice(owner)
    assert "2 unread notices" in page(client, owner, "/notifications/bell/").content.decode()
    client.post("/notifications/read/")
    assert "0 unread notices" in client.get("/notifications/bell/").content.decode()


@pytest.mark.parametrize(
    "path", ["/notifications/", "/notifications/bell/", "/demo/mail/", "/demo/mail/1-a/"]
)
def test_a_guest_is_asked_to_sign_in(client, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.fixture
def caught(tmp_path, settings):
    """The embedded run's mail folder."""
    settings.DEMO, settings.MAIL_FOLDER = True, tmp_path
    return tmp_path


def put(folder, name, *, subject="Hello", text="Text", html="", to="jimin@example.test"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Maru <maru@localhost>", to, subject
    message["Date"] = "Tue, 24 Nov 2026 06:00:00 +0000"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    (folder / f"{name}.eml").write_bytes(b"X-Envelope-To: jimin@example.test\r\n" + message.as_bytes())


@pytest.mark.parametrize(("demo", "folder"), [(False, True), (True, False), (False, False)])
@pytest.mark.parametrize("path", ["/demo/mail/", "/demo/mail/1-a/"])
def test_there_is_no_mailbox_outside_a_demonstration(client, settings, tmp_path, demo, folder, path):
    put(tmp_path, "1-a")
    settings.DEMO, settings.MAIL_FOLDER = demo, tmp_path if folder else None
    assert page(client, UserFactory(), path).status_code == 404


def test_the_mailbox_lists_newest_first_and_finds_by_recipient(client, caught):
    put(caught, "1000-aa", subject="First", to="a@example.test")
    put(caught, "2000-bb", subject="Second", to="b@example.test")
    person = UserFactory()
    text = page(client, person, "/demo/mail/").content.decode()
    assert 0 < text.index("Second") < text.index("First")
    found = page(client, person, "/demo/mail/?q=A@example").content.decode()
    assert "First" in found
    assert "Second" not in found


def test_a_mail_is_shown_as_text_with_links(client, caught):
    put(caught, "1000-aa", subject="노트북 승인", text="Decide: http://127.0.0.1:8000/a/tok-en_1/\n\nBye.")
    text = page(client, UserFactory(), "/demo/mail/1000-aa/").content.decode()
    assert "노트북 승인" in text
    assert '<a href="http://127.0.0.1:8000/a/tok-en_1/" rel="noopener noreferrer nofollow">' in text


def test_nothing_in_a_mail_is_executed(client, caught):
    nasty = (
        '<script>alert(1)</script> javascript:alert(1) http://x.test/"onmouseover="alert(1) '
        "<a href='http://y.test'>y</a>"
    )
    put(
        caught,
        "1000-aa",
        subject="<img src=x onerror=alert(1)>",
        text=nasty,
        html="<script>alert(2)</script>",
    )
    for path in ("/demo/mail/", "/demo/mail/1000-aa/"):
        text = page(client, UserFactory(), path).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert 'href="javascript' not in text
        assert '"onmouseover="' not in text
        assert "alert(2)" not in text


@pytest.mark.parametrize(
    "name", ["..%2f..%2fetc%2fpasswd", "1000-aa.eml", "%00", "1000-zz", "a" * 300, "1000-aa%2f..%2f1000-aa"]
)
def test_a_name_is_never_a_path(client, caught, name):
    put(caught, "1000-aa")
    assert page(client, UserFactory(), f"/demo/mail/{name}/").status_code == 404


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
        b"Content-Type: text/plain; charset=no-such\r\n\r\n\xe9",
        b"Subject: =?utf-8?b?////?=\r\nDate: nonsense\r\nTo: \x80\x81\r\n\r\nbody",
        b"From: " + b"a," * 5000 + b"\r\n\r\nx",
        b"Content-Type: message/rfc822\r\n\r\n" * 50,
    ],
)
def test_a_broken_mail_breaks_no_page(client, caught, raw):
    (caught / "1000-aa.eml").write_bytes(raw)
    put(caught, "2000-bb", subject="Whole")
    person = UserFactory()
    assert "Whole" in page(client, person, "/demo/mail/").content.decode()
    assert page(client, person, "/demo/mail/1000-aa/").status_code in {200, 404}


def test_links_end_where_a_sentence_ends():
    html = mailbox.linked("See http://x.test/a/?b=1&c=2, or (https://y.test/z).")
    assert 'href="http://x.test/a/?b=1&amp;c=2"' in html
    assert 'href="https://y.test/z"' in html
