"""What the command palette can do: go somewhere, make something new, act on the ticket that is open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.choices import Grant
from accounts.models import User
from accounts.policies import has_grant
from core import hangul, searching
from core.errors import NotVisibleError
from desk import queues
from desk.selectors.tickets import desk_ticket
from tickets import transitions
from tickets.policies import may

_OPEN = re.compile(r"/w/([\w-]+)/([A-Z]+\d+)/")
# The keys of transitions, as the ticket's page has them.
_MOVE_KEYS = {"resolve": "E"}


@dataclass(frozen=True)
class Command:
    """One thing to do. ``key`` is its shortcut; where the page has that key, the palette presses it."""

    label: str | Promise
    icon: str
    url: str
    key: str = ""

    @property
    def chord(self) -> str:
        """The key as pages declare it."""
        return f"Key{self.key}" if len(self.key) == 1 else ""


def fits(label: str | Promise, text: str) -> bool:
    """Whether a command is meant: every word of what was typed is in its name, or its initials, or on the
    other keyboard layout."""
    name = searching.folded(str(label))
    if hangul.is_initials(text):
        return "".join(text.split()) in hangul.initials("".join(name.split()))
    ways = (searching.folded(each) for each in searching.readings(text))
    return any(all(word in name for word in way.split()) for way in ways)


def commands(actor: User, text: str) -> list[Command]:
    """What can be done anywhere."""
    new = [Command(_("New incident"), icon="plus", url=reverse("desk:new_incident"), key="C")]
    if has_grant(actor, Grant.PROBLEM_WRITE):
        new.append(Command(_("New problem"), icon="plus", url=reverse("desk:new_problem")))
    new.append(Command(_("Hand over my shift"), icon="clipboard-list", url=reverse("desk:new_hand_over")))
    places = [
        Command(queue.label, icon=queue.icon, url=f"{reverse(f'desk:{queue.path}')}?view={queue.key}")
        for queue in queues.QUEUES
    ]
    places.append(Command(_("Hand-overs"), icon="clipboard-list", url=reverse("desk:hand_overs")))
    places.append(Command(_("Templates and macros"), icon="zap", url=reverse("desk:all_macros")))
    places.append(Command(_("Portal"), icon="house", url=reverse("portal:home")))
    return [each for each in (*new, *places) if fits(each.label, text)]


def on_ticket(actor: User, address: str, text: str) -> list[Command]:
    """What the reader may do with the ticket whose page they are on; nothing on other pages."""
    place = _OPEN.match(address)
    if place is None or place[1] not in queues.PATHS:
        return []
    try:
        ticket = desk_ticket(actor, place[2])
    except NotVisibleError:
        return []
    url = f"{reverse('desk:ticket', args=[place[1], ticket.number])}?"
    return [each for each in _actions(actor, ticket, url) if fits(each.label, text)]


def _actions(actor: User, ticket: Any, url: str) -> list[Command]:
    found = []
    if may(actor, ticket, "update") and not ticket.is_closed:
        found.append(Command(_("Choose the assignee"), icon="user-check", url=f"{url}edit=assignee", key="A"))
        if ticket.assignee_id != actor.pk:
            found.append(Command(_("Assign to me"), icon="hand", url=f"{url}edit=assignee", key="I"))
    found += [
        Command(move.label, icon="check", url=f"{url}do={move.name}", key=_MOVE_KEYS.get(move.name, ""))
        for move in transitions.available(actor, ticket)
    ]
    if may(actor, ticket, "comment") and not ticket.is_closed:
        found.append(Command(_("Reply"), icon="reply", url=f"{url}tab=comment#composer", key="R"))
    if may(actor, ticket, "work_note"):
        found.append(Command(_("Internal note"), icon="lock", url=f"{url}tab=work_note#composer", key="N"))
    return found
