"""Configuration items for tests."""

from __future__ import annotations

import itertools
from typing import Any

from cmdb.models import CI
from cmdb.services import create_ci
from tests.factories.accounts import default_company

_numbers = itertools.count(1)


def make_ci(**fields: Any) -> CI:
    """A server of the default company, or what is given."""
    name = f"server-{next(_numbers):02}"
    return create_ci(
        actor=None, **({"company": default_company(), "class_key": "server", "name": name} | fields)
    )
