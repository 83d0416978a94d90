"""``as_of=``: a record as it was at an instant."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import Moment
from core.api.views import RetrieveMixin
from core.errors import BadInputError, FieldError, NotVisibleError
from core.trail.reading import as_of

# Answers tell instants in milliseconds: what is stamped with one is in the answer as of it.
_REST = dt.timedelta(microseconds=999)
_AS_OF = OpenApiParameter(
    "as_of",
    OpenApiTypes.DATETIME,
    description="An instant with its offset: the fields as they were then, without ETag and transitions.",
)


class AsOfMixin(RetrieveMixin):
    """GET of one, now or as it was: the caller's rights and field rules are those of now."""

    def known_parameters(self: Any) -> frozenset[str]:
        """The common ones, and the instant where one record is read."""
        known: frozenset[str] = super().known_parameters()  # type: ignore[misc] # mixed into an ApiViewSet
        return known | {"as_of"} if self.action == "retrieve" else known

    @extend_schema(parameters=[_AS_OF])
    def retrieve(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One record, with its ETag; with ``as_of`` as it was, and 404 before there was one."""
        row = self.get_object()
        asked = request.query_params.get("as_of")
        if asked is None:
            response: Response = self.answer(row)
            return response
        row = as_of(row, _instant(asked))
        if row is None:
            raise NotVisibleError
        return Response(self.represent(row, is_past=True))


def _instant(text: str) -> dt.datetime:
    """The end of the millisecond that ``text`` names. Raises BadInputError for a text that names none."""
    try:
        return Moment().to_internal_value(text.replace(" ", "+")) + _REST
    except (ValidationError, OverflowError) as error:
        told = _("Give an instant with its offset from UTC, e.g. 2026-03-02T17:15:00+09:00.")
        raise BadInputError(told, errors=[FieldError("?as_of", "invalid", told)]) from error
