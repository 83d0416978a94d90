"""Service levels: promises about time, and the clocks that keep them."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Config(AppConfig):
    """Definitions, clocks, the sweep that fires them (DOMAIN section 4)."""

    name = "sla"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """React to writes and marks, join the sweep, fill the menus, load the seeds after each migration."""
        from sla import escalations, handlers, reference, services, shell, shell_explain, whatif  # noqa: F401
        from sla.evaluate import evaluate
        from tickets import hooks

        shell.fill()
        shell_explain.fill()
        hooks.on_change(evaluate, order=10)
        post_migrate.connect(reference.load, sender=self)
