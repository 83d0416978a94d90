"""Ordering: one transaction from the answers to the running flow (PROCESSES REQ-01)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor
from catalog import flows
from catalog.choices import ItemState, RequestState
from catalog.entitlement import facts_of
from catalog.formdata import Answers, validate
from catalog.models import CatalogItemVersion, Request, RequestItem
from catalog.policies import may_order_for
from catalog.selectors import expected_at, offered, usual_times
from catalog.services.tasks import open_task
from core.errors import FieldError, NotAllowedError, RuleRefusedError, WrongStateError, invalid, required
from core.time import db_now
from tickets.choices import Channel, Level
from tickets.services import open_ticket

MAX_LINES = 50


@dataclass(frozen=True)
class OrderLine:
    """One thing to order for one person; ``version_no`` is the edition the person read, if known."""

    item_key: str
    answers: Any = field(default_factory=dict)
    quantity: int = 1
    requested_for: User | None = None
    version_no: int | None = None


@dataclass(frozen=True)
class _Checked:
    """A line that may be ordered."""

    person: User
    version: CatalogItemVersion
    answers: Answers
    quantity: int

    @property
    def price(self) -> Decimal:
        return self.answers.price * self.quantity

    @property
    def recurring_price(self) -> Decimal:
        return self.answers.recurring_price * self.quantity


@transaction.atomic
def order_item(
    *,
    actor: Actor,
    item_key: str,
    answers: Any,
    quantity: int = 1,
    requested_for: User | None = None,
    version_no: int | None = None,
    channel: str = Channel.PORTAL,
) -> Request:
    """Order one item and return its request, in process, with the flow started or the first task opened.

    Entitlement, answers and price are checked against the published version. Publishes ``request.opened``,
    ``ritm.opened`` and ``sctask.opened`` or ``flow.started``. Nothing is written when it raises:
    NotVisibleError (no such item for this person), NotAllowedError (may not order for them), WrongStateError
    with code ``item_changed`` (another version was published since), RuleRefusedError (one entry per field).
    """
    line = OrderLine(item_key, answers, quantity, requested_for, version_no)
    return place_order(actor=actor, lines=[line], channel=channel)


@transaction.atomic
def place_order(*, actor: Actor, lines: Sequence[OrderLine], channel: str = Channel.PORTAL) -> Request:
    """One request with one item per line. Raises as ``order_item``; with several lines, fields are named
    ``lines.<place>.<field>``.
    """
    if not 1 <= len(lines) <= MAX_LINES:
        raise invalid("lines", _("An order has between 1 and %(most)s lines.") % {"most": MAX_LINES})
    checked = _check_lines(actor, lines)
    now = db_now()
    request = _open_request(actor, checked, channel)
    items = [_open_item(actor, request, line, channel, now) for line in checked]
    for item in items:
        _start(item, actor)
    return request


def _check_lines(actor: Actor, lines: Sequence[OrderLine]) -> list[_Checked]:
    """All lines checked; mistakes of all lines are told at once."""
    checked, errors = [], []
    for place, line in enumerate(lines):
        prefix = f"lines.{place}." if len(lines) > 1 else ""
        try:
            checked.append(_check_line(actor, line))
        except RuleRefusedError as refusal:
            errors += [FieldError(f"{prefix}{each.field}", each.code, each.detail) for each in refusal.errors]
    if errors:
        raise RuleRefusedError(errors=errors)
    if len({line.version.currency for line in checked}) > 1:
        raise invalid("lines", _("Items in different currencies cannot be ordered together."))
    return checked


def _check_line(actor: Actor, line: OrderLine) -> _Checked:
    person = line.requested_for or actor
    if person is None:
        raise required("requested_for", _("Say for whom this is ordered."))
    if not may_order_for(actor, person):
        raise NotAllowedError(_("You can order for yourself and for people who report to you."))
    if not person.is_active:
        raise invalid("requested_for", _("This person is not active any more."))
    version = offered(actor or person, line.item_key, for_whom=person)
    if line.version_no not in (None, version.no):
        raise WrongStateError(
            _("“%(item)s” was changed since you opened it. Please look at it again before you order.")
            % {"item": version.name},
            code="item_changed",
            current_version=version.no,
        )
    quantity, wrong = _quantity(line.quantity, version.max_quantity)
    try:
        answers = validate(version, line.answers, person, actor=actor)
    except RuleRefusedError as refusal:
        raise RuleRefusedError(errors=[*wrong, *refusal.errors]) from None
    if wrong:
        raise RuleRefusedError(errors=wrong)
    return _Checked(person, version, answers, quantity)


def _quantity(value: Any, most: int) -> tuple[int, list[FieldError]]:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
        return value, []
    text = _("Between 1 and %(most)s pieces can be ordered at once.") % {"most": most}
    return 1, [FieldError("quantity", "invalid", text)]


def _open_request(actor: Actor, lines: Sequence[_Checked], channel: str) -> Request:
    people = {line.person.pk: line.person for line in lines}
    person = next(iter(people.values())) if len(people) == 1 else (actor or lines[0].person)
    request = Request(
        kind="request",
        # Submitted is for a request that waits for an approval as a whole; this one passes in the same write.
        state=RequestState.IN_PROCESS,
        title=_title(lines, person),
        requester=person,
        on_behalf_of=person if actor is not None and actor.pk != person.pk else None,
        opened_by=actor or person,
        channel=channel,
        urgency=Level.MEDIUM,
        category=lines[0].version.item.category.key,
        group=lines[0].version.item.owner_group,
        total=sum((line.price for line in lines), Decimal(0)),
        recurring_total=sum((line.recurring_price for line in lines), Decimal(0)),
        currency=lines[0].version.currency,
    )
    return open_ticket(request, actor=actor)


def _title(lines: Sequence[_Checked], person: User) -> str:
    with override(person.language or get_language()):
        first = _line_title(lines[0])
        more = len(lines) - 1
        if not more:
            return first
        text = ngettext("%(item)s and %(more)s more item", "%(item)s and %(more)s more items", more)
        return text % {"item": first[:120], "more": more}


def _line_title(line: _Checked) -> str:
    return line.version.name if line.quantity == 1 else f"{line.version.name} × {line.quantity}"


def _open_item(actor: Actor, request: Request, line: _Checked, channel: str, now: dt.datetime) -> RequestItem:
    version, person = line.version, line.person
    with override(person.language or get_language()):
        title = _line_title(line)
    waits = version.flow_key and flows.asks_approval(version.flow_key)
    item = RequestItem(
        kind="ritm",
        state=ItemState.PENDING_APPROVAL if waits else ItemState.OPEN,
        title=title,
        requester=person,
        on_behalf_of=request.on_behalf_of if request.requester_id == person.pk else person,
        opened_by=actor or person,
        channel=channel,
        urgency=Level.MEDIUM,
        category=version.item.category.key,
        group=version.item.owner_group,
        parent_id=request.pk,
        request=request,
        item_version=version,
        variables=line.answers.values,
        collected=_collected(person),
        quantity=line.quantity,
        price=line.price,
        recurring_price=line.recurring_price,
        recurring_period=version.recurring_period,
        currency=version.currency,
        expected_at=expected_at(version, usual_times([version])[version.item_id], now),
    )
    return open_ticket(item, actor=actor, payload={"request_id": request.pk})


def _collected(person: User) -> dict[str, Any]:
    """What is noted of the person as they are now: approvals and reports read this, whatever changes."""
    facts = facts_of(person)
    return {
        "department": (facts["department"] or {}).get("key", ""),
        "department_name": (facts["department"] or {}).get("name", ""),
        "location": (facts["location"] or {}).get("key", ""),
        "manager": (facts["manager"] or {}).get("username", ""),
        "grade": facts["grade"],
        "cost_center": facts["cost_center"],
    }


def _start(item: RequestItem, actor: Actor) -> None:
    """Start the item's flow, or open the one task of an item that has none."""
    if item.item_version.flow_key:
        flows.start(item, actor=actor)
        return
    open_task(
        parent=item, title=item.title, group=item.item_version.item.owner_group, due_at=item.expected_at
    )
