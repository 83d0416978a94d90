"""F-20: 32 clients approve and reject one approval at the same moment; it is decided once."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

from tests.faults.drill import Drill, run
from tests.faults.story import UNLIMITED, Story, until

CLIENTS = 32


def drill(d: Drill) -> None:
    """One approval after another, contested; one winner, 31 answers 409 that name it."""
    with d.stack(env=UNLIMITED) as stack:
        story = Story(stack)
        contested = 0
        for _ in range(d.rounds):
            story.order()
            waiting = until(lambda: story.manager.get("/approvals/?mine=pending")["results"])
            d.require(waiting, "no approval was asked")
            answers = contest(story, waiting[0]["id"])
            contested += len(answers)
            statuses = Counter(status for status, _body in answers)
            d.require(statuses[200] == 1, f"{statuses[200]} winners: {dict(statuses)}")
            d.require(statuses[409] == CLIENTS - 1, f"losers got {dict(statuses)}")
            named = [body for status, body in answers if status == 409 and body.get("decided_by")]
            d.require(len(named) == CLIENTS - 1, "a loser was not told who decided")
        d.figures["contested"] = contested
        once = stack.sql(
            "SELECT count(*), count(DISTINCT request_id) FROM approvals_approval"
            " WHERE status IN ('approved', 'rejected')"
        )[0]
        d.require(once == (d.rounds, d.rounds), f"decisions and requests: {once}")
        answered = stack.sql("SELECT count(*) FROM core_outboxevent WHERE name = 'approval.decided'")[0][0]
        d.require(answered == d.rounds, f"{answered} decisions were published for {d.rounds} requests")


def contest(story: Story, approval: str) -> list[tuple[int, Any]]:
    """All answers of the clients that decide at once."""
    answers: list[tuple[int, Any]] = []
    barrier = threading.Barrier(CLIENTS)

    def decide(number: int) -> None:
        barrier.wait()
        decision = "approve" if number % 2 else "reject"
        body = {"decision": decision, "comment": f"client {number}"}
        answers.append(story.manager.once("POST", f"/approvals/{approval}/decision/", body))

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


if __name__ == "__main__":
    run("F-20", drill, rounds=20)
