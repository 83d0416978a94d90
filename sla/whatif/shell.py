"""Where the what-if pages are found in the menus."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.choices import Grant
from accounts.policies import has_grant
from core import context
from core.context import NavItem


def shown(request: HttpRequest) -> bool:
    """Whether the reader edits the configuration."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and has_grant(user, Grant.CONFIG_WRITE)


def fill() -> None:
    """Register the menu with ``core.context``; called once, when the app is ready."""
    item = NavItem(
        "design", "what-if", _("What if"), "what_if:list", icon="flask-conical", order=56, show=shown
    )
    context.add_nav(item)
