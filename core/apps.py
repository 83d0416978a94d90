"""The lowest layer: what every other app stands on and that knows none of them."""

from django.apps import AppConfig


class Config(AppConfig):
    """Outbox, sweep, errors, time, attachments, settings, REST plumbing."""

    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the sweep know the steps of this app, and the workspace its way to the configuration pages."""
        from django.db.backends.signals import connection_created

        from core import design, dispatch, eventlog, housekeeping  # noqa: F401
        from core.trail import origin, sealing  # noqa: F401

        connection_created.connect(origin.install, dispatch_uid="core.trail.origin")
        design.fill()
