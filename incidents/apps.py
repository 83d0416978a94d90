"""Incidents: unplanned interruptions of a service."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """The incident practice (PROCESSES section 1)."""

    name = "incidents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the kind and its handlers."""
        from incidents import handlers  # noqa: F401
        from incidents.choices import EMPLOYEE_STATES, State
        from incidents.models import Incident
        from incidents.policies import why
        from incidents.services import open_incident
        from tickets import kinds

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
                    }
                ),
                state_labels={code: label for code, label in State.choices},  # noqa: C416 - keeps lazy labels
                employee_states={str(code): label for code, label in EMPLOYEE_STATES.items()},
            )
        )
