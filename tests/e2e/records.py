"""What the database says of a ticket while people look at pages."""

from __future__ import annotations

import time

from tests.faults.stack import PrivateStack

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
