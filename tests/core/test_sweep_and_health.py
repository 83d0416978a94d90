"""The sweep goes on when a step fails, and health tells who swept."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import OperationalError

from core import health, settings_store, sweep
from core.errors import BadInputError
from core.models import AuditLog, ProcessHeartbeat
from core.text import bigrams, clean
from core.time import db_now


@pytest.fixture
def steps(monkeypatch):
    """An empty list of steps."""
    monkeypatch.setattr(sweep, "_steps", [])
    monkeypatch.setattr(sweep, "_last", [])


@pytest.mark.django_db
def test_a_step_that_fails_does_not_stop_the_others(steps):
    work = [3, 2, 0]

    @sweep.register
    def broken(*, limit):
        raise ValueError("no")

    @sweep.register
    def useful(*, limit):
        return work.pop(0)

    assert sweep.run(limit=10) == 5
    assert ProcessHeartbeat.objects.get(role="sweep").pid == 0
    assert sweep.last_age_seconds() < 5


@pytest.mark.django_db
def test_a_sweep_that_lies_ahead_does_not_count_as_one(steps):
    """Else nobody would sweep for an hour after the database's clock was turned back by one."""
    sweep.run(limit=10)
    ProcessHeartbeat.objects.filter(role="sweep").update(beat_at=db_now() + dt.timedelta(hours=1))
    assert sweep.last_age_seconds() == float("inf")
    sweep.run(limit=10)
    assert sweep.last_age_seconds() < 5


@pytest.mark.django_db
def test_a_lost_database_ends_the_sweep(steps):
    @sweep.register
    def lost(*, limit):
        raise OperationalError("gone")

    with pytest.raises(OperationalError):
        sweep.run(limit=10)


@pytest.mark.django_db
def test_what_goes_outside_is_sent_until_nothing_is_left(steps):
    """Ten mails at a time and then no more until the next tick made 800 mails take 74 s."""
    waiting, order = [25], []

    @sweep.register
    def inside(*, limit):
        order.append("inside")
        return 0

    def outside(*, limit):
        sent = min(10, waiting[0])
        waiting[0] -= sent
        order.append(sent)
        return sent

    sweep.register(outside, last=True)
    assert sweep.run(seconds=60) == 25
    assert order == ["inside", 10, "inside", 10, "inside", 5, "inside", 0]


@pytest.mark.django_db
def test_when_the_time_is_over_the_rest_waits_for_the_next_sweep(steps):
    sweep.register(lambda *, limit: 1)
    sweep.register(lambda *, limit: 10, last=True)
    assert sweep.run(seconds=0) == 11


@pytest.mark.django_db
def test_ready_only_when_somebody_swept(client):
    assert client.get("/healthz").content == b"ok\n"
    before = client.get("/readyz")
    assert (before.status_code, before.json()["ready"]) == (503, False)
    sweep.run(limit=1)
    after = client.get("/readyz")
    assert (after.status_code, after.json()["ready"], after.json()["database"]) == (200, True, "ok")
    assert health.check().parts["worker_age_seconds"] is None


@pytest.mark.django_db
def test_a_setting_keeps_its_type_and_its_change_is_audited():
    settings_store.forget()
    assert settings_store.value("incident.reopen_days") == 7
    settings_store.change("incident.reopen_days", 3, actor=None)
    assert settings_store.value("incident.reopen_days") == 3
    assert AuditLog.objects.get(table="core_setting").diff == {"value": [7, 3]}
    with pytest.raises(BadInputError):
        settings_store.change("incident.reopen_days", "3", actor=None)
    with pytest.raises(BadInputError):
        settings_store.change("no.such", 3, actor=None)
    settings_store.forget()


def test_bigrams_find_two_syllables_inside_a_word():
    assert set(bigrams("서버")) <= set(bigrams("메일서버가 느려요"))
    assert bigrams("A") == []


@pytest.mark.parametrize("bad", ["a\0b", "\ud800", "a\x07", 7, None, "x" * 11])
def test_text_that_cannot_be_stored_is_refused_by_name(bad):
    with pytest.raises(Exception) as refusal:  # noqa: PT011 - type and field are checked below
        clean("title", bad, max_length=10)
    assert refusal.value.errors[0].field == "title"


def test_text_is_stored_in_one_form():
    assert clean("title", " 가\r\n나 ", max_length=10) == "가\n나"
    assert clean("title", "\u1100\u1161", max_length=10) == "가"
