"""What a task takes over from the ticket that it is a part of, and what that hears of it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Group, User
from accounts.policies import Actor
from accounts.selectors import is_member
from core import outbox, rows
from core.errors import invalid
from core.time import db_now
from tickets.choices import ActivityKind, Channel, Phase
from tickets.models import Ticket
from tickets.selectors import has_open_task, is_done_here
from tickets.services.writing import activity


def part_of(whole: Ticket, *, actor: Actor, group: Group | None, assignee: User | None) -> dict[str, Any]:
    """Columns of a new task below ``whole``: whose it is, what it is about, who is to do it.

    Raises RuleRefusedError when the person is not in the group.
    """
    if group is not None and assignee is not None and not is_member(assignee.pk, group.pk):
        raise invalid("assignee", _("The assignee must be a member of the assignment group."))
    return {
        "company_id": whole.company_id,
        "requester_id": whole.requester_id,
        "opened_by": actor,
        "category": whole.category,
        "urgency": whole.urgency,
        "impact": whole.impact,
        "ci_id": whole.ci_id,
        "channel": Channel.AGENT if actor is not None else Channel.FLOW,
        "parent_id": whole.pk,
        "group": group,
        "assignee": assignee,
    }


@transaction.atomic
def tell_of_last_task(pk: int) -> None:
    """When the last open task of a ticket has ended, let who works the ticket hear of it, once (PRB-04).

    Leaves a line on the ticket and publishes ``<kind>.tasks_done`` about it, unless that is done itself.
    """
    task = Ticket.objects.select_related("parent").filter(pk=pk, active=False).first()
    whole = task.parent if task is not None else None
    if task is None or whole is None or whole.phase == Phase.DONE or has_open_task(whole):
        return
    ended = Ticket.objects.filter(parent=whole.pk, kind=task.kind).exclude(closed_at=None)
    last = ended.order_by("-closed_at", "-pk").values_list("pk", flat=True).first()
    if last != pk or is_done_here(whole.pk):
        return
    rows.insert([activity(whole, None, ActivityKind.SYSTEM, verb="tasks_done", is_public=False, at=db_now())])
    payload = {"ticket_id": whole.pk, "number": whole.number, "kind": whole.kind}
    outbox.publish(f"{whole.kind}.tasks_done", payload)
