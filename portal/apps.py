"""The self-service pages."""

from django.apps import AppConfig


class Config(AppConfig):
    """Home, catalogue, my requests, approvals, profile."""

    name = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the shell that all pages share."""
        from portal import shell

        shell.fill()
