"""Signing in by the browser's session, for the same origin only (API A-42)."""

from __future__ import annotations

from typing import Any

from rest_framework import authentication, exceptions
from rest_framework.request import Request

from core.errors import NotAllowedError


class SessionAuthentication(authentication.SessionAuthentication):
    """The session cookie; unsafe methods need the CSRF token."""

    def authenticate(self, request: Request) -> Any:
        """The person themself, not the middleware's stand-in that is read when first needed."""
        found = super().authenticate(request)
        if found is None:
            return None
        person: Any = found[0]
        return getattr(person, "_wrapped", person), None

    def enforce_csrf(self, request: Request) -> None:
        """Refuse with the code ``csrf``."""
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            raise NotAllowedError(str(error.detail), code="csrf") from error
