"""Building blocks of request bodies and representations."""

from __future__ import annotations

import datetime as dt
from contextvars import ContextVar
from copy import deepcopy
from functools import cache, cached_property
from typing import Any, ClassVar

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.serializers import BaseSerializer

from core.api.fieldrules import hidden
from core.api.problems import unknown
from core.api.writing import Step, Way, plan_of, write
from core.errors import BadInputError, FieldError, RuleRefusedError
from core.text import clean
from core.time import in_utc

# True while the OpenAPI document is made: then a representation shows the fields of every reader.
describing: ContextVar[bool] = ContextVar("describing", default=False)
MAX_WHOLE = 2_147_483_647


class Body(serializers.Serializer[Any]):
    """The body of one use case. What it does not list is refused by name (API A-07).

    ``agent_fields`` are taken from those who read internal fields only; for others they do not exist.
    """

    agent_fields: ClassVar[frozenset[str]] = frozenset()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The fields this caller may write."""
        return _fresh(self, _unread(self))

    def to_internal_value(self, data: Any) -> Any:
        """The values. Raises BadInputError for another type or unknown names."""
        if not isinstance(data, dict):
            raise BadInputError(_("The body must be a JSON object."))
        strange = [str(name)[:80] for name in data if name not in self.fields]
        if strange:
            raise unknown(strange)
        return super().to_internal_value(data)


class Out(serializers.Serializer[Any]):
    """A representation. ``agent_fields`` are shown to those who read internal fields only (AC-4, AC-5).

    This is where the field rules of a kind of record are declared; see ``core.api.fieldrules``.
    ``detail_fields`` are not in lists: they are long, or cost a query each.
    """

    agent_fields: ClassVar[frozenset[str]] = frozenset()
    detail_fields: ClassVar[frozenset[str]] = frozenset()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The fields this caller may read in this place."""
        left_out = _unread(self)
        return _fresh(self, left_out | self.detail_fields if self.context.get("in_list") else left_out)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The row as JSON; the fields are settled when the first one is written."""
        return write(instance, self._plan)

    @cached_property
    def _plan(self) -> list[Step]:
        return plan_of(self._readable_fields)


def _fresh(serializer: Body | Out, left_out: frozenset[str]) -> dict[str, Any]:
    """The declared fields but those, to be bound to this serializer.

    The framework makes each of them anew from its arguments, a twelfth of the time of opening an incident. A
    field that binds nothing in turn differs between serializers by what ``bind`` sets alone: a copy will do,
    also of a representation, which is bound before it makes its own fields.
    """
    return {
        name: _copy(each) if isinstance(each, Out) or not _binds(each) else deepcopy(each)
        for name, each in serializer._declared_fields.items()
        if name not in left_out
    }


def _binds(field: Any) -> bool:
    return isinstance(field, BaseSerializer) or hasattr(field, "child")


def _copy(field: Any) -> Any:
    """``copy.copy`` without its search for a way to do it."""
    twin = object.__new__(type(field))
    twin.__dict__.update(field.__dict__)
    return twin


def _unread(serializer: Body | Out) -> frozenset[str]:
    return hidden(serializer, internal=bool(describing.get() or serializer.context.get("internal")))


@extend_schema_field(OpenApiTypes.STR)
class Text(serializers.Field[str, Any, str, Any]):
    """A text that can be stored; numbers and booleans are no texts."""

    multiline = True
    default_error_messages = {"blank": gettext_lazy("This field may not be blank.")}

    def __init__(self, *, max_length: int = 20_000, allow_blank: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_length, self.allow_blank = max_length, allow_blank

    def to_internal_value(self, data: Any) -> str:
        """The clean text."""
        try:
            text = clean("", data, max_length=self.max_length, multiline=self.multiline)
        except RuleRefusedError as refusal:
            first = refusal.errors[0]
            raise serializers.ValidationError(str(first.detail), code=first.code) from refusal
        if not text and not self.allow_blank:
            self.fail("blank")
        return text

    def to_representation(self, value: Any) -> str:
        """The text as stored."""
        return str(value)


class Line(Text):
    """A text of one line."""

    multiline = False


@extend_schema_field(OpenApiTypes.INT)
class Whole(serializers.Field[int, Any, int, Any]):
    """A whole number; texts, fractions and booleans are none."""

    default_error_messages = {
        "invalid": gettext_lazy("This must be a whole number."),
        "range": gettext_lazy("This must be between {low} and {high}."),
    }

    def __init__(self, *, low: int = 0, high: int = MAX_WHOLE, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low, self.high = low, high

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        if not self.low <= data <= self.high:
            self.fail("range", low=self.low, high=self.high)
        number: int = data
        return number

    def to_representation(self, value: Any) -> int:
        """The number as stored."""
        return int(value)


@extend_schema_field(OpenApiTypes.BOOL)
class Flag(serializers.Field[bool, Any, bool, Any]):
    """True or false; no text or number that could mean it."""

    default_error_messages = {"invalid": gettext_lazy("This must be true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        """The truth value."""
        if not isinstance(data, bool):
            self.fail("invalid")
        value: bool = data
        return value

    def to_representation(self, value: Any) -> bool:
        """The truth value as stored."""
        return bool(value)


class Moment(serializers.DateTimeField):
    """An instant with its offset, RFC 3339; answers are in UTC with milliseconds (API A-04)."""

    default_error_messages = {
        "naive": gettext_lazy("Give the offset from UTC, e.g. 2026-03-02T17:15:00+09:00."),
    }

    def to_internal_value(self, value: Any) -> dt.datetime:
        """The instant in UTC."""
        if not isinstance(value, str):
            self.fail("invalid", format="RFC 3339")
        try:
            found = dt.datetime.fromisoformat(value)
        except ValueError:
            self.fail("invalid", format="RFC 3339")
        if found.tzinfo is None:
            self.fail("naive")
        try:
            return in_utc(found)
        except ValueError:
            self.fail("invalid", format="RFC 3339")

    def to_representation(self, value: Any) -> Any:
        """UTC with milliseconds."""
        if value is None:
            return None
        return self._text(value)

    @staticmethod
    def _text(value: dt.datetime) -> str:
        return value.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def ways(self) -> dict[type, Way]:
        """See ``core.api.writing``."""
        return {dt.datetime: self._text}


@extend_schema_field({"type": "string", "pattern": r"^[0-2]\d:[0-5]\d(:[0-5]\d)?$"})
class TimeOfDay(serializers.TimeField):
    """A time by the clock on the wall; what the document's format ``time`` means has a zone."""


@cache
def _texts(model: type[Model], name: str) -> dict[Any, Any]:
    field: Any = model._meta.get_field(name)
    return dict(field.flatchoices)


@extend_schema_field(OpenApiTypes.STR)
class Label(serializers.Field[Any, Any, str, Any]):
    """The text of a choice in the reader's language, beside its code (API A-05).

    ``get_…_display`` would translate every choice of the field for each row, and be inspected each time.
    """

    def __init__(self, choice: str, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)
        self.choice = choice

    def bind(self, field_name: str, parent: Any) -> None:
        """Begin to remember what was translated for this answer: most rows share a few codes."""
        super().bind(field_name, parent)
        self._known: dict[tuple[type, Any], str] = {}

    def to_representation(self, value: Any) -> str:
        """The label of the row's code; a code without one stands for itself."""
        code = getattr(value, self.choice)
        told = self._known.get((type(value), code))
        if told is None:
            label = _texts(value._meta.concrete_model, self.choice).get(code, "" if code is None else code)
            told = self._known[type(value), code] = str(label)
        return told


class KeyField(serializers.Field[Any, Any, str, Any]):
    """A reference by key. What is not there and what the caller may not see get one answer (API A-08)."""

    default_error_messages = {
        "invalid": gettext_lazy("This must be a text."),
        "does_not_exist": gettext_lazy("There is no “{wanted}” that you may use here."),
    }

    def find(self, key: str) -> Any:
        """The object for that key if the caller may see it, else None."""
        raise NotImplementedError  # each kind of reference says where it looks

    def to_internal_value(self, data: Any) -> Any:
        """The object."""
        if not isinstance(data, str):
            self.fail("invalid")
        found = self.find(data) if 0 < len(data) <= 120 else None
        if found is None:
            self.fail("does_not_exist", wanted=data[:80])
        return found

    def to_representation(self, value: Any) -> str:
        """The key."""
        return str(value)

    @property
    def actor(self) -> Any:
        """Who asks."""
        return self.context["request"].user


class Money(Out):
    """An amount with its currency; the amount is a text, so that no program rounds it (API A-04)."""

    amount = serializers.CharField()
    currency = serializers.CharField()


def money(amount: Any, currency: str) -> dict[str, str] | None:
    """The amount as JSON: without the fraction where there is none."""
    if amount is None:
        return None
    return {"amount": f"{amount:.2f}".removesuffix(".00"), "currency": currency}


def checked(serializer: serializers.BaseSerializer[Any]) -> dict[str, Any]:
    """The valid values of a body. Raises the refusal that names each field."""
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values


def refuse(field: str, detail: str, code: str = "invalid") -> RuleRefusedError:
    """The refusal of one field, for checks that need more than the field itself."""
    return RuleRefusedError(errors=[FieldError(field, code, detail)])
