"""The registry of what a mark of a clock may set going: engines offer actions to each other through it.

An engine registers its actions from its app's ``ready()``; the SLA engine checks what a definition wants of
them, and runs them when the mark has fired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from accounts.policies import Actor
from core.errors import FieldError
from core.models import OutboxEvent
from tickets.models import Ticket

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Mark:
    """A mark that fired, as an action sees it.

    ``ticket`` is locked and as it is now. ``name`` is the promise; ``percent`` how much of its target was
    used; ``step`` the number of the action among those of the definition: with ``event`` it names the doing.
    """

    event: OutboxEvent
    step: int
    ticket: Ticket
    name: str
    percent: int

    @property
    def once(self) -> str:
        """The key that is the same whenever this action is done for this mark."""
        return f"{self.event.public_id}:{self.step}"


@dataclass(frozen=True)
class Input:
    """One parameter of an action as people fill it in.

    ``choices(actor)`` gives codes with their labels where there are some to choose from; ``many`` takes a
    list, ``is_number`` a whole number.
    """

    name: str
    label: str | Promise
    choices: Callable[[Actor], list[tuple[str, str]]] | None = None
    many: bool = False
    is_number: bool = False


@dataclass(frozen=True)
class Action:
    """One thing that may be done at a mark.

    ``inputs`` are what it takes beside ``at`` and ``do``. ``check(params)`` gives what is wrong with
    them, fields named relative to the step. ``run(mark, params)`` does it in the caller's transaction, at
    most once in effect for ``mark.once``, and gives a sentence for the ticket's activity; a DomainError means
    that it was refused and nothing was done. ``words(params)`` says in words what ``check`` accepted.
    """

    key: str
    label: str | Promise
    inputs: tuple[Input, ...]
    check: Callable[[Params], Iterable[FieldError]]
    run: Callable[[Mark, Params], str]
    words: Callable[[Params], str]

    @property
    def params(self) -> frozenset[str]:
        """The names of what it takes."""
        return frozenset(each.name for each in self.inputs)


_actions: dict[str, Action] = {}


def register(action: Action) -> None:
    """Make an action known."""
    _actions[action.key] = action


def get(key: Any) -> Action | None:
    """The action with that key, or None."""
    return _actions.get(key) if isinstance(key, str) else None


def all_actions() -> list[Action]:
    """All actions, in the order they were registered."""
    return list(_actions.values())
