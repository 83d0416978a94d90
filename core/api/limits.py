"""The OpenAPI document tells the limits of texts and numbers that bodies take (API A-57)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension

# What a header and the common parameters take, as patterns of JSON Schema.
KEY = {"type": "string", "pattern": "^[!-~]{1,255}$"}
PAGE_SIZE = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}


class TextLimits(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call,unused-ignore] # untyped there
    """``Text`` and ``Line``: how long they may be."""

    target_class = "core.api.fields.Text"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """A string, with its limits in bodies."""
        field: Any = self.target
        if direction != "request":
            return {"type": "string"}
        least = {} if field.allow_blank else {"minLength": 1}
        return {"type": "string", "maxLength": field.max_length} | least


class WholeLimits(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call,unused-ignore] # untyped there
    """``Whole``: between which numbers."""

    target_class = "core.api.fields.Whole"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """An integer, with its range in bodies."""
        field: Any = self.target
        if direction != "request":
            return {"type": "integer"}
        return {"type": "integer", "minimum": field.low, "maximum": field.high}


def names(allowed: list[str], *, signed: bool = False) -> dict[str, Any]:
    """A list of these names, separated by commas; each may have a minus sign if ``signed``, else blanks."""
    name = f"({'|'.join(allowed)})"
    one = f"(-?{name})?" if signed else f" *({name} *)?"
    return {"type": "string", "pattern": f"^{one}(,{one})*$"}
