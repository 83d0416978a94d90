"""A rehearsal leaves nothing behind: rows, numbers, caches, wake-ups, things of others (DF-34)."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import threading
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection, connections

from approvals.models import ApprovalRequest
from core import wake
from core.models import Delivery, OutboxEvent
from core.time import clock_now, db_now
from incidents.models import Incident
from itsm.launcher import binaries
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.approvals import make_approval_request
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, graph_of, make_flow, make_run
from workflows import graph as graphs
from workflows import nodes, published, services
from workflows.choices import TriggerKind
from workflows.models import Flow, FlowRun, FlowSignal, FlowStep, FlowVersion
from workflows.nodes.base import Done, NodeKind
from workflows.rehearsal import Script, rehearse

LOG = {"kind": "log", "message": "m"}
# Keys of the database's own are taken and not given back; numbers people see must be.
_KEYS = re.compile(r"setval\('public\.\w+_id_seq'|^\\(un)?restrict")


def dump() -> list[str]:
    """Every row of every table, as pg_dump writes it, and the sequences of numbers."""
    place = connection.settings_dict
    program = str(binaries.postgres_home() / "bin/pg_dump")
    words = [program, "--data-only", "-h", place["HOST"] or "localhost", "-p", str(place["PORT"] or 5432),
             "-U", place["USER"], place["NAME"]]  # fmt: skip
    env = os.environ | {"PGPASSWORD": place["PASSWORD"]}
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if not _KEYS.search(line)]


def busy_flow(boss):
    """Writes of every kind: a question, a task, an item, fields, words, notices, a flow below."""
    make_flow({"a": LOG}, key="below")
    ask = {"kind": "approval", "approvers": [{"user": boss.username}], "on_empty": "fail", "next": "task"}
    task = {"kind": "create_task", "type": "incident", "title": "t", "wait": "closed", "next": "item"}
    item = {
        "kind": "create_record",
        "table": "ci",
        "class": "laptop",
        "map": {"name": "new"},
        "next": "change",
    }
    change = {"kind": "update_record", "set": {"urgency": 1}, "comment": "Done.", "next": "tell"}
    tell = {"kind": "notify", "template": "x", "to": [{"path": "requester"}], "next": "sub"}
    return graph_of(
        {
            "ask": ask,
            "task": task,
            "item": item,
            "change": change,
            "tell": tell,
            "sub": {"kind": "subflow", "flow": "below"},
        },
        key="busy",
    )  # fmt: skip


SCRIPT = {"approvals": {"ask": "approve"}, "tasks": {"task": "cancelled"}}


@pytest.mark.django_db(transaction=True)
def test_the_database_is_byte_identical_afterwards(monkeypatch, settings):
    woken = []
    monkeypatch.setattr(wake, "nudge", lambda: woken.append(1))
    boss, ticket = UserFactory(), make_incident()
    flow = busy_flow(boss)
    woken.clear()
    before, files = dump(), sorted(Path(settings.MEDIA_ROOT).rglob("*"))
    found = rehearse(flow, ticket=ticket, script=Script.parse(SCRIPT), actor=None)
    assert (found.status, len(found.opened), len(found.items)) == ("completed", 1, 1)
    assert any("ticket_number_inc" in line for line in before)
    assert dump() == before
    assert (woken, mail.outbox, sorted(Path(settings.MEDIA_ROOT).rglob("*"))) == ([], [], files)


@pytest.mark.django_db
def test_numbers_go_on_where_they_were():
    first = make_incident()
    found = rehearse(busy_flow(UserFactory()), ticket=first, actor=None)
    assert found.stopped.reason == "unanswered"
    rehearse(
        graph_of({"t": {"kind": "create_task", "type": "incident", "title": "t"}}), ticket=first, actor=None
    )
    second = make_incident()
    assert int(second.number[3:]) == int(first.number[3:]) + 1


def listening():
    """The triggers that are kept for opened tickets."""
    kept = published.listening(TriggerKind.RECORD)
    return {kind: [trigger.pk for trigger in triggers] for kind, triggers in kept.items()}


@pytest.mark.django_db
def test_what_is_kept_per_process_never_hears_of_it():
    ticket = make_incident()
    trigger = {"kind": "record", "type": "incident", "on": "create"}
    graph = graph_of({"a": LOG}, key="loud", trigger=trigger)
    graphs._kept.cache_clear()
    published.forget()
    before = listening()
    assert rehearse(graph, ticket=ticket, actor=None).status == "completed"
    assert graphs._kept.cache_info().currsize == 0
    assert listening() == before
    assert not Flow.objects.filter(key="loud").exists()
    make_incident()
    assert not FlowRun.objects.exists()


@pytest.mark.django_db
def test_a_draft_is_rehearsed_beside_the_published_version():
    ticket = make_incident()
    version = make_flow({"a": {"kind": "log", "message": "old"}}, key="f")
    draft = graph_of({"a": {"kind": "log", "message": "new"}}, key="f")
    services.save_draft(actor=None, key="f", graph=draft)
    assert [each["text"] for each in rehearse(draft, ticket=ticket, actor=None).words] == ["new"]
    assert list(FlowVersion.objects.filter(flow__key="f").order_by("no").values_list("no", "status")) == [
        (1, "published"), (2, "draft"),
    ]  # fmt: skip
    run = services.start_run("f", ticket=ticket)
    assert (run.flow_version, graphs.compiled(version.pk).nodes["a"]["message"]) == (version, "old")


@pytest.mark.django_db
def test_time_goes_on_where_it_was():
    before = db_now()
    wait = graph_of({"w": {"kind": "wait_duration", "for": {"after": "P30D"}}})
    found = rehearse(wait, ticket=make_incident(), actor=None)
    length = dt.datetime.fromisoformat(found.ended_at) - dt.datetime.fromisoformat(found.began_at)
    assert (found.status, length) == ("completed", dt.timedelta(days=30))
    assert db_now() == before
    assert clock_now() - before < dt.timedelta(hours=1)


@pytest.mark.django_db
def test_what_others_wait_for_stays_theirs():
    """A real question, timer and signal that the rehearsal's clock passes by are not touched."""
    ticket = make_incident()
    asked = make_approval_request(UserFactory(), ticket=ticket, due={"after": "PT1H"}, on_due="approve")
    timer = make_run({"w": {"kind": "wait_duration", "for": {"after": "P1D"}}}, ticket=ticket)
    wait = {
        "kind": "wait_signal",
        "name": "paid",
        "key": "x",
        "timeout": {"after": "P2D"},
        "on_timeout": "fin",
    }
    go()
    services.send_signal("paid", "x", {}, actor=AgentFactory(roles=["administrator"]), source_id="1")
    ApprovalRequest.objects.filter(pk=asked.pk).update(next_fire_at=db_now() + dt.timedelta(hours=1))
    found = rehearse(graph_of({"w": wait}), ticket=ticket, actor=None)
    assert (found.nodes, found.path[0].outcome) == (["w", "fin"], "timeout")
    assert (fresh(timer).status, FlowSignal.objects.get().consumed_at) == ("waiting", None)
    assert found.approvals == ()


@pytest.mark.django_db(transaction=True)
def test_two_rehearsals_at_once_do_not_wait_for_each_other(monkeypatch):
    """Each draws DRY0001 and needs a row for the same flow; the second runs inside a step of the first."""
    first, second, found = make_incident(), make_incident(), []
    make_flow({"a": LOG}, key="same")
    task = {"kind": "create_task", "type": "incident", "title": "t", "next": "a"}
    flow = graph_of({"t": task, "a": LOG}, key="same")

    def other():
        try:
            found.append(rehearse(flow, ticket=second, actor=None))
        finally:
            connections.close_all()

    def enter(ctx):
        if ctx.run.ticket_id == first.pk:
            thread = threading.Thread(target=other)
            thread.start()
            thread.join(timeout=10)
        return Done()

    monkeypatch.setitem(nodes._BY_KEY, "log", NodeKind("log", frozenset({"message"}), enter))
    found.append(rehearse(flow, ticket=first, actor=None))
    assert [(each.status, each.ticket, each.opened[0]["number"]) for each in found] == [
        ("completed", second.number, "DRY0001"),
        ("completed", first.number, "DRY0001"),
    ]


@pytest.mark.django_db
def test_nothing_is_queued_for_sending():
    flow, ticket = busy_flow(UserFactory()), make_incident()
    known = OutboxEvent.objects.count()
    found = rehearse(flow, ticket=ticket, actor=None)
    assert found.stopped.nodes == ("ask",)
    assert not Delivery.objects.exists()
    assert OutboxEvent.objects.count() == known
    assert not FlowStep.objects.exists()
    assert Incident.objects.count() == 1
