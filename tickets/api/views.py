"""Tickets of any kind, and the base of each kind's endpoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import GroupOut, PersonOut
from accounts.choices import Grant
from accounts.policies import has_grant
from core.api.fields import checked
from core.api.moments import AsOfMixin
from core.api.selection import Expand, expanded
from core.api.views import ApiViewSet, ListMixin
from core.errors import NotVisibleError, invalid
from tickets import kinds
from tickets.api import fields
from tickets.api import serializers as out
from tickets.api.inputs import blanks, move_body
from tickets.api.selectors import whole
from tickets.choices import ActivityKind
from tickets.filters import AnyTicketFilterSet
from tickets.models import Ticket
from tickets.policies import may, reads_internal
from tickets.selectors import (
    as_kinds,
    child_of,
    in_short,
    seen_numbered,
    tickets_for,
    timeline_for,
)
from tickets.services import apply_transition, move_to, update_ticket
from tickets.transitions import available, edges_from

_PERSON = ("department", "location", "manager")
_ORDERED_BY = ("pk", "kind", "opened_at", "priority", "updated_at", "number")
_INTERNAL_WORDS = (ActivityKind.WORK_NOTE, ActivityKind.ATTACHMENT)


def _person(name: str) -> Expand:
    return Expand(PersonOut, (name, *(f"{name}__{each}" for each in _PERSON)))


class TicketsViewSet(ApiViewSet):
    """What every endpoint about tickets knows of its caller and its ticket."""

    scope = "tickets"
    # The kind whose address this is; empty for /tickets/.
    kind = ""
    lookup_field = "number"
    ordering_fields: ClassVar[dict[str, tuple[str, ...]]] = {
        "opened_at": ("opened_at",),
        "priority": ("priority", "-opened_at"),
        "updated_at": ("updated_at",),
        "number": ("number",),
    }
    default_ordering = "-opened_at"
    expandable: ClassVar[dict[str, Expand]] = {
        "requester": _person("requester"),
        "assignee": _person("assignee"),
        "group": Expand(GroupOut, ("group__manager",)),
    }

    def reads_internal(self) -> bool:
        """Whether the caller reads internal notes and fields."""
        return reads_internal(self.actor)

    def may_force(self) -> bool:
        """Who holds the grant."""
        return has_grant(self.actor, Grant.FORCE_WRITE)

    def get_queryset(self) -> QuerySet[Ticket]:
        """Tickets the caller may see; lists page the parent rows."""
        rows = tickets_for(self.actor, kind=self.kind or None)
        return rows if self.reads_internal() else rows.exclude(kind__in=kinds.work_orders())

    def get_object(self) -> Any:
        """The visible ticket with the number in the address. Raises NotVisibleError."""
        return whole(self.seen(), kind=self.kind)

    def seen(self) -> Ticket:
        """The same with its key, kind and version alone. Raises NotVisibleError."""
        row = seen_numbered(self.actor, self.kwargs["number"], kind=self.kind)
        if row.kind in kinds.work_orders() and not self.reads_internal():
            raise NotVisibleError
        return row

    def changed_fields(self, row: Any, writes: int) -> list[str] | None:
        """What the last writes touched, from the activity the caller may read.

        Lines of one moment and verb are one write, and so are the words that came with it. Notes and files
        for agents alone are none: they leave the version as it was.
        """
        touched: dict[tuple[Any, str], set[str]] = {}
        last: tuple[Any, str] = (None, "")
        own = [each for each in timeline_for(self.actor, row) if each.ticket_id == row.pk]
        for entry in reversed(own):
            if not entry.is_public and entry.kind in _INTERNAL_WORDS and entry.at != last[0]:
                continue
            last = last if entry.at == last[0] and not entry.verb else (entry.at, entry.verb)
            touched.setdefault(last, set()).update(set(entry.changes) or {"comments"})
        return sorted(set().union(*list(touched.values())[:writes]))


class TicketViewSet(ListMixin, AsOfMixin, TicketsViewSet):
    """Tickets of all kinds, read only; each kind has its own address for writing."""

    serializer_class = out.TicketOut
    filterset_class = AnyTicketFilterSet
    place_columns: ClassVar[tuple[str, ...]] = ("number",)


class KindViewSet(ListMixin, AsOfMixin, TicketsViewSet):
    """The endpoints of one kind: list, read, change, transitions.

    A kind names its serializers, in ``moves`` the service for each transition that has one of its own, and in
    ``related`` what a page of it needs besides its own rows: one query each.
    """

    moves: ClassVar[Mapping[str, Callable[..., Any]]] = {}
    change_in: ClassVar[type[out.ChangeIn]] = out.ChangeIn
    model: ClassVar[type[Ticket]] = Ticket
    related: ClassVar[tuple[str, ...]] = ()
    place_columns: ClassVar[tuple[str, ...]] = ("number",)
    plain_actions = frozenset({"transitions"})
    matching: ClassVar[Mapping[str, bool]] = {"move": False}
    # Where several moves lead to one state: which of them each ``resolution_code`` means (PROCESSES G-02).
    told_apart: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def get_queryset(self) -> QuerySet[Ticket]:
        """Tickets the caller may see; of the parents, whose children are shown, only what orders them."""
        return super().get_queryset().select_related(None).values_list(*_ORDERED_BY, named=True)

    def prepare(self, page: list[Ticket]) -> list[Any]:
        """The children of a page of parents: one query, and one per relation."""
        if not self.related and not expanded(self.request, self.expandable):
            return in_short(page)
        rows = as_kinds(page)
        if rows and self.related:
            prefetch_related_objects(rows, *self.related)
        return rows

    def partial_update(self, request: Request, number: str) -> Response:
        """Change fields; or, with ``state``, run the one transition to that state with its inputs."""
        ticket = self.get_object()
        version = self.expected_version(ticket)
        if isinstance(request.data, dict) and "state" in request.data:
            self._move_to_state(ticket, version)
        else:
            values = self.body(self.change_in, partial=True)
            update_ticket(ticket.pk, actor=self.actor, expected_version=version, **values)
        return self.answer(self.get_object())

    def _move_to_state(self, ticket: Ticket, version: int | None) -> None:
        inputs = dict(self.request.data)
        state = str(inputs.pop("state"))[:40]
        actor = self.actor
        names = [each.name for each in edges_from(ticket) if each.target == state and not each.spec.system]
        if self.told_apart and (len(names) > 1 or "resolution_code" in inputs):
            meant = self.told_apart.get(str(inputs.pop("resolution_code", "")), ())
            names = [name for name in names if name in meant]
            if not names:
                text = _("Several moves lead there. Choose by resolution_code: %(codes)s.")
                raise invalid(
                    "resolution_code", text % {"codes": ", ".join(self.told_apart)}, code="required"
                )
        name = next((name for name in names if may(actor, ticket, name)), "")
        if not name:
            move_to(type(ticket), ticket.pk, state, actor=actor, expected_version=version)
        self._run(type(ticket), ticket.pk, name, inputs, version)

    @extend_schema(responses=out.TransitionsOut)
    @action(detail=True, methods=["get"])
    def transitions(self, request: Request, number: str) -> Response:
        """The transitions that leave the present state; closed ones tell why (API A-15)."""
        ticket = child_of(self.get_object())
        moves = available(self.actor, ticket, blocked=True)
        return Response(
            {"state": ticket.state, "transitions": [fields.written(move, ticket) for move in moves]}
        )

    def move(self, request: Request, number: str, name: str) -> Response:
        """Run one transition with its inputs and return the new representation."""
        ticket = self.seen()
        version = self.expected_version(ticket, required=False)
        model = kinds.get(ticket.kind).model
        self._run(model, ticket.pk, name, request.data if request.data else {}, version)
        return self.answer(self.get_object())

    def _run(self, model: type[Ticket], pk: int, name: str, inputs: Any, version: int | None) -> None:
        body = move_body(model, name)
        values = checked(body(data=inputs, context=self.get_serializer_context()))
        values = blanks(model, name) | values
        actor = self.actor
        service = self.moves.get(name)
        if service is None:
            apply_transition(model, pk, name, actor=actor, expected_version=version, **values)
        else:
            service(pk, actor=actor, expected_version=version, **values)
