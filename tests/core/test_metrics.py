"""The figures for a monitoring system: what they say, and to whom (RL-45)."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test.utils import CaptureQueriesContext

from core import outbox, sweep
from core.models import AuditLog, Delivery
from core.trail import sealing
from tests.factories.accounts import GroupFactory, UserFactory

UNSEALED = "itsm_audit_unsealed_oldest_seconds"
LINE = re.compile(
    r'(# (HELP|TYPE) itsm_\w+ .+|itsm_\w+(\{\w+="[\w-]+"(,\w+="[\w-]+")*\})? (\+Inf|[0-9.e+-]+))'
)


def figures(client, **more) -> dict[str, float]:
    answer = client.get("/metrics", **more)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    assert all(LINE.fullmatch(line) for line in lines), lines
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


@pytest.fixture(autouse=True)
def from_here(settings, db) -> None:
    settings.METRICS_FROM = ["127.0.0.1", "10.3.0.0/16"]


@pytest.mark.django_db(transaction=True)
def test_how_long_the_oldest_row_waits_to_be_sealed(client):
    GroupFactory()
    sealing.seal_all()
    assert figures(client)[UNSEALED] == 0
    old = AuditLog(table="x", object_ref="x", action="x", channel="page")
    old.save()
    assert 0 <= figures(client)[UNSEALED] < 60
    row = AuditLog(table="x", object_ref="x", action="x", channel="page")
    row.at = row_time = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=90)
    row.save(force_insert=True)
    assert AuditLog.objects.get(pk=row.pk).at == row_time
    assert 90 <= figures(client)[UNSEALED] < 150
    sealing.seal_all()
    assert figures(client)[UNSEALED] == 0


def test_the_others(client):
    found = figures(client)
    assert found["itsm_sweep_last_age_seconds"] == float("inf")
    waiting = found['itsm_outbox_pending{kind="events"}']
    outbox.publish("test.happened", {})
    Delivery.objects.create(channel="email", idem_key="x", payload={}, dead_at=dt.datetime.now(dt.UTC))
    sweep._stamp()
    found = figures(client)
    assert found['itsm_outbox_pending{kind="events"}'] == waiting + 1
    assert found["itsm_dead_letters"] == 1
    assert 0 <= found["itsm_sweep_last_age_seconds"] < 60


def test_only_the_monitoring_systems_addresses_read_them(client, settings):
    assert client.get("/metrics", REMOTE_ADDR="10.3.9.9").status_code == 200
    for address in ("203.0.113.5", "10.4.0.1", ""):
        assert client.get("/metrics", REMOTE_ADDR=address).status_code == 403
    settings.TRUSTED_PROXIES = 1
    forged = {"HTTP_X_FORWARDED_FOR": "10.3.9.9, 203.0.113.5"}
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1", **forged).status_code == 403
    settings.METRICS_FROM = []
    client.force_login(UserFactory(roles=["super"]))
    assert client.get("/metrics").status_code == 403


def test_they_cost_the_same_for_any_number(client):
    counts = []
    for size in (2, 20):
        for _number in range(size):
            GroupFactory()
            outbox.publish("test.happened", {})
        with CaptureQueriesContext(sealing.connection) as queries:
            figures(client)
        counts.append(len(queries))
    assert counts[0] == counts[1]
