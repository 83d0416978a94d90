"""Service levels: the one way to change definitions and to move clocks by time alone."""

from sla.replanning import replan_clocks
from sla.services.clocks import fire_due_clocks
from sla.services.definitions import (
    create_definition,
    delete_draft,
    draft_of,
    publish_definition,
    retire_definition,
    save_draft,
)

__all__ = [
    "create_definition",
    "delete_draft",
    "draft_of",
    "fire_due_clocks",
    "publish_definition",
    "replan_clocks",
    "retire_definition",
    "save_draft",
]
