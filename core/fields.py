"""Model fields that several apps use."""

from __future__ import annotations

from typing import Any

from django.db import models


class UuidV7(models.Func):
    """PostgreSQL 18's ``uuidv7()``: unique and in order of creation."""

    function = "uuidv7"
    template = "%(function)s()"
    output_field = models.UUIDField()


class PublicIdField(models.UUIDField):  # type: ignore[type-arg] # Django's own class is not generic
    """The id that URLs and the API show; the database fills it (DOMAIN DR-6)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"db_default": UuidV7(), "unique": True, "editable": False}
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        """Leave out what the constructor sets."""
        name, path, args, kwargs = super().deconstruct()
        for key in ("db_default", "unique", "editable"):
            kwargs.pop(key, None)
        return name, path, args, kwargs
