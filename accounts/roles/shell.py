"""Where roles and the explanation of access are found in the menus."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.machines.policies import may_read as may_keep
from accounts.policies import Actor, may_ask
from accounts.roles.policies import may_read
from core import context
from core.context import NavItem


def shown_to(is_allowed: Callable[[Actor], bool]) -> Callable[[HttpRequest], bool]:
    """Whether the reader is a signed-in person whom the policy allows it."""

    def shown(request: HttpRequest) -> bool:
        user = getattr(request, "user", None)
        return user is not None and user.is_authenticated and is_allowed(user)

    return shown


MENUS = [
    NavItem(
        "design", "people", _("People"), "people:list", icon="user-round", order=69, show=shown_to(may_keep)
    ),
    NavItem(
        "design", "roles", _("Roles"), "roles:list", icon="users-round", order=70, show=shown_to(may_read)
    ),
    NavItem(
        "design", "access", _("Access"), "access:ask", icon="shield-check", order=75, show=shown_to(may_ask)
    ),
    NavItem(
        "design",
        "machines",
        _("Service accounts"),
        "machines:list",
        icon="server",
        order=76,
        show=shown_to(may_keep),
    ),
    NavItem(
        "design",
        "tokens",
        _("Tokens"),
        "machines:tokens",
        icon="key-round",
        order=77,
        show=shown_to(may_keep),
    ),
    NavItem(
        "design",
        "sessions",
        _("Sessions"),
        "sessions:list",
        icon="monitor",
        order=78,
        show=shown_to(may_keep),
    ),
]


def fill() -> None:
    """Register the menus with ``core.context``; called once, when the app is ready."""
    for item in MENUS:
        context.add_nav(item)
