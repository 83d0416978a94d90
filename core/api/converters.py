"""Keys in addresses: any text a key may be, but never NUL, which the database cannot even compare."""

from __future__ import annotations

from django.urls.converters import StringConverter


class KeyConverter(StringConverter):
    """A number, key or user name."""

    regex = r"[^/\x00-\x1f\x7f]{1,120}"
