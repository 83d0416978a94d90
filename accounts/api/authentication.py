"""Signing in with an API token (API A-39, A-41)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import tokens
from accounts.choices import Grant
from accounts.models import ApiToken, User
from accounts.policies import has_grant
from core import client
from core.cause import name_actor
from core.errors import NotAllowedError


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer itsm_…``; one query, checked anew for every request."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's owner and the token; None without the header, so that the session may serve.

        Raises AuthenticationFailed for a token that is none, ended or whose owner is gone.
        """
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        address = client.address_of(request._request)
        token = tokens.check(words[1].decode("latin-1"), address=address) if len(words) == 2 else None
        if token is None:
            raise AuthenticationFailed(_("This token is not valid. It may have expired or been revoked."))
        if not has_grant(token.owner, Grant.API_USE):
            raise NotAllowedError(_("The owner of this token may not use the API."))
        # Informative and to the minute, so most requests write nothing; the UPDATE asks the database's clock.
        if token.last_used_at is None or timezone.now() - token.last_used_at > dt.timedelta(minutes=1):
            tokens.stamp_use(token)
        name_actor(token.owner.pk)
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="maru"'
