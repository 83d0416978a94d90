"""Files: read while they are sent, written whole or not at all."""

from __future__ import annotations

import email
import io
import os
from pathlib import Path

import pytest

from maru_client import AnswerError, ConnectionLostError, LocalFileError, Maru
from tests.client.fake import Asked, Fake

FILE = {"id": "f1", "name": "trace.txt", "url": "/api/v1/incidents/INC1/attachments/f1/"}


def part_of(asked: Asked) -> tuple[str, bytes]:
    """Name and content of the one part."""
    head = f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode()
    (part,) = email.message_from_bytes(head + asked.body).get_payload()
    return part.get_filename(), part.get_payload(decode=True)


@pytest.fixture
def incident(fake: Fake, maru: Maru):
    """An incident, its reading forgotten."""
    fake.says({"number": "INC1", "kind": "incident"}, ETag='"v1"')
    found = maru.incidents.get("INC1")
    fake.asked.clear()
    return found


def test_a_file_goes_by_path_by_content_and_as_an_open_file(fake, incident, tmp_path):
    path = tmp_path / "trace.txt"
    path.write_bytes(b"one")
    with path.open("rb") as opened:
        for given, name in ((path, ""), (str(path), "renamed.txt"), (opened, ""), (b"one", "")):
            fake.says(FILE, 201)
            assert incident.attach(given, filename=name).name == "trace.txt"
        assert not opened.closed
    assert [part_of(each) for each in fake.asked] == [
        ("trace.txt", b"one"),
        ("renamed.txt", b"one"),
        ("trace.txt", b"one"),
        ("file", b"one"),
    ]
    assert {each.path for each in fake.asked} == {"/api/v1/incidents/INC1/attachments/"}


def test_a_large_file_is_read_in_small_pieces(fake, incident):
    class Large(io.BytesIO):
        largest = 0

        def read(self, size: int | None = -1) -> bytes:
            piece = super().read(size)
            Large.largest = max(Large.largest, len(piece))
            return piece

    fake.says(FILE, 201)
    incident.attach(Large(os.urandom(5_000_000)), filename="large.bin")
    assert len(part_of(fake.asked[0])[1]) == 5_000_000
    assert Large.largest <= 65536


@pytest.mark.parametrize("can_seek", [True, False])
def test_a_repeat_sends_the_same_file_with_the_same_key(fake, incident, pauses, can_seek):
    source = io.BytesIO(b"skipped:content")
    source.seek(8)
    if not can_seek:
        source.seekable = lambda: False
    fake.cuts().says(FILE, 201)
    incident.attach(source, filename="a.txt")
    first, second = fake.asked
    assert first.body == second.body
    assert part_of(second) == ("a.txt", b"content")
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


def test_a_refusal_in_the_middle_of_sending_is_told(fake, incident):
    """A server answers 413 and hangs up while the file is still on its way."""

    def refuse(handler) -> None:
        handler.reply(413, b'{"code": "too_large"}', {"Content-Type": "application/problem+json"})
        handler.close_connection = True

    fake.acts.append(refuse)
    with pytest.raises(Exception, match="413 too_large"):
        incident.attach(b"x" * 100)


def test_a_name_cannot_break_out_of_its_header(fake, incident):
    fake.says(FILE, 201)
    incident.attach(b"x", filename='../a"b\r\nX-Evil: 1.txt')
    assert b"\r\nX-Evil" not in fake.asked[0].body
    assert part_of(fake.asked[0])[1] == b"x"


def test_a_file_that_is_not_there_asks_nothing(fake, incident, tmp_path):
    with pytest.raises(LocalFileError):
        incident.attach(tmp_path / "missing")
    with pytest.raises(LocalFileError):
        incident.comment("See there.", files=[tmp_path])
    assert fake.asked == []


def test_a_comment_brings_its_files(fake, incident):
    fake.says({"id": "u1"}, 201).says({"id": "u2"}, 201).says({"id": "c1"}, 201)
    incident.comment("See there.", files=[b"one", ("b.txt", b"two")], idempotency_key="k")
    assert [each.path for each in fake.asked] == [
        "/api/v1/attachments/",
        "/api/v1/attachments/",
        "/api/v1/incidents/INC1/comments/",
    ]
    assert part_of(fake.asked[1]) == ("b.txt", b"two")
    assert fake.asked[2].json == {"body": "See there.", "attachments": ["u1", "u2"]}
    assert [each.headers["idempotency-key"] for each in fake.asked] == ["k-file-0", "k-file-1", "k"]


def test_a_download_is_read_in_pieces(fake, incident):
    fake.says({"results": [FILE]}).sends(b"x" * 200_000, kind="application/octet-stream")
    (file,) = incident.attachments()
    with file.open() as chunks:
        sizes = [len(chunk) for chunk in chunks]
    assert sum(sizes) == 200_000
    assert max(sizes) <= 65536
    assert fake.paths[1] == FILE["url"]


def test_a_download_that_breaks_off_begins_again_and_leaves_the_whole_file(fake, incident, tmp_path):
    fake.says({"results": [FILE]}).cuts(after=b"abc", promised=6).sends(b"abcdef", kind="text/plain")
    (file,) = incident.attachments()
    assert file.save(tmp_path) == str(tmp_path / "trace.txt")
    assert (tmp_path / "trace.txt").read_bytes() == b"abcdef"
    assert os.listdir(tmp_path) == ["trace.txt"]


def test_a_download_goes_on_where_it_broke_off_each_time(fake, incident, tmp_path):
    fake.says({"results": [FILE]}).cuts(after=b"ab", promised=6, ETag='"t"')
    fake.cuts(after=b"c", promised=4, status=206, ETag='"t"', Content_Range="bytes 2-5/6")
    fake.sends(b"def", 206, "text/plain", ETag='"t"', Content_Range="bytes 3-5/6")
    (file,) = incident.attachments()
    assert Path(file.save(tmp_path)).read_bytes() == b"abcdef"
    asked = [(each.headers.get("range"), each.headers.get("if-range")) for each in fake.asked[1:]]
    assert asked == [(None, None), ("bytes=2-", '"t"'), ("bytes=3-", '"t"')]


def test_a_download_of_what_has_changed_meanwhile_is_all_new(fake, incident, tmp_path):
    fake.says({"results": [FILE]}).cuts(after=b"ab", promised=6, ETag='"t"')
    fake.sends(b"uvwxyz", kind="text/plain", ETag='"u"')
    (file,) = incident.attachments()
    assert Path(file.save(tmp_path)).read_bytes() == b"uvwxyz"


def test_another_part_than_was_asked_for_is_not_taken(fake, incident, tmp_path):
    fake.says({"results": [FILE]}).cuts(after=b"ab", promised=6, ETag='"t"')
    fake.sends(b"abcdef", 206, "text/plain", ETag='"t"', Content_Range="bytes 0-5/6")
    (file,) = incident.attachments()
    with pytest.raises(AnswerError):
        file.save(tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_download_that_never_succeeds_leaves_what_was_there(fake, incident, tmp_path):
    target = tmp_path / "kept.txt"
    target.write_text("before")
    fake.says({"results": [FILE]})
    for _each in range(9):
        fake.cuts(after=b"abc", promised=6)
    (file,) = incident.attachments()
    with pytest.raises(ConnectionLostError):
        file.save(target)
    assert target.read_text() == "before"
    assert os.listdir(tmp_path) == ["kept.txt"]


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "a\\..\\evil", "evil\0"])
def test_a_name_from_the_server_leaves_no_folder(fake, incident, tmp_path, name):
    fake.says({"results": [FILE | {"name": name}]}).sends(b"x", kind="text/plain")
    (file,) = incident.attachments()
    assert file.save(tmp_path) == str(tmp_path / "evil")
