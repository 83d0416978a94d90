"""When people work: calendars, holidays, exceptions, and the arithmetic of business time."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """Business calendars (DOMAIN section 4.2)."""

    name = "schedules"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the menu; load the seed calendars after each migration."""
        from accounts.access import subjects
        from schedules import policies, reference, shell

        shell.fill()
        subjects.register_area("calendars", _("Calendars"), policies.ACTIONS, policies.why)
        subjects.register_area("rotas", _("On-call rotas"), policies.ACTIONS, policies.why_rotas)
        post_migrate.connect(reference.load, sender=self)
