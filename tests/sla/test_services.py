"""The sweep: every mark once, in order, at its own instant; publishing."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, connections, transaction

from core import sweep
from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError, WrongStateError
from core.models import AuditLog, OutboxEvent
from core.time import db_now
from schedules.models import CalendarHours
from sla import services
from sla.models import Clock, ClockEvent, SLADefinition
from sla.services import fire_due_clocks
from tests.factories.accounts import UserFactory
from tests.factories.schedules import CalendarFactory
from tests.factories.sla import Probe, SLADefinitionFactory
from tickets.models import Activity

HOUR = 3600
TEN = dt.datetime(2026, 3, 10, 1, 0, tzinfo=dt.UTC)  # Tuesday 10:00 in Seoul


def later(hours):
    return TEN + dt.timedelta(hours=hours)


def marks():
    rows = ClockEvent.objects.filter(kind__in=["warn", "breach"]).order_by("pk")
    return list(rows.values_list("kind", "pct", "at"))


@pytest.mark.django_db
def test_a_late_sweep_fires_each_missed_mark_once_in_order_at_its_own_instant():
    SLADefinitionFactory(key="p")
    probe = Probe(TEN)
    assert fire_due_clocks(limit=10, now=later(1)) == 0
    assert fire_due_clocks(limit=10, now=later(100)) == 1
    assert marks() == [("warn", 50, later(2)), ("warn", 75, later(3)), ("breach", 100, later(4))]
    clock = probe.clock()
    assert (clock.breached_at, clock.due_at, clock.next_fire_at) == (later(4), later(4), None)
    assert fire_due_clocks(limit=10, now=later(200)) == 0
    told = OutboxEvent.objects.filter(name__startswith="sla.").order_by("pk")
    assert [(event.name, event.payload["percent"], event.payload["at"]) for event in told] == [
        ("sla.warned", 50, later(2).isoformat()),
        ("sla.warned", 75, later(3).isoformat()),
        ("sla.breached", 100, later(4).isoformat()),
    ]
    assert told[0].payload == {
        "ticket_id": probe.ticket.pk, "number": probe.ticket.number, "clock_id": clock.pk, "definition": "p",
        "track": "p", "gen": 1, "percent": 50, "at": later(2).isoformat(),
    }  # fmt: skip


@pytest.mark.django_db
def test_the_ticket_tells_agents_and_no_requester_of_each_mark():
    SLADefinitionFactory(name_ko="해결", thresholds=[50])
    probe = Probe(TEN)
    fire_due_clocks(limit=10, now=later(5))
    lines = Activity.objects.filter(ticket=probe.ticket.pk).order_by("pk")
    assert list(lines.values_list("kind", "verb", "is_public", "actor")) == [
        ("sla", "sla_warned", False, None),
        ("sla", "sla_breached", False, None),
    ]
    assert all("해결" in line.body for line in lines)
    assert "50%" in lines[0].body


@pytest.mark.django_db
def test_the_database_decides_what_is_due_and_notes_when_it_noticed():
    SLADefinitionFactory(calendar=None, calendar_source="none", target_s=HOUR, thresholds=[])
    now = db_now()
    Probe(now - dt.timedelta(seconds=2 * HOUR))
    on_time = Probe(now - dt.timedelta(seconds=HOUR - 60))
    assert fire_due_clocks(limit=10) == 1
    event = ClockEvent.objects.get(kind="breach")
    assert event.at == (now - dt.timedelta(seconds=HOUR)).replace(microsecond=0)
    assert now < event.noticed_at < now + dt.timedelta(seconds=5)
    assert on_time.clock().breached_at is None


@pytest.mark.django_db
def test_the_clocks_are_part_of_every_sweep():
    assert {services.fire_due_clocks, services.replan_clocks} <= set(sweep.steps())


@pytest.mark.django_db
def test_the_oldest_are_fired_first_up_to_the_limit():
    SLADefinitionFactory(thresholds=[])
    first, second = Probe(TEN), Probe(later(-1))
    assert fire_due_clocks(limit=1, now=later(50)) == 1
    assert (first.clock().breached_at, second.clock().breached_at) == (None, later(3))


@pytest.mark.django_db
def test_a_mark_that_was_noted_already_tells_nobody_again():
    SLADefinitionFactory(thresholds=[])
    clock = Probe(TEN).clock()
    ClockEvent.objects.create(clock=clock, gen=1, kind="breach", pct=100, at=later(4))
    assert fire_due_clocks(limit=10, now=later(5)) == 1
    assert not OutboxEvent.objects.filter(name="sla.breached").exists()
    assert not Activity.objects.filter(kind="sla").exists()
    assert Clock.objects.get(pk=clock.pk).breached_at == later(4)


@pytest.mark.django_db
def test_an_idle_sweep_asks_one_thing(django_assert_num_queries):
    SLADefinitionFactory()
    Probe(TEN)
    with django_assert_num_queries(1):
        fire_due_clocks(limit=10, now=later(1))


@pytest.mark.django_db
def test_the_idle_sweep_reads_the_partial_index_only():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM sla_clock WHERE next_fire_at <= now() ORDER BY next_fire_at, id LIMIT 200"
        )
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert "clock_fires" in plan
    assert "Sort" not in plan


@pytest.mark.django_db
@pytest.mark.parametrize("clocks", [1, 40])
def test_what_a_sweep_costs_does_not_grow_with_the_clocks(clocks, django_assert_num_queries):
    SLADefinitionFactory(thresholds=[])
    for _number in range(clocks):
        Probe(TEN)
    with django_assert_num_queries(10):  # two of them are the savepoint of a test
        assert fire_due_clocks(limit=100, now=later(5)) == clocks


def at_once(jobs):
    """Run the jobs in threads that start together; the exceptions they raised."""
    failures = []
    start = threading.Barrier(len(jobs))

    def work(job):
        try:
            start.wait()
            job()
        except Exception as error:  # noqa: BLE001 - a thread must not fail silently
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_and_a_writer_breach_each_clock_exactly_once():
    SLADefinitionFactory(thresholds=[50])
    probes = [Probe(TEN) for _number in range(30)]

    def sweep_until_done():
        while fire_due_clocks(limit=7, now=later(5)):
            pass

    def hold_all():
        for probe in probes:
            with transaction.atomic():
                probe.write(later(6), state="waiting")

    failures = at_once([sweep_until_done] * 4 + [hold_all])
    fire_due_clocks(limit=100, now=later(5))
    assert failures == []
    found = ClockEvent.objects.filter(kind__in=["warn", "breach"])
    assert sorted(found.values_list("clock", "kind")) == sorted(
        (probe.clock().pk, kind) for probe in probes for kind in ("breach", "warn")
    )
    assert OutboxEvent.objects.filter(name="sla.breached").count() == 30
    assert OutboxEvent.objects.filter(name="sla.warned").count() == 30
    assert Activity.objects.filter(kind="sla").count() == 60
    assert set(Clock.objects.values_list("breached_at", flat=True)) == {later(4)}


@pytest.mark.django_db
def test_a_paused_clock_goes_on_by_the_calendar_as_it_is_then():
    calendar = CalendarFactory()
    SLADefinitionFactory(calendar=calendar)
    probe = Probe(TEN, state="waiting")
    CalendarHours.objects.filter(calendar=calendar).update(start_min=660)
    probe.write(later(0), state="working")
    assert probe.clock().due_at == later(5)


@pytest.fixture
def admin():
    return UserFactory(roles=["config_admin"])


@pytest.mark.django_db
def test_publishing_retires_the_version_before(admin):
    old = SLADefinitionFactory(key="same")
    draft = SLADefinitionFactory(key="same", no=2, status="draft")
    services.publish_definition(draft.pk, actor=admin)
    rows = SLADefinition.objects.filter(key="same").order_by("no")
    assert [row.status for row in rows] == ["retired", "published"]
    assert rows[0].retired_at == rows[1].published_at != None  # noqa: E711 - both, and set
    assert list(AuditLog.objects.filter(object_ref="same 2").values_list("action", flat=True)) == [
        "published"
    ]
    assert OutboxEvent.objects.filter(name="sla.definition_published", payload__no=2).count() == 1
    services.retire_definition(draft.pk, actor=admin)
    assert not SLADefinition.objects.filter(key="same", status="published").exists()
    assert old.pk == rows[0].pk


@pytest.mark.django_db
def test_only_a_draft_is_published_and_only_a_published_one_retired(admin):
    draft, published = SLADefinitionFactory(status="draft"), SLADefinitionFactory()
    with pytest.raises(WrongStateError):
        services.publish_definition(published.pk, actor=admin)
    with pytest.raises(WrongStateError):
        services.retire_definition(draft.pk, actor=admin)
    with pytest.raises(NotVisibleError):
        services.publish_definition(0, actor=admin)
    with pytest.raises(NotAllowedError):
        services.publish_definition(draft.pk, actor=UserFactory(roles=["agent"]))
    assert SLADefinition.objects.get(pk=draft.pk).status == "draft"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"start_cond": {"f": "secret", "op": "empty"}}, "start_cond.f", "unknown_field"),
        ({"pause_cond": {"all": [{"f": "priority", "op": "eq", "v": "1"}]}}, "pause_cond.all.0.v", "type"),
        ({"thresholds": [0, 50]}, "thresholds", "range"),
        ({"thresholds": [50, 101]}, "thresholds", "range"),
        ({"thresholds": list(range(1, 12))}, "thresholds", "range"),
        ({"resume_mode": "resume_cond"}, "resume_cond", "required"),
        ({"cancel_mode": "cancel_cond"}, "cancel_cond", "required"),
    ],
)
def test_a_wrong_definition_is_not_published(admin, wrong, field, code):
    draft = SLADefinitionFactory(status="draft", **wrong)
    with pytest.raises(RuleRefusedError) as refusal:
        services.publish_definition(draft.pk, actor=admin)
    assert [(error.field, error.code) for error in refusal.value.errors] == [(field, code)]
    assert SLADefinition.objects.get(pk=draft.pk).status == "draft"


@pytest.mark.django_db
def test_a_definition_whose_calendar_never_opens_is_not_published(admin):
    draft = SLADefinitionFactory(status="draft", calendar=CalendarFactory(weekly={}))
    with pytest.raises(RuleRefusedError) as refusal:
        services.publish_definition(draft.pk, actor=admin)
    assert refusal.value.errors[0].code == "never_due"
