"""Where the pages of webhooks are found in the menus."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core import context
from core.context import NavItem
from webhooks.policies import may


def shown(request: HttpRequest) -> bool:
    """Whether the reader may see webhooks."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and may(user, "read")


MENUS = [NavItem("design", "webhooks", _("Webhooks"), "webhooks:list", icon="webhook", order=62, show=shown)]


def fill() -> None:
    """Register the menus with ``core.context``; called once, when the app is ready."""
    for item in MENUS:
        context.add_nav(item)
