"""The reader's second factors: set up, look at, take away."""

from __future__ import annotations

import base64
import json
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import stepup
from accounts.factors import services
from accounts.factors.forms import AppForm, NewPasskeyForm
from accounts.factors.selectors import factors_of
from accounts.security.shell import tabs
from accounts.sessions.store import FACTOR_DUE
from core import secrets
from core.errors import NotVisibleError, RuleRefusedError
from core.forms import accepted, form_page, sent

_SECRET = "totp_secret"  # noqa: S105 - a name in the session


@require_safe
@login_required
def show_all(request: HttpRequest) -> HttpResponse:
    """The reader's second factors, and whether a role asks for one."""
    actor: Any = request.user
    names = {"factors": factors_of(actor), "due": FACTOR_DUE in request.session, "tabs": tabs(request)}
    return render(request, "accounts/factors/own.html", names)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@stepup.required(first=True)
def new_app(request: HttpRequest) -> HttpResponse:
    """GET: a fresh secret as picture and text. POST: the first code sets the app up."""
    actor: Any = request.user
    sealed = request.session.get(_SECRET) if request.method == "POST" else None
    context = f"totp:{actor.pk}"
    secret = secrets.decrypt(sealed, context=context) if sealed else generate_totp_secret()
    form = AppForm(sent(request))
    codes = accepted(form, lambda: services.add_app(actor, secret=secret, code=form.cleaned_data["code"]))
    if codes is None:
        request.session[_SECRET] = secrets.encrypt(secret, context=context)
        address = get_adapter().build_totp_url(actor, secret)
        picture = base64.b64encode(get_adapter().build_totp_svg(address).encode()).decode()
        names = {
            "picture": f"data:image/svg+xml;base64,{picture}",
            "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
            "tabs": tabs(request),
        }
        return form_page(request, "accounts/factors/app.html", form, **names)
    request.session.pop(_SECRET, None)
    return _added(request, codes)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@stepup.required(first=True)
def new_passkey(request: HttpRequest) -> HttpResponse:
    """GET: the question for the browser. POST: what it made is added."""
    actor: Any = request.user
    form = NewPasskeyForm(sent(request))
    codes = accepted(form, lambda: services.add_passkey(actor, **form.cleaned_data))
    if codes is None:
        options = json.dumps(webauthn.begin_registration(actor, True))  # noqa: FBT003 - allauth's signature
        return form_page(request, "accounts/factors/passkey.html", form, options=options, tabs=tabs(request))
    return _added(request, codes)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@stepup.required
def remove(request: HttpRequest, key: str) -> HttpResponse:
    """GET: ask. POST: take the factor away."""
    actor: Any = request.user
    found = next((each for each in factors_of(actor).rows if each.key == key), None)
    if found is None:
        raise NotVisibleError
    if request.method != "POST":
        return render(request, "accounts/factors/remove.html", {"factor": found, "tabs": tabs(request)})
    try:
        services.remove(actor, found.pk)
    except RuleRefusedError as refusal:
        messages.error(request, str(refusal.detail))
        return redirect("account:factors")
    request.session.cycle_key()
    messages.success(request, _("The second factor was removed."))
    return redirect("account:factors")


@require_POST
@login_required
@stepup.required
def new_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes and show them, this once."""
    actor: Any = request.user
    try:
        codes = services.new_recovery_codes(actor)
    except RuleRefusedError as refusal:
        messages.error(request, str(refusal.detail))
        return redirect("account:factors")
    return _codes_page(request, codes)


def _added(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """On from a factor that was added: the session goes on under another id, the hold is over."""
    request.session.pop(FACTOR_DUE, None)
    request.session.cycle_key()
    messages.success(request, _("From now on you sign in with a second factor."))
    return _codes_page(request, codes) if codes else redirect("account:factors")


def _codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return render(request, "accounts/factors/codes.html", {"codes": codes, "tabs": tabs(request)})
