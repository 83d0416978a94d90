"""What a problem lets its incidents know (PRB-06 to PRB-08), and what a duplicate hands over (PRB-03)."""

from __future__ import annotations

import hashlib
from contextlib import suppress

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor
from core import outbox
from core.errors import DuplicateError, NotAllowedError, required
from problems.choices import Told
from problems.models import Problem, ProblemTask, Telling
from problems.selectors import incidents_of, main_problem, open_tasks
from tickets.choices import LinkType, Phase
from tickets.models import TicketLink
from tickets.policies import may
from tickets.selectors import seen_by
from tickets.services import add_work_note, link, locked, record, snapshot, unlink, watch
from tickets.services.writing import instant, save_changed

# Moves after which an incident that waits for the problem need not wait any more.
_ENDS = {"resolve", "complete", "accept_risk", "accept_risk_for_now", "cancel"}
_FIELDS = {Told.WORKAROUND: "workaround", Told.FIX: "fix_notes"}


@transaction.atomic
def tell_incidents(pk: int, *, actor: Actor, what: str, public: bool = False) -> int:
    """Let every linked incident that is not done know the workaround or the fix.

    Returns how many of those it reaches the actor sees; hidden ones are told too, and not counted.

    Each gets it as internal note, with ``public`` as comment too, in a transaction of its own, either once:
    the same text sent again reaches only incidents linked since, and in public those that had the note alone.
    The text stands as a note on the problem.
    Publishes ``problem.told`` about each incident. Raises NotVisibleError, NotAllowedError, RuleRefusedError
    when there is nothing to tell.
    """
    problem = locked(Problem, pk, actor=actor)
    if not may(actor, problem, "tell"):
        raise NotAllowedError
    field = _FIELDS[Told(what)]
    text = getattr(problem, field)
    if not text:
        raise required(field, _("There is nothing to tell yet: write it down first."))
    digest = hashlib.sha256(text.encode()).hexdigest()
    told = dict(
        Telling.objects.filter(problem=pk, what=what, digest=digest)
        .order_by("is_public")
        .values_list("incident", "is_public")
    )
    open_ones = incidents_of(pk).filter(state_rank__lt=60).values_list("pk", flat=True)
    waiting = [each for each in open_ones if each not in told or (public and not told[each])]
    if not waiting:
        return 0
    rows = [
        Telling(problem=problem, incident_id=each, what=what, digest=digest, is_public=public)
        for each in waiting
    ]
    Telling.objects.bulk_create(rows)
    said = add_work_note(pk, actor=actor, body=text)
    outbox.publish_many(
        (
            "problem.told",
            {
                "incident_id": each,
                "problem_id": pk,
                "what": what,
                "public": public,
                "is_noted": each in told,
                "activity_id": said.pk,
            },
        )
        for each in waiting
    )
    return seen_by(actor).filter(pk__in=waiting).count()


@transaction.atomic
def hand_over_to_main(pk: int) -> None:
    """Give incidents, tasks, other links and watchers of a duplicate to the problem that it repeats (PRB-03).

    Run twice it acts once: nothing is left the second time. The main problem keeps a note of the old one.
    """
    problem = Problem.objects.filter(pk=pk).first()
    main = main_problem(problem) if problem is not None else None
    if problem is None or main is None or main.pk == problem.pk:
        return
    moved = _hand_links(problem, main) + _hand_tasks(problem, main)
    for user in User.objects.filter(watches__ticket=pk).exclude(watches__ticket=main.pk):
        watch(main.pk, actor=None, user=user)
        moved += 1
    if moved:
        note = _("%(number)s is a duplicate of this problem; what hung on it is here now.")
        add_work_note(main.pk, actor=None, body=note % {"number": problem.number})


def _hand_links(problem: Problem, main: Problem) -> int:
    both = TicketLink.objects.filter(Q(target=problem.pk) | Q(source=problem.pk))
    rows = list(both.exclude(type=LinkType.DUPLICATE).select_related("source", "target").order_by("pk"))
    for row in rows:
        source = main if row.source_id == problem.pk else row.source
        target = main if row.target_id == problem.pk else row.target
        unlink(row.pk, actor=None)
        if source.pk != target.pk:
            with suppress(DuplicateError):
                link(source.pk, actor=None, target=target, type=row.type)
    return len(rows)


def _hand_tasks(problem: Problem, main: Problem) -> int:
    keys = list(open_tasks(problem.pk).values_list("pk", flat=True))
    for pk in keys:
        task = locked(ProblemTask, pk, actor=None)
        before, now = snapshot(task), instant(task)
        task.parent = main
        save_changed(task, before, at=now)
        record(task, before=before, actor=None, verb="handed_over", event="ptask.updated", at=now)
    return len(keys)


@transaction.atomic
def tell_of_end(pk: int, *, move: str) -> None:
    """Let each linked incident that may wait for the problem know how it ended.

    Publishes ``problem.settled`` about each.
    What it means for an incident is the incidents' own rule (PRB-08).
    """
    if move not in _ENDS:
        return
    facts = ({"incident_id": each, "problem_id": pk, "move": move} for each in _waiting(pk))
    outbox.publish_many(("problem.settled", payload) for payload in facts)


def _waiting(pk: int) -> list[int]:
    return list(incidents_of(pk).filter(phase=Phase.WAITING).values_list("pk", flat=True))
