"""What all kinds of work share: the ticket, its activity, links, numbering and the one way to change it."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Config(AppConfig):
    """Ticket, Activity, links, watchers, transition rules, assignment rules, priority matrix."""

    name = "tickets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let access to tickets be explained; load what must be there after each migration."""
        from accounts.access import subjects
        from tickets import explaining, indexing, reference

        subjects.register(explaining.SUBJECT)
        post_migrate.connect(reference.load, sender=self)
        post_migrate.connect(indexing.fill, sender=self)
