"""The pages of flows and runs: who sees them, what they show. Buttons: ``test_run_buttons.py``."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from core.versions import VersionStatus
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, graph_of, make_flow, make_run
from tests.workflows.pages import WAIT, act, browser, run_url
from workflows import services
from workflows.choices import RunStatus
from workflows.models import Flow, FlowRun, FlowVersion


@pytest.fixture
def agent(db):
    return AgentFactory(groups=[GroupFactory()])


@pytest.fixture
def admin(db):
    return AgentFactory(roles=["administrator"])


# who may enter


@pytest.mark.parametrize("name", ["list", "runs"])
def test_employees_do_not_see_flows(name, db):
    answer = browser(UserFactory()).get(reverse(f"workflows:{name}"))
    assert answer.status_code == 403
    assert "people who work on tickets" in answer.content.decode()


def test_the_way_in_leads_to_the_first_page_one_may_open(agent):
    assert browser(agent).get("/design/").headers["Location"] == "/design/flows/"
    assert browser(UserFactory()).get("/design/").status_code == 403
    assert 'href="/design/"' in browser(agent).get("/w/all/").content.decode()


def test_agents_look_but_do_not_touch(agent):
    run = make_run(WAIT)
    key, client = run.flow_version.flow.key, browser(agent)
    assert "Edit the draft" not in client.get(reverse("workflows:flow", args=[key])).content.decode()
    assert client.get(reverse("workflows:draft", args=[key])).status_code == 403
    assert client.get(reverse("workflows:new")).status_code == 403
    assert client.post(reverse("workflows:publish", args=[key])).status_code == 403
    assert client.post(reverse("workflows:retire", args=[key])).status_code == 403
    assert "The whole run" not in client.get(run_url(run)).content.decode()
    assert act(client, run, "cancel", reason="x").status_code == 403
    assert fresh(run).status == RunStatus.RUNNING


def test_what_went_through_a_run_is_for_operators_as_over_rest(agent, admin):
    run = make_run(WAIT, given={"secret_plan": "only for operators"})
    go()
    step = run.steps.get(node_id="hold")
    step.input, step.output = {"asked": "went in"}, {"told": "came out"}
    step.save()
    pages = {person: browser(person).get(run_url(run, step=1)).content.decode() for person in (agent, admin)}
    for text in ("only for operators", "went in", "came out"):
        assert text in pages[admin], text
        assert text not in pages[agent], text


def test_a_run_about_a_ticket_one_may_not_see_is_not_there(agent, admin):
    stranger = UserFactory(company=CompanyFactory())
    run = make_run(WAIT, ticket=make_incident(requester=stranger))
    for person in (agent, admin):
        assert browser(person).get(run_url(run)).status_code == 404
    assert act(browser(admin), run, "cancel", reason="x").status_code == 404
    assert run.ticket.number not in browser(agent).get("/design/flows/runs/?tab=running").content.decode()


def test_runs_about_no_ticket_are_for_operators(agent, admin):
    version = make_flow(WAIT)
    run = services.start_run(version.flow.key, ticket=None)
    assert browser(agent).get(run_url(run)).status_code == 404
    assert browser(admin).get(run_url(run)).status_code == 200


# flows


def test_the_list_tells_how_each_flow_is(agent):
    run = make_run(WAIT)
    go()
    Flow.objects.exclude(pk=run.flow_version.flow_id).update(enabled=True)
    page = browser(agent).get(reverse("workflows:list")).content.decode()
    for text in ("Laptop request", "An order: laptop", "Live v1", "By hand", "just now"):
        assert text in page
    assert f"?tab=waiting&amp;flow={run.flow_version.flow.key}" in page


@pytest.mark.parametrize("flows", [2, 20])
def test_the_list_of_flows_costs_the_same_for_any_number(flows, agent, django_assert_num_queries):
    for _each in range(flows):
        make_run(WAIT, ticket=make_incident(requester=agent))
    client = browser(agent)
    client.get(reverse("workflows:list"))
    with django_assert_num_queries(9):
        client.get(reverse("workflows:list"))


def test_a_flow_is_drawn_with_its_figures(agent):
    run = make_run(WAIT)
    go()
    url = reverse("workflows:flow", args=[run.flow_version.flow.key])
    client = browser(agent)
    page = client.get(url).content.decode()
    assert page.count("<foreignObject") == 2
    assert 'href="?version=1&amp;node=hold"' in page
    side = client.get(
        f"{url}?node=hold", headers={"HX-Request": "true", "HX-Target": "side"}
    ).content.decode()
    assert side.lstrip().startswith("<aside")
    assert "Hold on" in side
    assert "End: Done" in side
    steps = client.get(f"{url}?tab=steps").content.decode()
    assert "1. Hold on" in steps
    versions = client.get(f"{url}?tab=versions").content.decode()
    assert "Published" in versions
    assert client.get(f"{url}?version=7").status_code == 404
    assert client.get(f"{url}?version=x").status_code == 404
    assert client.get(f"{url}?node=nothing&tab=odd").status_code == 200
    assert client.get(reverse("workflows:flow", args=["no-such-flow"])).status_code == 404


def test_a_flow_is_made_shaped_and_published_in_the_browser(admin):
    client = browser(admin)
    wrong = client.post(reverse("workflows:new"), {"key": "Big Flow", "name_ko": "가", "name_en": "A"})
    assert wrong.status_code == 422
    made = client.post(reverse("workflows:new"), {"key": "own-flow", "name_ko": "가", "name_en": "My flow"})
    draft_url = reverse("workflows:draft", args=["own-flow"])
    assert made.headers["Location"] == draft_url
    again = client.post(reverse("workflows:new"), {"key": "own-flow", "name_ko": "가", "name_en": "A"})
    assert "There is a flow with this key already." in again.content.decode()
    page = client.get(draft_url)
    assert "The saved draft can be published" in page.content.decode()
    graph = graph_of({"note": {"kind": "log", "message": "Hello"}}, key="own-flow")
    body = {"name_ko": "나", "name_en": "Mine", "notes": "first", "graph": json.dumps(graph), "version": "1"}
    saved = client.post(draft_url, body)
    assert saved.status_code == 302, saved.content.decode()[-900:]
    row = FlowVersion.objects.get(flow__key="own-flow")
    assert (row.graph, row.notes, row.flow.name_en) == (graph, "first", "Mine")
    stale = client.post(draft_url, body)
    assert stale.status_code == 422
    assert "Someone changed this in the meantime" in stale.content.decode()
    published = client.post(reverse("workflows:publish", args=["own-flow"]))
    assert published.headers["Location"] == reverse("workflows:flow", args=["own-flow"])
    row.refresh_from_db()
    assert (row.status, row.published_by) == (VersionStatus.PUBLISHED, admin)
    assert client.post(reverse("workflows:publish", args=["own-flow"])).status_code == 404
    client.post(reverse("workflows:retire", args=["own-flow"]))
    row.refresh_from_db()
    assert row.status == VersionStatus.RETIRED


def test_mistakes_of_a_draft_are_told_by_step_in_words(admin):
    graph = graph_of({"ask": {"kind": "approval", "label": {"ko": "승인", "en": "Boss says yes"}}})
    services.save_draft(actor=None, key=graph["key"], graph=graph, name_ko="가", name_en="A")
    client = browser(admin)
    page = client.get(reverse("workflows:draft", args=[graph["key"]])).content.decode()
    assert "keep the saved draft from being published" in page
    assert "<b>Boss says yes</b> <code>ask.approvers</code>" in page
    assert client.post(reverse("workflows:publish", args=[graph["key"]])).status_code == 302
    assert FlowVersion.objects.get(flow__key=graph["key"]).status == VersionStatus.DRAFT


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": 1,\n "b" 2}', "line 2, column 6"),
        ("[1]", "This must be a JSON object"),
        ('{"key": "x", "n": NaN}', "This is no JSON."),
        ('{"key": "other"}', "The key does not fit this flow."),
        ("[" * 100_000, "This is no JSON."),
    ],
)
def test_text_that_is_no_draft_is_refused_and_kept(text, told, admin):
    key = make_flow(WAIT).flow.key
    body = {"name_ko": "가", "name_en": "A", "graph": text}
    answer = browser(admin).post(reverse("workflows:draft", args=[key]), body)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert text[:40].replace('"', "&quot;") in answer.content.decode()
    assert FlowVersion.objects.filter(flow__key=key).count() == 1


def test_versions_are_compared(agent):
    version = make_flow(WAIT)
    graph = graph_of({**WAIT, "hold": {**WAIT["hold"], "name": "go"}}, key=version.flow.key)
    services.save_draft(actor=None, key=version.flow.key, graph=graph)
    page = browser(agent).get(reverse("workflows:compare", args=[version.flow.key])).content.decode()
    assert "From version 1 to version 2" in page
    assert "<del>&quot;ready&quot;</del><ins>&quot;go&quot;</ins>" in page
    same = browser(agent).get(reverse("workflows:compare", args=[version.flow.key]) + "?from=2&to=2")
    assert "These versions are the same." in same.content.decode()


# runs


def test_tabs_hold_the_runs_they_name(agent):
    waiting, running, failed, stuck, ended = (make_run(WAIT) for _each in range(5))
    FlowRun.objects.filter(pk=waiting.pk).update(status="waiting")
    FlowRun.objects.filter(pk=failed.pk).update(
        status="suspended", error={"code": "x", "message": "Bad luck."}
    )
    FlowRun.objects.filter(pk=stuck.pk).update(
        status="suspended", error={"code": "stuck", "message": "Idle."}
    )
    FlowRun.objects.filter(pk=ended.pk).update(status="cancelled", ended_at="2026-01-01T00:00:00Z")
    runs = {"waiting": waiting, "running": running, "failed": failed, "stuck": stuck, "ended": ended}
    client = browser(agent)
    for tab, wanted in runs.items():
        page = client.get(f"/design/flows/runs/?tab={tab}").content.decode()
        shown = {name for name, run in runs.items() if str(run.public_id) in page}
        assert shown == {tab}
        assert wanted.ticket.number in page
    assert "Bad luck." in client.get("/design/flows/runs/?tab=failed").content.decode()


def test_runs_are_filtered_by_flow_and_ticket(agent):
    one, other = make_run(WAIT), make_run(WAIT)
    client = browser(agent)
    for query in (f"flow={one.flow_version.flow.key}", f"ticket={one.ticket.number.lower()}"):
        page = client.get(f"/design/flows/runs/?tab=running&{query}").content.decode()
        assert str(one.public_id) in page
        assert str(other.public_id) not in page
    assert "Nothing matches" in client.get("/design/flows/runs/?ticket=NONE").content.decode()


def test_runs_come_page_by_page(agent, monkeypatch):
    monkeypatch.setattr("workflows.selectors.runs.PAGE_SIZE", 2)
    runs = [make_run(WAIT) for _each in range(5)]
    client, seen, url = browser(agent), [], "/design/flows/runs/?tab=running"
    while url:
        answer = client.get(url, headers={"HX-Request": "true", "HX-Target": "pager"})
        seen += [row.run.pk for row in answer.context["page"].rows]
        url = answer.context["next_url"]
    assert seen == [run.pk for run in reversed(runs)]
    for cursor in ("x", "MA", "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk"):
        assert client.get(f"/design/flows/runs/?after={cursor}").status_code == 400


@pytest.mark.parametrize("count", [2, 20])
def test_a_list_of_runs_costs_the_same_for_any_number(count, agent, django_assert_num_queries):
    for _each in range(count):
        make_run(WAIT, ticket=make_incident(requester=agent))
    go()
    client = browser(agent)
    client.get("/design/flows/runs/")
    with django_assert_num_queries(8):
        answer = client.get("/design/flows/runs/")
    assert len(answer.context["page"].rows) == count


@pytest.mark.parametrize("steps", [2, 20])
def test_a_run_costs_the_same_for_any_number_of_steps(steps, agent, django_assert_num_queries):
    nodes = {f"n{at}": {"kind": "log", "message": "x", "next": f"n{at + 1}"} for at in range(steps)}
    run = make_run({**nodes, f"n{steps}": WAIT["hold"]})
    go()
    client = browser(agent)
    client.get(run_url(run))
    with django_assert_num_queries(8):
        page = client.get(run_url(run))
    assert len(page.context["page"].steps) == steps + 1


def test_a_run_shows_the_way_it_took(agent):
    nodes = {
        "split": {
            "kind": "branch",
            "cases": [{"if": {"f": "ticket.kind", "op": "eq", "v": "incident"}, "to": "hold"}],
            "default": "fin",
        },
        **WAIT,
    }
    run = make_run(nodes)
    go()
    page = browser(agent).get(run_url(run))
    taken = {(line.source, line.target) for line, state in page.context["map"].lines if state == "taken"}
    assert taken == {("split", "hold")}
    states = {card.place.node_id: card.look and card.look.tone for card in page.context["map"].cards}
    assert states == {"split": "good", "hold": "warn", "fin": None}
    text = page.content.decode()
    assert "the signal ready for x" in text
    assert f'topics="tickets/{run.ticket.number}"' in text
    assert page.context["chosen"].step.node_id == "hold"
    first = browser(agent).get(run_url(run, step=1))
    assert first.context["chosen"].step.node_id == "split"
    assert browser(agent).get(run_url(run, step="99999999999999999999")).status_code == 200


def test_parts_of_a_run_refresh_themselves(agent):
    run = make_run(WAIT)
    client = browser(agent)
    for target, start in (("run-live", '<div class="flow-run"'), ("side", '<aside class="flow-side"')):
        part = client.get(
            run_url(run), headers={"HX-Request": "true", "HX-Target": target, "HX-Trigger": target}
        )
        assert part.content.decode().lstrip().startswith(start)
        assert "data-focus" not in part.content.decode()
    clicked = client.get(run_url(run, step=1), headers={"HX-Request": "true", "HX-Target": "side"})
    assert "data-focus" in clicked.content.decode()
    assert "HX-Target" in clicked.headers["Vary"]


def test_a_flow_and_the_flow_it_started_lead_to_each_other(admin):
    inner = make_flow(WAIT, trigger={"kind": "subflow"})
    run = make_run({"sub": {"kind": "subflow", "flow": inner.flow.key, "wait": True}})
    go()
    child = FlowRun.objects.get(flow_version=inner)
    client = browser(admin)
    assert str(child.public_id) in client.get(run_url(run)).content.decode()
    assert str(run.public_id) in client.get(run_url(child)).content.decode()


def test_the_ticket_page_leads_to_its_runs(agent):
    run = make_run(WAIT)
    page = browser(agent).get(f"/w/incidents/{run.ticket.number}/").content.decode()
    assert reverse("workflows:run", args=[run.public_id]) in page
