"""Calendars of business hours and on-call rotas: read, made, changed, day by day and turn by turn."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import PersonRef
from accounts.api.views import ConfigurationViewSet
from core.api.fields import Moment
from core.api.filters import READ_PARAMETERS
from core.errors import BadInputError, FieldError, NotAllowedError, NotVisibleError
from core.time import db_now
from schedules import rota_rules, services
from schedules.api import serializers as out
from schedules.models import Calendar, Rota, RotaOverride
from schedules.policies import may
from schedules.selectors import calendars_for, read, rota_keyed, rotas_for

FOUR_WEEKS = dt.timedelta(weeks=4)
_AT = OpenApiParameter("at", dt.datetime, description="An instant with its offset; without it now.")
_FROM = OpenApiParameter("from", dt.datetime, description="An instant with its offset; without it now.")
_TO = OpenApiParameter("to", dt.datetime, description="At most a year later; without it four weeks.")


class CalendarViewSet(ConfigurationViewSet):
    """Calendars. Agents read them, administrators change them."""

    scope = "schedules"
    serializer_class = out.CalendarOut
    reads = ("hours", "holidays", "exceptions")

    def get_queryset(self) -> QuerySet[Calendar]:
        """All calendars."""
        return calendars_for(self.actor)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who may not write before the body is looked at."""
        super().initial(request, *args, **kwargs)
        if self.action not in {None, "list", "retrieve"} and not may(self.actor, "edit"):
            raise NotAllowedError

    @extend_schema(request=out.CalendarIn, responses={201: out.CalendarOut})
    def create(self, request: Request) -> Response:
        """Make a calendar."""
        row = services.create(actor=self.actor, **_values(self.body(out.CalendarIn)))
        return self.answer(row, status=status.HTTP_201_CREATED)

    @extend_schema(request=out.CalendarChangeIn, responses=out.CalendarOut)
    def partial_update(self, request: Request, key: str) -> Response:
        """Change names, zone or weekly hours."""
        version = self.expected_version(self.get_object())
        values = _values(self.body(out.CalendarChangeIn, partial=True))
        services.update(key, actor=self.actor, expected_version=version, **values)
        return self.answer(self.get_object())

    @extend_schema(request=out.DayIn, responses=out.CalendarOut)
    def set_day(self, request: Request, key: str) -> Response:
        """Say that a date is a holiday, or has hours of its own; what was said of it before is replaced."""
        values = self.body(out.DayIn)
        hours = out.spans_of(values.pop("hours", []))
        services.set_day(key, actor=self.actor, hours=hours, **values)
        return self.answer(self.get_object())

    @extend_schema(responses={204: None})
    def drop_day(self, request: Request, key: str, date: str) -> Response:
        """Let the weekly hours count again on a date."""
        try:
            day = dt.date.fromisoformat(date)
        except ValueError as error:
            raise NotVisibleError from error
        services.drop_day(key, actor=self.actor, date=day)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _values(body: dict[str, Any]) -> dict[str, Any]:
    return body | ({"hours": out.week_of(body["hours"])} if "hours" in body else {})


class RotaViewSet(ConfigurationViewSet):
    """On-call rotas, as agents read them."""

    scope = "on-call"
    serializer_class = out.RotaOut
    reads = ("layers__members__user",)

    def get_queryset(self) -> QuerySet[Rota]:
        """The rotas of the caller's company."""
        return rotas_for(self.actor)

    def moment(self, name: str, default: dt.datetime) -> dt.datetime:
        """The instant of a parameter. Raises BadInputError, RuleRefusedError."""
        text = self.request.query_params.get(name)
        if text is None:
            return default
        try:
            found: dt.datetime = Moment().to_internal_value(text)
        except ValidationError as error:
            detail = _("Give an instant with its offset, such as 2026-03-02T17:15:00+09:00.")
            raise BadInputError(detail, errors=[FieldError(f"?{name}", "invalid", detail)]) from error
        rota_rules.check_moment(f"?{name}", found)
        return found


class OnCallViewSet(RotaViewSet):
    """Who is on call of a rota at an instant."""

    read_parameters = READ_PARAMETERS | {"at"}

    @extend_schema(parameters=[_AT], responses=PersonRef(many=True), filters=False)
    def now(self, request: Request, key: str) -> Response:
        """The first to call first; nobody for a rota that is not in use."""
        row, at = rota_keyed(self.actor, key), self.moment("at", db_now())
        found = read([row] if row.is_active else [], at, at)
        self.serializer_class = PersonRef  # type: ignore[assignment] # what belongs to a rota
        return self.all_of([person for each in found for person in each.on_call(at)])


class TurnViewSet(RotaViewSet):
    """The turns of a rota."""

    read_parameters = READ_PARAMETERS | {"from", "to"}
    more_refusals: ClassVar[dict[str, str]] = {
        "422": "rule_refused: the times are in another order, or too far apart"
    }

    @extend_schema(parameters=[_FROM, _TO], responses=out.TurnOut(many=True), filters=False)
    def turns(self, request: Request, key: str) -> Response:
        """Who is called first between two instants, cut at them; times with nobody are left out."""
        row = rota_keyed(self.actor, key)
        start = self.moment("from", db_now())
        end = self.moment("to", start + FOUR_WEEKS)
        rota_rules.check_view(start, end)
        found = [duty for each in read([row], start, end) for duty in each.turns(start, end)]
        self.serializer_class = out.TurnOut  # type: ignore[assignment] # what belongs to a rota
        return self.all_of(found)


class OverrideViewSet(ConfigurationViewSet):
    """Who stands in, above the layers of a rota."""

    scope = "on-call"
    serializer_class = out.OverrideOut
    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    ordering_fields = {"created_at": ("created_at",)}
    default_ordering = "-created_at"
    reads = ("person", "made_by")
    versioned = False

    def get_queryset(self) -> QuerySet[RotaOverride]:
        """The stand-ins of the rota, those that are over too."""
        rotas = rotas_for(self.actor).filter(key=self.kwargs.get("key", ""))
        return RotaOverride.objects.filter(rota__in=rotas.order_by())

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them, the newest first."""
        rota_keyed(self.actor, self.kwargs["key"])
        return super().list(request, *args, **kwargs)

    @extend_schema(request=out.OverrideIn, responses={201: out.OverrideOut})
    def create(self, request: Request, key: str) -> Response:
        """Let somebody be on call for a time: as manager anybody of the group, else as one of its people."""
        rota_keyed(self.actor, key)
        made = services.add_override(key, actor=self.actor, **self.body(out.OverrideIn))
        return self.answer(made, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, key: str, public_id: Any) -> Response:
        """The layers count again: from now on, or as if it had never been."""
        services.drop_override(key, public_id, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)
