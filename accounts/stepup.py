"""Step-up: what is dangerous asks to sign in again, at most 10 minutes ago (SECURITY SE-5).

A page names itself with ``required``; an endpoint calls ``check``. Nothing else decides it. What was typed
into a refused form is kept nowhere: the question's page carries it, hidden, on to the view.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from accounts.factors.selectors import factors_of
from accounts.factors.services import guess_code, guess_passkey
from accounts.models import User
from core.errors import NotAllowedError

View = Callable[..., HttpResponse]
MARK = "stepup"
_OWN = frozenset({"csrfmiddlewaretoken", MARK, "stepup_password", "stepup_code", "stepup_credential"})


class ConfirmForm(forms.Form):
    """The question: the password, a code or a passkey; one of what the person has is enough."""

    stepup_password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    stepup_code = forms.CharField(
        label=gettext_lazy("Or a code of your app"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    stepup_credential = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        self.user = user
        self.method = ""
        self.factors = factors_of(user)
        self.fields["stepup_password"].required = not self.factors.rows
        if not self.factors.has_app:
            del self.fields["stepup_code"]
        if not self.factors.has_passkey:
            del self.fields["stepup_credential"]

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when what was given is wrong, when nothing was, and after too many."""
        data = super().clean() or {}
        if data.get("stepup_credential"):
            self._try("stepup_credential", "webauthn", guess_passkey, data["stepup_credential"])
        elif data.get("stepup_code"):
            self._try("stepup_code", "totp", guess_code, data["stepup_code"])
        elif not data.get("stepup_password"):
            if not self.errors:
                self.add_error("stepup_password", _("Enter your password."))
        elif get_adapter().reauthenticate(self.user, data["stepup_password"]):
            self.method = "password"
        else:
            self.add_error("stepup_password", _("This is not your password."))
        return data

    def _try(self, field: str, method: str, guess: Callable[[User, Any], Any], given: Any) -> None:
        try:
            found = guess(self.user, given)
        except ValidationError as error:
            self.add_error(field if field != "stepup_credential" else None, error)
            return
        if found is None:
            self.add_error(field, _("This code is not right, or was used before."))
        else:
            self.method = method


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person of this session signed in again within the last 10 minutes."""
    user: Any = request.user
    if not hasattr(request, "session"):  # a job of a session, done without it
        return False
    again = [each for each in get_authentication_records(request, user) if each.get("reauthenticated")]
    return bool(again) and time.time() - again[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def required(view: View | None = None, *, first: bool = False) -> Any:
    """Guard a page for people who are signed in: what it writes needs a fresh sign-in.

    With ``first`` reading it does too: for pages whose form cannot wait, and for those that show a secret.
    """

    def guard(inner: View) -> View:
        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and MARK in request.POST:
                refused = _confirm(request)
                if refused is not None:
                    return refused
            elif (first or request.method == "POST") and not is_fresh(request):
                return _question(request, ConfirmForm(user=_person(request)))
            return inner(request, *args, **kwargs)

        return guarded

    return guard if view is None else guard(view)


def check(request: Request) -> None:
    """Raise NotAllowedError for a browser's session without a fresh sign-in; a token is none.

    A token is limited by its scopes and makes nothing wider than itself (docs/decisions/0023).
    """
    if request.auth is None and not is_fresh(request._request):
        told = _("Sign in again first, at /accounts/reauthenticate/.")
        raise NotAllowedError(told, code="reauthenticate")


def _confirm(request: HttpRequest) -> HttpResponse | None:
    """Take the answer; None lets the view see what was typed before, else the page to show."""
    form = ConfirmForm(request.POST, user=_person(request))
    if not form.is_valid():
        return _question(request, form)
    kind = {} if form.method == "password" else {"type": form.method}
    record_authentication(request, request.user, "mfa" if kind else "password", reauthenticated=True, **kind)
    request.session.cycle_key()
    if request.POST[MARK] != "POST":
        return HttpResponseRedirect(request.get_full_path())
    typed = request.POST.copy()
    for name in _OWN:
        typed.pop(name, None)
    request.POST = typed  # type: ignore[assignment] # Django's own setter
    return None


def _question(request: HttpRequest, form: ConfirmForm) -> HttpResponse:
    method = request.POST.get(MARK, request.method) if form.is_bound else request.method
    names = {
        "form": form,
        "typed": [
            (name, value) for name, values in request.POST.lists() if name not in _OWN for value in values
        ],
        "method": method,
        "action": request.get_full_path(),
        "options": json.dumps(begin_authentication(form.user)) if form.factors.has_passkey else "",
    }
    return render(request, "accounts/confirm.html", names, status=422 if form.is_bound else 200)


def _person(request: HttpRequest) -> User:
    person: Any = request.user
    return person
