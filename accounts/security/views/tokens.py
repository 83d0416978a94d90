"""One's own tokens: list, make, rotate, end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import stepup, tokens
from accounts.choices import Grant
from accounts.models import ApiToken
from accounts.policies import has_grant
from accounts.security.forms import RotateForm, TokenForm
from accounts.security.selectors import own_tokens, rows_of, scope_groups, token_with
from accounts.security.shell import example, tabs
from core.errors import NotVisibleError
from core.forms import accepted, form_page, sent


@require_safe
@login_required
def show_all(request: HttpRequest) -> HttpResponse:
    """The reader's tokens."""
    actor: Any = request.user
    names = {"rows": own_tokens(actor), "may_make": has_grant(actor, Grant.API_USE), "tabs": tabs(request)}
    return render(request, "accounts/tokens/own.html", names)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@stepup.required
def new(request: HttpRequest) -> HttpResponse:
    """GET: an empty form. POST: make the token and show its secret, this once."""
    actor: Any = request.user
    form = TokenForm(sent(request), owner=actor)
    made = accepted(form, lambda: tokens.mint(actor=actor, owner=actor, **form.values()))
    if made is None:
        return form_page(
            request, "accounts/tokens/new.html", form, groups=scope_groups(actor), tabs=tabs(request)
        )
    return secret_page(request, *made)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@stepup.required
def rotate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """GET: ask how long the former secret serves. POST: show the new one, once."""
    actor: Any = request.user
    token = _own(request, public_id)
    form = RotateForm(sent(request))
    made = accepted(form, lambda: tokens.rotate(token, actor=actor, **form.cleaned_data))
    if made is None:
        return form_page(request, "accounts/tokens/rotate.html", form, token=token, tabs=tabs(request))
    return secret_page(request, *made)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """GET: ask. POST: end the token at once."""
    actor: Any = request.user
    token = _own(request, public_id)
    if request.method != "POST":
        names = {"row": rows_of(actor, [token])[0], "tabs": tabs(request)}
        return render(request, "accounts/tokens/revoke.html", names)
    tokens.revoke(token, actor=actor)
    messages.success(request, _("%(name)s no longer works.") % {"name": token.name})
    return redirect("account:tokens")


def secret_page(request: HttpRequest, token: ApiToken, plain: str) -> HttpResponse:
    """The page with the secret, which nobody can ask for again."""
    names = {"token": token, "plain": plain, "tabs": tabs(request), "example": example(request)}
    return render(request, "accounts/tokens/secret.html", names)


def _own(request: HttpRequest, public_id: UUID) -> ApiToken:
    actor: Any = request.user
    token = token_with(actor, public_id)
    if token.owner_id != actor.pk:
        raise NotVisibleError
    return token
