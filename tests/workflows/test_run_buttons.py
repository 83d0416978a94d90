"""What the buttons of a run do for operators."""

from __future__ import annotations

import pytest

from tests.factories.accounts import AgentFactory
from tests.factories.workflows import fresh, go, make_run
from tests.workflows.pages import WAIT, act, browser, failed_run, run_url
from workflows.choices import RunStatus, StepStatus
from workflows.models import FlowRun, FlowStep


@pytest.fixture
def admin(db):
    return AgentFactory(roles=["administrator"])


def test_an_operator_tries_a_step_again(admin):
    run = failed_run()
    client = browser(admin)
    page = client.get(run_url(run))
    assert "Nothing left." in page.content.decode()
    assert [action.key for action, _form in page.context["step_actions"]] == ["retry", "skip", "jump"]
    answer = act(client, run, "retry", step=1)
    assert answer.headers["Location"] == run_url(run, step=1)
    assert fresh(run).status == RunStatus.RUNNING


def test_an_operator_skips_a_step_with_a_result(admin):
    run = make_run({"look": {"kind": "log", "message": "x"}})
    FlowStep.objects.filter(run=run).update(
        status="failed", done_at="2026-01-01T00:00:00Z", error={"code": "x", "message": "m"}
    )
    FlowRun.objects.filter(pk=run.pk).update(status="suspended", error={"code": "x", "message": "m"})
    client = browser(admin)
    wrong = act(client, run, "skip", step=1, output="{", reason="found by hand")
    assert wrong.status_code == 422
    assert "This is no JSON" in wrong.content.decode()
    assert act(client, run, "skip", step=1, output="{}").status_code == 422
    act(client, run, "skip", step=1, output='{"price": 3}', reason="found by hand")
    step = FlowStep.objects.get(run=run, node_id="look")
    assert (step.status, step.output) == (StepStatus.SKIPPED, {"price": 3})
    go()
    assert fresh(run).status == RunStatus.COMPLETED


def test_a_refusal_of_the_engine_is_shown_where_it_was_asked(admin):
    run = failed_run()
    answer = act(browser(admin), run, "skip", step=1, output="{}", reason="x")
    assert answer.status_code == 422
    assert "cannot be skipped" in answer.content.decode()
    assert act(browser(admin), run, "explode").status_code == 404
    assert act(browser(admin), run, "jump", step="no", reason="x").status_code in (302, 404)


def test_an_operator_parks_resumes_changes_and_cancels_a_run(admin):
    run = make_run(WAIT)
    go()
    client = browser(admin)
    act(client, run, "park", reason="Waiting for the vendor.")
    assert fresh(run).status == RunStatus.SUSPENDED
    assert "Waiting for the vendor." in client.get(run_url(run)).content.decode()
    act(client, run, "resume")
    assert fresh(run).status == RunStatus.WAITING
    assert act(client, run, "resume").status_code == 409
    act(client, run, "variables", values='{"price": 7}', reason="typo")
    assert fresh(run).vars["price"] == 7
    refused = act(client, run, "variables", values='{"Not A Name": 7}', reason="typo")
    assert refused.status_code == 422
    act(client, run, "cancel", reason="No longer wanted.")
    go()
    assert fresh(run).status == RunStatus.CANCELLED
    page = client.get(run_url(run))
    assert page.context["run_actions"] == []
    assert act(client, run, "cancel", reason="x").status_code == 409


def test_an_operator_goes_back_to_a_step(admin):
    run = make_run({"note": {"kind": "log", "message": "x", "next": "hold"}, **WAIT})
    go()
    act(browser(admin), run, "jump", step=1, reason="once more")
    go()
    assert list(
        FlowStep.objects.filter(run=run, node_id="note").order_by("iter").values_list("iter", flat=True)
    ) == [0, 1]
