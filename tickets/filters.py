"""Filters of ticket lists; one set for pages and API (API A-27)."""

from __future__ import annotations

from typing import ClassVar

import django_filters as df
from django.db.models import QuerySet

from accounts.models import Group
from core.api.filters import MomentFilter, WholeFilter
from tickets.choices import Channel, Phase
from tickets.finding import search
from tickets.models import Ticket
from tickets.selectors import seen_by


class TicketFilterSet(df.FilterSet):
    """Tickets by place, people, weight and time. A kind adds the choices of its state."""

    state = df.CharFilter(method="in_states", label="A code; several separated by commas.")
    phase = df.MultipleChoiceFilter(choices=Phase.choices)
    active = df.BooleanFilter()
    priority = WholeFilter(min_value=1, max_value=5)
    priority__lte = WholeFilter(field_name="priority", lookup_expr="lte", min_value=1, max_value=5)
    priority__gte = WholeFilter(field_name="priority", lookup_expr="gte", min_value=1, max_value=5)
    category = df.CharFilter()
    channel = df.MultipleChoiceFilter(choices=Channel.choices)
    requester = df.CharFilter(method="of_person", label="A user name, or me.")
    assignee = df.CharFilter(method="of_person", label="A user name, or me.")
    opened_by = df.CharFilter(method="of_person", label="A user name, or me.")
    group = df.CharFilter(method="of_group", label="The key of a group.")
    unassigned = df.BooleanFilter(field_name="assignee", lookup_expr="isnull")
    ci = df.CharFilter(field_name="ci__number")
    parent = df.CharFilter(method="below", label="The number of a ticket.")
    opened_at__gte = MomentFilter(field_name="opened_at", lookup_expr="gte")
    opened_at__lt = MomentFilter(field_name="opened_at", lookup_expr="lt")
    resolved_at__gte = MomentFilter(field_name="resolved_at", lookup_expr="gte")
    resolved_at__lt = MomentFilter(field_name="resolved_at", lookup_expr="lt")
    updated_after = MomentFilter(field_name="updated_at", lookup_expr="gt")
    q = df.CharFilter(method="holding", label="Part of the title, or the beginning of the number.")
    asked_as: ClassVar[dict[str, str]] = {"updated_after": "updated_at", "unassigned": "assignee"}

    class Meta:
        model = Ticket
        fields: list[str] = []

    def in_states(self, rows: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        """The rows in any of these states."""
        return rows.filter(state__in=value.split(","))

    def of_person(self, rows: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        """The rows whose ``name`` is the person with that user name; ``me`` is the caller."""
        if value == "me":
            return rows.filter(**{name: self.request.user})
        return rows.filter(**{f"{name}__username__iexact": value})

    def of_group(self, rows: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        """The rows of the group with that key; looked up first: a join hides the order that the index has."""
        return rows.filter(group=Group.objects.filter(key=value).values("pk")[:1])

    def below(self, rows: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        """The rows whose parent has that number, if the caller sees it: another would be told of (S-9)."""
        seen = seen_by(self.request.user).filter(number=value)
        return rows.filter(parent__in=seen.values("pk"))

    def holding(self, rows: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        """The rows that hold the text."""
        return rows.filter(search(self.request.user, value)) if value.strip() else rows


class AnyTicketFilterSet(TicketFilterSet):
    """Tickets of all kinds."""

    kind = df.CharFilter(method="of_kinds", label="Any of the kinds, separated by commas.")

    def of_kinds(self, rows: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        """The rows of these kinds."""
        return rows.filter(kind__in=value.split(","))
