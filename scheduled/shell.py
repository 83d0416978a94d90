"""Where the pages of schedules are found in the menus."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core import context
from core.context import NavItem
from scheduled.policies import may


def shown(request: HttpRequest) -> bool:
    """Whether the reader may see schedules."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and may(user, "read")


def fill() -> None:
    """Register the menu with ``core.context``; called once, when the app is ready."""
    item = NavItem(
        "design",
        "ticket-schedules",
        _("Scheduled tickets"),
        "scheduled:list",
        icon="calendar-clock",
        order=45,
        show=shown,
    )
    context.add_nav(item)
