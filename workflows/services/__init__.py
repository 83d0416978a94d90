"""Writing flows and acting on runs. What a run does by itself is in ``workflows.executor``."""

from workflows.services.editing import publish, retire, save_draft
from workflows.services.operating import cancel_run, retry_step
from workflows.services.running import NoSuchFlowError, begin, cancel_runs, keep_signal, start_run

__all__ = [
    "NoSuchFlowError",
    "begin",
    "cancel_run",
    "cancel_runs",
    "keep_signal",
    "publish",
    "retire",
    "retry_step",
    "save_draft",
    "start_run",
]
