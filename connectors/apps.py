"""Other services that the platform calls: how to reach them, with which credentials, and what was said."""

from django.apps import AppConfig


class Config(AppConfig):
    """Connectors (SECURITY section 5, docs/decisions/0008)."""

    name = "connectors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the menu and the hourly removal of old calls."""
        from connectors import services, shell
        from core import housekeeping

        shell.fill()
        housekeeping.register(services.purge_calls)
