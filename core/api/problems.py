"""Every refusal as a problem document (RFC 9457, API A-36)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import errors as http
from core.errors import (
    BadInputError,
    BusyError,
    DomainError,
    FieldError,
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
)

MEDIA_TYPE = "application/problem+json"
# Seconds after which a repeat makes sense, by code.
RETRY_AFTER = {BusyError.code: "1", "idempotency_in_progress": "1"}
# What a refusal may tell beside the members of the standard; all else in ``extra`` is for our own use.
SHOWN = {"current_state", "allowed", "decided_by", "decided_at", "decision", "changed_fields"}
TOLD_IN_HEADERS = {"etag": "ETag", "content_range": "Content-Range"}
_CODES = {
    "invalid_choice": "choice",
    "max_length": "too_long",
    "not_a_list": "invalid",
    "not_a_dict": "invalid",
}
_BY_CLASS: tuple[tuple[type[Exception], type[DomainError]], ...] = (
    (Http404, NotVisibleError),
    (exceptions.NotFound, NotVisibleError),
    (RequestDataTooBig, http.TooLargeError),
    (SuspiciousOperation, BadInputError),
    (PermissionDenied, NotAllowedError),
    (exceptions.PermissionDenied, NotAllowedError),
    (exceptions.NotAuthenticated, http.NotSignedInError),
    (exceptions.AuthenticationFailed, http.NotSignedInError),
    (exceptions.MethodNotAllowed, http.MethodRefusedError),
    (exceptions.NotAcceptable, http.NotAcceptableError),
    (exceptions.UnsupportedMediaType, http.MediaTypeError),
    (exceptions.ParseError, BadInputError),
)


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """The problem document for an exception of a view; None for defects and for a database that is away.

    ``core.middleware`` and ``handler500`` answer those two; they also guard what runs outside views.
    """
    refusal = as_refusal(error)
    if refusal is None:
        return None
    response = Response(document(context["request"], refusal), status=refusal.status, content_type=MEDIA_TYPE)
    challenge = getattr(error, "auth_header", None)
    if challenge or refusal.status == http.NotSignedInError.status:
        response["WWW-Authenticate"] = challenge or "Bearer"
    wait = getattr(error, "wait", None)
    if wait is not None or refusal.code in RETRY_AFTER:
        response["Retry-After"] = str(int(wait) + 1) if wait is not None else RETRY_AFTER[refusal.code]
    for name, header in TOLD_IN_HEADERS.items():
        if name in refusal.extra:
            response[header] = refusal.extra[name]
    return response


def as_refusal(error: Exception) -> DomainError | None:
    """The refusal that an exception stands for; None when it is none."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, exceptions.ValidationError):
        return RuleRefusedError(errors=list(field_errors(error.detail)))
    if isinstance(error, exceptions.Throttled):
        return http.TooManyError(_("The limit of requests per minute is used up."))
    for known, refusal in _BY_CLASS:
        if isinstance(error, known):
            return refusal(_detail(error))
    return None


def _detail(error: Exception) -> str:
    speaks = isinstance(error, exceptions.PermissionDenied | exceptions.AuthenticationFailed)
    return str(error.detail) if speaks and isinstance(error, exceptions.APIException) else ""


def field_errors(detail: Any, path: str = "") -> Iterator[FieldError]:
    """What a serializer complained of, flat: one entry per field and complaint."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            below = path if name == "non_field_errors" else f"{path}.{name}" if path else str(name)
            yield from field_errors(inner, below)
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from field_errors(inner, f"{path}.{place}" if nested else path)
    else:
        code = str(getattr(detail, "code", "invalid"))
        yield FieldError(path, _CODES.get(code, code), str(detail))


def document(request: Request | HttpRequest, refusal: DomainError) -> dict[str, Any]:
    """The body of the answer, in the language of the request."""
    body: dict[str, Any] = {
        "type": f"/problems/{refusal.code.replace('_', '-')}",
        "title": str(refusal.title),
        "status": refusal.status,
        "code": refusal.code,
        "detail": str(refusal.detail),
        "instance": request.path,
        "request_id": getattr(request, "request_id", ""),
    }
    if refusal.errors:
        body["errors"] = [_entry(each) for each in refusal.errors]
    return body | {name: value for name, value in refusal.extra.items() if name in SHOWN}


def _entry(error: FieldError) -> dict[str, str]:
    told = {"code": error.code, "detail": str(error.detail)}
    if error.field.startswith("?"):
        return {"parameter": error.field[1:]} | told
    if error.field.startswith("@"):
        return {"header": error.field[1:]} | told
    steps = [step.replace("~", "~0").replace("/", "~1") for step in error.field.split(".") if step]
    return {"pointer": "".join(f"/{step}" for step in steps)} | told


def unknown(names: list[str], *, mark: str = "") -> BadInputError:
    """The refusal that names each field (or parameter, with ``mark`` "?") that is not taken here."""
    text = _("This parameter is unknown here.") if mark else _("This field is unknown or read-only.")
    return BadInputError(
        _("Not taken here: %(names)s") % {"names": ", ".join(sorted(names))},
        errors=[FieldError(f"{mark}{name}", "unknown", text) for name in sorted(names)],
    )
