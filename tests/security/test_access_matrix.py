"""Who reaches which address: ``access_matrix.csv`` against the running code (SECURITY AC-12).

Columns are people as ``own`` sees them: nobody, the employee whose things the addresses name, another
employee, an agent of the group, the person asked for a decision, an agent of another group, a supplier
who works all tickets without the right to what is internal, who holds every right, and the administrator and
agent of another company. Cells: ``yes`` the gate is passed, ``no``
403, ``gone`` 404, ``in`` sign in first. An address or method without a row, or a row without one, fails.
"""

from __future__ import annotations

import pytest
from django.conf import settings

from tests.security.matrix import ROLES, rows, wrong_cells
from tests.security.world import routes

SHARES = 4


def test_the_rows_are_those_of_the_url_map():
    known = {route for route, _view in routes()}
    assert not sorted({route for route, _method in rows()} - known), "rows without an address"
    assert not sorted(known - {route for route, _method in rows()}), "addresses without a row"


@pytest.mark.parametrize("share", range(SHARES))
def test_every_cell_is_as_written(world, share):
    wrong = wrong_cells(world, [route for route, _view in routes()][share::SHARES])
    assert not wrong, "\n".join(wrong)


def test_the_matrix_is_large_enough_to_mean_something():
    cells = len(rows()) * len(ROLES)
    print(f"access matrix: {len(rows())} rows, {cells} cells")
    assert cells > 2_100


def test_a_guest_reaches_little():
    """SECURITY AC-13: all that answers without a sign-in."""
    public = {route for (route, _method), row in rows().items() if row["anonymous"] == "yes"}
    assert public == PUBLIC


PUBLIC = {
    "healthz",
    "readyz",
    "problems/<slug:slug>",  # what the code of a refusal means
    "accounts/login/",
    "accounts/logout/",
    "accounts/inactive/",
    "accounts/signup/",  # answers that nobody signs up
    "accounts/confirm-email/",
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$",
    "accounts/password/reset/",
    "accounts/password/reset/done/",
    "accounts/password/reset/key/done/",
    r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
    "a/<str:token>/",  # the secret in the mail is the credential
    "s/<str:token>/",  # so it is for how a ticket went
    "w/on-call/feeds/<str:token>/calendar.ics",  # so it is here: calendar programs cannot sign in
    "me/language/",  # a cookie for the sign-in page
    "me/theme/",
}


def test_the_session_cookie_is_not_readable_by_scripts():
    assert settings.SESSION_COOKIE_HTTPONLY
