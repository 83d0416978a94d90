"""Major incidents: the edges of ``major_status``, and what a rule must find (PROCESSES INC-13, INC-14)."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.policies import Actor
from core.revisions import Kept
from core.settings_store import value
from incidents.choices import MajorStatus, State
from incidents.models import Incident, MajorRule
from incidents.policies import may
from tickets.conditions import compiled

LONGEST = 4000
CREATE_NEW = "create_new"


class Edge(NamedTuple):
    """A way from one ``major_status`` to another: what it is called, and which texts it asks for."""

    name: str
    label: str | Promise
    sources: frozenset[str]
    target: str
    required: tuple[str, ...]
    tone: str = ""


EDGES = {
    edge.name: edge
    for edge in (
        Edge(
            "propose_major",
            _("Propose as major incident"),
            frozenset({MajorStatus.NONE, MajorStatus.REJECTED}),
            MajorStatus.PROPOSED,
            ("reason", "business_impact"),
        ),
        Edge(
            "accept_major",
            _("Accept as major incident"),
            frozenset({MajorStatus.NONE, MajorStatus.PROPOSED}),
            MajorStatus.ACCEPTED,
            ("work_note", "business_impact"),
            "primary",
        ),
        Edge(
            "reject_major",
            _("Reject the proposal"),
            frozenset({MajorStatus.PROPOSED}),
            MajorStatus.REJECTED,
            ("reason",),
        ),
        Edge(
            "demote_major",
            _("No major incident any more"),
            frozenset({MajorStatus.ACCEPTED}),
            MajorStatus.CANCELLED,
            ("reason",),
            "danger",
        ),
    )
}
OPEN_STATES = frozenset({State.NEW, State.IN_PROGRESS, State.ON_HOLD})
LABELS: dict[str, str | Promise] = {
    "reason": _("Reason"),
    "business_impact": _("Business impact"),
    "work_note": _("Work note"),
}


def is_major(incident: Any) -> bool:
    """Whether it was accepted as a major incident and still counts as one."""
    return bool(incident.major_status == MajorStatus.ACCEPTED)


def edges_for(actor: Actor, incident: Incident) -> list[Edge]:
    """What ``actor`` may do now with the standing of the incident: while it is open and below no other."""
    if incident.state not in OPEN_STATES:
        return []
    found = [edge for edge in EDGES.values() if incident.major_status in edge.sources]
    if incident.parent_id is not None:
        found = [edge for edge in found if edge.target not in {MajorStatus.PROPOSED, MajorStatus.ACCEPTED}]
    return [edge for edge in found if may(actor, incident, edge.name)]


def next_update_after(now: dt.datetime) -> dt.datetime:
    """When the update after one at ``now`` is due."""
    return now + dt.timedelta(minutes=max(value("major.update_minutes"), 1))


def makes_new_one() -> bool:
    """Whether a new incident becomes the major one, above the one that was found (``major.create``)."""
    return bool(value("major.create") == CREATE_NEW)


def _load() -> list[MajorRule]:
    return list(MajorRule.objects.filter(enabled=True).order_by("order", "pk"))


rules = Kept(_load, "major")


def fits(rule: MajorRule, incident: Incident, *, children: int, people: int, now: dt.datetime) -> bool:
    """Whether the rule finds this incident, with so many children and people who report the same."""
    if rule.least_children is not None and children < rule.least_children:
        return False
    if rule.least_people is not None and people < rule.least_people:
        return False
    return compiled(rule.condition).test(incident, now=now)
