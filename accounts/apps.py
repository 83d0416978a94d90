"""People, teams and roles."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Config(AppConfig):
    """Users, departments, groups, roles, API tokens."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the seed roles after each migration."""
        from accounts import reference

        post_migrate.connect(reference.load, sender=self)
