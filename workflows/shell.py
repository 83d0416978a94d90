"""What flows add to the menu of the configuration pages."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core import context
from core.context import NavItem
from workflows.policies import may


def shown(request: HttpRequest) -> bool:
    """Whether the reader may see flows and their runs."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and may(user, "read_runs")


def fill() -> None:
    """Register the entries with ``core.context``; called once, when the app is ready."""
    context.add_nav(
        NavItem("design", "flows", _("Flows"), "workflows:list", icon="workflow", order=10, show=shown)
    )
    context.add_nav(
        NavItem("design", "runs", _("Runs"), "workflows:runs", icon="history", order=11, show=shown)
    )
