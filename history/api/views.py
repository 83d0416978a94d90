"""The history of a ticket, and every change for who audits."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request

from accounts.models import User
from core.api.fields import describing
from core.api.views import ApiViewSet, ListMixin
from core.errors import NotAllowedError, NotVisibleError
from core.models import RowChange
from history import selectors, words
from history.api import serializers as out
from history.filters import AuditFilterSet
from history.policies import may_audit, may_read_tickets
from history.subjects import ticket_records
from tickets.api.parts import PartViewSet

_ORDER: dict[str, tuple[str, ...]] = {"at": ("pk",)}


class TicketHistoryViewSet(ListMixin, PartViewSet):
    """Every recorded change of a ticket and its parts, newest first. For who reads internal fields."""

    serializer_class = out.ChangeOut
    ordering_fields: ClassVar[dict[str, tuple[str, ...]]] = _ORDER
    default_ordering = "-at"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Not there for who may not read internal fields."""
        super().initial(request, *args, **kwargs)
        if not may_read_tickets(self.actor):
            raise NotVisibleError

    def get_queryset(self) -> QuerySet[RowChange]:  # type: ignore[override] # changes of the ticket, not tickets
        """The changes of the ticket of the address."""
        return selectors.changes_of(ticket_records(self.ticket.pk))

    def prepare(self, page: list[RowChange]) -> list[Any]:
        """The changes in words."""
        return words.lines_of(self.actor, page)


class AuditViewSet(ListMixin, ApiViewSet):
    """Every recorded change of every record, newest first. For who may read the audit trail."""

    scope = "audit"
    versioned = False
    serializer_class = out.AuditOut
    filterset_class = AuditFilterSet
    ordering_fields: ClassVar[dict[str, tuple[str, ...]]] = _ORDER
    default_ordering = "-at"

    def get_queryset(self) -> QuerySet[RowChange]:
        """All changes but those of tickets the caller may not see. Raises NotAllowedError."""
        if describing.get():
            return RowChange.objects.none()
        if not may_audit(self.actor):
            raise NotAllowedError
        actor: User = self.actor
        return selectors.all_changes(actor)

    def prepare(self, page: list[RowChange]) -> list[Any]:
        """The changes in words."""
        return words.lines_of(self.actor, page)
