"""What people make of a candidate: a problem, or nothing (PROCESSES PRB-10)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.policies import Actor
from core import audit
from core.errors import NotVisibleError, WrongStateError
from core.time import db_now
from problems.choices import Verdict
from problems.models import Candidate, Problem
from problems.selectors import candidate_with, incidents_of_candidates
from problems.services.opening import open_problem
from tickets.choices import Channel, LinkType
from tickets.services import link

_NAMED = 20


@transaction.atomic
def accept_candidate(
    public_id: UUID | str, *, actor: Actor, title: str = "", channel: str = Channel.AGENT
) -> Problem:
    """Open a problem for the incidents of a candidate; each is linked as caused by it.

    It takes over what the newest of them says, the worst impact and urgency of all, and names them. Raises
    NotVisibleError, also for who works no problems, WrongStateError for one that is decided, NotAllowedError
    and RuleRefusedError as ``open_problem`` does. Publishes ``problem.opened`` and ``ticket.linked``.
    """
    candidate = _locked(public_id, actor)
    incidents = incidents_of_candidates([candidate])[candidate.pk]
    numbers = [each.number for each in incidents]
    more = [] if len(numbers) <= _NAMED else [_("and %(count)s more") % {"count": len(numbers) - _NAMED}]
    evidence = _("Incidents that come again: %(numbers)s")
    problem = open_problem(
        actor=actor,
        incident=incidents[0],
        title=title,
        description=evidence % {"numbers": ", ".join([*numbers[:_NAMED], *more])},
        impact=min(each.impact for each in incidents),
        urgency=min(each.urgency for each in incidents),
        category=candidate.category,
        ci=candidate.ci,
        channel=channel,
    )
    for each in incidents[1:]:
        link(each.pk, actor=actor, target=problem, type=LinkType.CAUSED_BY)
    _decide(candidate, actor, Verdict.ACCEPTED, problem=problem)
    return problem


@transaction.atomic
def dismiss_candidate(public_id: UUID | str, *, actor: Actor) -> Candidate:
    """Say that it is no problem: it is proposed again when it is twice as large. Raises as above."""
    candidate = _locked(public_id, actor)
    candidate.dismissed_size = candidate.size
    return _decide(candidate, actor, Verdict.DISMISSED)


def _locked(public_id: UUID | str, actor: Actor) -> Candidate:
    seen = candidate_with(actor, public_id)
    row = Candidate.objects.select_for_update().filter(pk=seen.pk).first()
    if row is None:
        raise NotVisibleError
    if row.verdict != Verdict.OPEN:
        text = _("Somebody has decided about this already.")
        raise WrongStateError(text, current_state=row.verdict, allowed=[])
    return row


def _decide(
    candidate: Candidate, actor: Actor, verdict: Verdict, *, problem: Problem | None = None
) -> Candidate:
    candidate.verdict, candidate.problem = verdict, problem
    candidate.decided_by, candidate.decided_at = actor, db_now()
    candidate.save()
    audit.write(
        actor=actor,
        table="problems_candidate",
        object_ref=str(candidate.public_id),
        action=str(verdict),
        diff={"problem": [None, problem.number if problem is not None else None], "size": candidate.size},
    )
    return candidate
