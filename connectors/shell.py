"""Where the pages of connectors are found in the menus."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from connectors.policies import may
from core import context
from core.context import NavItem


def shown(request: HttpRequest) -> bool:
    """Whether the reader may see connectors."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and may(user, "read")


MENUS = [
    NavItem("account", "connect", _("Connections"), "connectors:list", icon="plug", order=60, show=shown),
    NavItem("design", "connect", _("Connections"), "connectors:list", icon="plug", order=60, show=shown),
]


def fill() -> None:
    """Register the menus with ``core.context``; called once, when the app is ready."""
    for item in MENUS:
        context.add_nav(item)
