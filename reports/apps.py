"""Figures about the work, each of which opens the list behind it."""

from django.apps import AppConfig


class Config(AppConfig):
    """Reports: compliance with service levels."""

    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the reports into the menus."""
        from reports import shell

        shell.fill()
