"""Addresses of approvals and delegations."""

from __future__ import annotations

from approvals.api import views
from core.api.addresses import Address, keyed

_ID = "<uuid:public_id>"
addresses = [
    *keyed("approvals", views.ApprovalViewSet, _ID),
    Address(f"approvals/{_ID}/decision/", views.ApprovalViewSet, {"post": "decision"}, "approvals-decision"),
    Address("delegations/", views.DelegationViewSet, {"get": "list", "post": "create"}, "delegations-list"),
    Address(f"delegations/{_ID}/", views.DelegationViewSet, {"get": "retrieve"}, "delegations-detail"),
    Address(f"delegations/{_ID}/end/", views.DelegationViewSet, {"post": "end"}, "delegations-end"),
]
