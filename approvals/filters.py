"""Filters of approvals; one set for pages and API."""

from __future__ import annotations

import django_filters as df
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from approvals.choices import Status
from approvals.models import Approval
from approvals.selectors import history_for, waiting_for

MINE = [("pending", _("What waits for me")), ("decided", _("What I have decided"))]


class ApprovalFilterSet(df.FilterSet):
    """Approvals by whose turn it is, where they stand and the ticket they are about."""

    mine = df.ChoiceFilter(choices=MINE, method="of_mine", label="pending or decided")
    status = df.MultipleChoiceFilter(choices=Status.choices)
    ticket = df.CharFilter(field_name="request__ticket__number")

    class Meta:
        model = Approval
        fields: list[str] = []

    def of_mine(self, rows: QuerySet[Approval], name: str, value: str) -> QuerySet[Approval]:
        """What the caller can decide now, or has decided."""
        own = waiting_for if value == "pending" else history_for
        return rows.filter(pk__in=own(self.request.user).order_by().values("pk"))
