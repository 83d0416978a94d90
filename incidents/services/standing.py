"""Whether an incident is a major one: proposed, accepted, rejected, demoted (PROCESSES INC-13)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Group, User
from accounts.policies import Actor
from accounts.selectors import is_member
from core import outbox
from core.errors import NotAllowedError, WrongStateError, required
from core.text import clean
from incidents.choices import MajorStatus, Part, Verdict
from incidents.families import check_parent
from incidents.major import (
    EDGES,
    LABELS,
    LONGEST,
    OPEN_STATES,
    Edge,
    edges_for,
    is_major,
    makes_new_one,
    next_update_after,
)
from incidents.major_selectors import affected, major_group
from incidents.models import Incident, MajorProposal, MajorRoom, MajorRule, MajorSeat
from incidents.policies import may
from incidents.services.opening import open_incident
from schedules.selectors import on_call_for_group
from tickets.choices import ActivityKind, Channel
from tickets.hooks import Change
from tickets.models import Ticket
from tickets.services import locked, record, snapshot
from tickets.services.writing import activity, instant, save_changed, settle_owner

# After these the pages of everybody's tickets say something else; open ones look again.
_SEEN_BY_THE_AFFECTED = {"accept_major", "demote_major"}
# What an accepted one that was cancelled as an incident tells, beside its own move.
ENDED, CANCELLED = "incident.major_ended", "incident.major_cancelled"
_EVENTS = {
    "propose_major": "incident.major_proposed",
    "accept_major": "incident.major_accepted",
    "reject_major": "incident.major_rejected",
    "demote_major": CANCELLED,
}


@transaction.atomic
def propose_major(
    pk: int,
    *,
    actor: Actor,
    reason: str,
    business_impact: str,
    rule: MajorRule | None = None,
    expected_version: int | None = None,
) -> Incident:
    """Say that an open incident may be a major one; its managers are told and decide.

    Publishes ``incident.major_proposed``. Raises NotVisibleError, StaleVersionError, NotAllowedError,
    WrongStateError for one that is done, is proposed or accepted already, or has a parent, RuleRefusedError
    for a missing reason or impact.
    """
    incident, edge = _at(pk, "propose_major", actor, expected_version)
    texts = _texts(edge, {"reason": reason, "business_impact": business_impact})
    MajorProposal.objects.create(
        incident=incident,
        rule=rule,
        proposed_by=actor,
        proposed_at=instant(incident),
        reason=texts["reason"],
        business_impact=texts["business_impact"],
    )
    return _move(incident, edge, actor, _in_words(texts))


@transaction.atomic
def accept_major(
    pk: int,
    *,
    actor: Actor,
    work_note: str,
    business_impact: str,
    rule: MajorRule | None = None,
    expected_version: int | None = None,
) -> Incident:
    """The major incident: this one, or a new one above it where ``major.create`` says so.

    Who accepts becomes assignee and incident commander; its room opens, and the first update is due. By a
    ``rule`` the on-call person of the group of ``major.group`` does. Publishes ``incident.major_accepted``,
    and ``incident.major_told`` about each ticket whose page tells of it. Raises as ``propose_major``, and
    RuleRefusedError when a new one above would make too many levels.
    """
    incident, edge = _at(pk, "accept_major", actor, expected_version)
    texts = _texts(edge, {"work_note": work_note, "business_impact": business_impact})
    if rule is not None:
        MajorProposal.objects.create(
            incident=incident,
            rule=rule,
            reason=texts["work_note"],
            business_impact=texts["business_impact"],
            proposed_at=instant(incident),
        )
    _decide(incident, actor, Verdict.ACCEPTED)
    if makes_new_one():
        incident = _put_below_new(incident, actor)
    now = instant(incident)
    before = snapshot(incident)
    leader = _lead(incident, actor, now)
    MajorRoom.objects.create(
        incident=incident,
        started_at=now,
        accepted_by=actor,
        business_impact=texts["business_impact"],
        next_update_at=next_update_after(now),
    )
    if leader is not None:
        MajorSeat.objects.create(incident=incident, part=Part.COMMANDER, person=leader, since=now)
    return _move(incident, edge, actor, _in_words(texts), before=before)


@transaction.atomic
def reject_major(pk: int, *, actor: Actor, reason: str, expected_version: int | None = None) -> Incident:
    """Say that a proposed one is no major incident; its state stays, who works on it is told.

    The rule that found it does not propose it again. Publishes ``incident.major_rejected``. Raises as above.
    """
    incident, edge = _at(pk, "reject_major", actor, expected_version)
    texts = _texts(edge, {"reason": reason})
    _decide(incident, actor, Verdict.REJECTED)
    return _move(incident, edge, actor, _in_words(texts))


@transaction.atomic
def demote_major(pk: int, *, actor: Actor, reason: str, expected_version: int | None = None) -> Incident:
    """Say that an open one is no major incident any more; its state stays, no more updates are due.

    Publishes ``incident.major_cancelled``, and ``incident.major_told`` as ``accept_major``. Raises as above.
    """
    incident, edge = _at(pk, "demote_major", actor, expected_version)
    texts = _texts(edge, {"reason": reason})
    MajorRoom.objects.filter(incident=incident).update(next_update_at=None)
    return _move(incident, edge, actor, _in_words(texts))


def keep_plan(change: Change) -> None:
    """A hook: a major incident that ends has no update due, one that is reopened has; whoever moves it.

    Publishes ``incident.major_ended`` when one is resolved.
    """
    if change.before is None or change.ticket.kind != "incident" or "state" not in change.changes:
        return
    if change.before["major_status"] not in {MajorStatus.PROPOSED, MajorStatus.ACCEPTED}:
        return
    incident: Any = change.ticket
    facts = {"ticket_id": incident.pk, "number": incident.number, "kind": incident.kind}
    if incident.major_status == MajorStatus.CANCELLED:  # cancelled as an incident
        MajorProposal.objects.filter(incident=incident.pk, verdict=Verdict.OPEN).update(
            verdict=Verdict.WITHDRAWN, decided_by=change.actor, decided_at=change.at
        )
        outbox.publish(CANCELLED, facts, actor=change.actor)
    if not is_major(incident) and incident.major_status != MajorStatus.CANCELLED:
        return
    is_open = incident.state in OPEN_STATES
    rooms = MajorRoom.objects.filter(incident=incident.pk)
    if not is_open:
        rooms.update(next_update_at=None)
    elif change.verb == "reopen":
        rooms.update(next_update_at=next_update_after(change.at))
    if change.verb == "resolve":
        outbox.publish(ENDED, facts, actor=change.actor)


def _at(pk: int, name: str, actor: Actor, version: int | None) -> tuple[Incident, Edge]:
    incident = locked(Incident, pk, actor=actor, expected_version=version)
    edge = EDGES[name]
    if not may(actor, incident, name):
        raise NotAllowedError(_("Your role does not allow “%(name)s” here.") % {"name": edge.label})
    if edge not in edges_for(actor, incident):
        raise _impossible(incident, edge, actor)
    return incident, edge


def _impossible(incident: Incident, edge: Edge, actor: Actor) -> WrongStateError:
    words: dict[str, Any] = {"number": incident.number, "wanted": edge.label}
    words["standing"] = incident.get_major_status_display()
    if incident.state not in OPEN_STATES:
        text = _("%(number)s is not open any more: “%(wanted)s” is not possible.")
    elif incident.major_status in edge.sources:
        text = _("%(number)s has a parent. Propose or accept that one as major incident instead.")
    else:
        text = _("As major incident %(number)s is “%(standing)s”: “%(wanted)s” is not possible.")
    allowed = [each.name for each in edges_for(actor, incident)]
    return WrongStateError(text % words, current_state=incident.major_status, allowed=allowed)


def _texts(edge: Edge, given: dict[str, str]) -> dict[str, str]:
    texts = {name: clean(name, text, max_length=LONGEST) for name, text in given.items()}
    for name in edge.required:
        if not texts[name]:
            raise required(name)
    return texts


def _in_words(texts: dict[str, str]) -> str:
    lines = [text if name == "work_note" else f"{LABELS[name]}: {text}" for name, text in texts.items()]
    return "\n".join(lines)


def _move(
    incident: Incident, edge: Edge, actor: Actor, note: str, *, before: dict[str, Any] | None = None
) -> Incident:
    before, now = before or snapshot(incident), instant(incident)
    incident.major_status = edge.target
    save_changed(incident, before, at=now)
    record(
        incident,
        before=before,
        actor=actor,
        verb=edge.name,
        event=_EVENTS[edge.name],
        at=now,
        extra=[activity(incident, actor, ActivityKind.WORK_NOTE, body=note)],
    )
    if edge.name in _SEEN_BY_THE_AFFECTED:
        outbox.publish_many(
            ("incident.major_told", {"ticket_id": each.pk, "number": each.number, "kind": incident.kind})
            for each in affected(incident)
        )
    return incident


def _decide(incident: Incident, actor: Actor, verdict: Verdict) -> None:
    rows = MajorProposal.objects.filter(incident=incident, verdict=Verdict.OPEN)
    rows.update(verdict=verdict, decided_by=actor, decided_at=instant(incident))


def _put_below_new(found: Incident, actor: Actor) -> Incident:
    """A new incident like the one that was found, which becomes its child and is no candidate any more."""
    new = open_incident(
        actor=actor,
        requester=actor or found.requester,
        title=found.title,
        description=found.description,
        impact=found.impact,
        urgency=found.urgency,
        category=found.category,
        ci=found.ci,
        group=found.group,
        channel=Channel.AGENT if actor is not None else Channel.SYSTEM,
    )
    before, now = snapshot(found), instant(found)
    check_parent(found, new, actor)
    found.parent, found.major_status = Ticket.objects.get(pk=new.pk), MajorStatus.NONE
    save_changed(found, before, at=now)
    record(found, before=before, actor=actor, verb="updated", event="incident.updated", at=now)
    return locked(Incident, new.pk, actor=actor)


def _lead(incident: Incident, actor: Actor, now: dt.datetime) -> User | None:
    """Make who leads it the assignee, with a group that this person is in; returns the leader.

    A restricted group keeps its incident: then the leader only takes the seat of the commander.
    """
    old_group, old_assignee = incident.group_id, incident.assignee_id
    chosen = major_group(incident.company_id)
    leader = actor
    if actor is None:
        on_call = on_call_for_group(chosen.pk, now) if chosen is not None else []
        leader = next((each for each in on_call if chosen and is_member(each.pk, chosen.pk)), None)
    if leader is None:
        return incident.assignee
    if incident.group is None or not incident.group.is_restricted:
        incident.group = _group_of(leader, incident, chosen)
    if incident.group is None or is_member(leader.pk, incident.group.pk):
        incident.assignee = leader
    settle_owner(incident, old_group, old_assignee, by_hand=False)
    return leader


def _group_of(leader: User, incident: Incident, chosen: Group | None) -> Group | None:
    """The incident's own group if the leader is in it, that of ``major.group``, else one of the leader's."""
    mine = Group.objects.filter(memberships__user=leader, company=incident.company_id, is_active=True)
    places = {group.pk: group for group in mine.order_by("key")}
    for wanted in (incident.group, chosen):
        if wanted is not None and wanted.pk in places:
            return wanted
    return next((each for each in places.values() if not each.is_restricted), None)
