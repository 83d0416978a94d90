"""Filtering lists by a declared set of parameters and nothing else (API A-27, A-28)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from core.api.problems import unknown
from core.errors import BadInputError, FieldError

PAGE_PARAMETERS = frozenset({"cursor", "page_size", "count", "ordering", "fields", "expand"})
READ_PARAMETERS = frozenset({"fields", "expand"})


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc] # django_filters has no types
    """A FilterSet that refuses names it does not know and values it cannot read.

    A FilterSet's ``internal`` names parameters for agents only; for others they do not exist (AC-5).
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The rows that match. Raises BadInputError."""
        kind = self.get_filterset_class(view, queryset)
        known = set(PAGE_PARAMETERS)
        if kind is not None:
            hidden = set() if view.reads_internal() else set(getattr(kind, "internal", ()))
            known |= set(kind.base_filters) - hidden
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
        rows: QuerySet[Any] = filterset.qs
        return rows


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
