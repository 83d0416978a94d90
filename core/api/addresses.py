"""Addresses as data: the URL map, the root document and the scopes are all made from one list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, path

from core.api.views import ApiViewSet


@dataclass(frozen=True)
class Address:
    """One address below ``/api/v1/``: its view set, and the action each method runs.

    ``options`` are attributes the view set gets here, such as the kind of ticket.
    """

    route: str
    view: type[ApiViewSet]
    actions: dict[str, str]
    name: str
    options: dict[str, str] = field(default_factory=dict)

    @property
    def scope(self) -> str:
        """The resource in token scopes."""
        return self.options.get("scope") or self.view.scope

    @property
    def is_collection(self) -> bool:
        """Whether it is a list that stands for itself."""
        return "<" not in self.route and self.actions.get("get") in {"list", "poll"}

    def pattern(self, prefix: str) -> URLPattern:
        """As Django's URL map has it."""
        actions: dict[str, Any] = dict(self.actions)
        return path(f"{prefix}{self.route}", self.view.as_view(actions, **self.options), name=self.name)


def keyed(prefix: str, view: type[ApiViewSet], key: str = "<key:key>") -> list[Address]:
    """List and read of one collection."""
    name = prefix.replace("/", "-")
    return [
        Address(f"{prefix}/", view, {"get": "list"}, f"{name}-list"),
        Address(f"{prefix}/{key}/", view, {"get": "retrieve"}, f"{name}-detail"),
    ]
