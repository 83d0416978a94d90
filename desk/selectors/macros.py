"""Macros as pages show them: what each says and does, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from macros.models import Macro
from macros.presenting import kinds_in_words, steps_in_words
from macros.selectors import macros_for, macros_of_kinds


@dataclass(frozen=True)
class Shown:
    """A macro with its steps and its kinds of ticket in words."""

    macro: Macro
    steps: list[str]
    kinds: list[str]


def shown(macro: Macro) -> Shown:
    """The macro in words."""
    return Shown(macro, steps_in_words(macro), kinds_in_words(macro))


def managed(actor: User) -> list[Shown]:
    """All that ``actor`` is shown, by name. One query."""
    return [shown(macro) for macro in macros_for(actor)]


def offered(actor: User, ticket: Any) -> list[Shown]:
    """Those for this kind of ticket, the most used first. One query."""
    return [shown(macro) for macro in macros_of_kinds(actor, [ticket.kind])]
