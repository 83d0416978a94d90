"""Macros: read, made, changed, deleted, and run on a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import AccountsViewSet
from core.api.views import ListMixin, RetrieveMixin
from core.errors import NotAllowedError
from macros import services
from macros.api import serializers as out
from macros.models import Macro
from macros.policies import may_use
from macros.selectors import macro_of, macros_for
from tickets import kinds
from tickets.api.parts import PartViewSet
from tickets.api.serializers import TicketOut


class MacroViewSet(ListMixin, RetrieveMixin, AccountsViewSet):
    """The caller's own macros, those of their teams, and those for all agents."""

    scope = "macros"
    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    serializer_class = out.MacroOut
    ordering_fields = {"name": ("name",), "uses": ("uses", "name"), "created_at": ("created_at",)}
    default_ordering = "name"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who does not work in the workspace; a method that is not there is answered as such."""
        super().initial(request, *args, **kwargs)
        if self.action is not None and not may_use(self.actor):
            raise NotAllowedError

    def get_queryset(self) -> QuerySet[Macro]:
        """The macros the caller is shown."""
        return macros_for(self.actor)

    @extend_schema(request=out.MacroIn, responses={201: out.MacroOut})
    def create(self, request: Request) -> Response:
        """Make a macro."""
        row = services.make_macro(actor=self.actor, **self.body(out.MacroIn))
        return self.answer(macro_of(self.actor, row.public_id), status=status.HTTP_201_CREATED)

    @extend_schema(request=out.MacroChangeIn, responses=out.MacroOut)
    def partial_update(self, request: Request, public_id: Any) -> Response:
        """Change a macro: what it says and does, its name, who sees it."""
        row = self.get_object()
        version = self.expected_version(row)
        values = self.body(out.MacroChangeIn, partial=True)
        if "group" in values and "audience" not in values:
            values["audience"] = row.audience
        elif "audience" in values and "group" not in values:
            values["group"] = row.group
        services.change_macro(public_id, actor=self.actor, expected_version=version, **values)
        return self.answer(macro_of(self.actor, public_id))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, public_id: Any) -> Response:
        """Delete a macro, for everybody it is shown to. What it did stays."""
        version = self.expected_version(self.get_object())
        services.delete_macro(public_id, actor=self.actor, expected_version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RunMacroViewSet(PartViewSet):
    """A macro run on one ticket: all of its steps, or none."""

    versioned = True
    serializer_class = TicketOut
    matching: ClassVar[Mapping[str, bool]] = {"create": False}

    @extend_schema(request=out.RunMacroIn, responses=TicketOut)
    def create(self, request: Request, number: str) -> Response:
        """Say and do what the macro holds, with the caller's rights."""
        ticket = self.seen()
        version = self.expected_version(ticket, required=False)
        macro = self.body(out.RunMacroIn)["macro"]
        row = kinds.get(ticket.kind).model.objects.get(pk=ticket.pk)
        services.run_macro(row, macro, actor=self.actor, expected_version=version)
        return self.answer(self.get_object())
