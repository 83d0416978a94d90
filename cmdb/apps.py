"""Configuration items: what the company runs and owns."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """CI classes and configuration items."""

    name = "cmdb"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let access to items be explained; load the seed classes after each migration."""
        from accounts.access import subjects
        from cmdb import explaining, policies, reference

        subjects.register(explaining.SUBJECT)
        subjects.register_area("cmdb", _("Configuration items"), ("create", "update"), policies.why_write)
        post_migrate.connect(reference.load, sender=self)
