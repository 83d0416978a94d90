"""One effect per ``Idempotency-Key``, with the same answer each time (API A-21, A-22)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import OperationalError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.rendering import as_json
from core.errors import DuplicateError
from core.idempotency import claim, fingerprint, once
from core.middleware import LOCK_NOT_AVAILABLE

SCOPE = "api"  # one name space per caller: a key used at another address is a mistake, not a new key
_KEPT_HEADERS = ("ETag", "Location")


def answer_once(
    request: Request,
    key: str,
    act: Callable[[], Response],
    *,
    recheck: Callable[[dict[str, str]], None],
    stored_body: Callable[[Any], Any],
) -> HttpResponse:
    """The answer of ``act``, which runs at most once per caller and key, in one transaction with the key.

    Before a stored answer is given again, ``recheck`` must find the caller still allowed to see it.
    ``stored_body`` takes out what may be shown only once.
    """
    began = False
    first: list[Response] = []

    def act_and_keep() -> dict[str, Any]:
        nonlocal began
        began = True
        response = act()
        first.append(response)
        kept = None if response.data is None else stored_body(response.data)
        return {
            "status": response.status_code,
            "body": as_json(kept).decode() if kept is not None else "",
            "headers": {name: response[name] for name in _KEPT_HEADERS if name in response},
        }

    try:
        outcome = once(
            caller=f"user:{request.user.pk}",
            scope=SCOPE,
            key=key,
            body_hash=request_hash(request),
            action=act_and_keep,
        )
    except OperationalError as error:
        if not began:
            _check_twin(error)
        raise
    if not outcome.replayed:
        return first[0]
    if outcome.answer["body"] or outcome.answer["headers"]:  # else it tells nothing but that it is done
        recheck(outcome.answer["headers"])
    response = HttpResponse(
        outcome.answer["body"], status=outcome.answer["status"], content_type="application/json"
    )
    for name, value in outcome.answer["headers"].items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response


def came_before(request: Request, key: str) -> bool:
    """Whether this very request was made before with that key, which is taken from now on.

    For what is repeatable part by part: no answer is kept. Raises RuleRefusedError, DuplicateError.
    """
    try:
        # Not the hash that ``answer_once`` makes: there is no stored answer to give again.
        body_hash = fingerprint("in parts", request_hash(request))
        return claim(caller=f"user:{request.user.pk}", scope=SCOPE, key=key, body_hash=body_hash)
    except OperationalError as error:
        _check_twin(error)
        raise


def request_hash(request: Request) -> str:
    """What two requests share only when they ask for the same thing."""
    return fingerprint(*_parts(request))


def _check_twin(error: OperationalError) -> None:
    """Raise DuplicateError if the key is held by a request that still runs."""
    if getattr(error.__cause__, "pgcode", "") == LOCK_NOT_AVAILABLE:
        raise DuplicateError(
            _("The first request with this Idempotency-Key is still running."),
            code="idempotency_in_progress",
        ) from error


def _parts(request: Request) -> Iterable[bytes | str]:
    """What makes two requests the same: method, address, type and content."""
    yield request.method or ""
    yield request.path.rstrip("/")
    asked = request.query_params.lists()
    yield "&".join(sorted(f"{name}={value}" for name, values in asked for value in values))
    if request.content_type.startswith("multipart/"):
        form: Any = request.data
        for name, values in sorted(form.lists()):
            yield from (f"{name}={value}" for value in values if isinstance(value, str))
        for name, file in sorted(request.FILES.items()):
            yield f"{name}:{file.name}:{file.size}"
            yield from file.chunks()
            file.seek(0)
        return
    yield request.content_type
    yield request._request.body
