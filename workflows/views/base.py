"""What every view of flows does: who may enter, and which part of a page an answer is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _

from core.errors import NotAllowedError
from workflows.policies import may

View = Callable[..., HttpResponse]


def allowed(action: str) -> Callable[[View], View]:
    """Sign-in, then the right to ``action`` of ``workflows.policies``. Raises NotAllowedError."""

    def guard(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor: Any = request.user
            if not may(actor, "read_runs"):
                raise NotAllowedError(_("Flows are shown to people who work on tickets."))
            if not may(actor, action):
                raise NotAllowedError(_("This is for people who set up the platform."))
            response = view(request, *args, **kwargs)
            patch_vary_headers(response, ["HX-Request", "HX-Target"])
            return response

        return guarded

    return guard


def is_part(request: HttpRequest, target: str) -> bool:
    """Whether htmx asks only for the element with that id."""
    htmx: Any = request.htmx  # type: ignore[attr-defined] # django_htmx.middleware
    return bool(htmx) and htmx.target == target
