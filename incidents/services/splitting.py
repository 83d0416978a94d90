"""A new incident from one message of another (PROCESSES INC-12)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import is_agent
from core.errors import NotAllowedError, invalid
from core.models import Attachment
from incidents.models import Incident
from incidents.services.opening import open_incident
from tickets.choices import ActivityKind, Channel
from tickets.merges import in_conversation
from tickets.models import Activity, TicketAttachment
from tickets.policies import may, visible_activity
from tickets.services import locked
from tickets.services.merging import split_from
from tickets.services.writing import instant

LONGEST_TITLE = 160


@transaction.atomic
def split_incident(
    pk: int,
    *,
    actor: User,
    message: UUID,
    title: str = "",
    channel: str = Channel.AGENT,
    expected_version: int | None = None,
) -> Incident:
    """A new incident about what one public message of the conversation says, linked to this one.

    Its title is the first line unless ``title`` is given; who wrote the message asks for it, or who asked for
    this one when that was an agent. The files of the message are on both. Publishes ``incident.opened``,
    ``ticket.split``. Raises NotVisibleError, StaleVersionError, NotAllowedError, RuleRefusedError for what is
    no public message of it.
    """
    source = locked(Incident, pk, actor=actor, expected_version=expected_version)
    if not may(actor, source, "split"):
        raise NotAllowedError
    said = message_of(source, message, actor)
    if said is None:
        raise invalid("message", _("There is no such message."), code="does_not_exist")
    if not said.is_public or said.kind not in {ActivityKind.COMMENT, ActivityKind.MAIL}:
        raise invalid("message", _("Only a public message becomes an incident: its requester reads it."))
    new = open_incident(
        actor=actor,
        title=title or first_line(said.body) or source.title,
        requester=requester_of(source, said),
        description=said.body,
        impact=source.impact,
        urgency=source.urgency,
        category=source.category,
        ci=source.ci,
        group=source.group,
        channel=channel,
        attachments=_copies(said, actor),
    )
    split_from(source, new, actor=actor, at=instant(source))
    return new


def message_of(source: Incident, message: UUID, actor: User) -> Activity | None:
    """The line of the conversation with that id, if the actor reads it."""
    rows = Activity.objects.filter(visible_activity(actor), in_conversation(source.pk), public_id=message)
    return rows.select_related("actor", "ticket").first()


def requester_of(source: Incident, said: Activity) -> User:
    """Who asks for the new incident: the author of the message, or of an agent's the source's requester."""
    asking = {source.requester_id, source.on_behalf_of_id, said.ticket.requester_id}
    if said.actor is None or (said.actor_id not in asking and is_agent(said.actor)):
        return said.ticket.requester
    return said.actor


def first_line(body: str) -> str:
    """The first line that says something, cut to a title's length."""
    line = next((each.strip() for each in body.splitlines() if each.strip()), "")
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"


def _copies(said: Activity, actor: User) -> list[Attachment]:
    """New rows for the public files of a message: content is stored once, by what it is."""
    places = TicketAttachment.objects.filter(activity=said.pk, is_public=True).select_related("attachment")
    return [
        Attachment.objects.create(
            sha256=each.attachment.sha256,
            size=each.attachment.size,
            mime=each.attachment.mime,
            name=each.attachment.name,
            uploader_id=actor.pk,
        )
        for each in places.order_by("pk")
    ]
