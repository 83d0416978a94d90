"""Catalogue, orders, requests, requested items and catalog tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request as Call
from rest_framework.response import Response

from accounts.selectors import person_named
from catalog import filters, flows
from catalog.api import serializers as out
from catalog.models import CatalogTask, Request, RequestItem
from catalog.selectors import Entry, catalogue, items_of, quote
from catalog.services import SERVICES, order_item
from core.api.filters import READ_PARAMETERS
from core.api.views import ApiViewSet
from core.errors import FieldError, NotVisibleError, RuleRefusedError
from tickets.api.schema import of_its_kind
from tickets.api.views import KindViewSet
from tickets.choices import Channel

Moves = Mapping[str, Callable[..., Any]]
_SEARCH = OpenApiParameter("q", str, description="Words in name, text, category or key.")
_SHELF = OpenApiParameter("category", str, description="The key of a category.")
_FOR = OpenApiParameter("requested_for", str, description="A user name; without it the caller.")
# What an order says beside its answers; every other name in a refusal is a question of the form.
_OF_ORDER = {"", "variables", "quantity", "requested_for", "version", "lines"}


class CatalogViewSet(ApiViewSet):
    """What the caller may order; entitlement is checked the same way as when ordering (REQ-10)."""

    scope = "catalog"
    versioned = False
    lookup_field = "key"

    def for_whom(self) -> Any:
        """The person of ``requested_for``, None for the caller. Raises NotVisibleError."""
        name = self.request.query_params.get("requested_for")
        if not name:
            return None
        person = person_named(self.actor, name) if name.isprintable() else None
        if person is None:
            raise NotVisibleError
        return person


class CategoryViewSet(CatalogViewSet):
    """The shelves of the catalogue."""

    serializer_class = out.CategoryOut

    def list(self, request: Call) -> Response:
        """The shelves that hold something the caller may order, as a tree in reading order."""
        return self.all_of(catalogue(self.actor))

    def retrieve(self, request: Call, key: str) -> Response:
        """One shelf."""
        found = [shelf for shelf in catalogue(self.actor) if shelf.category.key == key]
        if not found:
            raise NotVisibleError
        return Response(self.represent(found[0]))


class ItemViewSet(CatalogViewSet):
    """The items of the catalogue."""

    serializer_class = out.ItemOut
    read_parameters = READ_PARAMETERS | {"requested_for"}
    list_parameters = frozenset({"q", "category"})
    more_refusals = {"404": "not_found: absent, or not visible to the caller; also who it is for"}

    @extend_schema(parameters=[_SEARCH, _SHELF, _FOR])
    def list(self, request: Call) -> Response:
        """The items the caller may order, in the order of the catalogue, or best match first with ``q``."""
        shelves = catalogue(self.actor, query=request.query_params.get("q", ""), for_whom=self.for_whom())
        wanted = request.query_params.get("category")
        rows: list[Entry] = [
            entry for shelf in shelves if wanted in (None, shelf.category.key) for entry in shelf.entries
        ]
        return self.all_of(rows)

    @extend_schema(parameters=[_FOR], responses=out.ItemPageOut)
    def retrieve(self, request: Call, key: str) -> Response:
        """One item with its form, as it stands before anything is answered."""
        return self._page(quote(self.actor, key, {}, for_whom=self.for_whom()))

    @extend_schema(request=out.QuoteIn, responses=out.ItemPageOut)
    @action(detail=True, methods=["post"])
    def quote(self, request: Call, key: str) -> Response:
        """The item as it stands with these answers: questions, price, time, approvers. Nothing is stored."""
        values = self.body(out.QuoteIn)
        try:
            page = quote(
                self.actor,
                key,
                values["variables"],
                quantity=values["quantity"],
                for_whom=values.get("requested_for"),
            )
        except RuleRefusedError as refusal:
            raise _placed(refusal) from refusal
        return self._page(page)

    @extend_schema(request=out.OrderIn, responses={201: out.RequestOut})
    @action(detail=True, methods=["post"])
    def order(self, request: Call, key: str) -> Response:
        """Order it and return the request, with its flow started."""
        values = self.body(out.OrderIn)
        try:
            made = order_item(
                actor=self.actor,
                item_key=key,
                answers=values["variables"],
                quantity=values["quantity"],
                requested_for=values.get("requested_for"),
                version_no=values.get("version"),
                channel=Channel.API,
            )
        except RuleRefusedError as refusal:
            raise _placed(refusal) from refusal
        requests = RequestViewSet(request=request, format_kwarg=None, kwargs={}, action="create")
        response = requests.answer(made, status=status.HTTP_201_CREATED)
        response["Location"] = f"/api/v1/requests/{made.number}/"
        return response

    def still_visible(self, headers: dict[str, str]) -> None:
        """The request that an earlier order made must still be the caller's to see."""
        place = headers.get("Location", "")
        if place:
            number = place.rstrip("/").rsplit("/", 1)[-1]
            RequestViewSet(request=self.request, kwargs={"number": number}).get_object()

    def _page(self, page: Any) -> Response:
        self.serializer_class = out.ItemPageOut  # type: ignore[assignment] # more than a list shows
        return Response(self.represent(page))


def _placed(refusal: RuleRefusedError) -> RuleRefusedError:
    """The refusal with each question named where it stands in the body."""
    return RuleRefusedError(
        refusal.detail,
        code=refusal.code,
        errors=[
            each if each.field in _OF_ORDER else FieldError(f"variables.{each.field}", each.code, each.detail)
            for each in refusal.errors
        ],
    )


def _progress(view: KindViewSet, items: list[RequestItem]) -> Response:
    stages = flows.stages_of(items)
    for item in items:
        item.stages = stages.get(item.pk, [])  # type: ignore[attr-defined]
    view.serializer_class = out.ProgressOut
    return view.all_of(items)


@of_its_kind
class RequestViewSet(KindViewSet):
    """What was ordered, one row per order."""

    scope = "requests"
    kind = "request"
    model = Request
    serializer_class = out.RequestOut
    filterset_class = filters.RequestFilterSet
    change_in = out.OrderChangeIn
    moves: ClassVar[Moves] = SERVICES["request"]
    other_records = frozenset({"progress"})

    @extend_schema(responses=out.ProgressOut(many=True))
    @action(detail=True, methods=["get"])
    def progress(self, request: Call, number: str) -> Response:
        """Each item with its stages: who it waits for, since when and until when."""
        return _progress(self, items_of(self.actor, self.get_object()))


@of_its_kind
class RequestItemViewSet(KindViewSet):
    """Single ordered things."""

    scope = "requests"
    kind = "ritm"
    model = RequestItem
    serializer_class = out.RequestItemOut
    filterset_class = filters.RequestItemFilterSet
    change_in = out.RequestItemChangeIn
    moves: ClassVar[Moves] = SERVICES["ritm"]
    other_records = frozenset({"progress"})
    related = ("item_version__item", "request")

    @extend_schema(responses=out.ProgressOut(many=True))
    @action(detail=True, methods=["get"])
    def progress(self, request: Call, number: str) -> Response:
        """The item with its stages."""
        return _progress(self, [self.get_object()])


@of_its_kind
class CatalogTaskViewSet(KindViewSet):
    """What teams do for ordered things. Employees do not see them."""

    scope = "requests"
    kind = "sctask"
    model = CatalogTask
    serializer_class = out.CatalogTaskOut
    filterset_class = filters.CatalogTaskFilterSet
    change_in = out.CatalogTaskChangeIn
    moves: ClassVar[Moves] = SERVICES["sctask"]
    related = ("ritm__item_version__item",)
