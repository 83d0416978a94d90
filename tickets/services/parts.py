"""What a task takes over from the ticket that it is a part of."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Group, User
from accounts.policies import Actor
from accounts.selectors import is_member
from core.errors import invalid
from tickets.choices import Channel
from tickets.models import Ticket


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
