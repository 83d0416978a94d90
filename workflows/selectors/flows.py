"""Flows as other apps ask about them: is there one, whom will it ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import Group, User
from approvals import routing
from core.settings_store import value
from core.time import db_now
from core.versions import VersionStatus
from workflows import conditions, names, people
from workflows.blocks import BLOCKS, FORK, TRY, entries
from workflows.graph import Graph, Node, compiled
from workflows.models import Flow, FlowScenario, FlowVersion
from workflows.nodes import asking


@dataclass(frozen=True)
class Ahead:
    """One question a run would ask: the names of people or groups, and the node that asks."""

    node_id: str
    names: tuple[str, ...]


def flow_exists(flow_key: str) -> bool:
    """Whether there is a published, enabled flow with that key."""
    return _published(flow_key).exists()


def asks_approval(flow_key: str) -> bool:
    """Whether the published flow asks anybody for a decision."""
    graph = published_graph(flow_key)
    return graph is not None and any(node["kind"] == "approval" for node in graph.nodes.values())


def published_graph(flow_key: str) -> Graph | None:
    """The graph that a new run of this flow would take, or None."""
    version_id = _published(flow_key).values_list("pk", flat=True).first()
    return compiled(version_id) if version_id else None


def versions_of(flow_key: str) -> QuerySet[FlowVersion]:
    """All versions of a flow, newest first."""
    rows = FlowVersion.objects.filter(flow__key=flow_key).select_related("flow", "published_by")
    return rows.order_by("-no")


def flows_all() -> QuerySet[Flow]:
    """All flows, by key."""
    return Flow.objects.select_related("owner_group").order_by("key")


def flow_names() -> list[Flow]:
    """All flows by key, for choosing one; only their names are read."""
    return list(Flow.objects.only("key", "name_ko", "name_en").order_by("key"))


def flows_with_versions() -> list[tuple[Flow, FlowVersion | None, FlowVersion | None]]:
    """All flows by key, each with its published version and its draft; two queries."""
    rows = FlowVersion.objects.filter(status__in=(VersionStatus.PUBLISHED, VersionStatus.DRAFT))
    known = {(row.flow_id, row.status): row for row in rows}
    return [
        (flow, known.get((flow.pk, VersionStatus.PUBLISHED)), known.get((flow.pk, VersionStatus.DRAFT)))
        for flow in flows_all()
    ]


def scenarios_of(flow_key: str) -> QuerySet[FlowScenario]:
    """The saved rehearsals of a flow, by name."""
    return FlowScenario.objects.filter(flow__key=flow_key).select_related("flow").order_by("name")


def graph_of(flow_key: str, no: int | None = None) -> dict[str, Any] | None:
    """The graph of that edition; without a number of the draft, else of the published one. None: no such."""
    rows = FlowVersion.objects.filter(flow__key=flow_key)
    if no is not None:
        found = rows.filter(no=no).first()
    else:
        here = rows.filter(status__in=[VersionStatus.DRAFT, VersionStatus.PUBLISHED])
        found = here.order_by("-no").first()
    return found.graph if found is not None else None


def approvers_ahead(flow_key: str, *, requester: User, given: dict[str, Any]) -> list[Ahead]:
    """Whom a run for ``requester`` would ask, in order, if everybody agrees; for showing before an order.

    ``given`` are the names the kind would offer, such as ``{"ritm": {"variables": {"price": …}}}``. Own
    requests, inactive people and unreachable steps are taken into account; nothing is written.
    """
    graph = published_graph(flow_key)
    if graph is None:
        return []
    known: dict[str, Any] = {
        "requester": names.person(requester),
        "on_behalf_of": None,
        "ticket": {},
        **given,
    }
    known |= {"vars": {name: names.filled(each, known) for name, each in graph.vars.items()}, "steps": {}}
    asked: list[Ahead] = []
    ahead, seen = [graph.start], set()
    while ahead:
        node_id = ahead.pop(0)
        if node_id in seen:
            continue
        seen.add(node_id)
        node = graph.nodes[node_id]
        known["steps"][node_id] = {"outcome": None, "output": {}}
        if node["kind"] == "approval":
            asked.append(Ahead(node_id, _asked(node, known, requester)))
            known["steps"][node_id] = {"outcome": "approved", "output": {}}
        ahead = _following(node, known) + ahead
    return asked


def _following(node: Node, known: dict[str, Any]) -> list[str]:
    """Where the run would go on if all goes well, in order; a block leads inside first."""
    if node["kind"] == "branch":
        now = db_now()
        fits = (case["to"] for case in node["cases"] if conditions.compiled(case["if"]).test(known, now=now))
        return [str(next(fits, node["default"]))]
    if node["kind"] == "switch":
        value = names.filled(node["on"], known)
        return [str(next((case["to"] for case in node["cases"] if value in case["is"]), node["default"]))]
    inside = entries(node)[:1] if node["kind"] == TRY else entries(node) if node["kind"] in BLOCKS else []
    after = node.get("join") if node["kind"] == FORK else node.get("next")
    return [*inside, *([after] if after else [])]


def _asked(node: Node, known: dict[str, Any], requester: User) -> tuple[str, ...]:
    specs = asking.approvers_of(node)
    found = people.meant(specs, known, company_id=requester.company_id, requester=requester)
    own = frozenset() if value("approval.own") else frozenset({requester.pk})
    wall = routing.Wall(requester.company_id, own)
    groups = tuple(each.name for each in found if isinstance(each, Group))
    seats = routing.seats([each for each in found if isinstance(each, User)], wall)
    return tuple(seat.approver.display_name for seat in seats) + groups


def _published(flow_key: str) -> QuerySet[FlowVersion]:
    return FlowVersion.objects.filter(flow__key=flow_key, flow__enabled=True, status=VersionStatus.PUBLISHED)
