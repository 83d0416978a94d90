"""How a kind writes its state machine down: edges with labels and inputs, guards with reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

Text = str | Promise
Test = Callable[[Any, Any], bool]


@dataclass(frozen=True)
class Input:
    """One typed input of a transition. ``required`` may depend on (ticket, actor).

    ``kind`` is text, line, choice, datetime, date, number, boolean, user, group or ticket. ``lifts`` is for
    an input that only lifts a guard: whom it is offered to, and only while that guard refuses.
    """

    name: str
    kind: str = "text"
    required: bool | Test = False
    label: Text = ""
    choices: tuple[tuple[str, Text], ...] = ()
    max_length: int = 4000
    lifts: Test | None = None

    def is_required(self, ticket: Any, actor: Any) -> bool:
        """Whether this actor must give it for this ticket."""
        return self.required(ticket, actor) if callable(self.required) else self.required


COMMENT = Input("comment", "text", label=_("Comment for the requester"), max_length=20_000)
WORK_NOTE = Input("work_note", "text", label=_("Internal note"), max_length=20_000)


@dataclass(frozen=True)
class EdgeSpec:
    """What is said of an edge beside source and target."""

    label: Text
    inputs: tuple[Input, ...] = ()
    system: bool = False
    tone: str = ""


def guard(reason: Text, *, lifted_by: str = "") -> Callable[[Callable[[Any], bool]], Callable[[Any], bool]]:
    """Give a condition the text that tells people why it refused.

    ``lifted_by`` names the input that says what to do about it in the same move; the kind's service does it
    before the transition.
    """

    def mark(condition: Callable[[Any], bool]) -> Callable[[Any], bool]:
        condition.reason = reason  # type: ignore[attr-defined]
        condition.lifted_by = lifted_by  # type: ignore[attr-defined]
        return condition

    return mark


def lifting(test: Callable[[Any], bool], spec: EdgeSpec, ticket: Any, actor: Any) -> str:
    """The name of the input with which this actor may lift the guard; empty for none."""
    name: str = getattr(test, "lifted_by", "")
    given = next((each for each in spec.inputs if each.name == name), None)
    return name if given is not None and given.lifts is not None and given.lifts(ticket, actor) else ""


def edge(
    *,
    source: Sequence[str] | str,
    target: str,
    label: Text,
    inputs: Iterable[Input] = (),
    conditions: Sequence[Callable[[Any], bool]] = (),
    system: bool = False,
    tone: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A transition of the ``state`` field. ``system`` edges are never taken by a person (PROCESSES G-02)."""
    spec = EdgeSpec(label, tuple(inputs), system, tone)
    sources = [source] if isinstance(source, str) else list(source)
    return transition(  # type: ignore[no-any-return]
        field="state",
        source=sources,
        target=target,
        conditions=list(conditions),
        custom={"spec": spec},
    )
