"""Problems: the causes of incidents."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """The problem practice (PROCESSES section 2)."""

    name = "problems"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the kinds, their handlers and the hook that ends tasks."""
        from problems import handlers, rules  # noqa: F401
        from problems.choices import State, TaskState
        from problems.models import Problem, ProblemTask
        from problems.policies import why, why_task
        from problems.services import (
            SERVICES,
            TASK_SERVICES,
            cancel_tasks_with,
            open_problem,
            open_problem_task,
        )
        from tickets import hooks, kinds

        hooks.on_change(cancel_tasks_with, order=121)
        shared = frozenset({"title", "description", "group", "assignee", "impact", "urgency", "due_at"})
        kinds.register(
            kinds.KindSpec(
                key="problem",
                prefix="PRB",
                model=Problem,
                label=_("Problem"),
                plural=_("Problems"),
                icon="bug",
                why=why,
                resource="problems.api.views.ProblemViewSet",
                path="problems",
                open=open_problem,
                task_kind="ptask",
                check=rules.check,
                moves=SERVICES,  # type: ignore[arg-type] # "function"
                editable=shared
                | {"category", "ci", "location", "cause_notes", "fix_notes", "workaround", "is_known_error"},
                state_labels=dict(State.choices),
            )
        )
        kinds.register(
            kinds.KindSpec(
                key="ptask",
                prefix="PTASK",
                model=ProblemTask,
                label=_("Problem task"),
                plural=_("Problem tasks"),
                icon="list-checks",
                why=why_task,
                resource="problems.api.views.ProblemTaskViewSet",
                path="problem-tasks",
                open=open_problem_task,
                moves=TASK_SERVICES,
                editable=shared | {"type"},
                state_labels=dict(TaskState.choices),
            )
        )
