"""What can be done with problems and their tasks; moves wrap the one door of ``tickets.services``."""

from problems.services.moving import (
    SERVICES,
    TASK_SERVICES,
    assess_problem,
    assess_task,
    cancel_tasks_with,
    confirm_problem,
    mark_duplicate,
)
from problems.services.opening import open_problem, open_problem_task
from problems.services.telling import hand_over_to_main, tell_incidents, tell_of_end

__all__ = [
    "SERVICES",
    "TASK_SERVICES",
    "assess_problem",
    "assess_task",
    "cancel_tasks_with",
    "confirm_problem",
    "hand_over_to_main",
    "mark_duplicate",
    "open_problem",
    "open_problem_task",
    "tell_incidents",
    "tell_of_end",
]
