"""Addresses of assignment rules and the priority matrix."""

from __future__ import annotations

from core.api.addresses import Address
from routing.api.views import AssignmentRuleViewSet, PriorityMatrixViewSet

_RULES, _MATRIX = "assignment-rules/", "priority-matrix/"
_RULE, _CELL = f"{_RULES}<uuid:public_id>/", f"{_MATRIX}<uuid:public_id>/"
_CHANGES = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
addresses = [
    Address(_RULES, AssignmentRuleViewSet, {"get": "list", "post": "create"}, "assignment-rules-list"),
    Address(f"{_RULES}preview/", AssignmentRuleViewSet, {"post": "preview"}, "assignment-rules-preview"),
    Address(_RULE, AssignmentRuleViewSet, _CHANGES, "assignment-rules-detail"),
    Address(f"{_RULE}move/", AssignmentRuleViewSet, {"post": "move"}, "assignment-rules-move"),
    Address(_MATRIX, PriorityMatrixViewSet, {"get": "list"}, "priority-matrix-list"),
    Address(
        _CELL, PriorityMatrixViewSet, {"get": "retrieve", "patch": "partial_update"}, "priority-matrix-detail"
    ),
]
