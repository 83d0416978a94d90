"""What receivers of messages get, in the OpenAPI document under ``webhooks`` (API A-45)."""

from __future__ import annotations

from typing import Any

from webhooks.catalogue import EventType, all_types

_HEADERS = {
    "webhook-id": "The event's id, the same on every try and replay.",
    "webhook-timestamp": "When it was sent, in Unix seconds.",
    "webhook-signature": "One or two of v1,<base64 HMAC-SHA256 of {id}.{timestamp}.{body}>, a space between.",
}


def describe(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """The document with every message; a hook of the generator."""
    result["webhooks"] = {each.name: {"post": _operation(each)} for each in all_types()}
    return result


def _operation(kind: EventType) -> dict[str, Any]:
    return {
        "operationId": f"on_{kind.name.replace('.', '_')}",
        "summary": kind.label,
        "parameters": [
            {
                "name": name,
                "in": "header",
                "required": True,
                "description": text,
                "schema": {"type": "string"},
            }
            for name, text in _HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": kind.schema()}}},
        "responses": {"2XX": {"description": "Any answer of this class within 10 s is a success."}},
    }
