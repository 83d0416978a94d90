"""The connector that a seed flow names: switched off until somebody says where the directory is."""

from __future__ import annotations

from typing import Any

from connectors.models import Connector
from connectors.services import create

KEY = "directory"


def load(**_kwargs: Any) -> None:
    """Make it where it is missing; what a company has edited stays as it is."""
    if Connector.objects.filter(key=KEY).exists():
        return
    create(
        actor=None,
        key=KEY,
        name_ko="사내 주소록",
        name_en="Staff directory",
        base_url="https://directory.example.com/api",
        enabled=False,
    )
