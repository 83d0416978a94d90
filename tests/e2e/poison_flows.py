"""A flow that fails at once, for what can be written about flows and runs that need help."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.faults.story import until

if TYPE_CHECKING:
    from tests.e2e.poison import Poison

KEY = "poisoned_flow"
FLOWS, RUNS = "api/v1/flows/", "api/v1/flow-runs/"
# The group does not exist, so the second step fails.
TASK = {
    "kind": "create_task",
    "type": "incident",
    "title": "x",
    "assign": {"group": "nobody-at-all"},
    "next": "fin",
}
GRAPH = {
    "schema": 1,
    "key": KEY,
    "trigger": {"kind": "manual"},
    "start": "one",
    "nodes": {
        "one": {"kind": "log", "message": "one", "next": "a"},
        "a": TASK,
        "fin": {"kind": "end", "outcome": "done"},
    },
}
PLACE = {"node": "a", "path": ""}


def prepare(poison: Poison) -> dict[str, Callable[[], dict[str, str]]]:
    """Publish the flow; for each operation whose subject is another than the story's, what gives its keys."""
    _publish(poison)
    first = _failed_run(poison)
    _publish(poison)
    poison.pages += [f"/design/flows/{KEY}/", "/design/flows/runs/?tab=failed", f"/w/history/flow/{KEY}/"]
    poison.more |= {
        "flows-dry-run post": {"ticket": poison.keys["api/v1/incidents/"]},
        "flows-scenarios post": {"ticket": poison.keys["api/v1/incidents/"], "expected": {"path": ["one"]}},
        "flows-migration post": {"version": 2, "plan": {}},
        "flow-runs-migrate post": {"version": 2, "plan": {}},
        "flow-runs-retry post": PLACE,
        "flow-runs-skip post": PLACE,
        "flow-runs-jump post": {"node": "one", "path": ""},
        "flow-signals post": {"name": "poisoned"},
        "sla-what-ifs-list post": {"months": 1, "definition": "incident_resolution_p1", "calendar": ""},
        "sla-calendars post": {"whose": "group", "reference": "service-desk", "calendar": "kr-office"},
    }
    flow = {FLOWS: KEY}
    of_flow = dict.fromkeys(("start", "dry-run", "scenarios", "migration"), lambda: flow)
    of_run = dict.fromkeys(("retry", "skip", "jump"), lambda: {RUNS: _failed_run(poison)})
    return (
        {f"flows-{name} post": keys for name, keys in of_flow.items()}
        | {f"flow-runs-{name} post": keys for name, keys in of_run.items()}
        | {"flow-runs-migrate post": lambda: {RUNS: first}}
    )


def _publish(poison: Poison) -> None:
    _post(poison, f"/{FLOWS}{KEY}/draft/", {"graph": GRAPH, "name_ko": "x", "name_en": "x"})
    _post(poison, f"/{FLOWS}{KEY}/publish/", {})


def _failed_run(poison: Poison) -> str:
    given = {"ticket": poison.keys["api/v1/incidents/"], "dedupe_key": str(uuid.uuid4())}
    asked = _post(poison, f"/{FLOWS}{KEY}/start/", given)
    failed = "SELECT 1 FROM workflows_flowrun WHERE public_id = %s AND status = 'suspended'"
    assert until(lambda: poison.stack.sql(failed, (asked["id"],)), 30), asked
    poison.pages.append(f"/design/flows/runs/{asked['id']}/")
    return str(asked["id"])


def _post(poison: Poison, path: str, body: dict[str, Any]) -> Any:
    status, told, _tag = poison.ask(poison.tokens[0], "POST", path, body)
    assert status < 300, (path, told)
    return told
