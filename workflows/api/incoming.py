"""What other systems tell flows: signals by a token, calls by a signature."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.errors import MediaTypeError, TooLargeError
from core.api.parsers import parse
from core.api.views import ApiViewSet
from core.errors import BadInputError
from workflows import services
from workflows.api import serializers as out
from workflows.api.rights import NeedsRight
from workflows.signing import SignedCall

MAX_BODY = 64 * 1024
MAX_SOURCE_ID = 80
_HEADERS = [
    OpenApiParameter("webhook-id", str, "header", required=True, description="The same at each attempt."),
    OpenApiParameter("webhook-timestamp", str, "header", required=True, description="Unix seconds, ± 5 min."),
    OpenApiParameter(
        "webhook-signature",
        str,
        "header",
        required=True,
        description='v1,<base64 HMAC-SHA256 of "{id}.{timestamp}.{raw body}">; several with a space between.',
    ),
]


class SignalViewSet(NeedsRight):
    """Something happened outside that a flow waits for."""

    scope = "signals"
    versioned = False
    needs: ClassVar[dict[str, str]] = {"create": "signal"}

    @extend_schema(request=out.SignalIn, responses={202: out.SignalOut})
    def create(self, request: Request) -> Response:
        """Wake what waits for this signal, now or later, and start the flows that begin with it."""
        values = self.body(out.SignalIn)
        source_id = values.pop("id", "") or _source_id(request.headers.get("Idempotency-Key", ""))
        is_new = services.send_signal(**values, actor=self.actor, source_id=source_id)
        return Response({"new": is_new}, status=status.HTTP_202_ACCEPTED)

    def still_visible(self, headers: dict[str, str]) -> None:
        """An answer tells of nothing but the caller's own signal."""


def _source_id(key: str) -> str:
    """What the signal is told apart by: the header, or nothing of an earlier call."""
    if not key:
        return str(uuid.uuid4())
    return key if len(key) <= MAX_SOURCE_ID else hashlib.sha256(key.encode()).hexdigest()


class HookViewSet(ApiViewSet):
    """Calls that start a flow, signed as Standard Webhooks; nobody signs in (API A-47)."""

    authentication_classes = []
    permission_classes = []
    versioned = False
    takes_keys = False
    in_bulk = False

    @extend_schema(
        request={"application/json": OpenApiTypes.OBJECT}, responses={202: out.HookedOut}, parameters=_HEADERS
    )
    def create(self, request: Request, flow_key: str) -> Response:
        """Start the flow with the body under ``vars.trigger.body``, once per ``webhook-id``."""
        raw = request._request.body
        if len(raw) > MAX_BODY:
            raise TooLargeError(_("A body has at most %(kib)s KiB.") % {"kib": MAX_BODY // 1024})
        told = {name: request.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")}
        call = SignedCall(told["id"], told["timestamp"], told["signature"], raw)
        hook = services.check_call(flow_key, call)
        if (request.content_type or "").split(";")[0].strip().lower() != "application/json":
            raise MediaTypeError
        body = parse(raw)
        if not isinstance(body, dict):
            raise BadInputError(_("The body must be a JSON object."))
        run = services.receive(hook, call, body)
        return Response({"run": run and run.public_id}, status=status.HTTP_202_ACCEPTED)

    def _once(self, handler: Any, key: str, request: Request, /, *args: Any, **kwargs: Any) -> HttpResponse:
        """Nobody has signed in whose key it could be; ``webhook-id`` is what a repeat is known by."""
        answer: HttpResponse = handler(request, *args, **kwargs)
        return answer
