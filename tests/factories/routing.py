"""Assignment rules for tests, made through the services."""

from __future__ import annotations

from typing import Any

from routing.services import create_rule
from tickets.models import AssignmentRule


def make_rule(group: Any, name: str = "Network", **fields: Any) -> AssignmentRule:
    """A rule for incidents of the category network that chooses nobody, unless ``fields`` say otherwise."""
    given = {"kind": "incident", "condition": {"f": "category", "op": "eq", "v": "network"}}
    return create_rule(actor=None, name=name, group=group, **given | fields)
