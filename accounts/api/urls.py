"""Addresses of people, groups, places, roles and tokens."""

from __future__ import annotations

from accounts.api import views
from accounts.api.access import AccessViewSet
from accounts.api.machines import ServiceAccountViewSet
from accounts.api.roles import HolderViewSet, RoleViewSet
from accounts.api.sessions import SessionViewSet
from accounts.api.tokens import TokenViewSet
from core.api.addresses import Address, keyed

_READ_CHANGE = {"get": "retrieve", "patch": "partial_update"}
_MACHINES = "service-accounts/"
_SESSION = "sessions/<uuid:public_id>/"
_USER = "users/<key:username>/"
_TOKEN = "tokens/<uuid:public_id>/"  # noqa: S105 - an address

addresses = [
    Address("users/", views.UserViewSet, {"get": "list"}, "users-list"),
    Address("users/me/", views.UserViewSet, {"get": "me", "patch": "change_me"}, "users-me"),
    Address(_USER, views.UserViewSet, _READ_CHANGE, "users-detail"),
    Address(f"{_USER}disable/", views.UserViewSet, {"post": "disable"}, "users-disable"),
    Address(f"{_USER}enable/", views.UserViewSet, {"post": "enable"}, "users-enable"),
    *keyed("groups", views.GroupViewSet),
    *keyed("memberships", views.MembershipViewSet, "<uuid:public_id>"),
    *keyed("departments", views.DepartmentViewSet),
    *keyed("locations", views.LocationViewSet),
    Address("roles/", RoleViewSet, {"get": "list", "post": "create"}, "roles-list"),
    Address("roles/<key:key>/", RoleViewSet, _READ_CHANGE, "roles-detail"),
    Address("roles/<key:key>/holders/", HolderViewSet, {"get": "list", "post": "create"}, "roles-holders"),
    Address(
        "roles/<key:key>/holders/<key:username>/",
        HolderViewSet,
        {"delete": "destroy"},
        "roles-holders-detail",
    ),
    Address("access/explain/", AccessViewSet, {"get": "retrieve"}, "access-explain"),
    Address("tokens/", TokenViewSet, {"get": "list", "post": "create"}, "tokens-list"),
    Address(_TOKEN, TokenViewSet, {"get": "retrieve"}, "tokens-detail"),
    Address(f"{_TOKEN}rotate/", TokenViewSet, {"post": "rotate"}, "tokens-rotate"),
    Address(f"{_TOKEN}revoke/", TokenViewSet, {"post": "revoke"}, "tokens-revoke"),
    Address("sessions/", SessionViewSet, {"get": "list"}, "sessions-list"),
    Address("sessions/sign-out/", SessionViewSet, {"post": "sign_out"}, "sessions-sign-out"),
    Address(_SESSION, SessionViewSet, {"get": "retrieve"}, "sessions-detail"),
    Address(f"{_SESSION}end/", SessionViewSet, {"post": "end"}, "sessions-end"),
    Address(_MACHINES, ServiceAccountViewSet, {"get": "list", "post": "create"}, "service-accounts-list"),
    Address(f"{_MACHINES}<key:username>/", ServiceAccountViewSet, _READ_CHANGE, "service-accounts-detail"),
]
