"""Where the pages of calendars and rotas are found in the menus."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core import context
from core.context import NavItem
from schedules.policies import may


def shown(request: HttpRequest) -> bool:
    """Whether the reader may edit calendars: others meet them where they count."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and may(user, "edit")


def works_here(request: HttpRequest) -> bool:
    """Whether the reader sees who is on call."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and may(user, "read")


MENUS = [
    NavItem("design", "calendars", _("Calendars"), "schedules:list", icon="calendar", order=50, show=shown),
    NavItem("design", "rotas", _("On-call rotas"), "rotas:list", icon="phone-call", order=55, show=shown),
    NavItem("desk", "on_call", _("On call"), "on_call:now", icon="phone-call", order=50),
    NavItem("account", "on_call", _("On call"), "on_call:now", icon="phone-call", order=18, show=works_here),
]


def fill() -> None:
    """Register the menu with ``core.context``; called once, when the app is ready."""
    for item in MENUS:
        context.add_nav(item)
