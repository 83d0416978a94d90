"""Language and theme: plain forms that work signed in and signed out."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.services import update_person
from core import context
from portal.answers import is_htmx, local_url, remember


def _back(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204) if is_htmx(request) else redirect(local_url(request, "/"))


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language: on the person's record when signed in, and in a cookie for guests."""
    language = request.POST.get("language", "")
    response = _back(request)
    if language in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            update_person(request.user.pk, actor=request.user, language=language)
        remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Switch light and dark: on the person's record when signed in, and in a cookie."""
    theme = request.POST.get("theme", "")
    response = _back(request)
    if theme in context.THEMES:
        if request.user.is_authenticated:
            update_person(request.user.pk, actor=request.user, theme=theme)
        remember(response, context.THEME_COOKIE, theme)
    return response
