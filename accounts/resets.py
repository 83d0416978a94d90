"""The links that choose a new password: 128 bits, a day, once, and only the newest (SECURITY SE-6)."""

from __future__ import annotations

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from accounts.models import User


class NewestOnly(PasswordResetTokenGenerator):
    """Django's signed token, which ends with the password it replaces; here also with a newer link."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.reset_serial}"
