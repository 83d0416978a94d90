"""What can be done with problems and their tasks; moves wrap the one door of ``tickets.services``."""

from problems.services.deciding import accept_candidate, dismiss_candidate
from problems.services.detecting import look_for_recurrence
from problems.services.moving import (
    SERVICES,
    TASK_SERVICES,
    assess_problem,
    assess_task,
    cancel_tasks_with,
    confirm_problem,
    mark_duplicate,
)
from problems.services.opening import open_problem, open_problem_for_major, open_problem_task
from problems.services.rootcause import (
    add_factor,
    add_why,
    change_factor,
    change_why,
    name_bone,
    remove_factor,
    remove_why,
)
from problems.services.telling import hand_over_to_main, tell_incidents, tell_of_end
from problems.services.trending import open_problem_for_trend

__all__ = [
    "SERVICES",
    "TASK_SERVICES",
    "accept_candidate",
    "add_factor",
    "add_why",
    "assess_problem",
    "assess_task",
    "cancel_tasks_with",
    "change_factor",
    "change_why",
    "confirm_problem",
    "dismiss_candidate",
    "hand_over_to_main",
    "look_for_recurrence",
    "mark_duplicate",
    "name_bone",
    "open_problem",
    "open_problem_for_major",
    "open_problem_for_trend",
    "open_problem_task",
    "remove_factor",
    "remove_why",
    "tell_incidents",
    "tell_of_end",
]
