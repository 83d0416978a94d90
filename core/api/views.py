"""The base of every resource: strict parameters, one repeat per key, tags, field rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, ClassVar

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from core.api.etags import etag, if_match, versions_behind
from core.api.fields import Body, checked, describing
from core.api.filters import READ_PARAMETERS, refuse_unknown
from core.api.once import answer_once
from core.api.selection import Expand, chosen, embed, expanded, prune, read_ahead
from core.errors import StaleVersionError
from core.idempotency import check_key


class ApiViewSet(GenericViewSet[Any]):
    """What all resources share. A resource adds mixins, a selector to read and services to write.

    ``scope`` names the resource in token scopes; ``ordering_fields`` and ``default_ordering`` are explained
    in ``core.api.pagination``; ``expandable`` in ``core.api.selection``.
    """

    scope = ""
    lookup_value_converter = "key"
    ordering_fields: ClassVar[dict[str, tuple[str, ...]]] = {}
    default_ordering = ""
    # What a cursor knows a row by; unique together.
    place_columns: ClassVar[tuple[str, ...]] = ("public_id",)
    expandable: ClassVar[dict[str, Expand]] = {}
    read_parameters: ClassVar[frozenset[str]] = READ_PARAMETERS
    # What the list takes beside them where it is no page of a queryset.
    list_parameters: ClassVar[frozenset[str]] = frozenset()
    # Actions that answer with no records: there is nothing to choose fields of.
    plain_actions: ClassVar[frozenset[str]] = frozenset()
    # Actions that answer records of another kind: what the others embed on request, these do not have.
    other_records: ClassVar[frozenset[str]] = frozenset()
    # Statuses of refusals that only this resource has, with what they mean, for the OpenAPI document.
    more_refusals: ClassVar[dict[str, str]] = {}
    # Headers of its answers beside those of all, by status, for the same document.
    more_headers: ClassVar[dict[str, list[str]]] = {}
    # Whether the list is a page of a queryset, with filters, an ordering and a cursor (ListMixin).
    is_paged = False
    # Whether a change needs If-Match; off for records without versions.
    versioned = True
    # The actions by POST that take If-Match, and whether they may ask for it.
    matching: ClassVar[Mapping[str, bool]] = {}
    # Whether a POST takes an Idempotency-Key; off where nobody signs in whose key it could be.
    takes_keys = True
    # Whether operations of a bulk may come here; off for files, for signed calls and for bulks themselves.
    in_bulk = True
    # Actions that take or tell a secret: not in a job, which keeps bodies and answers for a while.
    secret_actions: ClassVar[frozenset[str]] = frozenset()
    http_method_names = ["get", "post", "patch", "delete", "head"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check credentials, limits and parameters; let a POST with a key run once."""
        super().initial(request, *args, **kwargs)
        if self.action is not None and not self.answers_page():  # no such method: that is told first
            refuse_unknown(request, self.known_parameters())
        key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        if key is None:
            # A bulk with a key makes each of its writes repeatable; only code of ours can set this.
            key = getattr(request._request, "key_of_bulk", None)
        method = str(request.method).lower()
        if key is not None and hasattr(self, method):
            handler = getattr(self, method)  # as_view sets it from its map of actions
            setattr(self, method, partial(self._once, handler, check_key(key)))

    def answers_page(self) -> bool:
        """Whether the action answers a page of a queryset, which looks at its parameters itself."""
        return self.is_paged and self.action == "list"

    def known_parameters(self) -> frozenset[str]:
        """The query parameters that the action takes, if it answers no page."""
        known = self.read_parameters | (self.list_parameters if self.action == "list" else frozenset())
        if self.action in self.plain_actions:
            return known - READ_PARAMETERS
        return known if self.may_expand() else known - {"expand"}

    def may_expand(self) -> bool:
        """Whether the action's answer embeds references on request."""
        return bool(self.expandable) and self.action not in self.other_records

    def _once(self, handler: Any, key: str, request: Request, /, *args: Any, **kwargs: Any) -> HttpResponse:
        return answer_once(
            request,
            key,
            lambda: handler(request, *args, **kwargs),
            recheck=self.still_visible,
            stored_body=self.stored_body,
        )

    def still_visible(self, headers: dict[str, str]) -> None:
        """Raise NotVisibleError when the caller no longer sees what a stored answer tells of."""
        place = headers.get("Location", "")
        name = self.lookup_url_kwarg or self.lookup_field
        if place:
            self.kwargs[name] = place.rstrip("/").rsplit("/", 1)[-1]
        if place or name in self.kwargs:
            self.get_object()

    def stored_body(self, data: Any) -> Any:
        """What of an answer is kept for repeats."""
        return data

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> Response:
        """Tell of the limit."""
        done = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]
        throttle = getattr(request, "throttle", None)
        for name, value in throttle.headers().items() if throttle else ():
            done[name] = value
        return done

    @property
    def actor(self) -> Any:
        """The person on whose behalf the call is made."""
        return self.request.user

    def reads_internal(self) -> bool:
        """Whether the caller reads the fields for agents; a resource of tickets asks its policy."""
        return False

    def get_serializer_context(self) -> dict[str, Any]:
        """What representations and bodies need to know of the caller."""
        context = dict(super().get_serializer_context())
        if not describing.get() and self.request is not None:
            context["internal"] = self.reads_internal()
        return context

    # Reading

    def represent(self, row: Any, **more: Any) -> Any:
        """The row as JSON, with the chosen fields and embedded references."""
        context = self.get_serializer_context() | more
        serializer = self.get_serializer_class()(row, context=context)
        return self._written(serializer, [row])

    def represent_all(self, rows: list[Any]) -> Any:
        """The rows of a page as JSON."""
        context = self.get_serializer_context() | {"in_list": True}
        serializer = self.get_serializer_class()(rows, many=True, context=context)
        return self._written(serializer, rows)

    def _written(self, serializer: BaseSerializer[Any], rows: list[Any]) -> Any:
        names = expanded(self.request, self.expandable)
        embed(serializer, names, self.expandable)
        prune(serializer, chosen(self.request))
        read_ahead(rows, names, self.expandable)
        return serializer.data

    def prepare(self, page: Any) -> Any:
        """The rows to write for a page of the queryset; here, so that a base of resources can read ahead."""
        return page

    def answer(self, row: Any, *, status: int = 200) -> Response:
        """The row, its tag and, when it is new, its address."""
        response = Response(self.represent(row, is_new=status == 201), status=status)
        if self.versioned:
            response["ETag"] = etag(row)
        if status == 201:
            key = self.key_of(row)
            response["Location"] = f"{self.request.path.rstrip('/')}/{key}/"
        return response

    def all_of(self, rows: Iterable[Any]) -> Response:
        """A short list as one page."""
        return Response({"results": self.represent_all(list(rows)), "next": None, "previous": None})

    def made(self, row: Any) -> Response:
        """A new row that has no address or version of its own."""
        return Response(self.represent(row), status=201)

    def key_of(self, row: Any) -> str:
        """What the row is called in addresses."""
        return str(getattr(row, self.lookup_field))

    # Writing

    def body(self, kind: type[Body], **more: Any) -> dict[str, Any]:
        """The checked values of the request's body. Raises the refusal that names each field."""
        return checked(kind(data=self.request.data, context=self.get_serializer_context(), **more))

    def expected_version(self, row: Any, *, required: bool = True) -> int | None:
        """The version in ``If-Match``. Raises VersionMissingError, StaleVersionError with what changed."""
        if self.request.method == "POST" and self.action not in self.matching:
            raise TypeError(f"{self.action} takes If-Match, but is not among the matching actions.")
        try:
            return if_match(self.request, row, required=required, may_force=self.may_force())
        except StaleVersionError as stale:
            behind = versions_behind(row, stale.extra["given"])
            names = self.changed_fields(row, behind) if behind else None
            extra = {"etag": stale.extra["etag"]} | ({"changed_fields": names} if names is not None else {})
            raise StaleVersionError(**extra) from stale

    def may_force(self) -> bool:
        """Whether the caller may write without knowing the version."""
        return False

    def changed_fields(self, row: Any, writes: int) -> list[str] | None:
        """What the last ``writes`` changes touched, as far as the caller may see it; None when unknown."""
        return None


class ListMixin:
    """GET of the collection."""

    is_paged = True

    def list(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of what the caller may see."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        response: Response = self.get_paginated_response(self.represent_all(self.prepare(page)))
        return response


class RetrieveMixin:
    """GET of one."""

    def retrieve(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One record, with its ETag."""
        response: Response = self.answer(self.get_object())
        return response
