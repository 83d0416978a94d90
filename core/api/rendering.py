"""JSON by a compiled encoder: a page of 50 tickets took 1 ms with the one of the standard library."""

from __future__ import annotations

from typing import Any

import msgspec
from rest_framework import renderers
from rest_framework.utils.encoders import JSONEncoder

_LINE_ENDS = ((b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"))
_other = JSONEncoder()


class JSONRenderer(renderers.JSONRenderer):
    """The framework's, but for how the text is made. What asks for indentation is still made as before."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        """The document as JSON in UTF-8; nothing for no data."""
        if data is None:
            return b""
        if accepted_media_type and self.get_indent(accepted_media_type, renderer_context or {}):
            text: bytes = super().render(data, accepted_media_type, renderer_context)
            return text
        return as_json(data)


def as_json(data: Any) -> bytes:
    """``data`` as JSON in UTF-8 that is a JavaScript literal too."""
    text = _encoder.encode(data)
    for raw, escaped in _LINE_ENDS:
        if raw in text:
            text = text.replace(raw, escaped)
    return text


def _plain(value: Any) -> Any:
    """What the encoder does not know: texts and numbers of a type of their own, lazy texts and the like."""
    if isinstance(value, str):
        return str.__str__(value)  # a safe text's own ``str`` is itself
    if isinstance(value, int):
        return int(value)
    return _other.default(value)


_encoder = msgspec.json.Encoder(enc_hook=_plain, decimal_format="number")
