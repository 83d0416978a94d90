"""Strong entity tags that stand for ``lock_version`` and tell nothing but equality (API A-18, A-19)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.request import Request

from core.api.errors import VersionMissingError
from core.errors import FieldError, StaleVersionError


def etag(row: Any) -> str:
    """The tag of the row as it is, with its double quotes."""
    return tag_of(row, row.lock_version)


def tag_of(row: Any, version: int) -> str:
    """The tag the row has, had or will have at ``version``; a parent row and its child share it."""
    parents = row._meta.get_parent_list()
    table = (parents[-1] if parents else row._meta.concrete_model)._meta.label
    told = hmac.digest(
        settings.SECRET_KEY.encode(), f"etag:{table}:{row.pk}:{version}".encode(), hashlib.sha256
    )
    return f'"{base64.urlsafe_b64encode(told[:15]).decode()}"'


def if_match(request: Request, row: Any, *, required: bool = True, may_force: bool = False) -> int | None:
    """The version the caller means to change, for the service's ``expected_version``; None is "any".

    Raises VersionMissingError without the header, StaleVersionError when it names another version than the
    row's, and for ``*`` without the right to force.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        if required:
            text = _("Send the ETag you read in If-Match, so that nobody's change is lost.")
            raise VersionMissingError(text, errors=[FieldError("@If-Match", "required", text)])
        return None
    if given == "*" and may_force:
        return None
    present = etag(row)
    if present not in [tag.strip() for tag in given.split(",")]:
        raise StaleVersionError(etag=present, given=given)
    version: int = row.lock_version
    return version


def versions_behind(row: Any, given: str, *, most: int = 100) -> int | None:
    """How many writes ago the row had the tag ``given``; None when that is too long ago or never was."""
    steps = range(1, min(most, row.lock_version) + 1)
    return next((step for step in steps if tag_of(row, row.lock_version - step) == given), None)
