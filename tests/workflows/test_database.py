"""What the database itself refuses of flows and runs: DD-3, DD-4, DF-1."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from tests.factories.workflows import go, graph_of, make_flow, make_run
from workflows import services

LOG = {"a": {"kind": "log", "message": "x"}}


def refusal_of(sql, *params):
    """What refuses the statement: the message of the database, empty when it is accepted."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
    except (IntegrityError, InternalError) as error:
        return str(error)
    return ""


@pytest.mark.django_db
def test_one_version_of_a_flow_is_published():
    """DD-3."""
    version = make_flow(LOG)
    graph = graph_of(LOG, key=version.flow.key)
    draft = services.save_draft(actor=None, key=version.flow.key, graph=graph)
    publish = "UPDATE workflows_flowversion SET status = 'published' WHERE id = %s"
    assert "one_published_flow_version" in refusal_of(publish, draft.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", ["graph = '{}'", "no = 9", "status = 'draft'", "notes = 'x'", "published_at = now()"]
)
def test_a_published_version_never_changes(change):
    """DD-4."""
    version = make_flow(LOG)
    sql = f"UPDATE workflows_flowversion SET {change} WHERE id = %s"
    assert "never changes" in refusal_of(sql, version.pk)
    assert "never changes" in refusal_of("DELETE FROM workflows_flowversion WHERE id = %s", version.pk)
    retired = "UPDATE workflows_flowversion SET status = 'retired' WHERE id = %s"
    assert refusal_of(retired, version.pk) == ""
    assert "never changes" in refusal_of(sql, version.pk)
    published = "UPDATE workflows_flowversion SET status = 'published' WHERE id = %s"
    assert "never changes" in refusal_of(published, version.pk)


@pytest.mark.django_db
@pytest.mark.pitfall("P-44")
@pytest.mark.parametrize("status", ["ready", "waiting", "failed", "cancelled"])
def test_a_step_that_is_done_stays_done(status):
    """DF-1."""
    run = make_run(LOG)
    go()
    sql = "UPDATE workflows_flowstep SET status = %s WHERE run_id = %s"
    assert "done is final" in refusal_of(sql, status, run.pk)


@pytest.mark.django_db
@pytest.mark.pitfall("P-44")
@pytest.mark.parametrize("end", ["done", "failed", "cancelled"])
@pytest.mark.parametrize("status", ["running", "waiting", "suspended"])
def test_a_run_that_ended_stays_ended(end, status):
    """DF-1."""
    run = make_run({"a": {"kind": "end", "outcome": end}})
    go()
    sql = "UPDATE workflows_flowrun SET status = %s, ended_at = NULL WHERE id = %s"
    assert "is final" in refusal_of(sql, status, run.pk)


@pytest.mark.django_db
def test_an_end_has_its_time_and_a_step_is_there_once():
    run = make_run(LOG)
    ended = "UPDATE workflows_flowrun SET status = 'completed' WHERE id = %s"
    assert "flow_run_end" in refusal_of(ended, run.pk)
    done = "UPDATE workflows_flowstep SET status = 'done' WHERE run_id = %s"
    assert "flow_step_end" in refusal_of(done, run.pk)
    columns = "run_id, node_id, path, iter, kind, status, attempt, wait_kind, wait_key, input, output"
    values = "%s, 'a', '', 0, 'log', 'ready', 0, '', '', '{}', '{}'"
    again = f"INSERT INTO workflows_flowstep ({columns}) VALUES ({values})"
    assert "flow_step_once" in refusal_of(again, run.pk)
