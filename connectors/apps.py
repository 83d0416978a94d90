"""Other services that the platform calls: how to reach them, with which credentials, and what was said."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """Connectors (SECURITY section 5, docs/decisions/0008)."""

    name = "connectors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the menu and the hourly removal of old calls; load the connector of a seed flow."""
        from accounts.access import subjects
        from connectors import policies, reference, services, shell
        from core import housekeeping

        shell.fill()
        subjects.register_area("connections", _("Connections"), policies.ACTIONS, policies.why)
        housekeeping.register(services.purge_calls)
        post_migrate.connect(reference.load, sender=self)
