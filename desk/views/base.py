"""What every view of the workspace does: who may enter, and which parts of a page an answer consists of."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _

from core.errors import NotAllowedError
from desk import queues, selectors
from desk.policies import may_enter

View = Callable[..., HttpResponse]


def agents_only(view: View) -> View:
    """Sign-in, then the right to work on tickets; a requester is told where their own pages are."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_enter(request.user):  # type: ignore[arg-type] # login_required has seen to it
            raise NotAllowedError(
                _(
                    "This place is for people who work on tickets. "
                    "Your own reports and requests are in the portal."
                )
            )
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    return guarded


def with_ticket(view: View) -> View:
    """For agents, and with the ticket instead of its number.

    The view is called as ``view(request, path, ticket, …)`` with the list that the address names. Raises
    Http404 for an unknown list and NotVisibleError for a ticket the reader may not see, before all else.
    """

    @agents_only
    @wraps(view)
    def found(request: HttpRequest, path: str, number: str, **more: Any) -> HttpResponse:
        actor: Any = request.user
        return view(request, known_path(path), selectors.desk_ticket(actor, number), **more)

    return found


def known_path(path: str) -> str:
    """The list that an address names, also by a kind's own path. Raises Http404 for others."""
    if path in queues.PATHS:
        return path
    for shown, own in queues.PATHS.items():
        if path in own:
            return shown
    raise Http404


def is_part(request: HttpRequest, target: str) -> bool:
    """Whether htmx asks only for the element with that id."""
    htmx: Any = request.htmx  # type: ignore[attr-defined] # django_htmx.middleware
    return bool(htmx) and htmx.target == target
