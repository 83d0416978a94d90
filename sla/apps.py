"""Service levels: promises about time, and the clocks that keep them."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Config(AppConfig):
    """Definitions, clocks, the sweep that fires them (DOMAIN section 4)."""

    name = "sla"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """React to writes, marks and calendars, join the sweep, fill the menus, load the seeds."""
        from schedules import dependents
        from sla import escalations, handlers, reference, replanning, services, shell, shell_explain, whatif  # noqa: F401  # noqa: F401
        from sla.evaluate import evaluate
        from tickets import hooks

        shell.fill()
        shell_explain.fill()
        hooks.on_change(evaluate, order=10)
        dependents.register(replanning.following)
        post_migrate.connect(reference.load, sender=self)
