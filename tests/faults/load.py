"""The base load of a drill (RELIABILITY RL-42): 20 requests a second, and a ledger of what got a 2xx.

with Load(story) as load:
    ...                       the fault
invariants.check(d, story, load)
"""

from __future__ import annotations

import math
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any

from tests.faults.drill import Drill
from tests.faults.story import Answer, Refused, Story

RATE, SHORT_RATE = 20.0, 10.0
CLIENTS = 16
# Out of 20 turns. More changes than these make more mails than one worker sends in the same time.
MIX = {"incident": 4, "comment": 4, "read": 9, "order": 1, "approve": 1, "complete": 1}
TURNS = [kind for kind, count in MIX.items() for _ in range(count)]
STRIDE = 7  # has no factor in common with the 20 turns, so that the kinds come mixed
TIMED = "[timer]"


class Load:
    """Clients at work until ``stop``. A client repeats what got no answer, with the same key."""

    def __init__(self, story: Story, *, rate: float = RATE, timed_share: int = 0) -> None:
        self.story, self.rate = story, rate
        self.timed_share = timed_share  # each so-many-th incident has the drill's own clock
        self.incidents: list[str] = []
        self.titles: list[str] = []
        self.comments: list[str] = []
        self.errors: list[str] = []
        self.answers: list[Answer] = []
        self.began = time.monotonic()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._turn = 0
        self._threads: list[threading.Thread] = []
        for api in (story.employee, story.manager, story.buyer):
            api.watch = self.answers.append

    def __enter__(self) -> Load:
        self.began = time.monotonic()
        self._threads = [threading.Thread(target=self._client, daemon=True) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Let every client end what it began."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def wait(self, seconds: float) -> None:
        """Let the load go on for so long."""
        time.sleep(seconds)

    def _client(self) -> None:
        while (turn := self._next()) is not None:
            try:
                getattr(self, f"_{TURNS[turn * STRIDE % len(TURNS)]}")(turn)
            except Refused as refusal:
                self.errors.append(str(refusal)[:300])
            except Exception as error:  # noqa: BLE001 - reported by the drill
                self.errors.append(repr(error)[:300])

    def _next(self) -> int | None:
        """The number of the next request, at its time; after a pause what was missed is not caught up."""
        with self._lock:
            now = time.monotonic()
            due = self.began + self._turn / self.rate
            if now - due > 1.0:
                self.began += now - due
            turn, self._turn = self._turn, self._turn + 1
            due = self.began + turn / self.rate
        return None if self._stopping.wait(max(0.0, due - time.monotonic())) else turn

    # What the clients do

    def _incident(self, _turn: int) -> None:
        # Turns would not do: the kind of a request is already a matter of its turn.
        timed = self.timed_share and len(self.titles) % self.timed_share == 0
        title = f"{TIMED if timed else 'drill'} {uuid.uuid4()}"
        body = {"title": title, "impact": 2, "urgency": 2, "category": "network"}
        made = self.story.employee.post("/incidents/", body)
        self.titles.append(title)
        self.incidents.append(made["number"])

    def _comment(self, turn: int) -> None:
        if not self.incidents:
            return
        words = f"drill {uuid.uuid4()}"
        number = self.incidents[-1 - turn % min(len(self.incidents), 20)]
        self.story.employee.post(f"/tickets/{number}/comments/", {"body": words})
        self.comments.append(words)

    def _read(self, turn: int) -> None:
        if turn % 2 or not self.incidents:
            self.story.employee.get("/tickets/?page_size=20")
        else:
            self.story.employee.get(f"/incidents/{self.incidents[-1]}/")

    def _order(self, _turn: int) -> None:
        self.story.order()

    def _approve(self, _turn: int) -> None:
        self.story.approve_what_waits(most=3)

    def _complete(self, _turn: int) -> None:
        self.story.complete_what_is_open(most=3)

    # What they saw

    @property
    def acked(self) -> int:
        """How many changes were acknowledged."""
        ours = len(self.incidents) + len(self.comments)
        return ours + len(self.story.orders) + len(self.story.approved) + len(self.story.completed)

    def since(self, began: float, until: float = math.inf) -> list[Answer]:
        """The answers to what was asked in this stretch of the monotonic clock."""
        return [each for each in self.answers if began <= each.began < until]

    def unserved(self) -> Counter[int]:
        """How often which answer was no service: 0 is a cut connection."""
        return Counter(each.status for each in self.answers if not 200 <= each.status < 500)

    def check(self, drill: Drill) -> None:
        """I6 during the fault: no refusal that is no outage, and each outage told honestly."""
        drill.require(not self.errors, f"{len(self.errors)} clients failed, as {self.errors[:2]}")
        lies = [each for each in self.answers if _is_dishonest(each)]
        shown = Counter((each.method, each.path, each.status, each.retry_after) for each in lies)
        drill.require(not lies, f"{len(lies)} answers were neither service nor an honest 503: {shown}")
        outage = self.unserved()
        drill.figures["requests"] = len(self.answers)
        drill.figures["unserved"] = sum(outage.values())


def rate(drill: Drill) -> float:
    """Requests a second of a drill about something else than load: half of the base load, or all of it."""
    return RATE if drill.full else SHORT_RATE


def _is_dishonest(answer: Answer) -> bool:
    if answer.status in {502, 503}:
        return not answer.retry_after.isdigit()
    return answer.status == 0 or answer.status >= 500 or answer.status in {400, 401, 403, 422, 428, 429}


def percentile(values: Iterable[float], share: float) -> float:
    """The value that ``share`` of all do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(len(ordered) * share) - 1)] if ordered else 0.0


def p99(answers: Iterable[Answer]) -> float:
    """Seconds within which 99 of 100 were answered."""
    return round(percentile((each.seconds for each in answers), 0.99), 3)


def graph(key: str, nodes: dict[str, Any], *, title: str) -> dict[str, Any]:
    """A flow that starts with each incident whose title begins with ``title``; its first node comes first."""
    condition = {"f": "title", "op": "starts", "v": title}
    return {
        "schema": 1,
        "key": key,
        "trigger": {"kind": "record", "type": "incident", "on": "create", "if": condition},
        "start": next(iter(nodes)),
        "nodes": nodes,
    }
