"""What a browser could run is refused, or served so that it never does (SECURITY S-3, S-22)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.test import Client

from core import attachments
from core.models import Attachment
from tests.factories.accounts import AgentFactory
from tests.factories.incidents import make_incident
from tests.security.active import REFUSED, TAKEN, Sent

WAYS = ["report", "reply", "desk", "api", "api upload"]
# RFC 6266 and 8187: no quotes, no second parameter, nothing but unreserved characters and escapes.
DISPOSITION = re.compile(r"(inline|attachment); filename\*=UTF-8''((?:[A-Za-z0-9_.~-]|%[0-9A-F]{2})+)")
SHOWN = {"image/png", "image/gif", "image/jpeg", "image/webp"}


class Sender:
    """An agent who sends files as employee and as agent."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("core.api.throttling.CallerThrottle.count", staticmethod(lambda *_args: 1))
        self.person = AgentFactory()
        self.client = Client(headers={"Accept-Language": "en"})
        self.client.force_login(self.person)

    def send(self, way: str, sent: Sent) -> Any:
        """The answer; the sender says that it is a page of HTML."""
        number = make_incident("in_progress", requester=self.person, agent=self.person).number
        path, field, words = {
            "report": (
                "/report/",
                "attachments",
                {"text": "VPN", "impact": "2", "urgency": "1", "category": "network"},
            ),
            "reply": (f"/my/{number}/reply/", "attachments", {"body": "x"}),
            "desk": (f"/w/incidents/{number}/say/", "attachments", {"tab": "comment", "body": "x"}),
            "api": (f"/api/v1/incidents/{number}/attachments/", "file", {}),
            "api upload": ("/api/v1/attachments/", "file", {}),
        }[way]
        return self.client.generic("POST", path, multipart(sent, field, words), content_type=MULTIPART)


MULTIPART = "multipart/form-data; boundary=between"


def multipart(sent: Sent, field: str, words: dict[str, str]) -> bytes:
    """A body whose file has any name whatever: in escapes (RFC 8187), which quotes and line ends survive."""
    said = "".join(
        f'--between\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{word}\r\n'
        for name, word in words.items()
    )
    named = f"form-data; name=\"{field}\"; filename*=UTF-8''{quote(sent.name, safe='')}"
    head = f"{said}--between\r\nContent-Disposition: {named}\r\nContent-Type: text/html\r\n\r\n"
    return head.encode() + sent.content + b"\r\n--between--\r\n"


@pytest.fixture
def sender(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> Sender:
    """With a folder of its own."""
    settings.MEDIA_ROOT = tmp_path
    return Sender(monkeypatch)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_not_taken_leaves_nothing(sender: Sender, way: str) -> None:
    taken = []
    for sent in REFUSED:
        answer = sender.send(way, sent)
        if answer.status_code != 422 or Attachment.objects.exists():
            taken.append((sent.name, sent.content[:40], answer.status_code))
            Attachment.objects.filter(attached=False).delete()
    assert taken == []
    assert [path for path in attachments.path_of("0" * 64).parent.parent.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("way", WAYS)
def test_what_is_taken_is_served_so_that_no_browser_runs_it(sender: Sender, way: str) -> None:
    for sent in TAKEN:
        answer = sender.send(way, sent)
        assert answer.status_code in {201, 302}, (sent.name[:40], answer.status_code, answer.content[-600:])
        row = Attachment.objects.order_by("-pk")[0]
        assert row.mime == sent.served
        assert attachments.path_of(row.sha256).read_bytes() == sent.content
        if row.attached:
            for path in _addresses(row):
                for method, headers in (("GET", {}), ("HEAD", {}), ("GET", {"Range": "bytes=0-0"})):
                    _check(sender.client.generic(method, path, headers=headers), row)
    names = Attachment.objects.values_list("name", flat=True)
    for name in names:
        assert len(name) <= 255
        assert not re.search(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069/\\]", name), name


def _addresses(row: Attachment) -> list[str]:
    number = row.place.ticket.number
    key = row.public_id
    return [f"/files/{key}/", f"/w/files/{key}/", f"/api/v1/incidents/{number}/attachments/{key}/"]


def _check(answer: Any, row: Attachment) -> None:
    b"".join(answer)
    assert answer.status_code in {200, 206}
    assert answer["Content-Type"] == row.mime
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "private, no-store"
    found = DISPOSITION.fullmatch(answer["Content-Disposition"])
    assert found, answer["Content-Disposition"]
    assert found[1] == ("inline" if row.mime in SHOWN else "attachment")
    assert unquote(found[2]) == row.name
    assert "X-Evil" not in answer.headers


def test_a_name_is_text_on_every_page_that_tells_it(sender: Sender) -> None:
    number = make_incident(requester=sender.person, agent=sender.person).number
    for sent in TAKEN[-15:-10]:
        path = f"/api/v1/incidents/{number}/attachments/"
        body = multipart(sent, "file", {})
        assert sender.client.generic("POST", path, body, content_type=MULTIPART).status_code == 201
    for path in (f"/my/{number}/", f"/w/incidents/{number}/"):
        page = sender.client.get(path).content.decode()
        assert "onload=" in page, path  # it is told …
        assert "<svg onload" not in page  # … as text
        assert "<img src=x" not in page
