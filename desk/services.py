"""What the workspace does in one step that the layers below offer in several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from core.attachments import accept
from core.errors import IllegalTransitionError
from core.models import Attachment
from incidents import services as incident_services
from incidents.choices import HoldReason
from incidents.models import Incident
from tickets import kinds
from tickets.models import Ticket
from tickets.services import add_comment, add_work_note, attach, keep_draft, run_move


def take_in(actor: User, uploads: Iterable[UploadedFile[Any]]) -> list[Attachment]:
    """The uploads as stored files of ``actor``. Raises what ``accept`` raises."""
    return [accept(uploader=actor, name=upload.name or "", chunks=upload.chunks()) for upload in uploads]


def move(ticket: Any, name: str, *, actor: User, expected_version: int, inputs: Mapping[str, Any]) -> Any:
    """The ticket after one transition. Raises what ``apply_transition`` raises."""
    return run_move(ticket, name, actor=actor, expected_version=expected_version, inputs=inputs)


@transaction.atomic
def reply_and_hold(
    ticket: Any,
    *,
    actor: User,
    body: str,
    files: Iterable[Attachment] = (),
    expected_version: int | None = None,
) -> None:
    """Answer the requester and let the incident wait for them, in one transaction.

    Raises what ``hold_incident`` and ``attach`` raise; IllegalTransitionError for a kind that cannot wait.
    """
    if not isinstance(ticket, Incident):
        raise IllegalTransitionError(current_state=ticket.state, allowed=[])
    incident_services.hold_incident(
        ticket.pk,
        actor=actor,
        hold_reason=HoldReason.AWAITING_CALLER,
        comment=body,
        expected_version=expected_version,
    )
    for file in files:
        attach(ticket.pk, actor=actor, attachment=file, public=True)
    keep_draft(actor=actor, ticket=ticket, tab="comment", body="")


def reply(ticket: Any, *, actor: User, body: str, files: Iterable[Attachment] = ()) -> None:
    """Answer the requester. Raises what ``add_comment`` raises."""
    add_comment(ticket.pk, actor=actor, body=body, attachments=list(files))


def reply_to_family(ticket: Any, *, actor: User, body: str, files: Iterable[Attachment] = ()) -> None:
    """Answer the requesters of an incident and of its open children; files stay on the parent.

    Raises what ``comment_with_children`` raises.
    """
    incident_services.comment_with_children(ticket.pk, actor=actor, body=body, attachments=list(files))


def open_task(ticket: Any, *, actor: User, title: str, group: Any = None) -> Ticket:
    """A task for a team below the ticket. Raises what the opening of the task's kind raises.

    Raises IllegalTransitionError for a kind that has no tasks.
    """
    spec = kinds.get(ticket.kind)
    task = kinds.get(spec.task_kind) if spec.task_kind else None
    if task is None or task.open is None:
        raise IllegalTransitionError(current_state=ticket.state, allowed=[])
    return task.open(actor=actor, parent=ticket, title=title, group=group)


def note(ticket: Any, *, actor: User, body: str, files: Iterable[Attachment] = ()) -> None:
    """Add an internal note, which the requester never sees. Raises what ``add_work_note`` raises."""
    add_work_note(ticket.pk, actor=actor, body=body, attachments=list(files))


@transaction.atomic
def open_for(*, actor: User, files: Iterable[Attachment] = (), **fields: Any) -> Incident:
    """A new incident, written down by an agent for who called. Raises as ``open_incident``."""
    return incident_services.open_incident(actor=actor, channel="agent", attachments=list(files), **fields)
