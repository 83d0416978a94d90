"""Opening catalog tasks: by flows, by orders without a flow, and by agents."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Grant
from accounts.models import Group, User
from accounts.policies import Actor, has_grant
from catalog.models import CatalogTask, RequestItem
from core.errors import NotAllowedError, WrongStateError, invalid
from tickets.choices import TaskState
from tickets.models import Ticket
from tickets.services import open_ticket, part_of


@transaction.atomic
def open_task(
    *,
    parent: Ticket,
    title: str,
    actor: Actor = None,
    group: Group | None = None,
    assignee: User | None = None,
    flow_step: int | None = None,
    due_at: dt.datetime | None = None,
    description: str = "",
    round: int = 0,
) -> CatalogTask:
    """A new open task for the requested item ``parent``. Publishes ``sctask.opened``.

    Without group and person the assignment rules choose. Raises NotAllowedError, WrongStateError when the
    item is closed, RuleRefusedError when ``parent`` is no requested item or the person is not in the group.
    """
    item = _item(parent)
    if not has_grant(actor, Grant.REQUEST_FULFIL):
        raise NotAllowedError
    if item.is_closed:
        raise WrongStateError(
            _("%(number)s is closed; it gets no new tasks.") % {"number": item.number},
            current_state=item.state,
            allowed=[],
        )
    task = CatalogTask(
        kind="sctask",
        state=TaskState.OPEN,
        title=title,
        description=description,
        ritm=item,
        flow_step=flow_step,
        due_at=due_at,
        round=round,
        **part_of(item, actor=actor, group=group, assignee=assignee),
    )
    return open_ticket(task, actor=actor, payload={"ritm_id": item.pk})


def _item(parent: Ticket) -> RequestItem:
    if isinstance(parent, RequestItem):
        return parent
    item = RequestItem.objects.filter(pk=parent.pk).select_related("requester").first()
    if item is None:
        raise invalid("parent", _("A catalog task belongs to a requested item."))
    return item
