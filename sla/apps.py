"""Service levels: promises about time, and the clocks that keep them."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """Definitions, clocks, the sweep that fires them (DOMAIN section 4)."""

    name = "sla"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """React to writes, marks and calendars, join the sweep, fill the menus, load the seeds."""
        from accounts.access import subjects
        from schedules import dependents
        from sla import escalations, handlers, policies, reference, replanning, services, shell  # noqa: F401 - they register
        from sla.evaluate import evaluate
        from sla.whatif import services as _what_ifs  # noqa: F401 - joins the sweep
        from sla.whatif import shell as what_if_shell
        from tickets import hooks

        shell.fill()
        what_if_shell.fill()
        subjects.register_area("sla", _("Service levels"), policies.ACTIONS, policies.why)
        hooks.on_change(evaluate, order=10)
        dependents.register(replanning.following)
        post_migrate.connect(reference.load, sender=self)
