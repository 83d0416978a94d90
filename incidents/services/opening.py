"""Opening incidents, also by answering one that is closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Grant
from accounts.models import User
from accounts.policies import Actor, has_grant, is_agent
from cmdb.models import CI
from core.errors import NotAllowedError, NotVisibleError, WrongStateError, invalid
from core.models import Attachment
from incidents.choices import State
from incidents.families import check_parent, place_for_flow
from incidents.models import Incident
from tickets.choices import Channel, Level, LinkType
from tickets.merges import merge_of
from tickets.models import Activity, TicketLink
from tickets.policies import visible_to
from tickets.services import add_comment, attach, open_ticket


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
    agent opens for another person, RuleRefusedError for values that cannot be stored and for a ``parent``
    that does not fit (INC-11).
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
    if incident.parent is not None and actor is None:
        incident.parent = place_for_flow(incident.parent)
    elif incident.parent is not None:
        check_parent(incident, incident.parent, actor)
    open_ticket(incident, actor=actor)
    for file in attachments:
        attach(incident.pk, actor=actor, attachment=file)
    return incident


def _check_levels(**levels: int) -> None:
    for name, level in levels.items():
        if level not in Level.values:
            raise invalid(name, _("Choose 1 (high), 2 (medium) or 3 (low)."), code="choice")


@transaction.atomic
def reply(
    pk: int, *, actor: User, body: str, attachments: Sequence[Attachment] = ()
) -> tuple[Incident, Activity | None]:
    """A requester's or agent's public word, wherever the incident stands.

    On a closed one it opens a follow-up with the copied fields and a link (INC-10) and returns that. On one
    that was merged it is a word of the incident that it goes on in, while that is not closed (INC-12).
    Raises NotVisibleError, NotAllowedError, RuleRefusedError.
    """
    incident = Incident.objects.filter(visible_to(actor), pk=pk).first()
    if incident is None:
        raise NotVisibleError
    if not incident.is_closed or _goes_on(incident):
        return incident, add_comment(pk, actor=actor, body=body, attachments=attachments)
    if is_agent(actor) and incident.requester_id != actor.pk:
        raise WrongStateError(_("This incident is closed."), current_state=incident.state, allowed=[])
    return _follow_up(incident, actor, body, attachments), None


def _goes_on(incident: Incident) -> bool:
    merge = merge_of(incident.pk)
    return merge is not None and not merge.main.is_closed


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
