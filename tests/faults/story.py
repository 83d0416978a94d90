"""The laptop story over the REST API, as a client program lives it, with a ledger of acknowledged orders."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.faults.stack import PrivateStack

UNLIMITED = {"ITSM_API_REQUESTS_PER_MINUTE": "1000000"}  # a drill is not to be slowed down
PATIENCE = 90.0  # seconds until what a worker does must be there after the last fault
ANSWERS = {"model": "developer_14", "reason": "The old one is slow."}
EXPENSIVE = {"model": "video_16", "reason": "Video editing."}


class Refused(Exception):  # noqa: N818 - an answer, not a defect
    """An answer that is no 2xx."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.body = status, body


@dataclass(frozen=True)
class Answer:
    """What one try got; ``status`` 0 is a connection that was cut or refused."""

    status: int
    body: Any = None
    retry_after: str = ""
    method: str = ""
    path: str = ""
    began: float = 0.0
    seconds: float = 0.0


class Api:
    """One person's API client: each request is repeated with the same Idempotency-Key until it is answered.

    ``watch`` is told of every single try.
    """

    def __init__(self, stack: PrivateStack, token: str) -> None:
        self.base, self.token = stack.url, token
        self.watch: Callable[[Answer], None] = lambda _answer: None

    def get(self, path: str) -> Any:
        """The answer's JSON. Raises Refused."""
        return self._ask("GET", path, None, "")

    def post(self, path: str, body: dict[str, Any] | None = None, *, key: str = "") -> Any:
        """The answer's JSON; safe to repeat because of the key. Raises Refused."""
        return self._ask("POST", path, body or {}, key or str(uuid.uuid4()))

    def _ask(self, method: str, path: str, body: dict[str, Any] | None, key: str) -> Any:
        limit = time.monotonic() + PATIENCE
        while True:
            answer = self.send(method, path, body, key)
            if 200 <= answer.status < 300:
                return answer.body
            if answer.status not in {0, 429, 502, 503} or time.monotonic() > limit:
                raise Refused(answer.status, answer.body)
            time.sleep(0.3)

    def once(self, method: str, path: str, body: dict[str, Any] | None, key: str = "") -> tuple[int, Any]:
        """One try: status and JSON."""
        answer = self.send(method, path, body, key)
        return answer.status, answer.body

    def send(self, method: str, path: str, body: dict[str, Any] | None, key: str = "") -> Answer:
        """One try and all there is to know of it."""
        began = time.monotonic()
        try:
            status, text, retry_after = self._over_the_wire(method, path, body, key)
        except (OSError, http.client.HTTPException):
            status, text, retry_after = 0, b"", ""
        seconds = time.monotonic() - began
        found = json.loads(text) if text else None
        answer = Answer(status, found, retry_after, method, path, began, seconds)
        self.watch(answer)
        return answer

    def _over_the_wire(
        self, method: str, path: str, body: dict[str, Any] | None, key: str
    ) -> tuple[int, bytes, str]:
        parts = urlsplit(self.base)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        try:
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            headers |= {"Idempotency-Key": key} if key else {}
            payload = None if body is None else json.dumps(body).encode()
            connection.request(method, f"/api/v1{path}", body=payload, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers.get("Retry-After", "")
        finally:
            connection.close()


def until(ask: Any, seconds: float = PATIENCE) -> Any:
    """What ``ask()`` gives once it is true; None when the time is over."""
    limit = time.monotonic() + seconds
    while not (found := ask()):
        if time.monotonic() > limit:
            return None
        time.sleep(0.2)
    return found


@dataclass
class Story:
    """Orders laptops, approves them, completes their purchase tasks; remembers each acknowledged number."""

    stack: PrivateStack
    orders: list[str] = field(default_factory=list)
    approved: set[str] = field(default_factory=set)
    completed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        people = ("jimin", "seoyeon", "mingyu")
        tokens = self.stack.manage("mint_token", *people, "--name", "drill").stdout.split()[-len(people) :]
        self.employee, self.manager, self.buyer = (Api(self.stack, token) for token in tokens)

    def order(self) -> str:
        """Order one laptop; its request number."""
        made = self.employee.post("/catalog/items/laptop/order/", {"quantity": 1, "variables": ANSWERS})
        self.orders.append(made["number"])
        return str(made["number"])

    def approve_what_waits(self, *, most: int = 200) -> int:
        """Approve what waits for the manager, ``most`` of it; how many were decided now."""
        waiting = self.manager.get(f"/approvals/?mine=pending&page_size={most}")["results"]
        for each in waiting:
            try:
                self.manager.post(f"/approvals/{each['id']}/decision/", {"decision": "approve"})
            except Refused as refusal:
                if refusal.status not in {404, 409}:
                    raise
                continue
            self.approved.add(each["id"])
        return len(waiting)

    def complete_what_is_open(self, *, most: int = 200) -> int:
        """Complete the open purchase tasks, ``most`` of them; how many were completed now."""
        tasks = self.buyer.get(f"/catalog-tasks/?state=open&page_size={most}")["results"]
        for each in tasks:
            try:
                self.buyer.post(
                    f"/catalog-tasks/{each['number']}/transitions/complete/",
                    {"serial": f"SN-{each['number']}"},
                )
            except Refused as refusal:
                if refusal.status not in {404, 409}:
                    raise
                continue
            self.completed.add(each["number"])
        return len(tasks)

    def states(self) -> dict[str, int]:
        """How many of the ordered requests are in which state, by the database."""
        rows = self.stack.sql(
            "SELECT state, count(*) FROM tickets_ticket WHERE kind = 'request' AND number = ANY(%s)"
            " GROUP BY state",
            (self.orders,),
        )
        return {str(state): int(count) for state, count in rows}

    def finish(self, seconds: float = PATIENCE) -> bool:
        """Work until every acknowledged order is closed complete; False when the time is over."""

        def all_done() -> bool:
            self.approve_what_waits()
            self.complete_what_is_open()
            return self.states() == {"closed_complete": len(self.orders)}

        return bool(until(all_done, seconds))
