"""Filtering lists by a declared set of parameters and nothing else (API A-27, A-28)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import django_filters as df
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from core.api.fieldrules import filters_for
from core.api.problems import unknown
from core.errors import BadInputError, FieldError
from core.time import in_utc

PAGE_PARAMETERS = frozenset({"cursor", "page_size", "count", "ordering", "fields", "expand"})
READ_PARAMETERS = frozenset({"fields", "expand"})
# A truth value as an address writes it.
_TRUTHS = {"true", "false", "1", "0"}


class WholeFilter(df.NumberFilter):  # type: ignore[misc] # django_filters has no types
    """A filter by a whole number; a fraction is none."""

    field_class = forms.IntegerField


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc] # django_filters has no types
    """A FilterSet that refuses names it does not know and values it cannot read.

    What asks by a field that the caller does not read does not exist for them (AC-5).
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The rows that match. Raises BadInputError."""
        kind = self.get_filterset_class(view, queryset)
        known = set(PAGE_PARAMETERS)
        if kind is not None:
            known |= filters_for(view, internal=view.reads_internal())
        refuse_unknown(request, known)
        named = frozenset(request.query_params) - PAGE_PARAMETERS
        if kind is None or not named:
            return queryset
        filterset = _narrowed(kind, named)(**self.get_filterset_kwargs(request, queryset, view))
        if not filterset.is_valid():
            raise BadInputError(
                _("A filter has a value that cannot be read."),
                errors=[
                    FieldError(f"?{name}", "invalid", " ".join(texts))
                    for name, texts in filterset.errors.items()
                ],
            )
        _refuse_unread(request, filterset)
        rows: QuerySet[Any] = filterset.qs
        return rows


def _refuse_unread(request: Request, filterset: Any) -> None:
    """Raise BadInputError for values that the forms behind the filters would take for no value at all.

    An empty box of a page's form means "any"; in an address it is a mistake, but for free text.
    """
    wrong = []
    for name, each in filterset.filters.items():
        given = request.query_params.getlist(name)
        if isinstance(each, df.BooleanFilter) and any(text.lower() not in _TRUTHS for text in given):
            wrong.append(FieldError(f"?{name}", "invalid", _("This must be true or false.")))
        elif not isinstance(each, df.CharFilter) and "" in given:
            wrong.append(FieldError(f"?{name}", "invalid", _("This parameter needs a value.")))
    if wrong:
        raise BadInputError(_("A filter has a value that cannot be read."), errors=wrong)


class _MomentField(df.fields.IsoDateTimeField):  # type: ignore[misc] # django_filters has no types
    def clean(self, value: Any) -> Any:
        """The instant in UTC; one without an offset is in the reader's zone."""
        found = super().clean(value)
        try:
            return found and in_utc(found)
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error


class MomentFilter(df.IsoDateTimeFilter):  # type: ignore[misc] # django_filters has no types
    """A filter by an instant, with any offset."""

    field_class = _MomentField


def refuse_empty(request: Request, names: Iterable[str]) -> None:
    """Raise BadInputError that names each of these parameters which was sent without a value."""
    empty = [name for name in names if "" in request.query_params.getlist(name)]
    if empty:
        told = _("This parameter needs a value.")
        raise BadInputError(told, errors=[FieldError(f"?{name}", "invalid", told) for name in empty])


@lru_cache(maxsize=256)
def _narrowed(kind: Any, named: frozenset[str]) -> Any:
    """The filter set with only the filters that a request names.

    A filter that gets no value does nothing, but copying all of a set and making a form with a field of each
    cost more than a page of rows.
    """
    narrow = type(kind.__name__, (kind,), {})
    narrow.base_filters = {name: each for name, each in kind.base_filters.items() if name in named}  # type: ignore[attr-defined]
    return narrow


def refuse_unknown(request: Request, known: set[str] | frozenset[str]) -> None:
    """Raise BadInputError that names each query parameter which is not in ``known``."""
    strange = sorted(set(request.query_params) - known)
    if strange:
        raise unknown([name[:80] for name in strange], mark="?")
