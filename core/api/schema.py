"""The OpenAPI document tells of every answer, header and scope without each view repeating it (API A-57)."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter

from core.api import limits
from core.api.fields import Body, Out, describing
from core.api.permissions import scope_of
from core.models import Setting

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. code and type are stable; title and detail follow Accept-Language.",
    "required": ["type", "title", "status", "code", "detail", "instance", "request_id"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/rule-refused"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "examples": ["rule_refused"]},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "parameter": {"type": "string"},
                    "header": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "current_state": {"type": "string"},
        "allowed": {"type": "array", "items": {"type": "string"}},
        "changed_fields": {"type": "array", "items": {"type": "string"}},
        "decided_by": {"type": ["string", "null"]},
        "decided_at": {"type": "string", "format": "date-time"},
        "decision": {"type": "string"},
    },
}
ALWAYS = {
    "400": "bad_input: malformed, unknown field or parameter",
    "401": "not_signed_in",
    "403": "not_allowed: visible, but not for this caller; or the token lacks the scope",
    "406": "not_acceptable",
    "429": "rate_limited, with Retry-After",
    "503": "busy: the database or a row is not available, with Retry-After",
}
WRITING = {
    "409": "wrong_state, already_decided or duplicate",
    "413": "too_large",
    "415": "unsupported_media_type",
    "422": "rule_refused: a value, a reference or a rule; one entry per field",
}
VERSIONED = {"412": "stale_version, with the present ETag", "428": "version_missing"}


class MaruGenerator(SchemaGenerator):
    """The document in English, whatever language the caller or the machine speaks."""

    def get_schema(self, *args: Any, **kwargs: Any) -> Any:
        """The document."""
        with translation.override("en"):
            return super().get_schema(*args, **kwargs)  # type: ignore[no-untyped-call] # untyped there


def plain_nulls(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """A hook: what may be anything may be null already; ``oneOf`` of both would refuse null."""
    anything_or_null: list[dict[str, Any]] = [{}, {"type": "null"}]

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if part.get("oneOf") == anything_or_null:
                del part["oneOf"]
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(result)
    return result


class MaruSchema(AutoSchema):
    """drf-spectacular's description plus what the base classes do."""

    view: Any

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """The operation, with problem answers, headers and the scope a token needs."""
        filterset = getattr(self.view, "filterset_class", None)
        # Types come from converters and filters; the model only tells which table, never asks it.
        self.view.queryset = SimpleNamespace(model=filterset.Meta.model if filterset else Setting)
        token = describing.set(True)
        try:
            operation = super().get_operation(*args, **kwargs)
        finally:
            describing.reset(token)
        if operation is None:
            return None
        for status, text in self._refusals().items():
            operation["responses"].setdefault(status, self._problem(text))
        operation["responses"] = dict(sorted(operation["responses"].items()))
        for status, response in operation["responses"].items():
            response["headers"] = self._headers(status)
        scope = scope_of(self.view, self.method)
        if scope:
            operation["x-required-scopes"] = [scope]
        return operation

    def get_auth(self) -> list[dict[str, list[str]]]:
        """A token, or the session of the same browser; nothing where a view asks for neither."""
        if not self.view.authentication_classes:
            return []
        return [{"bearer": []}, {"session": []}]

    def get_override_parameters(self) -> list[Any]:
        """Headers that the base class reads."""
        found = [
            OpenApiParameter("Accept-Language", str, "header", description="ko or en", required=False),
        ]
        if self.method == "POST" and getattr(self.view, "takes_keys", True):
            text = "1 to 255 visible ASCII characters; a repeat within 24 h gets the first answer again."
            found.append(OpenApiParameter("Idempotency-Key", limits.KEY, "header", description=text))
        if self._needs_version():
            text = "The ETag that was read."
            found.append(OpenApiParameter("If-Match", str, "header", description=text, required=True))
        if (is_asked_for := self._may_match()) is not None:
            text = "The ETag that was read" + ("; asked for where there is one." if is_asked_for else ".")
            found.append(OpenApiParameter("If-Match", str, "header", description=text))
        if self.method == "GET" and self._takes_fields():
            found.append(OpenApiParameter("fields", str, description="number,title,assignee.name"))
            if self.view.may_expand():
                names = list(self.view.expandable)
                told = f"Any of: {', '.join(names)}"
                found.append(OpenApiParameter("expand", limits.names(names), description=told))
        if self._answers_page():
            found += self._page_parameters()
        return found

    def get_filter_backends(self) -> list[Any]:
        """Filters are taken where a page of a queryset is answered, and nowhere else."""
        return list(self.view.filter_backends) if self._answers_page() else []

    def _answers_page(self) -> bool:
        asks = getattr(self.view, "answers_page", None)  # a view of ours, not the root
        return bool(self.method == "GET" and asks and asks())

    def _takes_fields(self) -> bool:
        if not hasattr(self.view, "answers_page") or not self._returns_records():
            return False
        return self._answers_page() or "fields" in self.view.known_parameters()

    def _page_parameters(self) -> list[OpenApiParameter]:
        allowed = getattr(self.view, "ordering_fields", {})
        names = [f"{sign}{name}" for name in allowed for sign in ("", "-")]
        ordering = limits.names(list(allowed), signed=True)
        return [
            OpenApiParameter("cursor", str, description="From next or previous of an earlier answer."),
            OpenApiParameter("page_size", limits.PAGE_SIZE, description="1 to 200, default 50."),
            OpenApiParameter("count", str, enum=["capped", "exact"], description="Adds the number of rows."),
            OpenApiParameter("ordering", ordering, description=f"Any of: {', '.join(names)}"),
        ]

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call] # untyped
        kind = serializer if isinstance(serializer, type) else type(serializer)
        if direction == "request" and issubclass(kind, Body):
            schema["additionalProperties"] = False  # an unknown field is refused by name (API A-07)
        if direction == "response" and issubclass(kind, Out) and "required" in schema:
            # Not in lists, and not for everybody.
            always = set(schema["required"]) - kind.detail_fields - kind.agent_fields
            schema["required"] = sorted(always)
        return schema

    def _get_filter_parameters(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = super()._get_filter_parameters()  # type: ignore[no-untyped-call] # untyped
        filters = getattr(getattr(self.view, "filterset_class", None), "base_filters", {})
        for each in found:
            extra = filters[each["name"]].extra if each["name"] in filters else {}
            for ours, theirs in (("min_value", "minimum"), ("max_value", "maximum")):
                if ours in extra:
                    each["schema"][theirs] = extra[ours]
        return found

    def _returns_records(self) -> bool:
        return bool(getattr(self.view, "serializer_class", None))

    def _needs_version(self) -> bool:
        return self.method in {"PATCH", "PUT", "DELETE"} and getattr(self.view, "versioned", False)

    def _may_match(self) -> bool | None:
        """Whether this POST may ask for If-Match; None when it takes none."""
        matching: Mapping[str, bool] = getattr(self.view, "matching", {})
        return matching.get(str(self.view.action)) if self.method == "POST" else None

    def _refusals(self) -> dict[str, str]:
        found = dict(ALWAYS)
        if "{" in self.path:
            found["404"] = "not_found: absent, or not visible to the caller"
        if self.method in {"POST", "PATCH", "PUT", "DELETE"}:
            found |= WRITING
        if self._needs_version():
            found |= VERSIONED
        if (is_asked_for := self._may_match()) is not None:
            found |= VERSIONED if is_asked_for else {"412": VERSIONED["412"]}
        return found | getattr(self.view, "more_refusals", {})

    def _headers(self, status: str) -> dict[str, Any]:
        found = ["X-Request-Id", "RateLimit", "RateLimit-Policy"]
        single = getattr(self.view, "versioned", False) and not self._is_list_view()
        if status in {"200", "201"} and single and self._returns_records():
            found.append("ETag")
        found += {"201": ["Location"], "401": ["WWW-Authenticate"], "405": ["Allow"]}.get(status, [])
        found += ["Retry-After"] if status in {"429", "503"} else []
        found += getattr(self.view, "more_headers", {}).get(status, [])
        return {name: {"schema": {"type": "string"}} for name in found}

    def _problem(self, text: str) -> dict[str, Any]:
        component = ResolvedComponent(  # type: ignore[no-untyped-call] # untyped there
            "Problem", ResolvedComponent.SCHEMA, schema=PROBLEM, object="Problem"
        )
        self.registry.register_on_missing(component)
        return {"description": text, "content": {"application/problem+json": {"schema": component.ref}}}
