"""Who has a ticket open, and who is writing: kept by the broker for 45 seconds, best effort (UI section 5).

A page says so every 20 seconds. Nothing of it is recorded, and without the broker nobody is shown.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from core import live
from tickets.models import Ticket

SECONDS = 45.0
VIEWING, TYPING, GONE = "viewing", "typing", "gone"
DOINGS = (VIEWING, TYPING, GONE)
_KEPT = ("pk", "username", "name_ko", "name_en")
_broker = live.Publisher()


@dataclass(frozen=True)
class Present:
    """Somebody who has the ticket open; ``person`` has what an avatar and a name need, read from no table."""

    person: User
    doing: str

    @property
    def is_typing(self) -> bool:
        """Whether they are writing a reply or a note."""
        return self.doing == TYPING


def note(ticket: Ticket, person: User, doing: str) -> None:
    """Keep what ``person`` does with the ticket; tells its open pages when it is something new."""
    here = {name: getattr(person, name) for name in _KEPT} | {"doing": doing, "at": time.time()}
    place = _place(ticket.pk)

    def question(pipeline: Any) -> None:
        pipeline.hget(place, str(person.pk))
        if doing == GONE:
            pipeline.hdel(place, str(person.pk))
        else:
            pipeline.hset(place, str(person.pk), json.dumps(here))
            pipeline.expire(place, int(SECONDS) + 1)

    answers = _broker.ask(question)
    before = _living(answers[0]) if answers else None
    if answers and (before.doing if before else GONE) != doing:
        live.push(f"tickets/{ticket.number}", "presence", {"number": ticket.number}, internal=True)


def present_at(pks: Sequence[int], *, but: int) -> dict[int, list[Present]]:
    """Who has each of the tickets open, without the person ``but``; one round trip for all of them."""

    def question(pipeline: Any) -> None:
        for pk in pks:
            pipeline.hvals(_place(pk))

    answers = (_broker.ask(question) if pks else None) or []
    found = {}
    for pk, values in zip(pks, answers, strict=False):
        people = [each for each in map(_living, values) if each is not None and each.person.pk != but]
        if people:
            found[pk] = sorted(people, key=lambda each: (not each.is_typing, each.person.username))
    return found


def _place(pk: int) -> str:
    return f"presence:{pk}"


def _living(value: bytes | None) -> Present | None:
    """What was kept, unless it is too old."""
    if not value:
        return None
    kept = json.loads(value)
    doing, at = kept.pop("doing"), kept.pop("at")
    return Present(User(**kept), doing) if time.time() - at < SECONDS else None
