"""The pages of service accounts and of all tokens, under /design/service-accounts/ and /design/tokens/."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import stepup, tokens
from accounts.machines import services
from accounts.machines.forms import AccountForm
from accounts.machines.policies import may_read
from accounts.machines.selectors import account_named, accounts_for, company_tokens, givable_roles
from accounts.models import ApiToken, User
from accounts.policies import may_mint
from accounts.security.forms import RotateForm, TokenForm
from accounts.security.selectors import rows_of, scope_groups, token_with
from accounts.security.shell import example
from core.design import only_for
from core.errors import NotAllowedError
from core.forms import CONFLICT, accepted, form_page, refused, sent

keepers_only = only_for(may_read, gettext_lazy("Service accounts are for people who edit people and roles."))


@require_safe
@keepers_only
def show_all(request: HttpRequest) -> HttpResponse:
    """The company's service accounts."""
    actor: Any = request.user
    rows = [
        {"account": each, "roles": [role.name for role in each.roles.all()]} for each in accounts_for(actor)
    ]
    return render(request, "accounts/machines/list.html", {"rows": rows})


@require_safe
@keepers_only
def show_tokens(request: HttpRequest) -> HttpResponse:
    """Every token of the company."""
    actor: Any = request.user
    return render(request, "accounts/machines/tokens.html", {"rows": company_tokens(actor)})


@require_http_methods(["GET", "HEAD", "POST"])
@keepers_only
@stepup.required
def new(request: HttpRequest) -> HttpResponse:
    """GET: an empty form. POST: make the account; it has no token yet."""
    actor: Any = request.user
    form = AccountForm(sent(request), roles=givable_roles(actor))
    row = accepted(form, lambda: services.create_account(actor=actor, **form.values()), rights_at="roles")
    if row is None:
        return form_page(request, "accounts/machines/new.html", form)
    messages.success(request, _("%(name)s was made.") % {"name": row.display_name})
    return redirect("machines:one", row.username)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers_only
@stepup.required
def one(request: HttpRequest, username: str) -> HttpResponse:
    """GET: a service account and its tokens. POST: change it."""
    actor: Any = request.user
    row = account_named(actor, username)
    if request.method != "POST":
        return _page(request, row)
    form = AccountForm(request.POST, roles=givable_roles(actor, present=row.roles.all()), account=row)

    def write() -> None:
        version = form.cleaned_data["lock_version"] or 0
        services.update_account(row.username, actor=actor, expected_version=version, **form.values())

    status = refused(form, write, version=row.lock_version, rights_at="roles")
    if status:
        return _page(request, row, form=form, status=status, conflict=status == CONFLICT)
    messages.success(request, _("Saved."))
    return redirect("machines:one", row.username)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers_only
@stepup.required
def new_token(request: HttpRequest, username: str) -> HttpResponse:
    """GET: an empty form. POST: make a token of the account and show its secret, this once."""
    actor: Any = request.user
    owner = account_named(actor, username)
    if not may_mint(actor, owner):
        raise NotAllowedError(_("This account is switched off, or holds rights that you lack."))
    form = TokenForm(sent(request), owner=owner)
    made = accepted(form, lambda: tokens.mint(actor=actor, owner=owner, **form.values()))
    if made is None:
        names = {"owner": owner, "groups": scope_groups(owner)}
        return form_page(request, "accounts/machines/token_new.html", form, **names)
    return _secret(request, *made)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers_only
@stepup.required
def rotate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """GET: ask how long the former secret serves. POST: show the new one, once."""
    actor: Any = request.user
    token = token_with(actor, public_id)
    if not may_mint(actor, token.owner):
        raise NotAllowedError(_("Only its owner makes a new secret for this token."))
    form = RotateForm(sent(request))
    made = accepted(form, lambda: tokens.rotate(token, actor=actor, **form.cleaned_data))
    if made is None:
        return form_page(request, "accounts/machines/rotate.html", form, token=token)
    return _secret(request, *made)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers_only
def revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """GET: ask. POST: end the token at once, whoever's it is."""
    actor: Any = request.user
    token = token_with(actor, public_id)
    if request.method != "POST":
        return render(request, "accounts/machines/revoke.html", {"row": rows_of(actor, [token])[0]})
    tokens.revoke(token, actor=actor)
    messages.success(request, _("%(name)s no longer works.") % {"name": token.name})
    return redirect("machines:tokens")


def _secret(request: HttpRequest, token: ApiToken, plain: str) -> HttpResponse:
    names = {"token": token, "plain": plain, "example": example(request)}
    return render(request, "accounts/machines/secret.html", names)


def _page(request: HttpRequest, row: User, *, status: int = 200, **extra: Any) -> HttpResponse:
    actor: Any = request.user
    names = {
        "row": row,
        "tokens": company_tokens(actor, owner=row),
        "may_mint": may_mint(actor, row),
        "form": AccountForm(roles=givable_roles(actor, present=row.roles.all()), account=row),
        **extra,
    }
    return render(request, "accounts/machines/one.html", names, status=status)
