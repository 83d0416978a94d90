"""Six markers that would run in a browser, put into every text field that can be written over REST (S-2)."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from rest_framework import serializers

from core.api.fields import Text
from tests.e2e import poison_flows, poison_incidents
from tests.faults.stack import PrivateStack
from tests.faults.story import EXPENSIVE, Story, until
from tests.security.operations import Operation, operations

MARKERS = {
    "script": "<script>__x=1</script>",
    "img": "<img src=x onerror=__x=1>",
    "svg": "<svg onload=__x=1>",
    "attribute": "\"'><b onfocus=__x=1 tabindex=0 autofocus>",
    "link": "javascript:__x=1",
    "template": "{{7919*7907}}",
}
ENDING = re.compile(r"-(move|cancel|decision|rotate) ")
# What a client repeats: a worker changed the record since it was read, or the installation is busy.
AGAIN = {412, 429, 503}
PRODUCT = "62615533"  # what a template engine makes of the last one
# Both hold all six; a link runs from its first letter only.
EVERY = "".join(MARKERS.values())
AS_LINK = MARKERS["link"] + "//" + EVERY
# What a body needs beside its texts, and what its texts must be where no marker is taken.
GOOD: dict[str, dict[str, Any]] = {
    "problems-factors-list post": {"bone": "process"},
    "tickets-links-list post": {"type": "related"},
    "approvals-decision post": {"decision": "reject"},
    "connectors-list post": {"base_url": "https://erp.example/api", "auth": "bearer"},
    "connectors-secrets post": {"name": "token"},
    "connectors-test post": {"method": "GET"},
    "webhooks-list post": {"url": "https://erp.example/hook", "events": ["incident.*"]},
    "schedules-list post": {
        "time_zone": "Asia/Seoul",
        "hours": [{"day": 0, "start_minute": 540, "end_minute": 1080}],
    },
    "schedules-days post": {"date": "2026-12-30", "hours": []},
    "hand-overs-list post": {"group": "service-desk"},
    "macros-list post": {"kinds": ["incident"], "says": "comment"},
    "ticket-schedules-list post": {"repeat": "daily", "time": "09:00", "starts_on": "2090-01-01"},
    "roles-list post": {"grants": []},
    "service-accounts-list post": {"roles": []},
    "cis-list post": {"ci_class": "laptop"},
    "on-call-overrides post": {
        "person": "seojin",
        "start": "2090-01-01T00:00:00Z",
        "end": "2090-01-02T00:00:00Z",
    },
}
# The moves that take words, in an order in which each is possible.
MOVES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "incidents": [
        ("start", {}),
        ("hold", {"hold_reason": "awaiting_caller"}),
        ("resume", {}),
        ("resolve", {"close_code": "solution_provided"}),
        ("reopen", {}),
        ("cancel", {}),
    ],
    "incident-tasks": [("start", {}), ("complete", {})],
    "problems": [
        ("confirm", {"assignee": "admin"}),
        ("fix", {}),
        ("resolve", {}),
        ("re_analyze", {}),
        ("accept_risk_for_now", {}),
        ("re_analyze", {}),
        ("cancel", {}),
    ],
    "problem-tasks": [
        ("assess", {"assignee": "admin"}),
        ("start", {}),
        ("complete", {}),
        ("re_assess", {}),
        ("cancel", {}),
    ],
    "catalog-tasks": [("complete", {})],
    "request-items": [("cancel", {})],
    "requests": [("cancel", {})],
}


@dataclass
class Poison:
    """Writes as a person who may do everything; ``taken`` are the fields that took markers."""

    stack: PrivateStack
    tokens: list[str]
    keys: dict[str, str]
    taken: set[tuple[str, str]] = field(default_factory=set)
    left: dict[str, str] = field(default_factory=dict)
    refused: dict[tuple[str, str], str] = field(default_factory=dict)
    more: dict[str, dict[str, Any]] = field(default_factory=dict)
    others: dict[str, Callable[[], dict[str, str]]] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)
    count: int = 0

    def ask(
        self, token: str, method: str, path: str, body: Any = None, tag: str = ""
    ) -> tuple[int, Any, str]:
        """Status, JSON and ETag."""
        parts = urlsplit(self.stack.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        headers |= {"If-Match": tag} if tag else {}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None, answer.headers.get("ETag", "")
        finally:
            connection.close()

    def everywhere(self) -> None:
        """Each operation, each of its moves, with both texts; changes go to what was created before."""
        # What ends a thing comes last.
        for operation in sorted(operations(), key=lambda each: bool(ENDING.search(each.name))):
            if any(is_text(each) for each in operation.fields().values()):
                for route, more in self._places(operation):
                    for turn, text in enumerate((AS_LINK, EVERY)):
                        self._write(operation, route, more, text, turn)

    def _places(self, operation: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
        good = GOOD.get(operation.name, {}) | self.more.get(operation.name, {})
        if "<key:name>" not in operation.route:
            yield operation.route, good
            return
        for name, more in MOVES[operation.route.split("/")[2]]:
            yield operation.route.replace("<key:name>", name), good | more

    def _path(self, operation: Operation, route: str) -> str:
        keys = self.keys | self.others.get(operation.name, dict)()

        def key(found: re.Match[str]) -> str:
            start = route[: found.start()]
            return keys[max((known for known in keys if start.startswith(known)), key=len)]

        return "/" + re.sub(r"<\w+:\w+>", key, route)

    def _write(self, operation: Operation, route: str, more: dict[str, Any], text: str, turn: int) -> None:
        path, method = self._path(operation, route), operation.method.upper()
        fields = {name: each for name, each in operation.fields().items() if is_text(each)}
        fixed = more | (
            {"key": f"poison-{turn}"} if "key" in fields and operation.name != "flow-signals post" else {}
        )
        fixed |= {"username": f"poison-{turn}"} if "username" in fields and "roles" in more else {}
        words = {name: _fitting(each, text) for name, each in fields.items() if name not in fixed}
        for _try in range(8):
            status, told, _tag = self._send(method, path, fixed | words)
            self.count += 1
            if status < 300:
                self.taken |= {(operation.name, name) for name in words}
                if method == "POST" and "<" not in operation.route and isinstance(told, dict):
                    self._remember(operation.route, told)
                return
            named = {each.get("pointer", "").split("/")[1:2][0] for each in _errors(told)}
            refused = named & set(words)
            if not refused:
                if status == 409 and turn:  # done by the first text
                    return
                self.left[operation.name] = f"{method} {path}: {status} {json.dumps(told)[:300]}"
                return
            too_long = any(each["code"] == "too_long" for each in _errors(told))
            for name in refused:
                words[name] = _milder(fields[name], words[name], too_long=too_long)
                if not words[name]:
                    self.refused[operation.name, name] = _reason(told, name)
                    del words[name]

    def _send(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any, str]:
        """The answer to the first who may; else to the first."""
        answers = []
        for token in self.tokens:
            answers.append(self._until_taken(token, method, path, body))
            if answers[-1][0] not in {401, 403, 404}:
                return answers[-1]
        return answers[0]

    def _until_taken(self, token: str, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any, str]:
        for _try in range(9):
            tag = self.ask(token, "GET", path)[2] if method == "PATCH" or path.endswith("/draft/") else ""
            answer = self.ask(token, method, path, body, tag)
            if answer[0] not in AGAIN:
                break
            time.sleep(0.3)
        return answer

    def _remember(self, route: str, told: dict[str, Any]) -> None:
        for name in ("number", "key", "username", "id"):
            if isinstance(told.get(name), str):
                self.keys[route] = told[name]
                return


def is_text(each: Any) -> bool:
    """Whether a field of a body takes a text, or a list of them."""
    return isinstance(getattr(each, "child", each), Text)


def _fitting(each: Any, text: str) -> Any:
    inner = getattr(each, "child", each)
    fits = [text, *(marker for marker in MARKERS.values() if len(marker) <= inner.max_length)]
    chosen = text if len(text) <= inner.max_length else fits[1] if len(fits) > 1 else ""
    if isinstance(each, serializers.DictField):
        return {"X-Marker": chosen}
    return [chosen] if inner is not each else chosen


def _milder(each: Any, sent: Any, *, too_long: bool) -> Any:
    """What to try instead: a shorter marker; one without a colon or said twice; nothing any more."""
    script = _fitting(each, MARKERS["script"])
    if too_long:
        now = str(sent)
        return next((_fitting(each, mark) for mark in MARKERS.values() if len(mark) < len(now)), None)
    return None if sent == script else script


def _reason(told: Any, name: str) -> str:
    return next(each["detail"] for each in _errors(told) if each["pointer"].split("/")[1] == name)


def _errors(told: Any) -> list[dict[str, Any]]:
    found = told.get("errors", []) if isinstance(told, dict) else []
    return [each for each in found if each.get("pointer")]


def poisoned(stack: PrivateStack) -> Poison:
    """The installation of this stack with markers in every field; who wrote them is ``admin``, now super."""
    stack.sql(
        "INSERT INTO accounts_roleassignment (user_id, role_id, lock_version)"
        " SELECT u.id, r.id, 1 FROM accounts_user u, accounts_role r"
        " WHERE u.username = 'admin' AND r.key IN ('super', 'agent') ON CONFLICT DO NOTHING"
    )
    story = Story(stack)
    story.order()
    until(story.approve_what_waits)
    task = until(lambda: stack.sql("SELECT number FROM tickets_ticket WHERE kind = 'sctask'"))
    story.employee.post("/catalog/items/laptop/order/", {"quantity": 1, "variables": EXPENSIVE})
    waits = until(lambda: story.manager.get("/approvals/?mine=pending")["results"])
    names = dict(stack.sql("SELECT kind, number FROM tickets_ticket ORDER BY id DESC"))
    run = stack.sql("SELECT public_id FROM workflows_flowrun ORDER BY id LIMIT 1")[0][0]
    tokens = stack.manage("mint_token", "admin", "seoyeon", "--name", "poison").stdout.split()[-2:]
    incident = story.employee.post("/incidents/", {"title": EVERY})["number"]
    poison = Poison(
        stack,
        tokens,
        {
            "api/v1/tickets/": incident,
            "api/v1/incidents/": incident,
            "api/v1/requests/": str(names["request"]),
            "api/v1/request-items/": str(names["ritm"]),
            "api/v1/catalog-tasks/": str(task[0][0]),
            "api/v1/catalog/items/": "laptop",
            "api/v1/approvals/": waits[0]["id"],
            "api/v1/flows/": "laptop_request",
            "api/v1/flow-runs/": str(run),
            "api/v1/schedules/": "kr-office",
            "api/v1/sla/definitions/": "incident_resolution_p1",
            "api/v1/on-call/": "service-desk",
            "api/v1/users/": "jimin",
            "api/v1/roles/": "agent",
        },
    )
    _prepare(poison)
    poison.everywhere()
    return poison


def _prepare(poison: Poison) -> None:
    """Bodies that take more than texts: a service level like another, a flow named so in all its steps."""
    admin = poison.tokens[0]
    known = poison.ask(admin, "GET", "/api/v1/sla/definitions/incident_resolution_p1/")[1]
    body = next(each for each in operations() if each.name == "sla-definitions-list post").fields()
    poison.more["sla-definitions-list post"] = {
        name: known[name]
        for name in body
        if known.get(name) not in (None, "") and name not in {"key", "name_ko", "name_en"}
    }
    graph = poison.ask(admin, "GET", "/api/v1/flows/laptop_request/versions/")[1]["results"][0]["graph"]
    _rename(graph)
    poison.more["flows-draft post"] = {"graph": graph}
    poison.more["flow-runs-variables post"] = {"values": {"poison": EVERY}}
    poison.others = poison_flows.prepare(poison) | poison_incidents.prepare(poison)
    _families(poison)
    _worked_on(poison)
    poison.more["cis-list post"] = {"ci_class": "laptop", "assigned_to": "jimin"}


def _families(poison: Poison) -> None:
    """An incident with a task and a child, and a problem with a task, beside those that come to an end."""
    parent, child = (_made(poison, "incidents", {"title": EVERY}) for _ in range(2))
    place = f"/api/v1/incidents/{child}/"
    tag = poison.ask(poison.tokens[0], "GET", place)[2]
    assert poison.ask(poison.tokens[0], "PATCH", place, {"parent": parent}, tag)[0] == 200
    problem = _made(poison, "problems", {"title": EVERY})
    poison.keys["api/v1/problems/"] = problem
    for part, body in (("whys", {"answer": EVERY}), ("factors", {"bone": "people", "text": EVERY})):
        poison.keys[f"api/v1/problems/<key:number>/{part}/"] = _made(
            poison, f"problems/{problem}/{part}", body
        )
        poison.others[f"problems-{part}-item patch"] = lambda: {"api/v1/problems/": problem}
    poison.keys["api/v1/problems/<key:number>/diagram/"] = "process"
    for route, below in (("incident-tasks", {"incident": parent}), ("problem-tasks", {"problem": problem})):
        poison.more[f"{route}-list post"] = below
        poison.keys[f"api/v1/{route}/"] = _made(poison, route, below | {"title": EVERY})
    _recurring(poison)
    shown = {"list": "incidents", "queue": "open", "filters": {"q": EVERY[:100]}, "audience": "mine"}
    poison.more["views-list post"] = shown
    poison.more["views-detail patch"] = {name: shown[name] for name in ("queue", "filters", "audience")}
    poison.keys["api/v1/views/"] = _made(poison, "views", shown | {"name": EVERY[:60]})
    poison.others["incidents-child-comments-list post"] = lambda: {"api/v1/incidents/": parent}
    said = _made(poison, f"incidents/{parent}/comments", {"body": EVERY})
    poison.more["incidents-split post"] = {"message": said}
    poison.others["incidents-split post"] = lambda: {"api/v1/incidents/": parent}


def _worked_on(poison: Poison) -> None:
    """A line to tick off and an entry of time on the ticket of each address."""
    for kind in poison_incidents.KINDS:
        route = f"api/v1/{kind}/"
        number = poison.keys[route]
        poison.more[f"{kind}-time-list post"] = {"minutes": 5}
        for part, body in (("checklist", {"text": EVERY}), ("time", {"minutes": 5, "note": EVERY})):
            made = _made(poison, f"{kind}/{number}/{part}", body)
            keys = {route: number, f"{route}<key:number>/{part}/": made}
            poison.others[f"{kind}-{part}-item patch"] = partial(dict, keys)


def _recurring(poison: Poison) -> None:
    """Two proposals of problems: one that is accepted, one that stays on its page."""
    for text, category in ((EVERY, "network"), (AS_LINK, "software")):
        for _number in range(3):
            _made(poison, "incidents", {"title": text[:160], "category": category})
    poison.stack.manage("look_for_recurrence")
    proposed = poison.ask(poison.tokens[0], "GET", "/api/v1/problem-candidates/")[1]["results"]
    assert len(proposed) > 1
    poison.keys["api/v1/problem-candidates/"] = proposed[0]["id"]


def _made(poison: Poison, route: str, body: dict[str, Any]) -> str:
    status, told, _tag = poison.ask(poison.tokens[0], "POST", f"/api/v1/{route}/", body)
    assert status == 201, told
    return str(told.get("number") or told["id"])


def _rename(part: Any) -> None:
    """Every text for people in a graph."""
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        if isinstance(inner, dict) and set(inner) == {"ko", "en"}:
            inner.update(dict.fromkeys(inner, EVERY))
        else:
            _rename(inner)
