"""Where reports are found in the menus."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core import context
from core.context import NavItem
from reports.policies import may_read


def shown(request: HttpRequest) -> bool:
    """Whether the reader may see reports."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and may_read(user)


MENUS = [
    NavItem("desk", "reports", _("Reports"), "reports:start", icon="chart-column", order=60, show=shown),
    NavItem("account", "reports", _("Reports"), "reports:start", icon="chart-column", order=18, show=shown),
]


def fill() -> None:
    """Register the menus with ``core.context``; called once, when the app is ready."""
    for item in MENUS:
        context.add_nav(item)
