"""Reading a JSON body strictly: one meaning or none (API A-03)."""

from __future__ import annotations

import json
import math
import unicodedata
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from core.api.errors import TooLargeError
from core.errors import BadInputError, FieldError

MAX_DEPTH = 30


class StrictJSONParser(BaseParser):
    """JSON in UTF-8 up to 1 MiB, without double keys, NUL, lone surrogates, NaN; texts become NFC."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        """The document. Raises TooLargeError, BadInputError that names the place."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLargeError(_("A body has at most %(kib)s KiB.") % {"kib": limit // 1024})
        return parse(raw)


def parse(raw: bytes) -> Any:
    """The JSON document in ``raw``. Raises BadInputError."""
    try:
        found = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_single_keys,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except BadInputError:
        raise
    except (ValueError, RecursionError) as error:
        raise BadInputError(_("The body is not valid JSON in UTF-8.")) from error
    return _storable(found, "", 0)


def _single_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        text = _("This key is given more than once.")
        raise BadInputError(
            text, errors=[FieldError(_printable(name), "duplicate_key", text) for name in twice]
        )
    return found


def _no_constant(name: str) -> Any:
    raise BadInputError(_("%(name)s is not a JSON number.") % {"name": name})


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise BadInputError(_("A number in the body is too large."))
    return number


def _storable(value: Any, path: str, depth: int) -> Any:
    if isinstance(value, str):
        return _storable_text(value, path)
    if depth > MAX_DEPTH:
        raise BadInputError(_("The body is nested too deeply."))
    if isinstance(value, dict):
        return {
            _storable_text(name, path): _storable(inner, f"{path}.{name}" if path else name, depth + 1)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_storable(inner, f"{path}.{place}", depth + 1) for place, inner in enumerate(value)]
    return value


def _storable_text(text: str, path: str) -> str:
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        told = _("This text holds a character that cannot be stored. Please remove it.")
        raise BadInputError(told, errors=[FieldError(_printable(path), "character", told)])
    return unicodedata.normalize("NFC", text)


def _printable(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode() if not text.isprintable() else text[:200]
