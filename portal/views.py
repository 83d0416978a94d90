"""The reader's own settings, reachable without signing in: language and theme."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.services import update_person
from core import context

YEAR = 365 * 86400


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/home.html", {})


def _back(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return redirect(target if safe and target.startswith("/") else "portal:home")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language: on the person's record when signed in, and in a cookie for guests."""
    language = request.POST.get("language", "")
    response = _back(request)
    if language in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            update_person(request.user.pk, actor=request.user, language=language)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax")
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Switch light and dark: on the person's record when signed in, and in a cookie."""
    theme = request.POST.get("theme", "")
    response = _back(request)
    if theme in context.THEMES:
        if request.user.is_authenticated:
            update_person(request.user.pk, actor=request.user, theme=theme)
        response.set_cookie(context.THEME_COOKIE, theme, max_age=YEAR, samesite="Lax")
    return response
