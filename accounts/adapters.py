"""How django-allauth behaves here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from core import outbox
from core.time import clock_now

RESET_CHANNEL = "password_reset"


class ClosedAdapter(DefaultAccountAdapter):
    """People come from the directory or an administrator; mail leaves through the outbox like all mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: nobody signs up by themselves."""
        return False

    @transaction.atomic
    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Queue the mail. The link is made when it is sent: no table ever holds it (SECURITY SE-6)."""
        outbox.queue(RESET_CHANNEL, f"reset:{user.pk}:{clock_now().isoformat()}", {"user_id": user.pk})
