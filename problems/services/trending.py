"""A problem for what produces more and more incidents, before anybody reports it as one."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.errors import NotAllowedError, NotVisibleError, WrongStateError
from problems.choices import TrendBy
from problems.models import Problem
from problems.policies import why_candidates
from problems.services.opening import open_problem
from problems.trend_selectors import explained, name_of, of_row, span_for
from tickets.choices import Channel, LinkType
from tickets.models import Ticket
from tickets.services import link

MOST_LINKED = 100
_NAMED, _NAME = 20, 100  # numbers in the text, letters of a name in the title


@transaction.atomic
def open_problem_for_trend(
    *, actor: User, by: str, key: str, weeks: int, title: str = "", channel: str = Channel.AGENT
) -> Problem:
    """Open a problem for the incidents of a row of the trends; each is linked as caused by it.

    Linked are those of the last ``weeks`` that no problem explains yet, at most the 100 newest. It has the
    worst impact and urgency of them, and the item and category that all of them share. Incidents of a
    restricted group are not put together with others. Raises NotAllowedError for who works no problems,
    NotVisibleError for a row without incidents that the actor sees, WrongStateError when all have a problem
    already. Publishes ``problem.opened`` and ``ticket.linked``.
    """
    if not why_candidates(actor):
        raise NotAllowedError
    what, span = TrendBy(by), span_for(actor, weeks)
    _alone(actor, what, key)
    rows = of_row(actor, what, key, span)
    left = list(
        rows.exclude(explained()).select_related("group", "ci").order_by("-opened_at", "-pk")[:MOST_LINKED]
    )
    if not left:
        if not rows.exists():
            raise NotVisibleError
        text = _("Each of these incidents has a problem already.")
        raise WrongStateError(text, current_state="explained", allowed=[])
    incidents = _of_one_realm(left)
    newest = incidents[0]
    problem = open_problem(
        actor=actor,
        title=title or title_for(name_of(what, key, newest), rows.count(), weeks),
        description=_evidence(incidents),
        impact=min(each.impact for each in incidents),
        urgency=min(each.urgency for each in incidents),
        category=_shared([each.category for each in incidents]) or "",
        ci=_shared([each.ci for each in incidents]),
        group=newest.group if newest.group is not None and newest.group.is_restricted else None,
        channel=channel,
    )
    for each in incidents:
        link(each.pk, actor=actor, target=problem, type=LinkType.CAUSED_BY)
    return problem


def title_for(name: str, count: int, weeks: int) -> str:
    """What a problem for so many incidents of a thing of that name is called."""
    text = ngettext(
        "%(name)s: %(count)s incident in %(weeks)s weeks",
        "%(name)s: %(count)s incidents in %(weeks)s weeks",
        count,
    )
    return text % {"name": name[:_NAME], "count": count, "weeks": weeks}


def _alone(actor: User, by: TrendBy, key: str) -> None:
    """Whoever opens one for the same row at the same time waits here, and then finds them explained."""
    with connection.cursor() as cursor:
        mark = f"problems_trend {actor.company_id} {by} {key}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [mark])


def _of_one_realm(incidents: list[Ticket]) -> list[Ticket]:
    """Those that are not of a restricted group; are there none, those of the newest one's group."""
    free = [each for each in incidents if each.group is None or not each.group.is_restricted]
    return free or [each for each in incidents if each.group_id == incidents[0].group_id]


def _shared(values: list[Any]) -> Any:
    return values[0] if len(set(values)) == 1 else None


def _evidence(incidents: list[Ticket]) -> str:
    numbers = [each.number for each in incidents]
    more = [] if len(numbers) <= _NAMED else [_("and %(count)s more") % {"count": len(numbers) - _NAMED}]
    told = {"numbers": ", ".join([*numbers[:_NAMED], *more])}
    return _("Incidents of which there are more and more: %(numbers)s") % told
