"""People, teams and roles."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """Users, departments, groups, roles, API tokens."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the menus and what access is explained of; load the seed roles after each migration."""
        from accounts import limits, reference
        from accounts.access import subjects
        from accounts.policies import why_people
        from accounts.roles import shell
        from accounts.security import shell as own
        from accounts.sessions import services as sessions
        from core import housekeeping

        housekeeping.register(sessions.forget_old)
        housekeeping.register(limits.forget_old)
        shell.fill()
        own.fill()
        subjects.register_area(
            "people", _("People and roles"), ("edit", "read_roles", "edit_roles", "explain"), why_people
        )
        post_migrate.connect(reference.load, sender=self)
