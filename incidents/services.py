"""What can be done with an incident; each wraps the one door of ``tickets.services``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Grant
from accounts.models import User
from accounts.policies import Actor, has_grant, is_agent
from accounts.selectors import person
from cmdb.models import CI
from core import sweep
from core.errors import NotAllowedError, NotVisibleError, WrongStateError, invalid
from core.models import Attachment
from core.settings_store import value
from core.time import db_now
from incidents.choices import HoldReason, State
from incidents.lifecycle import is_inside_reopen_window
from incidents.models import Incident
from schedules.selectors import business_time
from tickets.choices import Channel, Level, LinkType
from tickets.models import Activity, TicketLink
from tickets.policies import is_requester_side, visible_to
from tickets.services import add_comment, apply_transition, attach, open_ticket


@transaction.atomic
def open_incident(
    *,
    actor: Actor,
    title: str,
    requester: User | None = None,
    description: str = "",
    impact: int = Level.LOW,
    urgency: int = Level.LOW,
    category: str = "",
    ci: CI | None = None,
    channel: str = Channel.PORTAL,
    attachments: Sequence[Attachment] = (),
    **more: Any,
) -> Incident:
    """A new incident in state ``new``, numbered, prioritised and routed by the assignment rules.

    Impact and urgency run from 1 (high) to 3 (low); priority 1 to 5 follows from the matrix. Publishes
    ``incident.opened``; SLA clocks start in this transaction. Raises NotAllowedError when somebody who is no
    agent opens for another person, RuleRefusedError for values that cannot be stored.
    """
    requester = requester or actor
    if requester is None:
        raise invalid("requester", _("Say who reports this."), code="required")
    if actor is not None and requester != actor and not has_grant(actor, Grant.INCIDENT_WRITE):
        raise NotAllowedError(_("You can report problems in your own name only."))
    _check_levels(impact=impact, urgency=urgency)
    incident = Incident(
        kind="incident",
        state=State.NEW,
        title=title,
        requester=requester,
        description=description,
        impact=impact,
        urgency=urgency,
        category=category,
        ci=ci,
        channel=channel,
        **more,
    )
    if ci is not None and incident.group_id is None and ci.support_group_id:
        incident.group = ci.support_group
    open_ticket(incident, actor=actor)
    for file in attachments:
        attach(incident.pk, actor=actor, attachment=file)
    return incident


def _check_levels(**levels: int) -> None:
    for name, level in levels.items():
        if level not in Level.values:
            raise invalid(name, _("Choose 1 (high), 2 (medium) or 3 (low)."), code="choice")


def start_incident(pk: int, *, actor: Actor, expected_version: int | None = None, **words: str) -> Incident:
    """Begin work: the incident goes to ``in_progress``. Raises as ``apply_transition``."""
    return apply_transition(Incident, pk, "start", actor=actor, expected_version=expected_version, **words)


def hold_incident(
    pk: int,
    *,
    actor: Actor,
    hold_reason: str,
    hold_until: dt.datetime | None = None,
    comment: str = "",
    expected_version: int | None = None,
    **words: str,
) -> Incident:
    """Let the incident wait. Awaiting the caller needs a public comment.

    ``hold_until`` defaults by reason (INC-04). Raises as ``apply_transition``.
    """
    if hold_reason == HoldReason.AWAITING_CALLER and not comment:
        raise invalid("comment", _("Tell the requester what you need from them."), code="required")
    now = db_now()
    until = hold_until or _default_hold_end(hold_reason, now)
    if until <= now:
        raise invalid("hold_until", _("This must lie in the future."))
    return apply_transition(
        Incident,
        pk,
        "hold",
        actor=actor,
        expected_version=expected_version,
        hold_reason=hold_reason,
        hold_until=until,
        comment=comment,
        **words,
    )


def _default_hold_end(reason: str, now: dt.datetime) -> dt.datetime:
    days = 30 if reason == HoldReason.AWAITING_PROBLEM else value("incident.hold_days")
    return business_time("kr-office").add_business_days(now, days)


def resume_incident(pk: int, *, actor: Actor, expected_version: int | None = None, **words: str) -> Incident:
    """End the waiting. Raises as ``apply_transition``."""
    return apply_transition(Incident, pk, "resume", actor=actor, expected_version=expected_version, **words)


def resolve_incident(
    pk: int, *, actor: Actor, expected_version: int | None = None, **inputs: Any
) -> Incident:
    """Record that service is restored; agents give ``close_code`` and ``close_notes``. Raises as above."""
    return apply_transition(Incident, pk, "resolve", actor=actor, expected_version=expected_version, **inputs)


def reopen_incident(pk: int, *, actor: Actor, expected_version: int | None = None, **words: str) -> Incident:
    """Take a resolved incident up again; the requester says why in ``comment``. Raises as above."""
    return apply_transition(Incident, pk, "reopen", actor=actor, expected_version=expected_version, **words)


def close_incident(pk: int, *, actor: Actor, expected_version: int | None = None, **words: str) -> Incident:
    """Close a resolved incident for good. Raises as above."""
    return apply_transition(Incident, pk, "close", actor=actor, expected_version=expected_version, **words)


def cancel_incident(
    pk: int, *, actor: Actor, reason_text: str, expected_version: int | None = None, **words: str
) -> Incident:
    """Withdraw an incident with a reason. Raises as above."""
    return apply_transition(
        Incident,
        pk,
        "cancel",
        actor=actor,
        expected_version=expected_version,
        reason_text=reason_text,
        **words,
    )


SERVICES = {
    "start": start_incident,
    "hold": hold_incident,
    "resume": resume_incident,
    "resolve": resolve_incident,
    "reopen": reopen_incident,
    "close": close_incident,
    "cancel": cancel_incident,
}


@transaction.atomic
def reply(
    pk: int, *, actor: User, body: str, attachments: Sequence[Attachment] = ()
) -> tuple[Incident, Activity | None]:
    """A requester's or agent's public word, wherever the incident stands.

    On a closed one it opens a follow-up with the copied fields and a link (INC-10) and returns that.
    Raises NotVisibleError, NotAllowedError, RuleRefusedError.
    """
    incident = Incident.objects.filter(visible_to(actor), pk=pk).first()
    if incident is None:
        raise NotVisibleError
    if not incident.is_closed:
        return incident, add_comment(pk, actor=actor, body=body, attachments=attachments)
    if is_agent(actor) and incident.requester_id != actor.pk:
        raise WrongStateError(_("This incident is closed."), current_state=incident.state, allowed=[])
    return _follow_up(incident, actor, body, attachments), None


def _follow_up(old: Incident, actor: User, body: str, attachments: Sequence[Attachment]) -> Incident:
    new = open_incident(
        actor=actor,
        title=old.title,
        requester=old.requester,
        description=body,
        impact=old.impact,
        urgency=old.urgency,
        category=old.category,
        ci=old.ci,
        group=old.group,
        attachments=attachments,
    )
    TicketLink.objects.create(source=new, target=old, type=LinkType.FOLLOW_UP_OF)
    return new


REOPEN_WORDS = ("reopen", "please reopen", "다시 열기")


@transaction.atomic
def reopen_after_reply(pk: int, *, speaker_id: int, text: str) -> None:
    """Reopen a resolved incident when its requester asks by keyword, or by any reply if so set (INC-07)."""
    row = Incident.objects.filter(pk=pk, state=State.RESOLVED).first()
    if row is None or not is_requester_side(person(speaker_id), row):
        return
    asked = text.strip().lower().rstrip(".!") in REOPEN_WORDS
    if (asked or value("incident.reply_reopens")) and is_inside_reopen_window(row):
        reopen_incident(pk, actor=None, work_note=_("Reopened by the requester's reply."))


@transaction.atomic
def resume_after_answer(pk: int, *, speaker_id: int) -> None:
    """Resume an incident that awaits its caller, if the speaker is the caller; run twice it acts once."""
    row = Incident.objects.filter(pk=pk).select_for_update(no_key=True, of=("self", "ticket_ptr")).first()
    if row is None or row.state != State.ON_HOLD or row.hold_reason != HoldReason.AWAITING_CALLER:
        return
    if is_requester_side(person(speaker_id), row):
        resume_incident(pk, actor=None, work_note=_("The requester answered; work resumes."))


@sweep.register
def resume_overdue_holds(*, limit: int) -> int:
    """Resume incidents whose ``hold_until`` has passed, with a work note (INC-04); returns how many."""
    due = Incident.objects.filter(state=State.ON_HOLD, hold_until__lte=db_now()).order_by("hold_until", "pk")
    return sum(_resume_one(pk) for pk in due.values_list("pk", flat=True)[: min(limit, 50)])


@transaction.atomic
def _resume_one(pk: int) -> int:
    row = Incident.objects.filter(pk=pk).select_for_update(
        no_key=True, skip_locked=True, of=("self", "ticket_ptr")
    )
    incident = row.first()
    if incident is None or incident.state != State.ON_HOLD or (incident.hold_until or db_now()) > db_now():
        return 0
    resume_incident(pk, actor=None, work_note=_("The waiting time is over; work resumes."))
    return 1


@sweep.register
def close_resolved(*, limit: int) -> int:
    """Close incidents resolved ``incident.auto_close_days`` business days ago, never major ones (INC-08)."""
    days = value("incident.auto_close_days")
    if not days:
        return 0
    now = db_now()
    # Business days are never shorter than calendar days, so this finds every candidate by the index.
    candidates = Incident.objects.filter(
        state=State.RESOLVED, active=True, phase="done", resolved_at__lte=now - dt.timedelta(days=days)
    ).exclude(major_status="accepted")
    calendar = business_time("kr-office")
    closed = 0
    for pk, resolved_at in candidates.order_by("resolved_at", "pk").values_list("pk", "resolved_at")[
        : min(limit, 50)
    ]:
        if resolved_at is not None and calendar.add_business_days(resolved_at, days) <= now:
            closed += _close_one(pk)
    return closed


@transaction.atomic
def _close_one(pk: int) -> int:
    row = Incident.objects.filter(pk=pk).select_for_update(
        no_key=True, skip_locked=True, of=("self", "ticket_ptr")
    )
    incident = row.first()
    if incident is None or incident.state != State.RESOLVED:
        return 0
    close_incident(pk, actor=None)
    return 1
