"""What a problem does to the incidents that it causes; each incident in a transaction of its own."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.choices import CloseCode, HoldReason, State
from incidents.models import Incident
from incidents.services.moving import resolve_incident, resume_incident
from tickets.choices import LinkType
from tickets.models import Activity, Ticket, TicketLink
from tickets.selectors import is_done_here
from tickets.services import add_comment, add_work_note

# How a problem ended, as it says itself.
_FIXED, _RISK, _CANCELED = "fix_applied", "risk_accepted", "canceled"


@transaction.atomic
def hear_of_problem(pk: int, *, problem_pk: int, activity_id: int, public: bool, is_noted: bool) -> None:
    """Put the workaround or the fix of a problem on an incident that is not done (PRB-06, PRB-07).

    ``is_noted``: its note was put there before, the requester's side has not heard of it yet.
    """
    incident = _locked(pk)
    if incident is None or incident.state_rank >= 60 or is_done_here(pk):
        return
    text = Activity.objects.values_list("body", flat=True).get(pk=activity_id)
    if not is_noted:
        problem = Ticket.objects.only("number").get(pk=problem_pk)
        add_work_note(pk, actor=None, body=_("From %(number)s:") % {"number": problem.number} + f"\n{text}")
    if public:
        add_comment(pk, actor=None, body=text)


@transaction.atomic
def settle_with_problem(pk: int, *, problem_pk: int) -> None:
    """End the waiting of an incident for its problem, as the problem ended (PRB-08, INC-03).

    A fix resolves it, an accepted risk is noted, a cancelled problem lets work go on; its words are internal
    (G-08). An incident that waits for something else, or is linked to it no more, is left alone.
    """
    incident = _locked(pk)
    if (
        incident is None
        or incident.state != State.ON_HOLD
        or incident.hold_reason != HoldReason.AWAITING_PROBLEM
    ):
        return
    linked = TicketLink.objects.filter(source=pk, target=problem_pk, type=LinkType.CAUSED_BY)
    problem = Ticket.objects.filter(pk=problem_pk, phase="done").first()
    if problem is None or not linked.exists() or is_done_here(pk):
        return
    words = {"number": problem.number, "notes": problem.close_notes}
    if problem.close_code == _FIXED:
        resolve_incident(
            pk,
            actor=None,
            close_code=CloseCode.RESOLVED_BY_PROBLEM,
            close_notes=_("Resolved with the problem %(number)s.") % words,
            work_note=_("Fixed with %(number)s: %(notes)s") % words,
        )
    elif problem.close_code == _RISK:
        note = _("%(number)s is not going to be fixed, its risk was accepted: %(notes)s") % words
        add_work_note(pk, actor=None, body=note)
    elif problem.close_code == _CANCELED:
        note = _("%(number)s was cancelled; this incident waits no more: %(notes)s") % words
        resume_incident(pk, actor=None, work_note=note)


def _locked(pk: int) -> Incident | None:
    rows = Incident.objects.filter(pk=pk).select_for_update(no_key=True, of=("self", "ticket_ptr"))
    return rows.first()
