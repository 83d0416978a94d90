"""Root, description and the addresses nobody has."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.urls import resolve
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import OpenApiTypes, extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.schema import MaruGenerator
from core.context import stream_url
from core.errors import NotVisibleError
from core.middleware import refusal


class RootView(APIView):
    """The resources the caller may use."""

    # Collection → the scope a token needs for it; given by the URL map.
    names: ClassVar[dict[str, str]] = {}

    @extend_schema(responses={200: OpenApiTypes.OBJECT}, operation_id="root")
    def get(self, request: Request) -> Response:
        """Each resource with its address (API A-60)."""
        held = set(getattr(request.auth, "scopes", None) or ())

        def is_open(scope: str) -> bool:
            return not held or bool({f"{scope}:read", f"{scope}:write"} & held)

        listed = {name: f"/api/v1/{name}/" for name, scope in sorted(self.names.items()) if is_open(scope)}
        # The stream may be on another port: a client has no other way to learn where.
        return Response(listed | ({"stream": stream_url(request)} if is_open("tickets") else {}))


@lru_cache(maxsize=1)
def description_of() -> dict[str, Any]:
    """The OpenAPI document; it is made once per process, from code alone."""
    document: dict[str, Any] = MaruGenerator().get_schema(request=None, public=True)
    return document


@lru_cache(maxsize=1)
def description() -> tuple[bytes, str]:
    """The document as bytes, and their tag."""
    body = json.dumps(description_of(), ensure_ascii=False).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:20]}"'


class SchemaView(APIView):
    """The OpenAPI 3.1 document (API A-56)."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """The document; 304 when the caller has it."""
        body, tag = description()
        if request.headers.get("If-None-Match") == tag:
            return HttpResponseNotModified(headers={"ETag": tag})
        return HttpResponse(body, content_type="application/json", headers={"ETag": tag})


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from our own static files: no request leaves the host, no inline script."""

    template_name = "api/docs.html"
    url_name = "api-schema"
    permission_classes = []  # the URL map asks for a session


@csrf_exempt
def without_slash(request: HttpRequest, rest: str) -> HttpResponseBase:
    """The answer of the same address with its slash; each view checks CSRF for sessions itself."""
    request.path = request.path_info = f"{request.path}/"
    match = resolve(request.path)
    request.resolver_match = match
    return match.func(request, *match.args, **match.kwargs)


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """404 as a problem document."""
    return refusal(request, NotVisibleError())
