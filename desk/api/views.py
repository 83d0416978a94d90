"""Saved views: read, made, changed, deleted."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import AccountsViewSet
from core.api.views import ListMixin, RetrieveMixin
from core.errors import NotAllowedError
from desk.api import serializers as out
from desk.filters import ViewFilterSet
from desk.models import SavedView
from desk.policies import may_enter
from desk.saved import services
from desk.saved.selectors import view_of, views_for

_NAMES = {"queue": "queue", "filters": "filters", "columns": "columns", "order": "sort", "density": "density"}


class SavedViewSet(ListMixin, RetrieveMixin, AccountsViewSet):
    """The caller's own views, those of their teams, and those for all agents."""

    scope = "views"
    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    serializer_class = out.ViewOut
    filterset_class = ViewFilterSet
    ordering_fields = {"name": ("name",), "created_at": ("created_at",), "position": ("position", "name")}
    default_ordering = "position"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who does not work in the workspace; a method that is not there is answered as such."""
        super().initial(request, *args, **kwargs)
        if self.action is not None and not may_enter(self.actor):
            raise NotAllowedError

    def get_queryset(self) -> QuerySet[SavedView]:
        """The views the caller is shown."""
        return views_for(self.actor)

    @extend_schema(request=out.ViewIn, responses={201: out.ViewOut})
    def create(self, request: Request) -> Response:
        """Save a view of a list."""
        values = self.body(out.ViewIn)
        position = values.pop("position", None)
        path = values.pop("list")
        state, values = _apart(values)
        row = services.save_view(actor=self.actor, path=path, state=state, **values)
        if position is not None:
            services.change_view(row.public_id, actor=self.actor, position=position)
        return self.answer(view_of(self.actor, row.public_id), status=status.HTTP_201_CREATED)

    @extend_schema(request=out.ViewChangeIn, responses=out.ViewOut)
    def partial_update(self, request: Request, public_id: Any) -> Response:
        """Change a view: its name, who sees it, its place, or what it shows."""
        row = self.get_object()
        version = self.expected_version(row)
        state, values = _apart(self.body(out.ViewChangeIn, partial=True))
        if state:
            values["state"] = {key: getattr(row, key) for key in services.STATE} | state
        if "group" in values and "audience" not in values:
            values["audience"] = row.audience
        elif "audience" in values and "group" not in values:
            values["group"] = row.group
        services.change_view(public_id, actor=self.actor, expected_version=version, **values)
        return self.answer(view_of(self.actor, public_id))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, public_id: Any) -> Response:
        """Delete a view, for everybody it is shown to. The tickets in it stay."""
        version = self.expected_version(self.get_object())
        services.delete_view(public_id, actor=self.actor, expected_version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _apart(values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the view shows, by the names of the service, and the rest."""
    state = {_NAMES[name]: value for name, value in values.items() if name in _NAMES}
    return state, {name: value for name, value in values.items() if name not in _NAMES}
