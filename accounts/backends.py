"""Checking a password, with the same work for every answer (SECURITY S-24)."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accounts.models import User
from accounts.selectors import person_signing_in


class OneCheckBackend(AuthenticationBackend):
    """One look-up and one hash, whether the account exists, is switched off or is named by its mail address.

    Allauth's own looks up by mail and by name in turn, and hashes once for each that it finds: the time told
    whether a mail address is known.
    """

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        login = credentials.get("username") or credentials.get("email") or ""
        found: User | None = self._check_password(
            person_signing_in(login) if login else None, credentials.get("password") or ""
        )
        return found

    def user_can_authenticate(self, user: Any) -> bool:
        """People who are active; service accounts have tokens only."""
        return bool(user.is_active) and not user.is_service
