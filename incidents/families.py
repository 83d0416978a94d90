"""Parents and children among incidents: which may be joined (PROCESSES INC-11)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.policies import Actor
from core.errors import NotAllowedError, invalid
from incidents.choices import MajorStatus
from incidents.selectors import keep_families_still, levels_below, line_above
from tickets.models import Ticket
from tickets.policies import may

MOST_LEVELS = 3


def check(incident: Any, fields: dict[str, Any], actor: Actor) -> None:
    """What is refused of an incident's changed fields: a parent that does not fit."""
    if fields.get("parent") is not None:
        check_parent(incident, fields["parent"], actor)


def check_parent(incident: Any, parent: Ticket, actor: Actor) -> None:
    """Refuse a parent that the actor may not change, that is no incident or closed, a circle, a fourth level.

    A major incident gets no parent at all.

    Nobody else joins incidents until the end of the transaction, unless this one is only being opened: it
    closes no circle. Raises RuleRefusedError, NotAllowedError.
    """
    if parent.kind != "incident":
        raise invalid("parent", _("The parent of an incident is an incident."))
    if incident.major_status == MajorStatus.ACCEPTED:
        text = _("%(number)s is a major incident; it stands below no other.")
        raise invalid("parent", text % {"number": incident.number})
    if not may(actor, parent, "update"):
        raise NotAllowedError
    if parent.is_closed:
        raise invalid("parent", _("%(number)s is closed; it gets no children.") % {"number": parent.number})
    below = 0
    if incident.pk is not None:
        keep_families_still()
        below = levels_below(incident.pk, MOST_LEVELS)
    above = line_above(parent)
    if incident.pk in above:
        raise invalid("parent", _("%(number)s is below this incident.") % {"number": parent.number})
    if len(above) + 1 + below > MOST_LEVELS:
        text = _("Parents and children make at most %(count)s levels; here they would be more.")
        raise invalid("parent", text % {"count": MOST_LEVELS})


def place_for_flow(parent: Ticket) -> Ticket:
    """Where an incident that a flow opens is put: below what the run is about, whatever and however that is.

    Below the last level it stands beside the run's incident: how often a flow causes itself is not for the
    depth of a family to decide (PROCESSES G-05).
    """
    if parent.kind == "incident" and parent.parent is not None and len(line_above(parent)) >= MOST_LEVELS:
        return parent.parent
    return parent
