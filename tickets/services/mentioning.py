"""Mentioned people follow the ticket and are told, if they may read what mentions them (NTF-08)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.models import User
from accounts.policies import Actor
from core import audit
from core.mentions import names_in
from tickets.models import Activity, Ticket, Watcher
from tickets.policies import may, reads_internal
from tickets.selectors import readers_of


def mention(ticket: Ticket, words: Iterable[Activity], actor: Actor) -> dict[str, Any]:
    """What the event of these words tells: ``{"mentioned": [{"activity_id", "people"}]}``, or nothing.

    Only people who may read the ticket count, of an internal note only those who read what is internal; they
    become watchers. Who may not add watchers mentions nobody, nor does the platform. Asks the database
    nothing while nobody is mentioned.
    """
    found = []
    for word in words:
        names = names_in(word.body) if actor is not None else []
        people = _readers(ticket, word, names) if names and may(actor, ticket, "watch") else []
        if people:
            _follow(ticket, people, actor)
            found.append({"activity_id": word.pk, "people": [person.pk for person in people]})
    return {"mentioned": found} if found else {}


def _readers(ticket: Ticket, word: Activity, names: list[str]) -> list[User]:
    people = list(User.objects.filter(username__in=names, is_active=True, is_service=False).order_by("pk"))
    if not word.is_public:
        people = [person for person in people if reads_internal(person)]
    readers = readers_of(people, pk=ticket.pk)
    return [person for person in people if person.pk in readers]


def _follow(ticket: Ticket, people: list[User], actor: Actor) -> None:
    for person in people:
        _row, made = Watcher.objects.get_or_create(ticket_id=ticket.pk, user=person)
        if made:
            audit.write(actor=actor, table="tickets_watcher", object_ref=ticket.number, action="watched")
