"""Reading flows and runs."""

from workflows.selectors.flows import (
    Ahead,
    approvers_ahead,
    asks_approval,
    flow_exists,
    flows_all,
    flows_with_versions,
    published_graph,
    versions_of,
)
from workflows.selectors.history import RunView, StepView, failed_steps, run_history
from workflows.selectors.progress import (
    Stage,
    Standing,
    holders,
    outline_for,
    progress_for,
    progress_for_many,
    standing_of,
    standings,
)
from workflows.selectors.runs import (
    RunList,
    RunPage,
    RunRow,
    run_list,
    run_page,
    runs_of_ticket,
    visible_runs,
)
from workflows.selectors.statistics import FlowStatistics, NodeStatistics, flow_statistics, node_statistics

__all__ = [
    "Ahead",
    "FlowStatistics",
    "NodeStatistics",
    "RunList",
    "RunPage",
    "RunRow",
    "RunView",
    "Stage",
    "Standing",
    "StepView",
    "approvers_ahead",
    "asks_approval",
    "failed_steps",
    "flow_exists",
    "flow_statistics",
    "flows_all",
    "flows_with_versions",
    "holders",
    "node_statistics",
    "outline_for",
    "progress_for",
    "progress_for_many",
    "published_graph",
    "run_history",
    "run_list",
    "run_page",
    "runs_of_ticket",
    "standing_of",
    "standings",
    "versions_of",
    "visible_runs",
]
