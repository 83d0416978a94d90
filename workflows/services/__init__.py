"""Writing flows and acting on runs. What a run does by itself is in ``workflows.executor``."""

from workflows.services.editing import publish, retire, save_draft
from workflows.services.operating import cancel_run, retry_step
from workflows.services.running import NoSuchFlowError, cancel_runs, send_signal, start_by_fact, start_run
from workflows.services.scenarios import (
    Difference,
    ScenarioResult,
    delete_scenario,
    run_scenarios,
    save_scenario,
)
from workflows.starting import begin, keep_signal

__all__ = [
    "Difference",
    "NoSuchFlowError",
    "ScenarioResult",
    "begin",
    "cancel_run",
    "cancel_runs",
    "delete_scenario",
    "keep_signal",
    "publish",
    "retire",
    "retry_step",
    "run_scenarios",
    "save_draft",
    "save_scenario",
    "send_signal",
    "start_by_fact",
    "start_run",
]
