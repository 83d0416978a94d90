"""Writing flows and acting on runs. What a run does by itself is in ``workflows.executor``."""

from workflows.services.editing import publish, retire, save_draft
from workflows.services.operating import cancel_run, retry_step
from workflows.services.running import NoSuchFlowError, cancel_runs, send_signal, start_by_fact, start_run
from workflows.starting import begin, keep_signal

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
    "send_signal",
    "start_by_fact",
    "start_run",
]
