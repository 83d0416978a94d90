"""What a credential must carry before a view looks at anything (API A-40)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.errors import NotAllowedError

SAFE = {"GET", "HEAD", "OPTIONS"}


def scope_of(view: Any, method: str) -> str:
    """The scope a token needs for this view and method, e.g. ``incidents:read``; empty for none."""
    resource = getattr(view, "scope", "")
    return f"{resource}:{'read' if method in SAFE else 'write'}" if resource else ""


class TokenScope(BasePermission):
    """A token with scopes reaches what they name; one without scopes all that its owner may do."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Raises NotAllowedError that names the missing scope."""
        scopes = getattr(request.auth, "scopes", None)
        needed = scope_of(view, request.method or "GET")
        # Writing implies reading; a scope for one thing never opens another.
        if scopes and needed and not {needed, needed.replace(":read", ":write")} & set(scopes):
            raise NotAllowedError(_("This token lacks the scope “%(scope)s”.") % {"scope": needed})
        return True
