"""The registry of kinds: what the layers below need to know of incidents, requests and the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from accounts.access.decisions import Decision
    from accounts.policies import Actor
    from tickets.models import Ticket


@dataclass(frozen=True)
class KindSpec:
    """One kind of ticket.

    ``why(actor, ticket, action)`` is the kind's policy, ``may`` its yes or no; actions are transition names
    and the shared ones (comment, work_note, update, assign, attach, watch, link, read_internal).
    ``open`` makes a ticket of this kind for an engine: ``open(actor=…, parent=…, title=…, group=…, **more)``.
    ``resource`` is the path of its view set in the REST API, whose field rules are those of the kind.
    ``editable`` are the fields ``update_ticket`` takes; ``employee_word`` is what employees call it;
    ``task_kind`` is the kind of the work below it that must be done first, where there is one.
    ``check(ticket, fields, actor)`` refuses changed fields that do not fit this kind, before they are saved.
    ``moves`` are the services, by name, of transitions that do more than change the state.
    """

    key: str
    prefix: str
    model: type[Ticket]
    label: str | Promise
    plural: str | Promise
    icon: str
    why: Callable[[Actor, Any, str], Decision]
    editable: frozenset[str]
    path: str
    resource: str
    employee_word: str | Promise = ""
    open: Callable[..., Ticket] | None = None
    task_kind: str = ""
    check: Callable[[Any, dict[str, Any], Actor], None] | None = None
    moves: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    state_labels: dict[str, str | Promise] = field(default_factory=dict)
    employee_states: dict[str, str | Promise] = field(default_factory=dict)

    def may(self, actor: Actor, ticket: Any, action: str) -> bool:
        """Whether ``actor`` may run ``action`` on this visible ticket."""
        return bool(self.why(actor, ticket, action))


_kinds: dict[str, KindSpec] = {}


def register(spec: KindSpec) -> None:
    """Make a kind known; called from its app's ``ready()``."""
    _kinds[spec.key] = spec


def get(key: str) -> KindSpec:
    """The kind with that key. Raises KeyError for a kind whose app is not installed."""
    return _kinds[key]


def all_kinds() -> list[KindSpec]:
    """All kinds, in the order they were registered."""
    return list(_kinds.values())


def work_orders() -> list[str]:
    """Kinds that employees have no word for: the work behind what they asked for."""
    return [spec.key for spec in all_kinds() if not spec.employee_word]


def with_path(path: str) -> KindSpec | None:
    """The kind whose pages and endpoints live under ``path`` (``incidents``), or None."""
    return next((spec for spec in _kinds.values() if spec.path == path), None)
