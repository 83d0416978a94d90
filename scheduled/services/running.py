"""Opening what is due: each occurrence once, whoever sees it first (PITFALLS P-27).

The lock of the schedule, the row of the occurrence (unique), the ticket and the next due time are of one
transaction: whatever ends it in the middle ends all of it.
"""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import InterfaceError, OperationalError, transaction

from accounts.policies import Actor
from core import outbox, sweep
from core.cause import caused_by
from core.errors import BusyError, DomainError, StorageFullError, UnexpectedError
from core.time import clock_now, db_now
from incidents.services import open_incident
from scheduled import rules
from scheduled.choices import Failure, Outcome
from scheduled.models import Occurrence, TicketSchedule
from scheduled.recurrence import between, following
from scheduled.services.editing import locked, record, touch
from tickets.choices import Channel
from tickets.models import Ticket

log = structlog.get_logger(__name__)
AT_ONCE = 20
MOST_NOTED = 60  # missed occurrences of one schedule that are noted after a long stop
PASSING = (BusyError, StorageFullError, UnexpectedError)  # tried again, not noted


@sweep.register
def open_due(*, limit: int) -> int:
    """Open the tickets of the schedules that are due; returns how many schedules moved on.

    After a time without workers the newest missed occurrence is opened, those before it are noted as passed
    over. A schedule that fails in an unforeseen way is left as it was, and does not stop the others.
    """
    due = TicketSchedule.objects.filter(is_active=True, next_at__lte=db_now()).order_by("next_at", "pk")
    moved, most = 0, min(limit, AT_ONCE)
    for pk in due.values_list("pk", flat=True):
        moved += _move_on(pk)
        if moved >= most:
            break
    return moved


@transaction.atomic
def run_now(key: str, *, actor: Actor) -> Occurrence:
    """An occurrence of this moment, beside those of the calendar, with its ticket or why there is none.

    Publishes ``ticket_schedule.run``. Raises NotVisibleError, NotAllowedError.
    """
    row = locked(key, actor, "run")
    found = _open(row, clock_now(), by_hand=True)
    assert found is not None  # noqa: S101 - nothing else has this instant while the row is locked
    record(row, actor, "run", {"outcome": [None, found.outcome]})
    return found


def _move_on(pk: int) -> int:
    try:
        return _open_newest(pk)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("ticket_schedule_failed", schedule=pk)
        return 0


@transaction.atomic
def _open_newest(pk: int) -> int:
    now = db_now()
    rows = TicketSchedule.objects.select_related("requester", "owner", "group", "ci", "calendar")
    rows = rows.select_for_update(no_key=True, skip_locked=True, of=("self",))
    row = rows.filter(pk=pk, is_active=True, next_at__lte=now).first()
    if row is None or row.next_at is None:
        return 0  # a copy has it, or had it
    rule = rules.rule_of(row)
    *missed, newest = [row.next_at, *(at for at in between(rule, row.next_at, now) if at > row.next_at)]
    Occurrence.objects.bulk_create(
        [
            Occurrence(schedule=row, due_at=at, outcome=Outcome.SKIPPED, reason=Failure.MISSED)
            for at in missed[-MOST_NOTED:]
        ],
        ignore_conflicts=True,
    )
    _open(row, newest)
    row.next_at = following(rule, now)
    touch(row, now)
    return 1


def _open(row: TicketSchedule, due_at: dt.datetime, *, by_hand: bool = False) -> Occurrence | None:
    """The occurrence with its ticket; None when this instant had its turn (the clock was turned back)."""
    wanted = {"outcome": Outcome.OPENED, "by_hand": by_hand}
    found, is_new = Occurrence.objects.get_or_create(schedule=row, due_at=due_at, defaults=wanted)
    if not is_new:
        return None
    reason, detail = _hindrance(row), ""
    if not reason:
        try:
            found.ticket = _ticket(row, due_at)
        except PASSING:
            raise
        except DomainError as refusal:
            texts = [str(each.detail) for each in refusal.errors] or [str(refusal.detail)]
            reason, detail = Failure.REFUSED, " ".join(texts)[:500]
    if reason:
        found.outcome, found.reason, found.detail = Outcome.FAILED, reason, detail
        outbox.publish("ticket_schedule.failed", {"schedule": str(row.public_id), "reason": str(reason)})
    found.save(update_fields=["ticket", "outcome", "reason", "detail"])
    return found


def _hindrance(row: TicketSchedule) -> str:
    """Why no ticket can be opened now; empty when one can."""
    if not row.requester.is_active:
        return Failure.REQUESTER_LEFT
    if row.group is not None and not row.group.is_active:
        return Failure.GROUP_OFF
    return ""


@transaction.atomic
def _ticket(row: TicketSchedule, due_at: dt.datetime) -> Ticket:
    """The incident, opened by the platform for the requester; its cause names the schedule."""
    instant = due_at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    with caused_by(f"schedule:{row.key}:{instant}", channel="system"):
        return open_incident(
            actor=None,
            title=row.title,
            description=row.description,
            requester=row.requester,
            category=row.category,
            impact=row.impact,
            urgency=row.urgency,
            ci=row.ci,
            group=row.group,
            channel=Channel.SYSTEM,
        )
