"""Flows: what happens by itself, durably, step by step."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """Flow definitions as versioned data, and the engine that runs them (DOMAIN section 3)."""

    name = "workflows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register sweep steps, handlers, menus and the hook of every ticket write; load the seed flows."""
        from accounts.access import subjects
        from tickets import hooks
        from workflows import (  # noqa: F401
            calling,
            escalations,
            executor,
            handlers,
            policies,
            reference,
            scheduled,
            shell,
            triggers,
        )

        shell.fill()
        subjects.register_area("flows", _("Flows"), policies.ACTIONS, policies.why)
        hooks.on_change(triggers.react, order=200)
        post_migrate.connect(reference.load, sender=self)
