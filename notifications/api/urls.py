"""Addresses of notices and preferences."""

from __future__ import annotations

from core.api.addresses import Address, keyed
from notifications.api import views

_ID = "<uuid:public_id>"
_NOTICES, _PREFERENCES = views.NotificationViewSet, views.PreferenceViewSet
addresses = [
    Address("notifications/read-all/", _NOTICES, {"post": "read_all"}, "notifications-read-all"),
    *keyed("notifications", _NOTICES, _ID),
    Address(f"notifications/{_ID}/read/", _NOTICES, {"post": "read"}, "notifications-read"),
    Address(
        "notification-preferences/",
        _PREFERENCES,
        {"get": "retrieve", "patch": "partial_update"},
        "notification-preferences",
    ),
]
