"""``GET /api/v1/access/explain/``: may a person see or do something, and which rule decided (AC-14)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.selectors import explain
from accounts.api.fields import PersonRef
from accounts.policies import may_ask
from core.api.fields import Out
from core.api.filters import READ_PARAMETERS
from core.api.views import ApiViewSet
from core.errors import FieldError, NotAllowedError, RuleRefusedError

_ASKED = ("user", "object", "action", "field")
_PARAMETERS = [
    OpenApiParameter("user", str, required=True, description="The user name of the person."),
    OpenApiParameter(
        "object",
        str,
        required=True,
        description="The number of a ticket or configuration item, the id of an approval, or the key of a"
        " part of the configuration, such as flows.",
    ),
    OpenApiParameter("action", str, description="What the person would do; without it read."),
    OpenApiParameter(
        "field",
        str,
        description="A field of a ticket or configuration item; the action is then read, update or query:"
        " to filter and order by it.",
    ),
]


class AccessLinkOut(Out):
    """A grant, a role or a group behind an answer; ``held`` is false where it is what is missing."""

    kind = serializers.ChoiceField(choices=["grant", "role", "group"])
    key = serializers.CharField()
    name = serializers.CharField()
    held = serializers.BooleanField()


class AccessStepOut(Out):
    """One question of the gate, in the order in which it asks."""

    allowed = serializers.BooleanField()
    code = serializers.CharField()
    rule = serializers.CharField()
    chain = AccessLinkOut(many=True)


class AccessOut(Out):
    """Yes or no, with the rule that decided in words and each step to it; the first refusal is the last."""

    user = PersonRef()
    kind = serializers.CharField()
    object = serializers.CharField(source="name")
    action = serializers.CharField()
    action_label = serializers.CharField()
    field = serializers.CharField()
    allowed = serializers.BooleanField()
    code = serializers.CharField()
    rule = serializers.CharField()
    steps = AccessStepOut(many=True)


class AccessViewSet(ApiViewSet):
    """Explanations of the gate, for who edits rights or audits them."""

    scope = "access"
    serializer_class = AccessOut
    versioned = False
    read_parameters = READ_PARAMETERS | set(_ASKED)
    more_refusals = {"422": "rule_refused: a person, a thing, an action or a field that there is not"}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse others before anything is looked up."""
        super().initial(request, *args, **kwargs)
        if self.action is not None and not may_ask(self.actor):
            raise NotAllowedError

    @extend_schema(parameters=_PARAMETERS, responses=AccessOut)
    def retrieve(self, request: Request) -> Response:
        """May ``user`` run ``action`` on ``object``, or on one ``field`` of it, now; which rule decided."""
        given = {name: request.query_params.get(name, "") for name in _ASKED}
        action = given["action"] or "read"
        missing = [name for name in ("user", "object") if not given[name]]
        if missing:
            told = _("This field is required.")
            raise RuleRefusedError(errors=[FieldError(f"?{name}", "required", told) for name in missing])
        try:
            names = {"user": given["user"], "reference": given["object"], "field": given["field"]}
            found = explain(self.actor, **names, action=action)
        except RuleRefusedError as refusal:
            told_at = [replace(each, field=f"?{each.field}") for each in refusal.errors]
            raise RuleRefusedError(errors=told_at) from refusal
        return Response(self.represent(found))
