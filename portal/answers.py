"""How portal views answer: page or fragment, form errors as 422, and going on after a form was taken."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User
from core.errors import DomainError

YEAR = 365 * 86400


class PersonRequest(HttpRequest):
    """A request behind ``signed_in``: its reader is a person; a view may leave a count for the shell."""

    user: User
    approvals_waiting: int


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a fragment; going back in history asks for the page."""
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")


def show(
    request: HttpRequest, page: str, context: dict[str, Any], *, fragment: str = "", status: int = 200
) -> HttpResponse:
    """The page, or its fragment when htmx asks and there is one."""
    template = fragment if fragment and is_htmx(request) else page
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def go(request: HttpRequest, url: str) -> HttpResponse:
    """On to ``url``: a redirect, or for htmx the header that makes the browser go there."""
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def local_url(request: HttpRequest, fallback: str, *, name: str = "next") -> str:
    """The relative path the form asks to go to, or ``fallback`` for anything else (SECURITY BR-2)."""
    target = request.POST.get(name, "")
    allowed = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if allowed and target.startswith("/") else fallback


def remember(response: HttpResponse, cookie: str, value: str) -> HttpResponse:
    """The answer with a preference kept in the browser for a year, for pages shown before signing in."""
    response.set_cookie(
        cookie, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )
    return response


def absorb(form: forms.Form, error: DomainError) -> None:
    """Put a service's refusal where the reader sees it: at its fields, or above the form."""
    for item in error.errors:
        form.add_error(item.field if item.field in form.fields else None, str(item.detail))
    if not error.errors:
        form.add_error(None, str(error.detail))


def signed_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Send guests to the sign-in page and back (fragments: ``accounts.middleware.KeptWordsMiddleware``)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return redirect_to_login(request.get_full_path())

    return guarded
