"""What employees may do with their own requests, in their words. Whether they may now is the kind's rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.transitions import Move

Text = str | Promise


@dataclass(frozen=True)
class Words:
    """How a move reads: its button, what it asks for (the input ``field``), the question before it."""

    label: Text
    done: Text
    icon: str
    variant: str = ""
    question: Text = ""
    field: str = ""
    confirm: Text = ""


_WORKS = Words(_("It works"), _("Thank you. The request is finished."), "thumbs-up", "primary")
_FAILS = Words(
    _("It does not work"),
    _("We look into it again."),
    "thumbs-down",
    question=_("What is still wrong?"),
    field="comment",
)
MOVES: dict[str, Words] = {
    "close": _WORKS,
    "accept": _WORKS,
    "reopen": _FAILS,
    "complain": _FAILS,
    "resolve": Words(
        _("It works again"),
        _("Glad that it works again."),
        "circle-check",
        confirm=_("Mark it as solved?"),
    ),
    "cancel": Words(
        _("Withdraw"),
        _("The request was withdrawn."),
        "x",
        "danger",
        question=_("Why do you withdraw it?"),
        field="reason_text",
    ),
}


@dataclass(frozen=True)
class Action:
    """One move as the page offers it."""

    name: str
    words: Words
    required: bool


def actions_of(moves: Sequence[Move]) -> list[Action]:
    """The moves an employee is offered, in the order of ``MOVES``; agents' moves are for the workspace."""
    by_name = {move.name: move for move in moves}
    return [
        Action(name, words, words.field in by_name[name].required)
        for name, words in MOVES.items()
        if name in by_name and not by_name[name].closed_by
    ]
