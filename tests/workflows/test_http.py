"""The HTTP step: through a connector, to a real receiver on loopback (DOMAIN DF-12, SECURITY OUT-7)."""

from __future__ import annotations

import json

import pytest

from connectors.models import ConnectorCall
from tests.factories.connectors import make_connector
from tests.factories.workflows import fresh, go, graph_of, make_run, output_of
from tests.sinks import Sink
from workflows import services
from workflows.models import FlowStep
from workflows.validate import BadFlowError, check_flow


@pytest.fixture
def sink(settings):
    with Sink() as found:
        settings.OUTBOUND_ALLOW = [found.place]
        yield found


def post(**more):
    body = {"number": "{{ ticket.number }}", "amount": {"path": "vars.amount"}}
    node = {"kind": "http", "connector": "erp", "method": "POST", "path": "/echo", "body": body}
    return {"a": {**node, **more}}


@pytest.mark.django_db(transaction=True)
def test_an_answer_is_kept_and_mapped_and_the_secret_is_nowhere(sink):
    make_connector(sink.url, key="erp", auth="bearer", secret="canary-4711-canary")
    body = json.dumps({"id": 17, "state": {"name": "open"}}).encode()
    sink.answers["/echo"] = (201, {"Content-Type": "application/json"}, body)
    run = make_run(post(map={"asset": "body.id", "where": "body.state.name"}), given={"amount": 5},
                   vars={"amount": 0})  # fmt: skip
    go()
    assert fresh(run).status == "completed"
    output = output_of(run, "a")
    assert (output["outcome"], output["status"], output["asset"], output["where"]) == ("ok", 201, 17, "open")
    [(method, path, headers, sent)] = sink.requests
    assert (method, path, json.loads(sent)) == ("POST", "/echo", {"number": run.ticket.number, "amount": 5})
    assert headers["idempotency-key"] == f"{run.public_id}:a::0"
    assert headers["authorization"] == "Bearer canary-4711-canary"
    step = FlowStep.objects.get(run=run, node_id="a")
    assert "canary" not in json.dumps([step.input, step.output])
    assert ConnectorCall.objects.get().source.startswith(f"flow {run.flow_version.flow.key}, run ")


@pytest.mark.django_db(transaction=True)
def test_a_broken_receiver_parks_the_step_and_a_mended_one_takes_it(sink):
    make_connector(sink.url, key="erp")
    sink.answers["/echo"] = (400, {}, b"no")
    run = make_run(post(), vars={"amount": 1})
    go()
    assert (fresh(run).status, fresh(run).error["code"]) == ("suspended", "http_400")
    sink.answers.clear()
    services.retry_step(FlowStep.objects.get(status="failed").pk, actor=None)
    go()
    assert fresh(run).status == "completed"
    keys = {headers["idempotency-key"] for _method, _path, headers, _body in sink.requests}
    assert keys == {f"{run.public_id}:a::0"}


@pytest.mark.django_db(transaction=True)
def test_an_address_inside_is_refused_and_not_tried_again(sink, settings):
    settings.OUTBOUND_ALLOW = []
    make_connector(sink.url, key="erp")
    run = make_run(post(), vars={"amount": 1})
    go()
    assert (fresh(run).status, sink.connections) == ("suspended", 0)
    assert FlowStep.objects.get(run=run).attempt == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"connector": "nowhere"}, "nodes.a.connector"),
        ({"connector": ""}, "nodes.a.connector"),
        ({"method": "BREW"}, "nodes.a.method"),
        ({"path": "/x?token=abcdef123456"}, "nodes.a"),
        ({"body": {"h": "Bearer abcdefgh12345678"}}, "nodes.a"),
        ({"path": "{{ secrets.x }}"}, "nodes.a.path"),
        ({"timeout": 90}, "nodes.a.timeout"),
        ({"retry": {"max": 99}}, "nodes.a.retry.max"),
        ({"map": {"x": "headers.cookie"}}, "nodes.a.map.x"),
        ({"at_most_once": "perhaps"}, "nodes.a.at_most_once"),
        ({"headers": {"X": "y"}}, "nodes.a.headers"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_refused_when_it_is_published(change, field):
    make_connector("https://erp.example/api", key="erp")
    node = {**post()["a"], "body": {}, **change}
    with pytest.raises(BadFlowError) as refused:
        check_flow(graph_of({"a": node}, key="k"), key="k")
    assert field in {error.field for error in refused.value.errors}
