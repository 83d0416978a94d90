"""The parcel tracker: at most six named stages, never internal steps (PROCESSES REQ-14)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from incidents.choices import HoldReason, State

Text = str | Promise


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
            icon="message-circle-question-mark",
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
    if incident.hold_reason:
        return waits[HoldReason(incident.hold_reason)]
    return who_has_it(incident) or _("Finding the right team")


def stages_of(child: Any) -> list[Stage]:
    """The stages of one request, whatever its kind."""
    return incident_stages(child)
