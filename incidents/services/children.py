"""What a parent incident does to its children; each child in a transaction of its own (PROCESSES INC-11)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import person
from core import outbox
from core.errors import DomainError, NotAllowedError, NotVisibleError, WrongStateError
from core.models import Attachment
from core.time import db_now
from incidents.choices import HoldReason, State
from incidents.models import Incident
from incidents.selectors import cause_of_resolution, open_children
from incidents.services.moving import (
    hold_incident,
    reopen_incident,
    resolve_incident,
    resume_incident,
    start_incident,
)
from tickets.models import Activity
from tickets.policies import is_requester_side, may, visible_to
from tickets.selectors import is_done_here
from tickets.services import add_comment, add_work_note, locked

FOLLOWED = "incidents.handlers.follow_the_parent"  # as the cause of what it did is written
_FOLLOWED_MOVES = {"start", "resume", "hold", "resolve", "reopen"}


@transaction.atomic
def tell_children(pk: int, *, move: str, actor_id: int | None) -> None:
    """Let each child that may be concerned hear of a move: one event ``incident.parent_moved`` for each.

    A parent that its requester took up again concerns no child (INC-07).
    """
    if move not in _FOLLOWED_MOVES:
        return
    if move == "reopen" and not _by_agent(pk, actor_id):
        return
    children = list(open_children(pk).values_list("pk", flat=True))
    outbox.publish_many(
        ("incident.parent_moved", {"incident_id": child, "parent_id": pk, "move": move}) for child in children
    )


def _by_agent(pk: int, actor_id: int | None) -> bool:
    if actor_id is None:
        return False
    parent = Incident.objects.get(pk=pk)
    return not is_requester_side(person(actor_id), parent)


@transaction.atomic
def follow_parent(pk: int, *, parent_pk: int, move: str) -> None:
    """Bring a child to where its parent went, if both still stand as they must; else nothing happens."""
    row = Incident.objects.filter(pk=pk).select_for_update(no_key=True, of=("self", "ticket_ptr"))
    child = row.first()
    if child is None or child.parent_id != parent_pk:
        return
    parent = Incident.objects.get(pk=parent_pk)
    if move in {"start", "resume"} and parent.state == State.IN_PROGRESS:
        _begin(child, parent)
    elif move == "hold" and parent.state == State.ON_HOLD:
        _hold(child, parent)
    elif move == "resolve" and parent.state in {State.RESOLVED, State.CLOSED}:
        _resolve(child, parent)
    elif move == "reopen" and parent.state == State.IN_PROGRESS:
        _reopen(child, parent)


def _begin(child: Incident, parent: Incident) -> None:
    note = _("Work on %(number)s, its parent, goes on.") % {"number": parent.number}
    if child.state == State.NEW:
        start_incident(child.pk, actor=None, work_note=note)
    elif child.state == State.ON_HOLD:
        resume_incident(child.pk, actor=None, work_note=note)


def _hold(child: Incident, parent: Incident) -> None:
    """Waiting for the parent's caller is no matter of the child; the other reasons hold for both."""
    until = parent.hold_until
    if parent.hold_reason == HoldReason.AWAITING_CALLER or until is None or until <= db_now():
        return
    if child.state in {State.NEW, State.IN_PROGRESS}:
        note = _("On hold with %(number)s, its parent.") % {"number": parent.number}
        hold_incident(child.pk, actor=None, hold_reason=parent.hold_reason, hold_until=until, work_note=note)


def _resolve(child: Incident, parent: Incident) -> None:
    if child.state not in {State.NEW, State.IN_PROGRESS, State.ON_HOLD}:
        return
    try:
        resolve_incident(
            child.pk,
            actor=None,
            close_code=parent.close_code,
            close_notes=parent.close_notes,
            work_note=_("Resolved with %(number)s, its parent.") % {"number": parent.number},
        )
    except DomainError as refusal:
        reason = refusal.errors[0].detail if refusal.errors else refusal.detail
        note = _("%(number)s, its parent, is resolved; this one is not: %(reason)s")
        add_work_note(child.pk, actor=None, body=note % {"number": parent.number, "reason": reason})


def _reopen(child: Incident, parent: Incident) -> None:
    """Only what the parent's resolution resolved is taken up again with it (INC-07)."""
    if child.state != State.RESOLVED or not cause_of_resolution(child.pk).endswith(f":{FOLLOWED}"):
        return
    note = _("Reopened with %(number)s, its parent.") % {"number": parent.number}
    try:
        reopen_incident(child.pk, actor=None, work_note=note)
    except DomainError as refusal:
        add_work_note(child.pk, actor=None, body=str(refusal.errors[0].detail if refusal.errors else refusal))


@transaction.atomic
def note_last_child(pk: int) -> None:
    """When the last open child of an incident is resolved, let its assignee hear of it.

    Publishes ``incident.children_resolved`` about the parent, unless that is done itself.
    """
    child = Incident.objects.filter(pk=pk).select_related("parent").first()
    parent = child.parent if child is not None else None
    if child is None or parent is None or parent.kind != "incident" or parent.state_rank >= 60:
        return
    family = Incident.objects.filter(parent=parent.pk)
    last = (
        family.exclude(resolved_at=None).order_by("-resolved_at", "-pk").values_list("pk", flat=True).first()
    )
    if last == pk and not family.filter(state_rank__lt=60).exists():
        payload = {"ticket_id": parent.pk, "number": parent.number, "kind": parent.kind}
        outbox.publish("incident.children_resolved", payload)


@transaction.atomic
def comment_with_children(
    pk: int, *, actor: User, body: str, attachments: Sequence[Attachment] = ()
) -> Activity:
    """A public comment on the incident that each of its open children gets too, once, as far as the actor
    sees them. Files stay on the parent.

    Publishes ``ticket.commented``, and ``incident.parent_commented`` about each child. Raises as
    ``add_comment``; WrongStateError when no child is open.
    """
    incident = locked(Incident, pk, actor=actor)
    if not may(actor, incident, "update"):
        raise NotAllowedError
    said = add_comment(pk, actor=actor, body=body, attachments=attachments)
    rows = open_children(pk).filter(visible_to(actor), state_rank__lt=60)
    children = list(rows.values_list("pk", flat=True))
    if not children:
        text = _("No child of this incident is open.")
        raise WrongStateError(text, current_state=incident.state, allowed=[])
    outbox.publish_many(
        ("incident.parent_commented", {"incident_id": child, "parent_id": pk, "activity_id": said.pk})
        for child in children
    )
    return said


@transaction.atomic
def repeat_comment(pk: int, *, parent_pk: int, activity_id: int) -> None:
    """Put what was said to a parent on its child, as long as it is its child and open."""
    said = Activity.objects.select_related("actor").get(pk=activity_id)
    row = Incident.objects.filter(pk=pk).select_for_update(no_key=True, of=("self", "ticket_ptr"))
    if row.filter(parent=parent_pk, state_rank__lt=60).first() is None or is_done_here(pk):
        return
    with suppress(NotVisibleError, NotAllowedError):  # who wrote it may have lost the right meanwhile
        add_comment(pk, actor=said.actor, body=said.body)
