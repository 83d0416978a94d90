"""Outgoing webhooks: who wants to hear of which events, what was sent, what came back."""

from django.apps import AppConfig


class Config(AppConfig):
    """Webhooks (API A-45 … A-53, docs/decisions/0018)."""

    name = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the handlers, the sending of what is due, the hourly cleaning and the menus."""
        from core import housekeeping, sweep
        from webhooks import handlers, pump, services, shell  # noqa: F401

        sweep.register(pump.send_due)
        housekeeping.register(services.purge)
        shell.fill()
