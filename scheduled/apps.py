"""Scheduled and recurring tickets: incidents that a calendar opens, each occurrence once."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """Ticket schedules (FT-51, docs/decisions/0039)."""

    name = "scheduled"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the handlers, the sweep step (with the services) and the menu."""
        from accounts.access import subjects
        from scheduled import handlers, policies, services, shell  # noqa: F401

        shell.fill()
        subjects.register_area("ticket-schedules", _("Scheduled tickets"), policies.ACTIONS, policies.why)
