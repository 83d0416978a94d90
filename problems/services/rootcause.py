"""Looking for the root cause of a problem: its tree of whys and its cause-and-effect diagram (PRB-11)."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.policies import Actor
from core import audit, outbox
from core.errors import (
    NotAllowedError,
    WrongStateError,
    invalid,
    required,
)
from core.text import clean
from problems.choices import Bone, Standing
from problems.models import BoneName, Factor, Problem, Why
from problems.rootcause import MOST_FACTORS, MOST_LEVELS, MOST_WHYS, Node, cause_text, flat, tree
from tickets.policies import CLOSED, may
from tickets.services import locked, update_ticket
from tickets.services.writing import instant, part_with, save_untouched

PartT = TypeVar("PartT", Why, Factor)
_LONGEST, _LONGEST_NAME, _LONGEST_EVIDENCE = 300, 60, 4000


@transaction.atomic
def add_why(pk: int, *, actor: Actor, answer: str, evidence: str = "", above: UUID | None = None) -> Why:
    """A new answer: to why the problem is, or to why the answer ``above`` is.

    Publishes ``problem.analysed``. Raises NotVisibleError, NotAllowedError, WrongStateError on a closed
    problem, RuleRefusedError for texts that do not fit, an ``above`` of another problem, a ninth level, and
    more than 100 answers.
    """
    problem = _open_to(pk, actor)
    nodes = flat(tree(Why.objects.filter(problem=pk).order_by("pk")))
    if len(nodes) >= MOST_WHYS:
        raise invalid("answer", _("A problem holds at most %(count)s answers.") % {"count": MOST_WHYS})
    row = Why(problem=problem, answer=_line("answer", answer), evidence=_evidence(evidence))
    if above is not None:
        row.above = _growing(nodes, above)
    row.save(force_insert=True)
    return _told(problem, row, "answered", actor)


def _growing(nodes: list[Node], public_id: UUID) -> Why:
    node = next((each for each in nodes if each.why.public_id == public_id), None)
    if node is None:
        raise invalid("above", _("This answer does not exist."), code="does_not_exist")
    if not node.may_grow:
        text = _("The tree has at most %(count)s levels. Look for the cause beside, not below.")
        raise invalid("above", text % {"count": MOST_LEVELS})
    return node.why


@transaction.atomic
def change_why(
    pk: int,
    public_id: UUID,
    *,
    actor: Actor,
    expected_version: int | None = None,
    answer: str | None = None,
    evidence: str | None = None,
    is_root: bool | None = None,
) -> Why:
    """The answer with other words, or as the root cause of the problem instead of any other, or no more.

    The root cause fills the cause notes of the problem where these are empty or as a root cause filled them;
    what a person wrote there stays. Publishes ``problem.analysed``, and ``problem.updated`` where notes were
    filled. Raises as ``add_why``, and StaleVersionError.
    """
    problem = _open_to(pk, actor)
    row = part_with(Why.objects.filter(problem=pk), public_id, expected_version)
    root = Why.objects.filter(problem=pk, is_root=True).first()
    filled = cause_text(root) if root else ""
    row.answer = row.answer if answer is None else _line("answer", answer)
    row.evidence = row.evidence if evidence is None else _evidence(evidence)
    row.is_root = row.is_root if is_root is None else is_root
    if row.is_root and root is not None and root.pk != row.pk:
        root.is_root = False
        _save(root, problem)
    _save(row, problem)
    if row.is_root and problem.cause_notes in {"", filled} and problem.cause_notes != cause_text(row):
        update_ticket(pk, actor=actor, cause_notes=cause_text(row))
    return _told(problem, row, "answer_changed", actor)


@transaction.atomic
def remove_why(pk: int, public_id: UUID, *, actor: Actor, expected_version: int | None = None) -> None:
    """Take an answer away, with all below it. The cause notes stay. Raises as ``change_why``."""
    problem = _open_to(pk, actor)
    row = part_with(Why.objects.filter(problem=pk), public_id, expected_version)
    _told(problem, row, "answer_removed", actor)
    row.delete()


@transaction.atomic
def name_bone(pk: int, bone: str, *, actor: Actor, name: str) -> None:
    """Call a category (``choices.Bone``) of this problem's diagram something else; empty: its usual name.

    Publishes ``problem.analysed``. Raises NotVisibleError, NotAllowedError, WrongStateError on a closed
    problem, RuleRefusedError.
    """
    problem = _open_to(pk, actor)
    _check_bone(bone)
    text = clean("name", name, max_length=_LONGEST_NAME, multiline=False)
    row = BoneName.objects.filter(problem=pk, bone=bone).first() or BoneName(problem=problem, bone=bone)
    if row.name == text:
        return
    row.name = text
    if not text:
        row.delete()
    elif row._state.adding:
        row.save(force_insert=True)
    else:
        _save(row, problem)
    _tell(problem, "problems_bonename", "bone_named", actor)


@transaction.atomic
def add_factor(pk: int, *, actor: Actor, bone: str, text: str, standing: str = Standing.SUSPECTED) -> Factor:
    """A new possible cause in one category (``choices.Bone``) of the diagram.

    Publishes ``problem.analysed``. Raises as ``name_bone``; RuleRefusedError for more than 120.
    """
    problem = _open_to(pk, actor)
    if Factor.objects.filter(problem=pk).count() >= MOST_FACTORS:
        raise invalid("text", _("A diagram holds at most %(count)s causes.") % {"count": MOST_FACTORS})
    row = Factor(problem=problem)
    _set_factor(row, bone, text, standing)
    row.save(force_insert=True)
    return _told(problem, row, "factor_added", actor)


@transaction.atomic
def change_factor(
    pk: int,
    public_id: UUID,
    *,
    actor: Actor,
    expected_version: int | None = None,
    bone: str | None = None,
    text: str | None = None,
    standing: str | None = None,
) -> Factor:
    """The possible cause with other words, in another category, or confirmed or ruled out.

    Publishes ``problem.analysed``. Raises as ``add_factor``, and StaleVersionError.
    """
    problem = _open_to(pk, actor)
    row = part_with(Factor.objects.filter(problem=pk), public_id, expected_version)
    _set_factor(row, bone, text, standing)
    _save(row, problem)
    return _told(problem, row, "factor_changed", actor)


@transaction.atomic
def remove_factor(pk: int, public_id: UUID, *, actor: Actor, expected_version: int | None = None) -> None:
    """Take a possible cause away. Raises as ``change_factor``."""
    problem = _open_to(pk, actor)
    row = part_with(Factor.objects.filter(problem=pk), public_id, expected_version)
    _told(problem, row, "factor_removed", actor)
    row.delete()


def _set_factor(row: Factor, bone: str | None, text: str | None, standing: str | None) -> None:
    if bone is not None:
        _check_bone(bone)
        row.bone = bone
    if text is not None:
        row.text = _line("text", text)
    if standing is not None:
        if standing not in Standing.values:
            raise invalid("standing", _("This is not one of the choices."), code="choice")
        row.standing = standing


def _check_bone(bone: str) -> None:
    if bone not in Bone.values:
        text = _("The diagram has the categories %(names)s.") % {"names": ", ".join(Bone.values)}
        raise invalid("bone", text, code="choice")


def _open_to(pk: int, actor: Actor) -> Problem:
    """The problem, locked, if the actor may still work on its analysis."""
    problem = locked(Problem, pk, actor=actor)
    if not may(actor, problem, "update"):
        raise NotAllowedError
    if problem.is_closed:
        raise WrongStateError(str(CLOSED.words), current_state=problem.state, allowed=[])
    return problem


def _line(field: str, value: str) -> str:
    text = clean(field, value, max_length=_LONGEST, multiline=False)
    if not text:
        raise required(field, _("Write something first."))
    return text


def _evidence(value: str) -> str:
    return clean("evidence", value, max_length=_LONGEST_EVIDENCE)


def _save(row: Why | Factor | BoneName, problem: Problem) -> None:
    row.lock_version += 1
    row.updated_at = instant(problem)
    row.save()


def _told(problem: Problem, row: PartT, action: str, actor: Actor) -> PartT:
    _tell(problem, row._meta.db_table, action, actor)
    return row


def _tell(problem: Problem, table: str, action: str, actor: Actor) -> None:
    save_untouched(problem, at=instant(problem))
    audit.write(actor=actor, table=table, object_ref=problem.number, action=action)
    payload = {"ticket_id": problem.pk, "number": problem.number, "kind": problem.kind}
    outbox.publish("problem.analysed", payload, actor=actor)
