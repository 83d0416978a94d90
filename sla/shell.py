"""Where the pages of definitions are found in the menus."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core import context
from core.context import NavItem
from sla.policies import may


def shown(request: HttpRequest) -> bool:
    """Whether the reader may edit definitions: others meet them on tickets."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and may(user, "edit")


def fill() -> None:
    """Register the menu with ``core.context``; called once, when the app is ready."""
    item = NavItem("design", "sla", _("Service levels"), "sla:list", icon="alarm-clock", order=40, show=shown)
    context.add_nav(item)
