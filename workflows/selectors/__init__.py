"""Reading flows and runs."""

from workflows.selectors.flows import (
    Ahead,
    approvers_ahead,
    asks_approval,
    flow_exists,
    flows_all,
    published_graph,
    versions_of,
)
from workflows.selectors.history import RunView, StepView, failed_steps, run_history, steps_of
from workflows.selectors.progress import (
    Stage,
    Standing,
    outline_for,
    progress_for,
    progress_for_many,
    standing_of,
    standings,
)

__all__ = [
    "Ahead",
    "RunView",
    "Stage",
    "Standing",
    "StepView",
    "approvers_ahead",
    "asks_approval",
    "failed_steps",
    "flow_exists",
    "flows_all",
    "outline_for",
    "progress_for",
    "progress_for_many",
    "published_graph",
    "run_history",
    "standing_of",
    "standings",
    "steps_of",
    "versions_of",
]
