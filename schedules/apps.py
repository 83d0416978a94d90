"""When people work: calendars, holidays, exceptions, and the arithmetic of business time."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Config(AppConfig):
    """Business calendars (DOMAIN section 4.2)."""

    name = "schedules"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the menu; load the seed calendars after each migration."""
        from schedules import reference, shell

        shell.fill()
        post_migrate.connect(reference.load, sender=self)
