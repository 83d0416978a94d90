"""Calling a view of the API from within: the same gate, limits, rules and answers as a call over HTTP."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.contrib.auth import get_user
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from accounts.models import ApiToken, User
from api.operations import Operation
from core import commits
from core.again import Repeat
from core.errors import UnexpectedError
from core.middleware import outcome, refusal

log = structlog.get_logger(__name__)
# Of the outer call these are not the inner one's.
_OWN = frozenset(
    {
        "CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE",
        "HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING", "HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH",
        "HTTP_IDEMPOTENCY_KEY", "HTTP_PREFER",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What a view answered. ``body`` is plain JSON data: a problem document from status 400 on."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_refusal(self) -> bool:
        """Whether nothing was done."""
        return self.status >= 400


def request_within(outer: HttpRequest, operation: Operation, *, key: str = "") -> WSGIRequest:
    """The request that ``operation`` is, with the credential and language of ``outer``.

    ``key`` makes a write that names no key of its own repeatable (``ApiViewSet.initial``).
    """
    environ = {name: value for name, value in outer.META.items() if name not in _OWN}
    made = _request(environ, operation)
    for name in ("request_id", "LANGUAGE_CODE"):
        setattr(made, name, getattr(outer, name, ""))
    if hasattr(outer, "session"):
        made.session = outer.session
    # Read anew: what went before in the same bulk may have changed what the person may do.
    person: Any = SimpleLazyObject(lambda: get_user(made)) if hasattr(outer, "session") else outer.user
    made.user = person
    # The outer call has passed the check, with this very cookie; a token needs none.
    made._dont_enforce_csrf_checks = True  # type: ignore[attr-defined] # Django's own name
    if key and not operation.is_read and not operation.idempotency_key:
        made.key_of_bulk = key  # type: ignore[attr-defined] # read by ApiViewSet.initial
    return made


def request_alone(
    operation: Operation, *, user: User, token: ApiToken | None, request_id: str
) -> WSGIRequest:
    """The request that ``operation`` is, made by ``user`` without a browser or a program that waits."""
    environ = {
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SCRIPT_NAME": "",
        "wsgi.url_scheme": "http",
        "REMOTE_ADDR": "",
    }
    made = _request(environ, operation)
    made.request_id = request_id  # type: ignore[attr-defined] # as RequestIdMiddleware sets it
    made.user = user
    # The framework's own way to say who asks; it can be set from within only.
    made._force_auth_user = user  # type: ignore[attr-defined]
    made._force_auth_token = token  # type: ignore[attr-defined]
    return made


def _request(environ: dict[str, Any], operation: Operation) -> WSGIRequest:
    raw = json.dumps(operation.body, ensure_ascii=False).encode() if operation.has_body else b""
    own = {
        "REQUEST_METHOD": operation.method,
        "PATH_INFO": operation.place.encode().decode("latin-1"),
        "QUERY_STRING": operation.query.encode().decode("latin-1"),
        "CONTENT_LENGTH": str(len(raw)),
        "CONTENT_TYPE": "application/json",
        "HTTP_ACCEPT": "application/json",
        "wsgi.input": io.BytesIO(raw),
    }
    own |= {"HTTP_IF_MATCH": operation.if_match} if operation.if_match else {}
    own |= {"HTTP_IDEMPOTENCY_KEY": operation.idempotency_key} if operation.idempotency_key else {}
    made = WSGIRequest(environ | own)
    made._body = raw  # type: ignore[attr-defined] # read already, so that it can be read again
    made.resolver_match = operation.match()
    return made


def call(request: WSGIRequest) -> Answer:
    """The view's answer. What it raises, a defect or a database that is away, passes through."""
    match = request.resolver_match
    assert match is not None  # noqa: S101 - _request has set it
    return _answer(match.func(request, *match.args, **match.kwargs))


def call_alone(request: WSGIRequest) -> Answer:
    """The view's answer as a call over HTTP gets it: served again after a clash, and never an exception."""
    before = commits.begun()
    repeat = Repeat(request)
    answer = _caught(request)
    while repeat.is_due(request):
        answer = _caught(request)
    commits.remember(before)
    return answer


def _caught(request: WSGIRequest) -> Answer:
    try:
        return call(request)
    except Exception as error:
        answered = outcome(request, error)
        if answered is None:
            log.exception("bulk_operation_failed", path=request.path)
            answered = refusal(request, UnexpectedError())
        return _answer(answered)


def _answer(response: HttpResponseBase) -> Answer:
    if isinstance(response, Response):
        # As it would be sent: texts in this language, dates as texts.
        body = None if response.data is None else json.loads(JSONRenderer().render(response.data))
    else:
        content = getattr(response, "content", b"")
        body = json.loads(content) if content else None
    return Answer(response.status_code, body, dict(response.headers.items()))
