"""Where people find their own credentials in the menus, and the tabs that join those pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import context
from core.context import NavItem

PAGES = (
    ("account:sessions", _("Sessions"), "monitor"),
    ("account:factors", _("Second factor"), "shield-check"),
    ("account:tokens", _("Tokens"), "key-round"),
)


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """The pages of one's own credentials, the present one marked."""
    return [
        {"label": label, "url": url, "icon": icon, "current": request.path.startswith(url)}
        for name, label, icon in PAGES
        for url in [reverse(name)]
    ]


def example(request: HttpRequest) -> str:
    """A call with a token, as one types it into a shell."""
    address = request.build_absolute_uri(reverse("users-me"))
    return f'curl -H "Authorization: Bearer $ITSM_TOKEN" {address}'


def fill() -> None:
    """Register the menu entry; called once, when the app is ready."""
    context.add_nav(
        NavItem("account", "security", _("Sign-in and tokens"), PAGES[0][0], icon="key-round", order=12)
    )
