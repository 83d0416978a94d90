"""What-if: a candidate run over the tickets of the last months, before it is published (PROCESSES SLA-13).

The work is done by the sweep in batches, each a transaction of its own that writes the row of the question
and nothing else. Whoever is killed leaves the row as it was after the batch before; memory holds one batch.
Both sides are replays under a virtual clock: today's rules, and the same with the candidate in its place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.choices import Grant
from accounts.policies import Actor, has_grant
from core import audit, sweep
from core.conditions import BadConditionError
from core.errors import NotAllowedError, NotVisibleError, WrongStateError, invalid
from core.time import db_now
from schedules.models import Calendar
from sla import lint
from sla.book import current, trying
from sla.choices import LIVE_TRIALS, Stage, TrialStatus
from sla.models import Clock, SLADefinition, WhatIf
from sla.past.history import changes_of, histories_of, related_of
from sla.past.replay import BookAt, play
from sla.whatif.trials import (
    CALENDAR,
    DEFINITION,
    Trial,
    check_calendar,
    plan_of,
    trial_of_calendar,
    trial_of_definition,
    written_definition,
)
from tickets.hooks import Change
from tickets.models import Ticket
from tickets.policies import visible_to

log = structlog.get_logger(__name__)
BATCH = 50
MOST_MONTHS = 36
MOST_NUMBERS = 200
MOST_LIVE = 5  # of one person
_COUNTS = ("tickets", "clocks_before", "clocks_after", "breaches_before", "breaches_after")


@transaction.atomic
def start_what_if(
    *,
    actor: Actor,
    months: int,
    definition: SLADefinition | None = None,
    calendar: Calendar | None = None,
    changes: Mapping[str, Any] | None = None,
) -> WhatIf:
    """A queued question: this definition, or this calendar with ``changes``, over the last ``months``.

    What is asked about is kept as it is now. ``changes`` as ``trials.check_calendar`` takes them. Raises
    NotAllowedError, WrongStateError (five run already), RuleRefusedError: months beyond 1 to 36, a definition
    that could not be published, a calendar that never opens.
    """
    if not has_grant(actor, Grant.CONFIG_WRITE):
        raise NotAllowedError
    if isinstance(months, bool) or not isinstance(months, int) or not 1 <= months <= MOST_MONTHS:
        raise invalid("months", _("Give 1 to %(most)s months.") % {"most": MOST_MONTHS}, code="range")
    live = WhatIf.objects.filter(asked_by=actor, status__in=LIVE_TRIALS)
    if actor is not None and live.count() >= MOST_LIVE:
        text = _("Five of your questions are being answered. Wait for one of them.")
        raise WrongStateError(text, current_state=str(TrialStatus.RUNNING), allowed=[])
    now = db_now()
    candidate, label = _candidate(definition, calendar, changes, now)
    row = WhatIf.objects.create(
        asked_by=actor,
        definition=definition,
        calendar=calendar,
        candidate=candidate,
        label=label[:200],
        months=months,
        since=months_before(now, months),
        as_of=now,
    )
    row.refresh_from_db()
    audit.write(actor=actor, table="sla_whatif", object_ref=str(row.public_id), action="asked")
    return row


def what_ifs_for(actor: Actor) -> QuerySet[WhatIf]:
    """The questions, newest first; none for who does not edit the configuration.

    A result names tickets, so people read their own questions; the platform reads all.
    """
    if not has_grant(actor, Grant.CONFIG_WRITE):
        return WhatIf.objects.none()
    rows = WhatIf.objects.select_related("asked_by", "definition", "calendar").order_by("-pk")
    return rows if actor is None else rows.filter(asked_by=actor)


def what_if_of(actor: Actor, public_id: Any) -> WhatIf:
    """The question. Raises NotVisibleError."""
    row = what_ifs_for(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisibleError
    return row


@sweep.register
def advance_what_ifs(*, limit: int) -> int:
    """Look at the next tickets of the oldest open question; returns how many, 0 when there is none.

    One worker at a time works on a question. One that cannot be answered is marked as failed, with a reason.
    """
    with transaction.atomic():
        found = WhatIf.objects.filter(status__in=LIVE_TRIALS).order_by("pk")
        row = found.select_for_update(skip_locked=True, no_key=True).first()
        if row is None:
            return 0
        try:
            with transaction.atomic():
                seen = _advance(row, min(limit, BATCH))
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("what_if_failed", what_if=str(row.public_id))
            seen = 1
            row.status, row.finished_at = TrialStatus.FAILED, db_now()
            row.error = f"{type(error).__name__}: {error}"[:300]
        row.save(update_fields=["status", "done", "total", "cursor", "result", "error", "finished_at"])
        return max(seen, 1)


def _advance(row: WhatIf, limit: int) -> int:
    trial = _trial(row)
    tickets = _tickets(row, trial)
    if row.total is None:
        row.total, row.status, row.result = tickets.count(), TrialStatus.RUNNING, _nothing()
    batch = list(tickets.filter(pk__gt=row.cursor).order_by("pk")[:limit])
    if batch:
        _look_at(row, trial, batch)
        row.cursor, row.done = batch[-1].pk, row.done + len(batch)
    if len(batch) < limit:
        row.status, row.finished_at = TrialStatus.DONE, db_now()
        row.total = row.done
    else:
        row.total = max(row.total, row.done)
    return len(batch)


def _trial(row: WhatIf) -> Trial:
    book = current()
    if row.candidate["what"] == DEFINITION:
        return trial_of_definition(book, row.candidate["says"], -row.pk)
    if row.calendar is None:
        raise NotVisibleError(_("The calendar is gone."))
    return trial_of_calendar(book, row.calendar, row.candidate["says"])


def _tickets(row: WhatIf, trial: Trial) -> QuerySet[Ticket]:
    """Those of the time that the asker may see."""
    seen = visible_to(row.asked_by)
    return Ticket.objects.filter(
        seen, kind__in=trial.kinds, opened_at__gte=row.since, opened_at__lte=row.as_of
    )


def _look_at(row: WhatIf, trial: Trial, batch: list[Ticket]) -> None:
    histories = histories_of(batch)
    related = related_of(histories.values())
    paths = sorted(trial.paths)
    assumed = set(row.result["assumed"])
    for ticket in batch:
        history = histories[ticket.pk]
        changes = changes_of(history, related, paths)
        assumed |= history.assumed
        team = related.of("group", ticket.group_id)
        _count(row.result, ticket, "" if team is None else team.key, *_both(trial, changes, row.as_of))
    row.result["assumed"] = sorted(assumed)


def _both(trial: Trial, changes: list[Change], as_of: dt.datetime) -> tuple[list[Clock], list[Clock]]:
    """The clocks by today's rules and by those with the candidate."""
    before: BookAt = lambda _at: trial.before  # noqa: E731 - the rules do not change while they are tried
    after: BookAt = lambda _at: trial.after  # noqa: E731 - see above
    with trying(trial.promise):
        return play(changes, before, now=as_of).clocks, play(changes, after, now=as_of).clocks


def _nothing() -> dict[str, Any]:
    names = {"gained": [], "lost": [], "gained_count": 0, "lost_count": 0}
    return dict.fromkeys(_COUNTS, 0) | names | {"by_priority": {}, "by_team": {}, "assumed": []}


def _count(
    result: dict[str, Any], ticket: Ticket, team: str, before: list[Clock], after: list[Clock]
) -> None:
    """Clocks that were withdrawn keep out of the figures, as in reports (SLA-15)."""
    old, new = _breaches(before), _breaches(after)
    result["tickets"] += 1
    result["clocks_before"] += sum(clock.stage != Stage.CANCELLED for clock in before)
    result["clocks_after"] += sum(clock.stage != Stage.CANCELLED for clock in after)
    result["breaches_before"] += len(old)
    result["breaches_after"] += len(new)
    for part, key in (("by_priority", str(ticket.priority)), ("by_team", team)):
        counts = result[part].setdefault(key, [0, 0])
        counts[0] += len(old)
        counts[1] += len(new)
    for name, found in (("gained", new - old), ("lost", old - new)):
        result[f"{name}_count"] += len(found)
        if found and len(result[name]) < MOST_NUMBERS:
            result[name].append(ticket.number)


def _breaches(clocks: list[Clock]) -> set[tuple[str, int]]:
    return {
        (clock.track, clock.cycle)
        for clock in clocks
        if clock.breached_at is not None and clock.stage != Stage.CANCELLED
    }


def months_before(now: dt.datetime, months: int) -> dt.datetime:
    """The same day so many months ago, the last of the month where there is no such day."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    for day in (now.day, 30, 29, 28):
        try:
            return now.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return now - dt.timedelta(days=31 * months)


def _candidate(
    definition: SLADefinition | None,
    calendar: Calendar | None,
    changes: Mapping[str, Any] | None,
    now: dt.datetime,
) -> tuple[dict[str, Any], str]:
    """What is kept of the question, and what it is called."""
    if (definition is None) == (calendar is None):
        raise invalid("definition", _("Choose a definition or a calendar."), code="required")
    if definition is not None:
        lint.check(definition, now=now)
        says = written_definition(definition)
        try:
            trial_of_definition(current(), says, -1)
        except BadConditionError as refusal:
            raise invalid("definition", str(refusal.detail)) from refusal
        return {"what": DEFINITION, "says": says}, f"{definition.name} ({definition.key} {definition.no})"
    assert calendar is not None  # noqa: S101 - one of the two was given
    says = check_calendar(changes or {})
    plan_of(calendar, says)
    return {"what": CALENDAR, "says": says}, f"{calendar.name} ({calendar.key})"
