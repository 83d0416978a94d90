"""What is only kept for a while goes, once an hour, and nothing else."""

from __future__ import annotations

import datetime as dt
import os

import pytest
from django.db import connection

from core import attachments, housekeeping
from core.models import Attachment, IdempotencyKey, ScheduleTick
from tests.factories.accounts import UserFactory


def make_old(table: str, hours: int) -> None:
    """Move every row of a table into the past."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET created_at = created_at - make_interval(hours => %s)", [hours])


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "left"), [(23, 1), (25, 0)])
def test_keys_live_a_day(hours, left):
    IdempotencyKey.objects.create(caller="u1", scope="x", key="k", fingerprint="f", answer={})
    make_old("core_idempotencykey", hours)
    assert housekeeping.hourly(limit=1) == 1
    assert IdempotencyKey.objects.count() == left


@pytest.mark.django_db
def test_two_sweepers_clean_once_an_hour():
    assert housekeeping.hourly(limit=1) == 1
    assert housekeeping.hourly(limit=1) == 0
    assert ScheduleTick.objects.count() == 1


@pytest.mark.django_db
def test_an_upload_nobody_attached_goes_but_its_file_waits_for_backups(settings):
    row = attachments.accept(uploader=UserFactory(), name="a.txt", chunks=[b"hello"])
    kept = attachments.accept(uploader=UserFactory(), name="b.txt", chunks=[b"world"])
    Attachment.objects.filter(pk=kept.pk).update(attached=True)
    make_old("core_attachment", 25)
    housekeeping.hourly(limit=1)
    assert list(Attachment.objects.all()) == [kept]
    assert housekeeping.remove_orphan_files() == 0
    week_ago = dt.timedelta(days=8).total_seconds()
    for file in (row, kept):
        path = attachments.path_of(file.sha256)
        stamp = path.stat().st_mtime - week_ago
        os.utime(path, (stamp, stamp))
    assert housekeeping.remove_orphan_files() == 1
    assert attachments.path_of(kept.sha256).exists()
