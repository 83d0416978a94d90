"""What the database says of tickets and runs while people look at pages."""

from __future__ import annotations

import time

from tests.faults.stack import PrivateStack
from tests.faults.story import Story, until

PATIENCE = 30.0


def column(stack: PrivateStack, number: str, name: str) -> object:
    """One column of the ticket."""
    return stack.sql(f"SELECT {name} FROM tickets_ticket WHERE number = %s", (number,))[0][0]


def wait_for_state(stack: PrivateStack, number: str, state: str) -> None:
    """Until the workers have brought it there. Raises AssertionError when they have not."""
    limit = time.monotonic() + PATIENCE
    while (found := column(stack, number, "state")) != state:
        assert time.monotonic() < limit, f"{number} is {found}, not {state}"
        time.sleep(0.2)


def ordered(stack: PrivateStack) -> tuple[Story, str]:
    """An ordered laptop that waits for the manager, and the public id of its run."""
    story = Story(stack)
    story.order()
    waiting = until(
        lambda: stack.sql(
            "SELECT r.public_id FROM workflows_flowrun r JOIN workflows_flowstep s ON s.run_id = r.id"
            " WHERE r.id = (SELECT max(id) FROM workflows_flowrun) AND s.node_id = 'ask'"
            " AND s.status = 'waiting'"
        )
    )
    assert waiting, "the manager has not been asked"
    return story, waiting[0][0]


def approve(story: Story, stack: PrivateStack, run: str) -> None:
    """The manager says yes, and the run has heard of it."""
    assert until(story.approve_what_waits)
    assert until(
        lambda: stack.sql(
            "SELECT 1 FROM workflows_flowstep s JOIN workflows_flowrun r ON r.id = s.run_id"
            " WHERE r.public_id = %s AND s.node_id = 'ask' AND s.status = 'done'",
            (run,),
        ),
        10,
    )
