"""Every operation of the API that takes a JSON body, its fields, and whether a call changed any row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from rest_framework import serializers

from api.urls import addresses
from core.api.fields import Body, KeyField
from tests.security.world import World

CONFIRMED = patch("accounts.stepup.is_fresh", return_value=True)
_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|MERGE|WITH)\b", re.IGNORECASE)
# Rows that reading changes too.
_OUTSIDE = {"accounts_session", "django_migrations"}


@dataclass(frozen=True)
class Operation:
    """One method of one address, and the serializer of its body."""

    name: str
    method: str
    route: str
    body: type[Body]
    view: Any = None

    def fields(self, *, internal: bool = True) -> dict[str, Any]:
        """What the body takes from who reads internal fields, or from others."""
        return dict(self.body(context={"internal": internal}).fields)

    def references(self) -> Iterator[tuple[str, type[KeyField], bool]]:
        """Name, kind and whether it is a list, of each field that names something by its key."""
        for name, each in self.fields().items():
            inner = getattr(each, "child", each)
            if isinstance(inner, KeyField):
                yield name, type(inner), inner is not each


def operations() -> Iterator[Operation]:
    """All of them, by the serializer that the view tells the OpenAPI document of."""
    for address in addresses:
        for method in sorted(set(address.actions) & {"post", "patch"}):
            body = _body_of(address, address.actions[method], method)
            if isinstance(body, type) and issubclass(body, Body):
                yield Operation(
                    f"{address.name} {method}", method, f"api/v1/{address.route}", body, address.view
                )


def _body_of(address: Any, action: str, method: str) -> Any:
    return schema_of(address, action, method).get_request_serializer()


def schema_of(address: Any, action: str, method: str) -> Any:
    """What the OpenAPI document is told of one method of an address, by the view in ``schema.view``."""
    view = address.view(**address.options)
    view.action, view.request, view.format_kwarg, view.kwargs = action, None, None, {}
    told = getattr(getattr(view, action), "kwargs", {}).get("schema")
    schema = told() if told else view.schema
    schema.view, schema.method, schema.path = view, method.upper(), address.route
    return schema


def nested(operation: Operation) -> Iterator[tuple[str, set[str], bool]]:
    """Name, inner fields and whether it is a list, of each field that is a body of its own."""
    for name, each in operation.fields().items():
        inner = getattr(each, "child", each)
        if isinstance(inner, serializers.Serializer):
            yield name, set(inner.fields), inner is not each


def call(client: Client, world: World, operation: Operation, body: dict[str, Any]) -> Any:
    """The answer to that body, laid over the good one for this address, and ``digest`` of the rows after it.

    The digest is empty when no statement wrote anything. Whatever was written is undone.
    """
    wrote: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if _WRITES.match(sql):
            wrote.append(sql)
        return execute(sql, params, many, context)

    path = world.path(operation.route)
    extra: dict[str, str] = {}
    with transaction.atomic():
        if operation.method == "patch":
            extra = {"If-Match": client.get(path).headers.get("ETag", "*")}
        # Some bodies are looked at only for who has confirmed the password lately.
        with CONFIRMED, connection.execute_wrapper(note):
            answer = client.generic(
                operation.method.upper(),
                path,
                json.dumps(world.body(path) | body),
                content_type="application/json",
                headers=extra,
            )
        answer.digest = rows_digest() if wrote else ""
        transaction.set_rollback(True)
    return answer


def rows_digest() -> str:
    """A digest of every row of every table, as the open transaction sees them."""
    tables = sorted(set(connection.introspection.table_names()) - _OUTSIDE)
    each = " || ".join(
        f"(SELECT coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM \"{name}\" t)"
        for name in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5({each})")
        return str(cursor.fetchone()[0])


def model_names() -> set[str]:
    """Every field name of every model, with the columns, and what frameworks call dangerous ones."""
    names = {"id", "pk", "password", "is_staff", "is_superuser", "user_permissions", "__class__"}
    for model in apps.get_models():
        for each in model._meta.get_fields():
            names |= {each.name, getattr(each, "attname", each.name)}
    return names
