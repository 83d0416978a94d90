"""Incidents: unplanned interruptions of a service."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """The incident practice (PROCESSES section 1)."""

    name = "incidents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the kind and its handlers."""
        from incidents import families, handlers, reference  # noqa: F401
        from incidents.choices import EMPLOYEE_STATES, State
        from incidents.models import Incident, IncidentTask
        from incidents.policies import why, why_task
        from incidents.services import SERVICES, end_tasks_with, keep_plan, open_incident, open_incident_task
        from tickets import hooks, kinds
        from tickets.choices import TaskState

        hooks.on_change(end_tasks_with, order=120)
        hooks.on_change(keep_plan, order=122)
        post_migrate.connect(reference.load, sender=self)

        kinds.register(
            kinds.KindSpec(
                key="incident",
                prefix="INC",
                model=Incident,
                label=_("Incident"),
                plural=_("Incidents"),
                icon="triangle-alert",
                why=why,
                resource="incidents.api.views.IncidentViewSet",
                path="incidents",
                employee_word=_("Problem report"),
                open=open_incident,
                task_kind="itask",
                check=families.check,
                moves=SERVICES,  # type: ignore[arg-type] # "function"
                editable=frozenset(
                    {
                        "title",
                        "description",
                        "category",
                        "impact",
                        "urgency",
                        "priority",
                        "priority_override_reason",
                        "group",
                        "assignee",
                        "ci",
                        "location",
                        "severity",
                        "parent",
                    }
                ),
                state_labels={code: label for code, label in State.choices},  # noqa: C416 - keeps lazy labels
                employee_states={str(code): label for code, label in EMPLOYEE_STATES.items()},
            )
        )
        kinds.register(
            kinds.KindSpec(
                key="itask",
                prefix="ITASK",
                model=IncidentTask,
                label=_("Incident task"),
                plural=_("Incident tasks"),
                icon="list-checks",
                why=why_task,
                resource="incidents.api.views.IncidentTaskViewSet",
                path="incident-tasks",
                open=open_incident_task,
                editable=frozenset(
                    {"title", "description", "due_at", "group", "assignee", "impact", "urgency"}
                ),
                state_labels={code: label for code, label in TaskState.choices if code != TaskState.PENDING},
            )
        )
