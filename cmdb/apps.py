"""Configuration items: what the company runs and owns."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Config(AppConfig):
    """CI classes and configuration items."""

    name = "cmdb"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the seed classes after each migration."""
        from cmdb import reference

        post_migrate.connect(reference.load, sender=self)
