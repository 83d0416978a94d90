"""Connectors for tests, made through the services."""

from __future__ import annotations

from itertools import count
from typing import Any

from connectors import services
from connectors.choices import SECRET_OF
from connectors.models import Connector

_numbers = count(1)


def make_connector(
    base_url: str = "https://erp.example/api", *, secret: str = "", **fields: Any
) -> Connector:
    """A connector; ``secret`` is the one its kind of credentials needs."""
    key = fields.pop("key", f"erp-{next(_numbers)}")
    row = services.create(actor=None, key=key, name_ko="전사자원", name_en="ERP", base_url=base_url, **fields)
    if secret:
        services.set_secret(row.key, actor=None, name=SECRET_OF[row.auth], value=secret)
    return Connector.objects.get(pk=row.pk)
