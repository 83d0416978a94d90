"""Writing flows and acting on runs. What a run does by itself is in ``workflows.executor``."""

from workflows.services.editing import publish, retire, save_draft
from workflows.services.hooks import (
    BadSignatureError,
    TooMuchError,
    check_call,
    end_hook,
    make_hook_secret,
    receive,
)
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
from workflows.services.running import (
    NoSuchFlowError,
    cancel_runs,
    send_signal,
    start_by_fact,
    start_manually,
    start_run,
)
from workflows.services.scenarios import (
    Difference,
    ScenarioResult,
    delete_scenario,
    run_scenarios,
    save_scenario,
)
from workflows.starting import begin, keep_signal

__all__ = [
    "BadSignatureError",
    "CannotMigrateError",
    "Difference",
    "NoSuchFlowError",
    "ScenarioResult",
    "TooMuchError",
    "begin",
    "cancel_run",
    "cancel_runs",
    "check_call",
    "delete_scenario",
    "end_hook",
    "jump_to",
    "keep_signal",
    "make_hook_secret",
    "migrate_run",
    "park_run",
    "preview",
    "publish",
    "receive",
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
    "start_manually",
    "start_run",
]
