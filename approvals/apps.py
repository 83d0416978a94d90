"""Decisions asked of people."""

from functools import partial

from django.apps import AppConfig


class Config(AppConfig):
    """Approval requests, answers, delegations and the links that decide from mail (PROCESSES section 6)."""

    name = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what is due with the sweep, the watch over fields with every ticket write, who is away
        from new tickets, and what access is explained of."""
        from accounts.access import subjects
        from approvals import explaining
        from approvals.choices import Scope
        from approvals.selectors import stand_ins
        from approvals.services import due, fetching, mailing, reasking  # noqa: F401
        from tickets import absence, hooks

        subjects.register(explaining.SUBJECT)
        absence.register(partial(stand_ins, scope=Scope.ASSIGNMENTS))
        hooks.on_change(reasking.react, order=150)
