"""The way into the configuration pages under /design/: each app registers its own with ``context.add_nav``.

A page extends ``design.html`` and is an entry of the area ``design``; this module only opens the first one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core import context
from core.context import NavItem
from core.errors import NotAllowedError

View = Callable[..., HttpResponse]


def only_for(is_allowed: Callable[[Any], bool], refusal: Any) -> Callable[[View], View]:
    """Guard a configuration page: sign-in, then ``is_allowed`` of the reader, else NotAllowedError."""

    def guard(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not is_allowed(request.user):
                raise NotAllowedError(str(refusal))
            return view(request, *args, **kwargs)

        return guarded

    return guard


@require_safe
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """The first configuration page that the reader may open. Raises NotAllowedError when there is none."""
    entries = context.Shell(request).design_menu
    if not entries:
        raise NotAllowedError(_("This place is for people who set up the platform."))
    return redirect(entries[0]["url"])


def shown(request: HttpRequest) -> bool:
    """Whether the reader may open any configuration page."""
    return bool(context.Shell(request).design_menu)


def fill() -> None:
    """Put the way in into the workspace's menus; called once, when the app is ready."""
    context.add_nav(NavItem("desk", "design", _("Design"), "design", icon="workflow", order=95, show=shown))
    context.add_nav(
        NavItem("account", "design", _("Design"), "design", icon="workflow", order=55, show=shown)
    )
