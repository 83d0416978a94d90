"""Filters of the audit trail."""

from __future__ import annotations

import django_filters as df
from django.db.models import QuerySet

from core.api.filters import MomentFilter
from core.models import RowChange
from core.trail.tracking import tracked


class AuditFilterSet(df.FilterSet):
    """Changes by table, row, person, way and time."""

    table = df.CharFilter(method="of_table", label="A table, such as accounts_role; its parts come along.")
    object = df.CharFilter(method="of_object", label="Number, user name or key, with table.")
    actor = df.CharFilter(method="of_person", label="A user name, or me.")
    channel = df.CharFilter()
    request_id = df.CharFilter()
    at__gte = MomentFilter(field_name="at", lookup_expr="gte")
    at__lt = MomentFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = RowChange
        fields: list[str] = []

    def of_table(self, rows: QuerySet[RowChange], name: str, value: str) -> QuerySet[RowChange]:
        """The changes of records of that table and of their parts."""
        return rows.filter(record=value)

    def of_object(self, rows: QuerySet[RowChange], name: str, value: str) -> QuerySet[RowChange]:
        """The changes of the record that is called so; nothing without a table that is recorded."""
        table = self.data.get("table", "")
        if table not in tracked():
            return rows.none()
        model = tracked()[table][0]
        names = {field.name for field in model._meta.concrete_fields} & {"number", "username", "key"}
        if not names:
            return rows.none()
        found = model._default_manager.filter(**{names.pop(): value})
        return rows.filter(record_id__in=list(found.values_list("pk", flat=True)))

    def of_person(self, rows: QuerySet[RowChange], name: str, value: str) -> QuerySet[RowChange]:
        """The changes of the person with that user name; ``me`` is the caller."""
        if value == "me":
            return rows.filter(actor_id=self.request.user.pk)
        people = tracked()["accounts_user"][0]._default_manager.filter(username__iexact=value)
        return rows.filter(actor_id__in=list(people.values_list("pk", flat=True)))
