"""Notices: the bell, mails, and what open pages are told."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """Texts, notices, preferences, the e-mail channel and the demo mailbox (PROCESSES section 10)."""

    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register handlers and the channel, fill the bell, load the texts after each migration."""
        from accounts.access import subjects
        from core import context
        from notifications import (  # noqa: F401
            digests,
            escalations,
            handlers,
            mail,
            paging,
            password_reset,
            policies,
            reference,
            seals,
            views,
        )
        from tickets import hooks

        subjects.register_area("texts", _("Texts of notices"), ("edit",), policies.why_edit_texts)
        hooks.on_change(paging.heed, order=50)
        context.register("unread_count", views.unread)
        context.register("notices_url", views.notices_url)
        context.add_nav(views.MAILBOX)
        post_migrate.connect(reference.load, sender=self)
