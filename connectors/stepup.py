"""Who sets a secret in a browser has given the password again within the last 10 minutes (SECURITY SE-5)."""

from __future__ import annotations

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core.errors import NotAllowedError


def ask_again(request: HttpRequest) -> HttpResponse | None:
    """The way to the password page, None when it was given lately.

    Not allauth's own decorator: that keeps a refused POST, and with it the secret, in the session.
    """
    if did_recently_reauthenticate(request):
        return None
    query = urlencode({"next": request.path})
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{query}")


def check(request: HttpRequest) -> None:
    """Raise NotAllowedError for a session whose password was not given lately."""
    if not did_recently_reauthenticate(request):
        raise NotAllowedError(_("Confirm your password first, then set the secret."), code="reauthenticate")
