"""The parcel tracker: at most six named stages, never internal steps (PROCESSES REQ-14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from catalog import flows
from catalog.choices import ItemState
from catalog.models import RequestItem
from incidents.choices import HoldReason, State
from incidents.models import Incident
from tickets.models import Ticket
from workflows.selectors import Stage as FlowStage
from workflows.selectors import outline_for

Text = str | Promise
ASK = "message-circle-question-mark"
DELIVERED_RANK = 60
SKIPPED = "skipped"


@dataclass(frozen=True)
class Stage:
    """One step: ``state`` is done, now, todo or failed."""

    label: Text
    state: str
    detail: Text = ""
    since: dt.datetime | None = None
    icon: str = ""
    due: dt.datetime | None = None


def who_has_it(ticket: Any) -> str:
    """Person and team that work on it now, or empty."""
    names = [each for each in (ticket.assignee, ticket.group) if each is not None]
    return " · ".join(str(each) for each in names)


def incident_stages(incident: Any) -> list[Stage]:
    """Received, worked on, checked, finished."""
    received = Stage(_("Received"), "done", since=incident.opened_at)
    if incident.state == State.CANCELLED:
        return [received, Stage(_("Withdrawn"), "failed", incident.close_notes[:80], incident.closed_at)]
    place = {State.RESOLVED: 2, State.CLOSED: 3}.get(State(incident.state), 1)
    return [
        received,
        Stage(_("Being worked on"), _step(1, place), _working(incident) if place == 1 else "", icon="wrench"),
        Stage(
            _("Your check"),
            _step(2, place),
            detail=_("Does it work?") if place == 2 else "",
            since=incident.resolved_at,
            icon=ASK,
        ),
        Stage(_("Finished"), "done" if place == 3 else "todo", since=incident.closed_at),
    ]


def _step(own: int, place: int) -> str:
    return "done" if own < place else "now" if own == place else "todo"


def _working(incident: Any) -> Text:
    waits = {
        HoldReason.AWAITING_CALLER: _("We need your answer"),
        HoldReason.AWAITING_VENDOR: _("Waiting for a supplier"),
        HoldReason.AWAITING_PROBLEM: _("The cause is being looked for"),
        HoldReason.AWAITING_CHANGE: _("A repair is planned"),
    }
    reason = getattr(incident, "hold_reason", "")
    if reason:
        return waits[HoldReason(reason)]
    return who_has_it(incident) or _("Finding the right team")


def item_stages(item: Any, flow: Sequence[FlowStage]) -> list[Stage]:
    """Requested, then what its flow tells people; without a flow: the team, the check, the end."""
    asked = Stage(_("Requested"), "done", since=item.opened_at)
    own = [_of_flow(each) for each in flow if each.state != SKIPPED] or _plain(item)
    if item.state in {ItemState.CANCELLED, ItemState.CLOSED_SKIPPED}:
        done = [each for each in own if each.state == "done"]
        return [asked, *done, Stage(_withdrawn(item), "failed", item.close_notes[:80], item.closed_at)]
    if item.state == ItemState.DELIVERED:
        check = Stage(_("Your check"), "now", _("Does it work?"), item.resolved_at, icon=ASK)
        return [asked, *own, check]
    return [asked, *own]


def _withdrawn(item: Any) -> Text:
    return _("Withdrawn") if item.state == ItemState.CANCELLED else _("Not needed any more")


def _of_flow(stage: FlowStage) -> Stage:
    now = stage.state == "now"
    return Stage(
        label=stage.label,
        state=stage.state,
        detail=", ".join(stage.waiting_for) if now else "",
        since=stage.since,
        due=stage.due if now else None,
        icon="hourglass",
    )


def _plain(item: Any) -> list[Stage]:
    if item.state == ItemState.REJECTED:
        return [Stage(_("Not approved"), "failed", item.close_notes[:80], item.closed_at)]
    working = item.state_rank < DELIVERED_RANK
    failed = item.state == ItemState.CLOSED_INCOMPLETE
    end = (
        Stage(_("Could not be delivered"), "failed", since=item.closed_at)
        if failed
        else Stage(_("Finished"), "done" if item.is_closed else "todo", since=item.closed_at)
    )
    team = who_has_it(item) if working else ""
    return [Stage(_("With the team"), "now" if working else "done", team, icon="wrench"), end]


def stages_of(child: Any) -> list[Stage]:
    """The stages of one request, whatever its kind; nothing for a kind that has none."""
    if isinstance(child, RequestItem):
        return item_stages(child, flows.stages(child))
    return incident_stages(child) if isinstance(child, Incident) else []


def stages_at_a_glance(ticket: Ticket) -> list[Stage]:
    """The stages by the parent row, for the first page; who has it and until when stay out."""
    if ticket.kind == "ritm":
        return item_stages(ticket, outline_for(ticket))
    return incident_stages(ticket) if ticket.kind == "incident" else []
