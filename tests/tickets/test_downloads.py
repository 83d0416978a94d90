"""Files come down whole or in part, the same by page and by API (RFC 9110, RFC 9530)."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from api.views import description_of
from core import attachments
from core.models import Attachment
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident
from tickets.services import attach

TEN = b"0123456789"
SHA = "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882"  # sha256sum of TEN
TAG = f'"{SHA}"'
DIGEST = "sha-256=:hNiYd/DUBB77a/kaFvAkjy/Vc+avBcGflr7bn4gveII=:"
GUARDS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Content-Disposition": "attachment; filename*=UTF-8''ten.txt",
    "Accept-Ranges": "bytes",
    "ETag": TAG,
    "Repr-Digest": DIGEST,
}
PLACES = ["portal", "desk", "api", "api of all kinds"]


class Place:
    """One address that serves a file of ten bytes, and who may read it there."""

    def __init__(self, where: str) -> None:
        person = UserFactory() if where == "portal" else AgentFactory()
        self.person, self.ticket = person, make_incident(requester=person)
        self.file = attachments.accept(uploader=person, name="ten.txt", chunks=[TEN])
        attach(self.ticket.pk, actor=person, attachment=self.file)
        self.path = {
            "portal": f"/files/{self.file.public_id}/",
            "desk": f"/w/files/{self.file.public_id}/",
            "api": f"/api/v1/incidents/{self.ticket.number}/attachments/{self.file.public_id}/",
            "api of all kinds": f"/api/v1/tickets/{self.ticket.number}/attachments/{self.file.public_id}/",
        }[where]
        self.is_api = where.startswith("api")
        self.client = Client()
        self.client.force_login(person)

    def ask(self, method: str = "GET", **headers: str) -> Any:
        """The answer; header names with _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(method, self.path, headers={"Accept-Language": "en"} | named)


@pytest.fixture(params=PLACES)
def place(db: None, request: pytest.FixtureRequest, settings: Any, tmp_path: Any) -> Place:
    """Each address."""
    settings.MEDIA_ROOT = tmp_path
    return Place(request.param)


def body(answer: Any) -> bytes:
    """All of it."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def guards(answer: Any) -> dict[str, str]:
    return {name: answer.headers.get(name) for name in GUARDS}


def test_the_figures_of_this_file_are_true():
    assert hashlib.sha256(TEN).hexdigest() == SHA
    assert base64.b64decode(DIGEST.removeprefix("sha-256=:").removesuffix(":")).hex() == SHA


@pytest.mark.parametrize(
    ("headers", "status", "content", "content_range"),
    [
        ({}, 200, TEN, None),
        ({"Range": "bytes=0-4"}, 206, b"01234", "bytes 0-4/10"),
        ({"Range": "bytes=7-"}, 206, b"789", "bytes 7-9/10"),
        ({"Range": "bytes=-2"}, 206, b"89", "bytes 8-9/10"),
        ({"Range": "bytes=0-1,4-5"}, 200, TEN, None),
        ({"Range": "nonsense"}, 200, TEN, None),
        ({"Range": "bytes=7-", "If-Range": TAG}, 206, b"789", "bytes 7-9/10"),
        ({"Range": "bytes=7-", "If-Range": f"W/{TAG}"}, 200, TEN, None),  # a weak one stands for no bytes
        ({"Range": "bytes=7-", "If-Range": '"other"'}, 200, TEN, None),
        ({"Range": "bytes=7-", "If-Range": "Sun, 29 Nov 2026 07:00:00 GMT"}, 200, TEN, None),
        ({"Range": "bytes=99-", "If-Range": '"other"'}, 200, TEN, None),
        ({"If-Match": TAG, "Range": "bytes=7-"}, 206, b"789", "bytes 7-9/10"),
        ({"If-Match": "*"}, 200, TEN, None),
        ({"If-None-Match": '"other"'}, 200, TEN, None),
        ({"If-None-Match": '"other"', "Range": "bytes=7-"}, 206, b"789", "bytes 7-9/10"),
        ({"If-None-Match": TAG}, 304, b"", None),
        ({"If-None-Match": f'"other", W/{TAG}'}, 304, b"", None),
        ({"If-None-Match": "*", "Range": "bytes=7-"}, 304, b"", None),
    ],
)
def test_a_file_or_a_part_of_it(place, headers, status, content, content_range):
    answer = place.ask(**headers)
    assert answer.status_code == status
    assert body(answer) == content
    assert guards(answer) == GUARDS
    assert answer.headers.get("Content-Range") == content_range
    if status != 304:
        assert answer["Content-Length"] == str(len(content))
        assert answer["Content-Type"] == "text/plain"


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-4"}, {"Range": "bytes=99-"}])
def test_head_tells_the_same_of_the_whole_file_and_gives_none_of_it(place, headers):
    """Range counts for GET alone (RFC 9110, section 14.2)."""
    whole, answer = place.ask(), place.ask("HEAD", **headers)
    assert body(whole) == TEN
    assert (answer.status_code, body(answer)) == (200, b"")
    differing = {"X-Request-Id", "RateLimit"}
    assert {n: v for n, v in answer.headers.items() if n not in differing} == {
        n: v for n, v in whole.headers.items() if n not in differing
    }
    assert place.ask("HEAD", If_None_Match=TAG).status_code == 304


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=-0", "bytes=10-20"])
def test_a_part_behind_the_end_is_refused(place, asked):
    answer = place.ask(Range=asked)
    assert answer.status_code == 416
    assert answer["Content-Range"] == "bytes */10"
    if place.is_api:
        told = problem(answer, 416, "range_not_satisfiable")
        assert told["detail"] == "This file has 10 bytes; nothing of it lies in that range."
    else:
        assert "This file has 10 bytes" in answer.content.decode()


def test_another_content_than_the_caller_names_is_told(place):
    answer = place.ask(If_Match='"other"')
    assert answer.status_code == 412
    if place.is_api:
        problem(answer, 412, "stale_version")
        assert answer["ETag"] == TAG


def test_a_download_that_broke_off_goes_on_where_it_stopped(place):
    first = place.ask(Range="bytes=0-3")
    kept = body(first)
    rest = place.ask(Range=f"bytes={len(kept)}-", If_Range=first["ETag"])
    assert rest.status_code == 206
    kept += body(rest)
    assert kept == TEN
    assert f"sha-256=:{base64.b64encode(hashlib.sha256(kept).digest()).decode()}:" == rest["Repr-Digest"]


def test_no_more_of_a_large_file_is_read_than_was_asked_for(place, monkeypatch):
    """256 MiB with a hole in it: a part costs what the part is long."""
    Attachment.objects.filter(pk=place.file.pk).update(size=256 << 20)
    with attachments.path_of(SHA).open("r+b") as file:
        file.truncate(256 << 20)
    sizes = [len(piece) for piece in place.ask(Range="bytes=0-9999999")]
    assert sum(sizes) == 10_000_000
    assert max(sizes) <= attachments.CHUNK


def test_the_file_is_closed_also_when_the_caller_hangs_up(place, monkeypatch):
    opened = []

    class Kept(attachments.PartOfFile):
        def close(self) -> None:
            super().close()
            opened.append(self._file.closed)

    monkeypatch.setattr(attachments, "PartOfFile", Kept)
    for close in place.ask(Range="bytes=0-3")._resource_closers:  # what the server's close() calls
        close()
    assert opened == [True]


def test_files_tell_their_checksum(db):
    caller = Caller(UserFactory())
    path = f"incidents/{make_incident(requester=caller.user).number}/"
    assert caller.upload("attachments/", SimpleUploadedFile("ten.txt", TEN)).json()["sha256"] == SHA
    made = caller.upload(f"{path}attachments/", SimpleUploadedFile("ten.txt", TEN))
    assert made.json()["sha256"] == SHA
    assert [each["sha256"] for each in caller.get(f"{path}attachments/").json()["results"]] == [SHA]


def test_the_document_tells_of_parts():
    path = "/api/v1/incidents/{number}/attachments/{file_id}/"
    operation = description_of()["paths"][path]["get"]
    assert {"200", "206", "304", "412", "416"} <= set(operation["responses"])
    assert {"Range", "If-Range", "If-None-Match"} <= {each["name"] for each in operation["parameters"]}
    assert "Content-Range" in operation["responses"]["206"]["headers"]
    assert "Repr-Digest" in operation["responses"]["200"]["headers"]
