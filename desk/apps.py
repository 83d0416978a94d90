"""The agent workspace."""

from django.apps import AppConfig


class Config(AppConfig):
    """Queues, ticket pages and actions for people who work on tickets."""

    name = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the workspace into the menus of all shells."""
        from desk import shell

        shell.fill()
