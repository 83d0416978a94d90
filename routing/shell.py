"""Where the pages of rules are found in the menus."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core import context
from core.context import NavItem
from routing.policies import may


def shown(request: HttpRequest) -> bool:
    """Whether the reader may see rules."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and may(user, "read")


def fill() -> None:
    """Register the menu with ``core.context``; called once, when the app is ready."""
    context.add_nav(
        NavItem("design", "rules", _("Assignment rules"), "routing:list", icon="split", order=30, show=shown)
    )
