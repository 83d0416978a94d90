"""What the workspace adds to the frame of all pages: its modules and the way in from the portal."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core import context
from core.context import NavItem
from desk.policies import may_enter


def shown(request: HttpRequest) -> bool:
    """Whether the reader may enter the workspace."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and may_enter(user)


MENUS = [
    NavItem("desk", "day", _("My day"), "desk:start", icon="layout-dashboard", order=5, alone=True),
    NavItem("desk", "all", _("All tickets"), "desk:all", icon="inbox", order=10),
    NavItem("desk", "incidents", _("Incidents"), "desk:incidents", icon="triangle-alert", order=20),
    NavItem("desk", "problems", _("Problems"), "desk:problems", icon="bug", order=25),
    NavItem("desk", "requests", _("Requests"), "desk:requests", icon="shopping-bag", order=30),
    NavItem("desk", "tasks", _("Tasks"), "desk:tasks", icon="list-checks", order=40),
    NavItem("phone", "day", _("My day"), "desk:start", icon="layout-dashboard", order=5, alone=True),
    NavItem("phone", "all", _("Tickets"), "desk:all", icon="inbox", order=10),
    NavItem("phone", "tasks", _("Tasks"), "desk:tasks", icon="list-checks", order=20),
    NavItem("phone", "search", _("Search"), "desk:search", icon="search", order=30),
    NavItem("phone", "portal", _("Portal"), "portal:home", icon="house", order=40),
    NavItem("account", "desk", _("Agent workspace"), "desk:start", icon="inbox", order=15, show=shown),
    NavItem("portal", "desk", _("Agent workspace"), "desk:start", icon="inbox", order=90, show=shown),
]


def fill() -> None:
    """Register the menus with ``core.context``; called once, when the app is ready."""
    for item in MENUS:
        context.add_nav(item)
