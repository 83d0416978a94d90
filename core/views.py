"""Health, problem pages and the error pages that have a view."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core import health
from core import metrics as figures
from core.api import problem_pages
from core.client import address_of
from core.errors import BadInputError, NotAllowedError, NotVisibleError, UnexpectedError
from core.middleware import outcome, refusal


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; touches nothing."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 with the state of each part when requests can be served, else 503."""
    state = health.check()
    return JsonResponse({"ready": state.ready} | state.parts, status=200 if state.ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures for a monitoring system at an address of ``ITSM_METRICS_FROM``. Raises NotAllowedError."""
    if not figures.may_read(address_of(request)):
        raise NotAllowedError
    return HttpResponse(figures.text(), content_type=figures.CONTENT_TYPE)


@require_safe
def problem(request: HttpRequest, slug: str) -> HttpResponse:
    """What the problem with that ``type`` means, for anybody; 304 when the caller has the page."""
    found = problem_pages.by_slug(slug)
    if found is None:
        raise NotVisibleError
    code, meaning = found
    told = {"code": code, "status": meaning.status, "title": meaning.title}
    page = render(request, "problem.html", told | {"cause": meaning.cause, "cure": meaning.cure})
    page["ETag"] = problem_pages.tag_of(code)
    page["Cache-Control"] = "private, no-cache"  # kept, and asked again: language and theme are the reader's
    patch_vary_headers(page, ["Accept-Language", "Cookie"])
    return get_conditional_response(request, etag=page["ETag"], response=page) or page


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose CSRF token is missing or old."""
    error = NotAllowedError(_("This form is no longer valid. Reload the page and try again."), code="csrf")
    return render(request, "403.html", {"error": error, "status": 403}, status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, as page or problem document."""
    return refusal(request, BadInputError())


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, as page or problem document."""
    return refusal(request, NotAllowedError())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, as page or problem document."""
    return refusal(request, NotVisibleError())


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with the request's id and nothing of the defect; 503 when the database is away.

    Django calls this while it handles the exception, also for one that a middleware raised before the view.
    """
    return outcome(request, sys.exc_info()[1]) or refusal(request, UnexpectedError())
