"""Files: sniffed, stored by content, refused when disguised, never run by a browser."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from core import attachments
from core.errors import RuleRefusedError
from core.models import Attachment
from tests.factories.accounts import UserFactory

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def store(settings, tmp_path):
    """A media folder of its own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.mark.django_db
def test_the_same_content_is_stored_once(store):
    person = UserFactory()
    first = attachments.accept(uploader=person, name="화면.png", chunks=[PNG[:10], PNG[10:]])
    second = attachments.accept(uploader=person, name="b.png", chunks=[PNG])
    assert first.sha256 == second.sha256
    assert first.name == "화면.png"
    assert (first.mime, first.size) == ("image/png", 48)
    assert [path.name for path in store.rglob("*") if path.is_file()] == [first.sha256]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("page.html", b"<html>", "type_not_accepted"),
        ("picture.svg", b"<svg/>", "type_not_accepted"),
        ("noextension", b"hello", "type_not_accepted"),
        ("a.png", b"<html><script>alert(1)</script>", "type_disguised"),
        ("a.png", b"MZ\x90\0" + b"\0" * 50, "type_disguised"),
        ("a.txt", b"<!DOCTYPE html><script>", "type_disguised"),
        ("a.txt", "<!doctype html><script>".encode("utf-16"), "type_disguised"),
        ("a.txt", PNG, "type_disguised"),
        ("a.pdf", b"plain words", "type_disguised"),
        ("a.docx", b"plain words", "type_disguised"),
        ("a.txt", b"", "empty"),
    ],
)
def test_what_is_not_what_it_says_is_refused(store, name, content, code):
    with pytest.raises(RuleRefusedError) as refusal:
        attachments.accept(uploader=UserFactory(), name=name, chunks=[content])
    assert refusal.value.errors[0].code == code
    assert refusal.value.errors[0].field == "file"
    assert not Attachment.objects.exists()
    assert not [path for path in store.rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_too_large_a_file_leaves_nothing(store, settings):
    settings.ATTACHMENT_MAX_BYTES = 100
    with pytest.raises(RuleRefusedError) as refusal:
        attachments.accept(uploader=UserFactory(), name="a.txt", chunks=[b"x" * 60, b"x" * 60])
    assert refusal.value.errors[0].code == "too_large"
    assert not [path for path in store.rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_a_korean_text_cut_inside_a_letter_is_still_text(store):
    text = ("가" * 5000).encode()
    row = attachments.accept(uploader=UserFactory(), name="a.txt", chunks=[text[:4000], text[4000:]])
    assert row.mime == "text/plain"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\a.txt", "a.txt"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("\0", "file"),
        ("..", "file"),
        ("x" * 400 + ".png", ("x" * 400 + ".png")[-255:]),
    ],
)
def test_a_file_name_is_data_not_a_path(name, safe):
    assert attachments.safe_name(name) == safe


@pytest.mark.django_db
def test_a_download_is_never_run_by_a_browser(store):
    row = attachments.accept(uploader=UserFactory(), name='"><x>.txt', chunks=[b"hello"])
    response = attachments.download(RequestFactory().get("/"), row)
    assert b"".join(response.streaming_content) == b"hello"
    response.close()
    assert response["Content-Disposition"] == "attachment; filename*=UTF-8''%22%3E%3Cx%3E.txt"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
