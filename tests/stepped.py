"""A test browser that signed in again just now; how people do it: tests/accounts/test_step_up.py."""

from __future__ import annotations

import time

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.internal.userkit import user_id_to_str
from django.contrib.auth import get_user
from django.test import Client

PASSWORD = "correct horse battery"


def stepped_up(client: Client, *, ago: float = 0) -> Client:
    """The signed-in client, as after the question ``ago`` seconds ago."""
    session = client.session
    person = get_user(client)  # type: ignore[arg-type] # it has a session, which is all that is asked for
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time() - ago, "reauthenticated": True}
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(person)
    session.save()
    return client
