"""Who gets a ticket, and how urgent it is: assignment rules and the priority matrix, for who sets them up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """The pages and services of what ``tickets.assignment`` follows (FT-03, docs/decisions/0046)."""

    name = "routing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the menu, and access to it."""
        from accounts.access import subjects
        from routing import policies, shell

        shell.fill()
        subjects.register_area("rules", _("Assignment rules"), policies.ACTIONS, policies.why)
