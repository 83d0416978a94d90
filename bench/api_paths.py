"""The addresses that ``./run bench api`` asks for, of our API and of the bare reference."""

from __future__ import annotations

from bench import data

PAGE = 50
TEAM = "bench-team-{:02d}"
INCIDENTS = "/api/v1/incidents/"
# Open tickets of the busiest team, priority then newest.
LIST = f"{INCIDENTS}?active=true&group={TEAM.format(1)}&ordering=priority"
_LONG = [at for at in range(1, data.LONG_UNTIL + 1) if data.is_long(at)]


def number(drawn: int) -> str:
    """What the ticket with that number of ``bench.data`` is called."""
    return f"BEN{drawn:08d}"


def detail(turn: int) -> str:
    """One of the tickets with exactly twenty comments, in turn."""
    return f"{INCIDENTS}{number(_LONG[turn % len(_LONG)])}/"


def comments(turn: int) -> str:
    """Its comments."""
    return f"{detail(turn)}comments/?page_size={data.LONG}"


def start(called: str) -> str:
    """The transition that begins work on the ticket with that number."""
    return f"{INCIDENTS}{called}/transitions/start/"
