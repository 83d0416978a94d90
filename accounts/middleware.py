"""Whose session it is, from where, under which id; language and time zone of the person who asks."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts.factors.selectors import is_due
from accounts.sessions.store import FACTOR_DUE
from core import client
from core.api.errors import NotSignedInError
from core.cause import name_actor
from core.errors import NotAllowedError
from core.middleware import refusal


class PlacedSessionMiddleware(SessionMiddleware):
    """Django's own, with a note on where the request comes from."""

    def process_request(self, request: HttpRequest) -> None:
        """Give the request its session, which is read when first needed."""
        super().process_request(request)
        session: Any = request.session
        session.comes_from(client.address_of(request), request.headers.get("User-Agent", ""))


class RenewalMiddleware:
    """After a change of rights the next page gets another session id (SECURITY SE-1).

    A page, not a fragment or a call: those run side by side, and one with the former id would be signed out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request, then renew."""
        response = self.get_response(request)
        session: Any = request.session
        is_page = not request.path.startswith("/api/") and "HX-Request" not in request.headers
        if session.must_renew and is_page and response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            session.cycle_key()
        return response


class SecondFactorMiddleware:
    """Whoever needs a second factor and has none gets to its pages and out, nowhere else (SECURITY SE-4)."""

    OPEN = (
        "/account/second-factor/",
        "/accounts/logout/",
        "/me/language/",
        "/me/theme/",
        settings.STATIC_URL,
    )

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request, or say what is missing."""
        session: Any = request.session
        held = session.get(FACTOR_DUE, False)
        if session.must_renew:  # the roles changed: a factor may be asked for now, or no more
            held = self._asked_anew(request)
        if not held or request.path.startswith(self.OPEN) or "Authorization" in request.headers:
            return self.get_response(request)
        if request.path.startswith("/api/"):
            return refusal(request, NotAllowedError(_("Set up a second factor first."), code="second_factor"))
        return redirect("account:factors")

    @staticmethod
    def _asked_anew(request: HttpRequest) -> bool:
        person: Any = request.user
        held = person.is_authenticated and is_due(person)
        if held:
            request.session[FACTOR_DUE] = True
        else:
            request.session.pop(FACTOR_DUE, None)
        return bool(held)


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


class KeptWordsMiddleware:
    """Whose session has ended loses nothing that was typed (UI rule 5).

    A fragment or a call gets 401 instead of the sign-in page, which it would take for its answer, and
    js/session.js leaves the form as it is. A form of a page without scripts comes back with its texts.
    """

    # What is typed to sign in or goes with each form is no text of anybody's.
    LEFT_OUT = ("csrfmiddlewaretoken", "once_key", "lock_version", "password", "token")
    SHORTEST = 8  # a text, not the value of a button

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request; where the answer is the way to the sign-in page, look who asked for what."""
        response = self.get_response(request)
        login = resolve_url(settings.LOGIN_URL)
        if response.status_code != HTTPStatus.FOUND or not self._turned_away(request, response, login):
            return response
        if "HX-Request" in request.headers:
            text = _("Your session has ended. Sign in again in another tab; what you typed stays here.")
            return refusal(request, NotSignedInError(text))
        typed = self._typed(request) if request.method == "POST" else []
        if not typed:
            return response
        names = {"typed": typed, "login": login}
        return render(request, "accounts/session_ended.html", names, status=HTTPStatus.UNAUTHORIZED)

    @staticmethod
    def _turned_away(request: HttpRequest, response: HttpResponse, login: str) -> bool:
        """Whether it leads to the sign-in page and from there back to this request."""
        place = urlsplit(response["Location"])
        return place.path == login and parse_qs(place.query).get("next") == [request.get_full_path()]

    def _typed(self, request: HttpRequest) -> list[str]:
        return [
            text
            for name, values in request.POST.lists()
            if not any(word in name for word in self.LEFT_OUT)
            for text in values
            if len(text) >= self.SHORTEST
        ]
