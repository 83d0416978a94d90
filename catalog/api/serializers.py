"""The catalogue and its orders: what is shown and what is taken."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import GroupField, NamedRef, PersonField, PersonRef, ref
from catalog.choices import Period
from catalog.selectors import answers_of, form_schema, items_of
from core.api.fields import Body, Line, Moment, Money, Out, Text, Whole, money
from tickets.api.serializers import ChangeIn, TicketOut
from tickets.choices import Level
from workflows.api.serializers import StageOut


class CategoryOut(Out):
    """A shelf of the catalogue that holds something the caller may order."""

    key = serializers.CharField(source="category.key")
    name = serializers.CharField(source="category.name")
    name_ko = serializers.CharField(source="category.name_ko")
    name_en = serializers.CharField(source="category.name_en")
    icon = serializers.CharField(source="category.icon")
    parent = ref(NamedRef, source="category.parent")  # type: ignore[assignment] # a field's name
    depth = serializers.IntegerField()
    items = serializers.SerializerMethodField()

    def get_items(self, shelf: Any) -> list[str]:
        """The keys of the items on it."""
        return [entry.key for entry in shelf.entries]


class ItemOut(Out):
    """Something the caller may order."""

    key = serializers.CharField()
    name = serializers.CharField(source="version.name")
    short = serializers.CharField(source="version.short")
    version = serializers.IntegerField(source="version.no")
    category = NamedRef()
    icon = serializers.CharField(source="version.item.icon")
    price = serializers.SerializerMethodField(allow_null=True)
    recurring_price = serializers.SerializerMethodField(allow_null=True)
    recurring_period = serializers.ChoiceField(
        choices=Period.choices, allow_blank=True, source="version.recurring_period"
    )
    max_quantity = serializers.IntegerField(source="version.max_quantity")
    usual_days = serializers.IntegerField(source="usual.days")

    @extend_schema_field(Money)
    def get_price(self, entry: Any) -> dict[str, str] | None:
        """What one piece costs without options."""
        return money(entry.version.price, entry.version.currency)

    @extend_schema_field(Money)
    def get_recurring_price(self, entry: Any) -> dict[str, str] | None:
        """What one piece costs each period, null for nothing."""
        return money(entry.version.recurring_price, entry.version.currency)


class ApproverOut(Out):
    """Who will be asked."""

    names = serializers.ListField(child=serializers.CharField())
    when = serializers.CharField()


class ItemPageOut(Out):
    """An item with its form as it stands with these answers, the price, the time and who approves."""

    key = serializers.CharField(source="version.item.key")
    name = serializers.CharField(source="version.name")
    short = serializers.CharField(source="version.short")
    description = serializers.CharField(source="version.description")
    delivery = serializers.CharField(source="version.delivery")
    version = serializers.IntegerField(source="version.no")
    category = NamedRef(source="version.item.category")
    icon = serializers.CharField(source="version.item.icon")
    requested_for = PersonRef(source="person")
    quantity = serializers.IntegerField()
    max_quantity = serializers.IntegerField(source="version.max_quantity")
    total = serializers.SerializerMethodField(allow_null=True)
    recurring_total = serializers.SerializerMethodField(allow_null=True)
    recurring_period = serializers.ChoiceField(
        choices=Period.choices, allow_blank=True, source="version.recurring_period"
    )
    usual_days = serializers.IntegerField(source="usual.days")
    expected_at = Moment()
    approvers = ApproverOut(many=True)
    form = serializers.SerializerMethodField()
    problems = serializers.SerializerMethodField()

    @extend_schema_field(Money)
    def get_total(self, page: Any) -> dict[str, str] | None:
        """The price of all pieces with these answers."""
        return money(page.total, page.version.currency)

    @extend_schema_field(Money)
    def get_recurring_total(self, page: Any) -> dict[str, str] | None:
        """What all pieces cost each period."""
        return money(page.recurring_total, page.version.currency)

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_form(self, page: Any) -> list[dict[str, Any]]:
        """The questions in order, with their rules as condition trees and as they stand now."""
        return form_schema(page.evaluation)

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_problems(self, page: Any) -> list[dict[str, str]]:
        """What would be refused if it were ordered with these answers."""
        return [
            {"pointer": f"/variables/{each.field}", "code": each.code, "detail": str(each.detail)}
            for each in page.evaluation.errors
        ]


@extend_schema_field({"type": "object", "additionalProperties": {}})
class AnswersField(serializers.Field[Any, Any, Any, Any]):
    """Answers by question; the service checks each against the form of the published version."""

    def to_internal_value(self, data: Any) -> Any:
        """As sent."""
        return data

    def to_representation(self, value: Any) -> Any:
        """As stored."""
        return value


class QuoteIn(Body):
    """Answers to try."""

    variables = AnswersField(default=dict)
    quantity = Whole(low=1, high=1000, default=1)
    requested_for = PersonField(required=False)


class OrderIn(QuoteIn):
    """An order. ``version`` is the edition that was read; another one published since is refused."""

    version = Whole(low=1, required=False)


class OrderedOut(Out):
    """One item of a request in short."""

    number = serializers.CharField()
    item = serializers.CharField(source="item_version.item.key")
    name = serializers.CharField(source="item_version.name")
    state = serializers.CharField()
    quantity = serializers.IntegerField()
    price = serializers.SerializerMethodField(allow_null=True)
    stage = serializers.CharField()
    expected_at = Moment(allow_null=True)

    @extend_schema_field(Money)
    def get_price(self, item: Any) -> dict[str, str] | None:
        """The price of the line."""
        return money(item.price, item.currency)


class RequestOut(TicketOut):
    """What one person ordered at once."""

    detail_fields = TicketOut.detail_fields | {"items"}

    total = serializers.SerializerMethodField(allow_null=True)
    recurring_total = serializers.SerializerMethodField(allow_null=True)
    items = serializers.SerializerMethodField()

    @extend_schema_field(Money)
    def get_total(self, request: Any) -> dict[str, str] | None:
        """The price of all items."""
        return money(request.total, request.currency)

    @extend_schema_field(Money)
    def get_recurring_total(self, request: Any) -> dict[str, str] | None:
        """What all items cost each period."""
        return money(request.recurring_total, request.currency)

    @extend_schema_field(OrderedOut(many=True))
    def get_items(self, request: Any) -> list[Any]:
        """The items the caller may see, in order."""
        rows = items_of(self.context["request"].user, request)
        return list(OrderedOut(rows, many=True, context=self.context).data)


class AnswerOut(Out):
    """One answered question; ``value`` is what is stored."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name, no attribute
    text = serializers.CharField()
    value = serializers.JSONField()


class RequestItemOut(TicketOut):
    """One ordered thing for one person."""

    detail_fields = TicketOut.detail_fields | {"answers"}

    request = serializers.CharField(source="request.number")
    item = serializers.CharField(source="item_version.item.key")
    item_name = serializers.CharField(source="item_version.name")
    item_version = serializers.IntegerField(source="item_version.no")
    quantity = serializers.IntegerField()
    price = serializers.SerializerMethodField(allow_null=True)
    recurring_price = serializers.SerializerMethodField(allow_null=True)
    recurring_period = serializers.ChoiceField(choices=Period.choices, allow_blank=True)
    stage = serializers.CharField()
    expected_at = Moment(allow_null=True)
    answers = serializers.SerializerMethodField()

    @extend_schema_field(Money)
    def get_price(self, item: Any) -> dict[str, str] | None:
        """The price of the line."""
        return money(item.price, item.currency)

    @extend_schema_field(Money)
    def get_recurring_price(self, item: Any) -> dict[str, str] | None:
        """What the line costs each period."""
        return money(item.recurring_price, item.currency)

    @extend_schema_field(AnswerOut(many=True))
    def get_answers(self, item: Any) -> list[Any]:
        """What was answered when it was ordered."""
        return list(AnswerOut(answers_of(self.context["request"].user, item), many=True).data)


class CatalogTaskOut(TicketOut):
    """What one team does for a requested item. Agents read it."""

    request_item = serializers.CharField(source="ritm.number")
    item = serializers.CharField(source="ritm.item_version.item.key")
    result = serializers.DictField()


class OrderChangeIn(ChangeIn):
    """What may be changed of a request."""

    description = Text(max_length=20_000, required=False)
    due_at = Moment(required=False, allow_null=True)
    group = GroupField(required=False, allow_null=True)
    assignee = PersonField(required=False, allow_null=True)


class RequestItemChangeIn(OrderChangeIn):
    """What may be changed of a requested item."""

    impact = serializers.ChoiceField(choices=Level.choices, required=False)
    urgency = serializers.ChoiceField(choices=Level.choices, required=False)


class CatalogTaskChangeIn(RequestItemChangeIn):
    """What may be changed of a catalog task."""

    title = Line(max_length=160, allow_blank=False, required=False)


class ProgressOut(Out):
    """Where each item of a request stands."""

    number = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.SerializerMethodField()
    expected_at = Moment(allow_null=True)
    stages = StageOut(many=True)

    def get_state_label(self, item: Any) -> str:
        """The state in the words of the reader."""
        return RequestItemOut(context=self.context).get_state_label(item)
