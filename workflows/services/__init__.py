"""Writing flows and acting on runs. What a run does by itself is in ``workflows.executor``."""

from workflows.services.editing import publish, retire, save_draft
from workflows.services.migrating import CannotMigrateError, migrate_run, preview
from workflows.services.operating import (
    cancel_run,
    jump_to,
    park_run,
    resume_run,
    retry_step,
    set_variables,
    skip_step,
)
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
    "CannotMigrateError",
    "Difference",
    "NoSuchFlowError",
    "ScenarioResult",
    "begin",
    "cancel_run",
    "cancel_runs",
    "delete_scenario",
    "jump_to",
    "keep_signal",
    "migrate_run",
    "park_run",
    "preview",
    "publish",
    "resume_run",
    "retire",
    "retry_step",
    "run_scenarios",
    "save_draft",
    "save_scenario",
    "send_signal",
    "set_variables",
    "skip_step",
    "start_by_fact",
    "start_run",
]
