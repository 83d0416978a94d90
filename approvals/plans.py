"""What a request asks of whom, in which order: checked, kept as JSON in ``policy``, and read (APR-01).

A stage is ``{"sets": [{"approvers", "rule", "members"}], "reject_rule", "carry_decision", "due", "on_due"}``.
Who is named is kept from the moment of asking; who is really asked is looked up when the stage begins
(docs/decisions/0009).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from approvals import duedates, rules
from approvals.choices import Members, OnChange
from core.errors import RuleRefusedError, invalid

MAX_STAGES = 10
MAX_SETS = 10
MAX_WATCHED = 40
STAGE_KEYS = frozenset({"sets", "reject_rule", "carry_decision", "due", "on_due"})
SET_KEYS = frozenset({"approvers", "rule", "members"})
# What a ticket's own course changes: watching it would ask anew with every move (CHG-06).
NEVER_WATCHED = frozenset(
    {
        "state", "state_rank", "phase", "reason", "assignee", "group", "reassignment_count", "stage",
        "first_response_at", "last_public_from", "resolved_at", "closed_at", "close_code", "close_notes",
        "reopen_count",
    }
)  # fmt: skip
Named = Callable[[Any], list[Any]]


@dataclass(frozen=True)
class SetPlan:
    """One approve set; ``approvers`` are ``{"user": pk}`` and ``{"group": pk}``, in order."""

    rule: rules.Rule
    members: str
    approvers: list[dict[str, int]]


@dataclass(frozen=True)
class StagePlan:
    """One stage: its sets are joined by OR; ``due`` is what ``duedates.plan`` made."""

    sets: list[SetPlan]
    reject: rules.Rule | None
    carry: bool
    due: dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """A whole request: its stages in order, and what happens with nobody to ask or when a field changes."""

    stages: list[StagePlan]
    on_empty: Any
    watch: frozenset[str]
    on_change: str
    watch_after: bool


def of(policy: dict[str, Any]) -> Plan:
    """What a stored policy says."""
    return Plan(
        stages=[_stage_of(each) for each in policy["stages"]],
        on_empty=policy["on_empty"],
        watch=frozenset(policy.get("watch", ())),
        on_change=policy.get("on_change", OnChange.KEEP),
        watch_after=bool(policy.get("watch_after")),
    )


def _stage_of(kept: dict[str, Any]) -> StagePlan:
    sets = [SetPlan(rules.parse(each["rule"]), each["members"], each["approvers"]) for each in kept["sets"]]
    reject = rules.parse(kept["reject"]) if kept.get("reject") else None
    return StagePlan(sets, reject, bool(kept.get("carry")), kept.get("due") or {})


def written(stages: Any, *, zone: str, named: Named) -> list[dict[str, Any]]:
    """The stages as the policy keeps them; ``named`` makes what is kept of a set's approvers.

    Raises RuleRefusedError that names the place, such as ``stages.0.sets.1.rule``.
    """
    made = []
    for number, each in enumerate(listed("stages", stages, MAX_STAGES)):
        with within(f"stages.{number}"):
            made.append(_stage(each, zone, named))
    return made


@contextmanager
def within(place: str) -> Iterator[None]:
    """What is refused inside stands at this place."""
    try:
        yield
    except RuleRefusedError as refusal:
        errors = [replace(each, field=f"{place}.{each.field}".rstrip(".")) for each in refusal.errors]
        raise RuleRefusedError(errors=errors) from refusal


def listed(field: str, given: Any, most: int) -> Sequence[dict[str, Any]]:
    """The list of objects that must stand here, 1 to ``most`` of them. Raises RuleRefusedError."""
    fits = isinstance(given, list | tuple) and 1 <= len(given) <= most
    if not fits or not all(isinstance(each, dict) for each in given):
        raise invalid(field, _("This must be a list of 1 to %(most)s parts.") % {"most": most})
    found: Sequence[dict[str, Any]] = given
    return found


def _stage(given: dict[str, Any], zone: str, named: Named) -> dict[str, Any]:
    _only(given, STAGE_KEYS)
    reject = given.get("reject_rule", "")
    if reject:
        with within("reject_rule"):
            _rule(reject)
    carry = given.get("carry_decision", False)
    if not isinstance(carry, bool):
        raise invalid("carry_decision", _("This is yes or no."))
    sets = []
    for number, each in enumerate(listed("sets", given.get("sets"), MAX_SETS)):
        with within(f"sets.{number}"):
            sets.append(_set(each, named))
    due = duedates.plan(given.get("due"), given.get("on_due", ()), zone=zone)
    return {"sets": sets, "reject": reject, "carry": carry, "due": due}


def _set(given: dict[str, Any], named: Named) -> dict[str, Any]:
    _only(given, SET_KEYS)
    return {
        "rule": _rule(given.get("rule", "any")),
        "members": members(given.get("members", Members.ONCE)),
        "approvers": named(given.get("approvers")),
    }


def _rule(given: Any) -> str:
    rules.parse(given if isinstance(given, str) else "")
    return str(given)


def members(given: Any) -> str:
    """How the members of a group count. Raises RuleRefusedError naming ``members``."""
    if given not in Members.values:
        text = _("Choose whether a group counts once or each of its members.")
        raise invalid("members", text, code="choice")
    return str(given)


def _only(given: dict[str, Any], known: frozenset[str]) -> None:
    """Nothing but these may be said here."""
    for name in given:
        if name not in known:
            text = _("“%(name)s” means nothing here. Possible: %(known)s.")
            raise invalid("", text % {"name": str(name)[:40], "known": ", ".join(sorted(known))})


def watched(watch: Any, on_change: Any) -> list[str]:
    """The checked names of watched fields: columns of the ticket, or ``custom.<name>``.

    Raises RuleRefusedError.
    """
    if on_change not in OnChange.values:
        text = _("Choose whether a change keeps the question or asks anew.")
        raise invalid("on_change", text, code="choice")
    if not isinstance(watch, list | tuple) or len(watch) > MAX_WATCHED:
        raise invalid(
            "watch", _("This must be a list of field names, at most %(most)s.") % {"most": MAX_WATCHED}
        )
    for name in watch:
        first, _dot, rest = name.partition(".") if isinstance(name, str) else ("", "", "")
        if not first.isidentifier() or (rest and (first != "custom" or not rest.isidentifier())):
            raise invalid("watch", _("“%(name)s” is no name of a field.") % {"name": str(name)[:60]})
        if name in NEVER_WATCHED:
            text = _("“%(name)s” changes in the ordinary course of a ticket and cannot be watched.")
            raise invalid("watch", text % {"name": name})
    return sorted(set(watch))
