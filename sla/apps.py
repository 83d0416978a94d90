"""Service levels: promises about time, and the clocks that keep them."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Config(AppConfig):
    """Definitions, clocks, the sweep that fires them (DOMAIN section 4)."""

    name = "sla"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """React to ticket writes and calendar edits, join the sweep, load the seeds after each migration."""
        from schedules import dependents
        from sla import reference, replanning, services  # noqa: F401
        from sla.evaluate import evaluate
        from tickets import hooks

        hooks.on_change(evaluate, order=10)
        dependents.register(replanning.following)
        post_migrate.connect(reference.load, sender=self)
