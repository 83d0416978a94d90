"""The chain over audit trail and row history: what is altered, removed or added is found (FT-81)."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from core import failpoints, sweep
from core.models import AuditLog, RowChange, Seal, Setting
from core.trail import sealing, verifying
from core.trail.streams import stream_of, streams
from tests.factories.accounts import AgentFactory, GroupFactory
from tests.factories.incidents import make_incident
from tickets.services import update_ticket

pytestmark = pytest.mark.django_db(transaction=True)
# One other value for each kind of column.
OTHER = {
    "bigint": "{} + 1",
    "timestamp with time zone": "{} + interval '1 microsecond'",
    "character varying": "overlay({0} placing '~' from 1 for 1)",
    "jsonb": "jsonb_build_object('was', {})",
    "uuid": "gen_random_uuid()",
    "bytea": "set_byte({0}, 0, 255 - get_byte({0}, 0))",
    "ARRAY": "{} || 1::bigint",
    "smallint": "{} + 1",
}


@contextmanager
def by_force(table: str) -> Iterator[Any]:
    """As the owner of the table who switches its guards off: what the chain is there to show."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some history in several blocks, whole."""
    monkeypatch.setattr(sealing, "BLOCK_ROWS", 4)
    agent = AgentFactory()
    for number in range(3):
        update_ticket(make_incident().pk, actor=agent, title=f"Title {number}")
    assert sealing.seal_all() > 12
    report = verifying.verify()
    assert report.is_whole
    assert report.rows == RowChange.objects.count() + AuditLog.objects.count()
    assert (report.seals, report.notes) == (Seal.objects.count(), [])


def found() -> tuple[str, str, int]:
    """The first finding."""
    first = verifying.verify().findings[0]
    return first.what, first.table, first.id


def columns_of(table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", [table]
        )
        return cursor.fetchall()


@pytest.mark.parametrize("table", ["core_auditlog", "core_rowchange"])
def test_a_changed_value_in_any_column_of_a_row_is_found_and_located(chain, table):
    model = {"core_auditlog": AuditLog, "core_rowchange": RowChange}[table]
    key = model.objects.order_by("pk").values_list("pk", flat=True)[5]
    for column, kind in columns_of(table):
        if column == "id":
            continue
        kept = model.objects.filter(pk=key).values().get()
        with by_force(table) as cursor:
            new, instead = OTHER[kind].format(f'"{column}"'), "1" if kind == "bigint" else "NULL"
            cursor.execute(f'UPDATE {table} SET "{column}" = coalesce({new}, {instead}) WHERE id = %s', [key])
            assert cursor.rowcount == 1
        assert found() == ("altered", table, key), column
        with by_force(table):
            model.objects.filter(pk=key).update(**kept)
        assert verifying.verify().is_whole, column


@pytest.mark.parametrize("table", ["core_auditlog", "core_rowchange"])
def test_a_removed_row_is_found(chain, table):
    with by_force(table) as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = (SELECT min(id) + 3 FROM {table}) RETURNING id")
        (key,) = cursor.fetchone()
    assert found() == ("removed", table, key)


@pytest.mark.parametrize("table", ["core_auditlog", "core_rowchange"])
def test_a_row_with_another_key_is_a_removed_one(chain, table):
    with by_force(table) as cursor:
        cursor.execute(f"UPDATE {table} SET id = 10000000 WHERE id = (SELECT min(id) FROM {table})")
    assert found()[:2] == ("removed", table)


def test_a_row_put_between_sealed_ones_is_found_when_its_place_is_settled(chain, settled):
    free = AuditLog.objects.order_by("pk").first().pk - 1
    AuditLog.objects.create(pk=free, table="x", object_ref="x", action="forged", channel="page")
    assert sealing.seal_all() == 0
    assert found() == ("added", "core_auditlog", free)


# Settled is what every transaction of the server has seen; other tests of this machine run on it too.
OWN_HORIZON = """coalesce(
    (SELECT min(backend_xid::text::bigint) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()),
    pg_snapshot_xmax(seen)::text::bigint
)"""


def settle_by_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only transactions of this test's database count, and whoever draws an id is not waited for."""
    of_all, at_once = "pg_snapshot_xmin(seen)::text::bigint", "interval '0'"
    assert of_all in sealing._SETTLED
    asked = sealing._SETTLED.replace(sealing._DRAWING, at_once).replace(of_all, OWN_HORIZON)
    monkeypatch.setattr(sealing, "_SETTLED", asked)


@pytest.fixture
def settled(chain: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything sealed so far is settled: nobody who worked then works now."""
    settle_by_own(monkeypatch)
    update_ticket(make_incident().pk, actor=AgentFactory(), title="One more")
    sealing.seal_all()
    assert all(Seal.objects.filter(table=each.table).latest("no").settled > 0 for each in streams())


@pytest.mark.parametrize("column", [field.column for field in Seal._meta.concrete_fields])
def test_an_altered_block_is_found(chain, column):
    kinds = dict(columns_of("core_seal"))
    no = Seal.objects.order_by("pk").values_list("pk", flat=True)[2]
    with by_force("core_seal") as cursor:
        new = "no + 1000" if column == "no" else OTHER[kinds[column]].format(f'"{column}"')
        cursor.execute(f'UPDATE core_seal SET "{column}" = {new} WHERE no = %s', [no])
    assert found() == ("removed" if column == "no" else "altered", "core_seal", no)


def test_a_block_made_anew_with_a_fitting_hash_does_not_fit_the_next_one(chain):
    seal = Seal.objects.order_by("pk")[1]
    seal.digests = bytes(len(seal.digests))
    with by_force("core_seal"):
        Seal.objects.filter(pk=seal.pk).update(digests=seal.digests, hash=sealing.hash_of(seal))
    told = {(each.what, each.table, each.id) for each in verifying.verify().findings}
    assert ("altered", "core_seal", seal.pk + 1) in told


@pytest.mark.parametrize("place", [0, 2])
def test_a_removed_block_is_found(chain, place):
    no = Seal.objects.order_by("pk").values_list("pk", flat=True)[place]
    with by_force("core_seal") as cursor:
        cursor.execute("DELETE FROM core_seal WHERE no = %s", [no])
    assert found() == ("removed", "core_seal", no)


def test_a_chain_that_was_cut_off_and_made_anew_lacks_the_hash_that_was_noted(chain):
    noted = verifying.verify().last_hash
    assert verifying.verify(noted=noted).is_whole
    with by_force("core_seal") as cursor:
        cursor.execute("DELETE FROM core_seal WHERE no > 3")
    sealing.seal_all()
    assert verifying.verify().is_whole
    report = verifying.verify(noted=noted)
    assert [each.what for each in report.findings] == ["removed"]
    assert noted in report.findings[0].detail


def test_the_command_prints_the_outcome_and_ends_with_one_for_a_broken_chain(chain):
    told = io.StringIO()
    call_command("audit_verify", stdout=told)
    last = Seal.objects.latest("no")
    assert told.getvalue().startswith("whole: ")
    assert bytes(last.hash).hex() in told.getvalue()
    with by_force("core_auditlog") as cursor:
        cursor.execute(
            "UPDATE core_auditlog SET action = 'nothing' WHERE id = (SELECT max(id) FROM core_auditlog)"
        )
    told = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit_verify", stdout=told)
    assert ended.value.code == 1
    key = AuditLog.objects.latest("pk").pk
    assert told.getvalue().startswith(f"core_auditlog {key}: altered sealed in block ")
    assert "BROKEN" in told.getvalue()


def late_writer() -> Callable[[], None]:
    """A transaction of its own that has written the setting ``late``; what is returned lets it commit."""
    has_written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                Setting.objects.create(key="late", value=1)
                has_written.set()
                assert may_commit.wait(10)
        finally:
            connections.close_all()

    def commit() -> None:
        may_commit.set()
        thread.join(10)

    thread = threading.Thread(target=slow)
    thread.start()
    assert has_written.wait(10)
    return commit


def test_a_row_that_commits_late_with_a_lower_id_is_sealed_later(db):
    sealing.seal_all()
    commit = late_writer()
    Setting.objects.create(key="early", value=1)
    sealing.seal_all()
    commit()
    early = RowChange.objects.get(table="core_setting", op="I", changed__key="early")
    late = RowChange.objects.get(table="core_setting", op="I", changed__key="late")
    assert late.pk < early.pk
    assert Seal.objects.latest("no").settled < late.pk
    assert sealing.seal_all() >= 1
    assert late.pk in Seal.objects.filter(table="core_rowchange").latest("no").ids
    assert verifying.verify().is_whole


def test_an_open_transaction_keeps_its_ids_from_being_settled_whatever_is_sealed_meanwhile(db, monkeypatch):
    settle_by_own(monkeypatch)
    commit = late_writer()
    for round_ in range(4):
        Setting.objects.create(key=f"during-{round_}", value=1)
        sealing.seal_all()
    commit()
    for round_ in range(3):
        Setting.objects.create(key=f"after-{round_}", value=1)
        sealing.seal_all()
    sealed = {
        key
        for ids in Seal.objects.filter(table="core_rowchange").values_list("ids", flat=True)
        for key in ids
    }
    assert sealed == set(RowChange.objects.values_list("pk", flat=True))
    assert Seal.objects.filter(table="core_rowchange").latest("no").settled > 0
    assert verifying.verify().is_whole


def test_writers_at_once_are_all_sealed_once(db):
    def write(name: str) -> None:
        try:
            for number in range(10):
                with transaction.atomic():
                    Setting.objects.create(key=f"{name}-{number}", value=number)
        finally:
            connections.close_all()

    def seal() -> None:
        try:
            for _round in range(10):
                sealing.seal_all()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=[f"w{number}"]) for number in range(3)]
    threads += [threading.Thread(target=seal) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    sealing.seal_all()
    ids = [key for row in Seal.objects.filter(table="core_rowchange") for key in row.ids]
    assert sorted(ids) == list(RowChange.objects.order_by("pk").values_list("pk", flat=True))
    assert verifying.verify().is_whole


def test_a_sealer_that_dies_between_blocks_leaves_a_whole_chain(db, monkeypatch, settings):
    monkeypatch.setattr(sealing, "BLOCK_ROWS", 3)
    for _number in range(4):
        GroupFactory()
    assert sealing.seal_block(streams()[1]) == 3
    settings.FAILPOINT = "before_seal_commit:raise"
    with pytest.raises(failpoints.FailpointError):
        sealing.seal_all()
    settings.FAILPOINT = ""
    assert verifying.verify().is_whole
    sealing.seal_all()
    report = verifying.verify()
    assert report.is_whole
    assert report.rows == RowChange.objects.count() + AuditLog.objects.count()


def test_the_sweep_seals_and_does_not_come_back_for_nothing(db, monkeypatch):
    monkeypatch.setattr(sealing, "_last_try", -1e9)
    GroupFactory()
    assert sealing.unsealed_oldest_seconds() >= 0
    sweep.run(seconds=1)
    assert sealing.unsealed_oldest_seconds() == 0
    assert not sealing.seal_due(limit=50)


def test_a_digest_is_the_same_under_another_zone_and_date_style(chain):
    def digests() -> list[tuple[int, bytes]]:
        told = []
        for stream in streams():
            cursor.execute(f"SELECT id, {stream.digest(stream.form, 'x')} FROM {stream.table} x ORDER BY id")
            told += [(key, bytes(digest)) for key, digest in cursor.fetchall()]
        return told

    with transaction.atomic(), connection.cursor() as cursor:
        before = digests()
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Seoul'; SET LOCAL DateStyle = 'SQL, DMY'")
        cursor.execute("SET LOCAL extra_float_digits = 0; SET LOCAL bytea_output = 'escape'")
        assert digests() == before
    assert len(before) > 12


def test_every_column_goes_into_the_digest():
    for model in (AuditLog, RowChange):
        stream = stream_of(model._meta.db_table)
        assert set(stream.columns(stream.form)) == {field.column for field in model._meta.concrete_fields}


def test_verifying_takes_the_same_statements_for_few_and_many_rows(db):
    counts = []
    for size in (2, 20):
        for _number in range(size):
            GroupFactory()
        sealing.seal_all()
        with CaptureQueriesContext(connection) as queries:
            verifying.verify()
        counts.append(len(queries) - Seal.objects.count())
    assert counts[0] == counts[1]


def test_the_nightly_look_logs_the_last_hash_once_a_day_and_a_broken_chain_as_an_error(chain):
    with capture_logs() as lines:
        assert verifying.verify_today() is not None
        assert verifying.verify_today() is None
    told = [line for line in lines if line["event"] == "audit_verified"]
    assert [line["hash"] for line in told] == [bytes(Seal.objects.latest("no").hash).hex()]
    with by_force("core_auditlog") as cursor:
        cursor.execute("DELETE FROM core_auditlog WHERE id = (SELECT min(id) FROM core_auditlog)")
        cursor.execute("DELETE FROM core_scheduletick")
    with capture_logs() as lines:
        verifying.verify_today()
    broken = [line for line in lines if line["event"] == "audit_broken"]
    assert [(line["log_level"], line["what"], line["table"]) for line in broken] == [
        ("error", "removed", "core_auditlog")
    ]
