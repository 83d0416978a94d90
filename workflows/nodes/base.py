"""What a node kind is, what it gets and what it answers; and the complaints of publish."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.selectors import default_company
from approvals.selectors import localized
from core.errors import DomainError, FieldError
from core.values import BadTemplateError, check
from tickets.models import Ticket
from workflows import conditions, names, people
from workflows.graph import Graph, Node
from workflows.known import KnownNames
from workflows.models import FlowJoin, FlowRun, FlowStep

COMMON = frozenset({"kind", "label", "stage", "next", "on_error", "compensate"})


class NodeError(DomainError):
    """A node could not do its work and trying again would not help; an operator reads the text."""

    status = 422
    code = "node_failed"


class CallFailedError(DomainError):
    """The other system refused, or could not be reached. ``retryable`` says whether another try may help,
    ``counts`` whether it was a try at all: where nothing was sent it was none.
    """

    status = 502
    code = "call_failed"

    def __init__(
        self,
        detail: str,
        *,
        code: str = "",
        retryable: bool = True,
        retry_after: float | None = None,
        counts: bool = True,
    ) -> None:
        super().__init__(detail, code=code or None)
        self.retryable, self.retry_after, self.counts = retryable, retry_after, counts


@dataclass(frozen=True)
class Done:
    """The step is over; the run goes on at ``to``, or at the node's ``next``."""

    output: dict[str, Any] = field(default_factory=dict)
    to: str = ""


@dataclass(frozen=True)
class Wait:
    """The step waits for the signal (``kind``, ``key``), for ``due_at``, or for whichever comes first."""

    kind: str = ""
    key: str = ""
    due_at: dt.datetime | None = None
    output: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class End:
    """The run is over."""

    outcome: str


@dataclass(frozen=True)
class Open:
    """A block begins these passes (number and first node), and waits until ``need`` of ``total`` ended.

    ``wait`` puts the passes off for a while.
    """

    passes: tuple[tuple[int, str], ...]
    need: int
    total: int
    output: dict[str, Any] = field(default_factory=dict)
    wait: dt.timedelta = dt.timedelta(0)


@dataclass(frozen=True)
class Arrival:
    """A pass of a block came to its end, well or not."""

    number: int
    failed: bool = False


@dataclass(frozen=True)
class Stay:
    """A block goes on waiting for its other passes."""


Result = Done | Wait | End | Open | Stay


class Context(Protocol):
    """What a node may use. The run is locked; services called from here lock on in RL-31's order.

    ``run.vars`` is replaced, never changed in place: that is what a failed step is undone by.
    """

    run: FlowRun
    step: FlowStep
    node: Node
    graph: Graph
    now: dt.datetime

    @property
    def ticket(self) -> Ticket | None:
        """The ticket the run is about."""

    @property
    def names(self) -> dict[str, Any]:
        """What texts and conditions may name, as it is now."""

    def names_at(self, path: str) -> dict[str, Any]:
        """What may be named inside the pass at ``path``."""

    def forget(self) -> None:
        """Read ticket and names again: the node changed them."""

    def keep(self, row: Model) -> None:
        """Store this new row with the others of the batch, before anything that writes by itself."""

    def stored_step(self) -> FlowStep:
        """The step as a row that others can refer to; steps are else stored at the end of the batch."""


def ticket_of(ctx: Context) -> Ticket:
    """The ticket of the run. Raises NodeError for a run about nothing."""
    if ctx.ticket is None:
        raise NodeError(_("This step needs a ticket, and the run is about none."))
    return ctx.ticket


def text_of(ctx: Context, given: Any) -> str:
    """A text, or the one in the run's language of ``{"ko": …, "en": …}``, with its placeholders filled."""
    value = names.filled(localized(given), ctx.names)
    return value if isinstance(value, str) else "" if value is None else str(value)


def people_of(ctx: Context, specs: list[dict[str, Any]]) -> list[people.Named]:
    """The people and groups the node means; of the default company when the run is about no ticket."""
    requester = ctx.ticket.requester if ctx.ticket else None
    return people.meant(specs, ctx.names, company_id=company_of(ctx), requester=requester)


def company_of(ctx: Context) -> int:
    """The company in which the run works: that of its ticket, else the default one."""
    return int(ctx.ticket.company_id if ctx.ticket else default_company().pk)


class Check:
    """Collects what is wrong with a flow, in words its author understands."""

    def __init__(self, known: KnownNames) -> None:
        self.known = known
        self.errors: list[FieldError] = []

    def say(self, where: str, code: str, text: str) -> None:
        """Note one mistake at ``where``, such as ``nodes.ask.rule``."""
        self.errors.append(FieldError(where, code, text))

    def need(self, where: str, node: Node, *fields: str) -> None:
        """Each of these fields must be there and not empty."""
        for name in fields:
            if node.get(name) in (None, "", [], {}):
                text = _("This step needs “%(field)s”.") % {"field": name}
                self.say(f"{where}.{name}", "required", text)

    def choice(self, where: str, value: Any, allowed: Iterable[str]) -> None:
        """The value must be one of these."""
        listed = sorted(str(each) for each in allowed)
        if value not in listed:
            text = _("“%(value)s” is not possible here. Possible: %(allowed)s.")
            self.say(where, "choice", text % {"value": str(value)[:60], "allowed": ", ".join(listed)})

    def number(self, where: str, value: Any, lowest: int, highest: int) -> None:
        """The value must be a whole number in this range."""
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            text = _("This must be a whole number from %(low)s to %(high)s.")
            self.say(where, "range", text % {"low": lowest, "high": highest})

    def texts(self, where: str, given: Any) -> None:
        """Every placeholder and path inside must name something that exists here."""
        if isinstance(given, str):
            self.tried(where, lambda: check(given, self.known, field=where))
        elif isinstance(given, dict) and given.keys() == {"path"}:
            self.path(f"{where}.path", given["path"])
        elif isinstance(given, dict):
            for key, each in given.items():
                self.texts(f"{where}.{key}", each)
        elif isinstance(given, list):
            for at, each in enumerate(given):
                self.texts(f"{where}.{at}", each)

    def text(self, where: str, given: Any) -> None:
        """It must be a text, or one in Korean and one in English, with placeholders that mean something."""
        words = list(given.values()) if isinstance(given, dict) and given.keys() <= {"ko", "en"} else [given]
        if not words or not all(isinstance(each, str) for each in words):
            self.say(where, "type", _("This must be a text."))
        else:
            self.texts(where, given)

    def path(self, where: str, path: Any) -> None:
        """The path must begin with something that exists here."""
        if not isinstance(path, str) or path not in self.known:
            self.say(where, "unknown_name", _("%(path)s is not available here.") % {"path": str(path)[:80]})

    def condition(self, where: str, tree: Any) -> None:
        """The tree must be a legal condition over names that exist here."""
        self.tried(where, lambda: conditions.compiled(tree))
        for leaf in conditions.leaves(tree):
            for path in conditions.paths(leaf):
                self.path(where, path)

    def people(self, where: str, specs: Any) -> None:
        """The list must say who is meant, in forms the engine knows."""
        if not isinstance(specs, list) or not specs:
            self.say(where, "required", _("Say who is meant."))
            return
        for at, spec in enumerate(specs):
            self._one_of_people(f"{where}.{at}", spec)

    def tried(self, where: str, attempt: Callable[[], Any]) -> None:
        """What the attempt refuses is a mistake at ``where``."""
        try:
            attempt()
        except BadTemplateError as refusal:
            self.errors.extend(refusal.errors)
        except DomainError as refusal:
            for each in refusal.errors or (FieldError("", refusal.code, refusal.detail),):
                self.say(f"{where}.{each.field}".rstrip("."), each.code, str(each.detail))

    def _one_of_people(self, where: str, spec: Any) -> None:
        if not isinstance(spec, dict) or len(spec) != 1 or not spec.keys() <= set(people.FORMS):
            text = _("Say who is meant by one of: %(forms)s.") % {"forms": ", ".join(people.FORMS)}
            self.say(where, "people", text)
            return
        [(form, value)] = spec.items()
        if form == "path":
            self.path(where, value)
        elif form == "manager":
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= people.MAX_LEVELS:
                text = _("Say how many levels up the line, 1 to %(max)s.") % {"max": people.MAX_LEVELS}
                self.say(where, "people", text)
        elif not isinstance(value, str) or not value:
            self.say(where, "people", _("Say who is meant."))


def _no_check(check: Check, where: str, node: Node) -> None:
    """Nothing particular to check."""


def _no_cancel(ctx: Context, reason: str) -> None:
    """Nothing to undo."""


@dataclass(frozen=True)
class Call:
    """How a node talks to another system (DOMAIN DF-12).

    ``send`` runs outside any transaction with what ``enter`` returned as the step's input, under a lease of
    ``seconds``; ``at_most_once`` says whether a call whose end nobody saw waits for an operator.
    """

    send: Callable[[dict[str, Any], str], dict[str, Any]]
    seconds: Callable[[Node], float]
    max_attempts: Callable[[Node], int]
    at_most_once: Callable[[Node], bool]


@dataclass(frozen=True)
class NodeKind:
    """One kind of node.

    ``enter`` begins the step; ``resume`` goes on with what ended a waiting; ``arrive`` is asked when a pass
    of a block ended; ``cancel`` withdraws what the step asked of others. All run inside the executor's
    transaction and call services only. ``call`` marks a kind that talks to another system: then ``enter``
    prepares the call, and ``resume`` gets its answer. A ``pure`` kind writes nothing
    but the rows it gives to ``keep``.
    """

    key: str
    fields: frozenset[str]
    enter: Callable[[Context], Result]
    resume: Callable[[Context, dict[str, Any]], Result] | None = None
    check: Callable[[Check, str, Node], None] = _no_check
    cancel: Callable[[Context, str], None] = _no_cancel
    arrive: Callable[[Context, FlowJoin, Arrival], Result] | None = None
    call: Call | None = None
    has_next: bool = True
    pure: bool = False
