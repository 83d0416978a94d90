"""Moves of problems; each wraps and raises as ``tickets.services.apply_transition``."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Grant
from accounts.models import User
from accounts.policies import Actor, has_grant
from accounts.selectors import is_member
from core.errors import invalid
from core.settings_store import value
from problems.models import Problem, ProblemTask
from problems.selectors import main_problem, open_tasks
from tickets.choices import LinkType
from tickets.hooks import Change
from tickets.models import Ticket, TicketLink
from tickets.services import apply_transition, locked


def assess_problem(
    pk: int, *, actor: Actor, assignee: User | None = None, expected_version: int | None = None, **words: str
) -> Problem:
    """Look whether it is a problem worth an analysis; it has an assignee who works problems from here on."""
    return _with_owner(Problem, pk, "assess", actor, assignee, expected_version, words)


def confirm_problem(
    pk: int, *, actor: Actor, assignee: User | None = None, expected_version: int | None = None, **words: str
) -> Problem:
    """Look for its root cause, from new or after the assessment; as ``assess_problem``."""
    return _with_owner(Problem, pk, "confirm", actor, assignee, expected_version, words)


def assess_task(
    pk: int, *, actor: Actor, assignee: User | None = None, expected_version: int | None = None, **words: str
) -> ProblemTask:
    """Look what is to be done; the task has an assignee who works problems from here on."""
    return _with_owner(ProblemTask, pk, "assess", actor, assignee, expected_version, words)


@transaction.atomic
def _with_owner(
    model: Any, pk: int, move: str, actor: Actor, assignee: User | None, version: int | None, words: Any
) -> Any:
    """The move, undone when whoever has it then, named here or before, is not fit for it."""
    given = words if assignee is None else words | {"assignee": assignee}
    moved = apply_transition(model, pk, move, actor=actor, expected_version=version, **given)
    owner = moved.assignee
    if owner is not None and not has_grant(owner, Grant.PROBLEM_WRITE):
        raise invalid("assignee", _("%(name)s does not work problems.") % {"name": owner.display_name})
    if assignee is not None and moved.group_id is not None and not is_member(assignee.pk, moved.group_id):
        raise invalid("assignee", _("The assignee must be a member of the assignment group."))
    return moved


@transaction.atomic
def mark_duplicate(
    pk: int,
    *,
    actor: Actor,
    duplicate_of: Ticket | None = None,
    expected_version: int | None = None,
    **words: str,
) -> Problem:
    """Close a problem as the duplicate of another, or of the one that the other repeats.

    What hangs on it goes to that one, by a handler (PRB-03). Raises RuleRefusedError for itself and for what
    is no problem.
    """
    problem = locked(Problem, pk, actor=actor, expected_version=expected_version)
    main: Problem | None = None
    if duplicate_of is not None:
        found = Problem.objects.filter(pk=duplicate_of.pk).first()
        if found is None:
            raise invalid("duplicate_of", _("%(number)s is no problem.") % {"number": duplicate_of.number})
        main = main_problem(found)
        if main.pk == problem.pk:
            raise invalid("duplicate_of", _("A problem is no duplicate of itself."))
    moved = apply_transition(
        Problem,
        pk,
        "mark_duplicate",
        actor=actor,
        expected_version=expected_version,
        duplicate_of=main,
        **words,
    )
    TicketLink.objects.get_or_create(source=moved, target=main, type=LinkType.DUPLICATE)
    return moved


def cancel_tasks_with(change: Change) -> None:
    """A hook: a problem that is closed leaves no open task, unless so configured (PRB-02).

    Those of a duplicate go on with the problem that it repeats (PRB-03).
    """
    if change.before is None or change.ticket.kind != "problem" or "state" not in change.changes:
        return
    if (
        not change.ticket.is_closed
        or change.verb == "mark_duplicate"
        or not value("problem.cancel_open_tasks")
    ):
        return
    reason = _("%(number)s was closed.") % {"number": change.ticket.number}
    for pk in open_tasks(change.ticket.pk).values_list("pk", flat=True):
        apply_transition(ProblemTask, pk, "cancel", actor=None, reason_text=reason)


SERVICES = {"assess": assess_problem, "confirm": confirm_problem, "mark_duplicate": mark_duplicate}
TASK_SERVICES = {"assess": assess_task}
