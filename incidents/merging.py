"""Which incident may be merged into which, what comes along, and when that can be taken back (INC-12)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor
from core.errors import NotAllowedError, RuleRefusedError, invalid
from incidents.choices import MajorStatus, State
from incidents.models import Incident, IncidentTask
from incidents.selectors import line_above
from tickets.choices import ActivityKind, LinkType, Phase
from tickets.merges import among_files, in_conversation, merge_of
from tickets.models import Activity, Merge, Ticket, TicketAttachment, TicketLink
from tickets.policies import may, visible_activity, visible_attachments, visible_to
from tickets.selectors import seen_by
from tickets.services.merging import followers, links_that_move

UNDO = dt.timedelta(minutes=10)
_MAJOR = {MajorStatus.PROPOSED, MajorStatus.ACCEPTED}


@dataclass(frozen=True)
class Coming:
    """What a merge takes along, as far as the actor reads it; ``requester_follows`` is of the source's."""

    messages: int
    notes: int
    files: int
    tasks: int
    children: int
    links: int
    watchers: int
    requester_follows: bool


def refused(text: str) -> RuleRefusedError:
    """The refusal of a target."""
    return invalid("into", text)


def main_of(into: Ticket, actor: Actor) -> Incident:
    """The incident that ``into`` means: itself, or the one it was merged into. Raises RuleRefusedError."""
    merge = merge_of(into.pk)
    main = merge.main if merge is not None else into
    found = Incident.objects.filter(visible_to(actor), pk=main.pk).first()
    if found is None and merge is not None:
        raise refused(_("%(number)s was merged itself; choose another one.") % {"number": into.number})
    if found is None:
        kind = seen_by(actor).filter(pk=into.pk).exists()
        text = _("An incident is merged into an incident.") if kind else _("There is no such ticket.")
        raise refused(text)
    return found


def target_of(source: Ticket, into: Ticket, actor: Actor) -> Incident:
    """The incident that ``into`` means for ``source``. Raises RuleRefusedError."""
    found = main_of(into, actor)
    if found.pk == source.pk:
        raise refused(_("A ticket cannot be merged into itself."))
    if found.company_id != source.company_id:
        raise refused(_("Tickets of different companies stay apart."))
    return found


def check_merge(source: Incident, target: Incident, actor: Actor) -> None:
    """Refuse a target into which this open incident is not to be merged.

    Raises NotAllowedError, RuleRefusedError.
    """
    if not may(actor, target, "merge"):
        raise NotAllowedError(_("Your role does not allow changing %(number)s.") % {"number": target.number})
    words = {"number": target.number, "source": source.number}
    if target.is_closed:
        raise refused(_("%(number)s is closed; choose one that is open.") % words)
    if source.major_status in _MAJOR:
        raise refused(_("%(source)s is a major incident. Merge the other one into it instead.") % words)
    if _is_seen_by_more(source, target):
        raise refused(
            _("The group of %(source)s is restricted; more people would read it in %(number)s.") % words
        )
    if (
        TicketLink.objects.filter(source=target.pk, type=LinkType.DUPLICATE)
        .exclude(target=source.pk)
        .exists()
    ):
        raise refused(_("%(number)s is a duplicate itself. Merge into its original.") % words)
    if source.pk in line_above(target):
        raise refused(_("%(number)s is below %(source)s. Take it from its parent first.") % words)
    if target.phase == Phase.DONE and open_tasks(source.pk).exists():
        text = _("%(source)s has open tasks, and %(number)s is resolved. Close them first, or reopen it.")
        raise refused(text % words)


def _is_seen_by_more(source: Ticket, target: Ticket) -> bool:
    """Whether the conversation of a restricted group would be read outside of it."""
    group = source.group
    return group is not None and group.is_restricted and target.group_id != group.pk


def open_tasks(pk: int) -> QuerySet[IncidentTask]:
    """The open tasks of an incident."""
    return IncidentTask.objects.filter(parent=pk, active=True).order_by("pk")


def active_children(pk: int) -> QuerySet[Incident]:
    """The incidents right below that are not closed."""
    return Incident.objects.filter(parent=pk, active=True).order_by("pk")


def why_not_undone(merge: Merge, source: Ticket, now: dt.datetime) -> str:
    """Why a merge cannot be taken back any more; empty while it can."""
    words = {"number": source.number}
    if now > merge.at + UNDO:
        return _("It is more than ten minutes since %(number)s was merged.") % words
    if merge.main_id != merge.target_id:
        return _("What %(number)s was merged into was merged itself. Take that back first.") % words
    if source.state != State.CANCELLED:
        return _("%(number)s does not stand where the merge has put it.") % words
    return ""


def coming(source: Incident, target: Incident, actor: User) -> Coming:
    """What would come along; the same number of queries for any two but one for each follower."""
    lines = Activity.objects.filter(visible_activity(actor), in_conversation(source.pk))
    said = Q(kind__in=[ActivityKind.COMMENT, ActivityKind.MAIL])
    files = TicketAttachment.objects.filter(visible_attachments(actor), among_files(source.pk))
    people = {person.pk for person in followers(source, target)}
    seen = seen_by(actor).values("pk")
    return Coming(
        messages=lines.filter(said).count(),
        notes=lines.filter(kind=ActivityKind.WORK_NOTE).count(),
        files=files.count(),
        tasks=open_tasks(source.pk).filter(pk__in=seen).count(),
        children=active_children(source.pk).filter(pk__in=seen).count(),
        links=sum(1 for _each in links_that_move(source, target)),
        watchers=len(people),
        requester_follows=source.requester_id in people or _reads(source.requester, target),
    )


def _reads(person: User, ticket: Ticket) -> bool:
    return seen_by(person).filter(pk=ticket.pk).exists()
