"""What people do in a rehearsal beside deciding: end tasks, change the ticket."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import DomainError, invalid
from tickets.lifecycle import Input
from tickets.models import Ticket
from tickets.selectors import child_of, tickets_by_ids
from tickets.services import add_comment, apply_transition, update_ticket
from tickets.transitions import Edge, all_edges, edges_from
from workflows.models import FlowRun
from workflows.nodes.records import reference
from workflows.rehearsal.script import TaskEnd, Touch
from workflows.starting import signal_key


class StoppedError(Exception):
    """The rehearsal ends here; ``nodes`` are the steps it is about.

    ``reason`` is refused, unanswered, waiting, suspended, time, steps or busy.
    """

    def __init__(self, reason: str, text: str, nodes: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.reason, self.text, self.nodes = reason, text, nodes


@contextmanager
def refusals(node_id: str) -> Iterator[None]:
    """What services refuse inside ends the rehearsal with their words. Raises StoppedError."""
    try:
        yield
    except DomainError as refusal:
        raise StoppedError("refused", str(refusal.detail), (node_id,) if node_id else ()) from refusal


def end_task(ticket_id: int, end: TaskEnd) -> None:
    """Bring a task to a state, by the shortest way its machine has, with the given inputs where they fit."""
    task = child_of(next(iter(tickets_by_ids([ticket_id]).values())))
    for edge in _way(task, end.state):
        fields = {each.name: end.fields[each.name] for each in edge.spec.inputs if each.name in end.fields}
        missing = [
            each for each in edge.spec.inputs if each.name not in fields and each.is_required(task, end.by)
        ]
        fields |= {each.name: said for each in missing if (said := _said(each)) is not None}
        task = apply_transition(type(task), task.pk, edge.name, actor=end.by, **fields)


def _way(task: Ticket, state: str) -> list[Edge]:
    """The edges from the present state to that one, as few as possible. Raises RuleRefusedError."""
    edges = all_edges(type(task))
    ways: deque[tuple[str, list[Edge]]] = deque([(str(task.state), [])])
    seen = {str(task.state)}
    while ways:
        at, way = ways.popleft()
        if at == state and way:
            return way
        for edge in edges:
            if edge.source == at and edge.target not in seen:
                seen.add(edge.target)
                ways.append((edge.target, [*way, edge]))
    reachable = sorted({edge.target for edge in edges_from(task)})
    text = _("No way leads to “%(state)s”. Possible now: %(states)s.")
    raise invalid("state", text % {"state": state[:40], "states": ", ".join(reachable)}, code="choice")


def _said(needed: Input) -> Any:
    """What stands in a required text that the script leaves open; other kinds must be given."""
    return _("Rehearsal") if needed.kind in ("text", "line") else None


def touch_ticket(ticket: Ticket | None, touch: Touch) -> None:
    """Change the ticket as the script says: fields, a comment, a transition. Raises DomainError."""
    if ticket is None:
        raise invalid("changes", _("The run is about no ticket that could change."))
    if touch.set:
        values = {name: reference(name, value, ticket.company_id) for name, value in touch.set.items()}
        update_ticket(ticket.pk, actor=touch.by, **values)
    if touch.comment:
        add_comment(ticket.pk, actor=touch.by, body=touch.comment)
    if touch.transition:
        model = type(child_of(ticket))
        apply_transition(model, ticket.pk, touch.transition, actor=touch.by, **touch.inputs)


def key_of(run: FlowRun, key: str) -> str:
    """What a signal about ``key`` is found by in this run's company."""
    return signal_key(run.ticket.company_id if run.ticket else None, key)


def company_of(actor: User | None, ticket: Ticket | None) -> int | None:
    """The company whose people a script may name."""
    return ticket.company_id if ticket is not None else actor.company_id if actor is not None else None
