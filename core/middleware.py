"""Request ids, security headers and honest failure, for every page and endpoint."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.again import Repeat, is_outage, sqlstate
from core.cause import arriving_by
from core.errors import BadInputError, BusyError, DomainError
from core.health import is_migrated

log = structlog.get_logger(__name__)
Next = Callable[[HttpRequest], HttpResponse]
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,40}$")
_NUL = "NUL (0x00)"  # how psycopg2 says that a text holds one
LOCK_NOT_AVAILABLE = "55P03"
NOT_THERE = frozenset({"42P01", "42703", "42501"})  # no such table, column, or no right to it yet


class RequestIdMiddleware:
    """Gives each request an id that is in its log lines, audit rows and ``X-Request-Id``."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request under its id and channel."""
        given = request.headers.get("X-Request-Id", "")
        request.request_id = given if _REQUEST_ID.match(given) else str(uuid.uuid4())  # type: ignore[attr-defined]
        channel = "api" if request.path.startswith("/api/") else "page"
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        with arriving_by(channel, request_id=request.request_id):  # type: ignore[attr-defined]
            response = self.get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response


class SecurityHeadersMiddleware:
    """Content security policy with a nonce for the import map alone; no caching of personal pages (BR-1)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        live = urlsplit(settings.LIVE_URL)
        self.connect = f" {live.scheme}://{live.netloc}" if live.netloc else ""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers the view did not set itself."""
        request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy(request))
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def policy(self, request: HttpRequest) -> str:
        """The policy of one answer."""
        return (
            f"default-src 'none'; script-src 'self' 'nonce-{request.csp_nonce}'; "  # type: ignore[attr-defined]
            f"style-src 'self'; img-src 'self' data:; connect-src 'self'{self.connect}; font-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
        )


class HonestFailureMiddleware:
    """A refusal becomes its status; a database that is away or busy becomes 503, never 500.

    What a lost connection or a deadlock interrupted is served again first, if that does no harm (RL-34).
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request; what inner middleware raises arrives at ``core.views.server_error``."""
        repeat = Repeat(request)
        response = self.get_response(request)
        while repeat.is_due(request):
            response = self.get_response(request)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer the exceptions that are outcomes, leave defects to Django."""
        return outcome(request, error)


def outcome(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """The answer to an exception that is no defect: a refusal, a NUL, a database that is away or busy.

    A database whose migrations still run is away as well: the next look may find what is missing.
    """
    if isinstance(error, DomainError):
        return refusal(request, error)
    if isinstance(error, ValueError) and _NUL in str(error):
        # A page's parameter that reached a query; what forms and the API take was looked at before.
        told = _("This text holds a character that cannot be stored. Please remove it.")
        return refusal(request, BadInputError(told))
    if is_outage(error) or (sqlstate(error) in NOT_THERE and not is_migrated()):
        state = sqlstate(error)
        log.warning("database_unavailable", sqlstate=state, error=repr(error)[:200])
        request.database_error = error  # type: ignore[attr-defined] # for core.again
        response = refusal(request, BusyError())
        response["Retry-After"] = "1" if state == LOCK_NOT_AVAILABLE else "5"
        return response
    return None


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page, or for the API the problem document, that tells of a refusal."""
    if request.path.startswith("/api/"):
        body = {
            "type": f"/problems/{error.code.replace('_', '-')}",
            "title": str(error.title),
            "status": error.status,
            "code": error.code,
            "detail": str(error.detail),
            "instance": request.path,
            "request_id": getattr(request, "request_id", ""),
        }
        return JsonResponse(body, status=error.status, content_type="application/problem+json")
    known = {400, 403, 404, 409, 412, 422, 500, 503, 507}
    template = f"{error.status if error.status in known else 400}.html"
    page = render(
        request, [template, "error.html"], {"error": error, "status": error.status}, status=error.status
    )
    if "content_range" in error.extra:
        page["Content-Range"] = error.extra["content_range"]
    return page
