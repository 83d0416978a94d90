"""Hand-overs: what one shift of a team leaves to the next."""

from django.apps import AppConfig


class Config(AppConfig):
    """Shift hand-over notes (docs/decisions/0047)."""

    name = "handovers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the handlers."""
        from handovers import handlers  # noqa: F401
