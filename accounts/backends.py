"""Checking a password, with the same work for every answer (SECURITY S-24)."""

from __future__ import annotations

from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accounts.models import User
from accounts.selectors import person_signing_in
from core.prepared import Prepared

_PERSON = -1  # the place of the key that the prepared query is asked for


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

    def get_user(self, user_id: int) -> User | None:
        """Who a session belongs to: read for each request."""
        found = next(iter(_person().read(user_id)), None)
        return found if found is not None and self.user_can_authenticate(found) else None

    def user_can_authenticate(self, user: Any) -> bool:
        """People who are active; service accounts have tokens only."""
        return bool(user.is_active) and not user.is_service


@cache
def _person() -> Prepared[User]:
    return Prepared(User.objects.filter(pk=_PERSON), _PERSON)
