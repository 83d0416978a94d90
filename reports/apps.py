"""Figures about the work, each of which opens the list behind it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """Reports: compliance with service levels."""

    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the reports into the menus."""
        from accounts.access import subjects
        from reports import policies, shell

        shell.fill()
        subjects.register_area("reports", _("Reports"), ("read",), policies.why_read)
