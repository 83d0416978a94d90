"""Language and time zone of the person who asks."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from core.cause import name_actor


class PreferencesMiddleware:
    """Own choice, then cookie, then what the browser asks for; the API follows Accept-Language alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request in the person's language and zone."""
        language = self.language(request)
        request.LANGUAGE_CODE = language
        if request.user.is_authenticated:
            name_actor(request.user.pk)
        zone = request.user.time_zone if request.user.is_authenticated else settings.TIME_ZONE
        with translation.override(language), timezone.override(zoneinfo.ZoneInfo(zone)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response

    @staticmethod
    def language(request: HttpRequest) -> str:
        """The language code to answer in."""
        is_api = request.path.startswith("/api/")
        if not is_api and request.user.is_authenticated:
            return str(request.user.language)
        cookie = "" if is_api else request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if cookie in dict(settings.LANGUAGES):
            return cookie
        return translation.get_language_from_request(request)
