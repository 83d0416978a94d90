"""Browsing the catalogue and ordering."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from catalog.formdata import form_of
from catalog.models import CatalogItemVersion
from catalog.selectors import ItemPage, catalogue, offered, quote
from catalog.services import order_item
from core.errors import NotVisibleError, RuleRefusedError, WrongStateError
from core.forms import kept_key, run_once
from portal.answers import PersonRequest, go, show, signed_in
from portal.forms import OrderForm
from portal.selectors import ordering
from portal.selectors.search import clean_query
from tickets.services import keep_draft


@require_safe
@signed_in
def browse(request: PersonRequest, category: str = "") -> HttpResponse:
    """All shelves, or one with what is below it; ``q`` narrows."""
    query = clean_query(request.GET.get("q", ""))
    shelves = catalogue(request.user, query=query)
    here = None
    if category:
        here = next((shelf for shelf in shelves if shelf.category.key == category), None)
        if here is None:
            raise NotVisibleError
        shelves = _below(shelves, here)
    shown = [
        {"category": shelf.category, "offers": [ordering.offer_of(e.version, e.usual) for e in shelf.entries]}
        for shelf in shelves
    ]
    return show(request, "portal/catalog.html", {"shelves": shown, "here": here, "query": query})


def _below(shelves: list[Any], here: Any) -> list[Any]:
    """The shelf and those that follow it deeper in the tree."""
    start = shelves.index(here)
    after = shelves[start + 1 :]
    end = next((n for n, shelf in enumerate(after) if shelf.depth <= here.depth), len(after))
    return [here, *after[:end]]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def item(request: PersonRequest, key: str) -> HttpResponse:
    """The item with its form; a sent one becomes a request and leads to its page."""
    if request.method == "POST":
        return _order(request, key)
    version = offered(request.user, key)
    form = OrderForm(actor=request.user, version=version, initial={"quantity": 1})
    kept = None if "fresh" in request.GET else ordering.draft_of(request.user, key)
    answers, quantity = kept or ({}, 1)
    if kept:
        form = OrderForm(actor=request.user, version=version, initial={"quantity": quantity})
    page = quote(request.user, key, answers, quantity=quantity)
    return _page(request, page, form, restored=kept is not None)


@require_POST
@signed_in
def refresh(request: PersonRequest, key: str) -> HttpResponse:
    """The questions, price and approvers for what is answered so far; keeps it as a draft."""
    version = offered(request.user, key)
    form = OrderForm(request.POST, actor=request.user, version=version)
    form.is_valid()
    answers = ordering.read_answers(request.POST, form_of(version.form))
    quantity = form.cleaned_data.get("quantity") or 1
    page = _quote(request, key, answers, form)
    text = ordering.draft_text(answers, quantity)
    # A draft that is too long or cannot be stored is not kept; the answer itself is told as wrong below.
    with contextlib.suppress(RuleRefusedError):
        keep_draft(actor=request.user, ticket=None, tab=ordering.draft_tab(key), body=text)
    return show(request, "portal/_order_parts.html", _context(page, form))


def _order(request: PersonRequest, key: str) -> HttpResponse:
    version = offered(request.user, key)
    form = OrderForm(request.POST, actor=request.user, version=version)
    answers = ordering.read_answers(request.POST, form_of(version.form))
    if form.is_valid():
        try:
            number = _order_once(request, version, form, answers)
            return go(request, reverse("portal:request", args=[number]))
        except RuleRefusedError as refusal:
            _keep_foreign(form, refusal, version)
        except WrongStateError as changed:
            form.add_error(None, str(changed.detail))
    page = _quote(request, key, answers, form)
    return _page(request, page, form, all_errors=True, status=422)


def _order_once(
    request: PersonRequest, version: CatalogItemVersion, form: OrderForm, answers: Mapping[str, Any]
) -> str:
    data = form.cleaned_data

    def act() -> str:
        order = order_item(
            actor=request.user,
            item_key=version.item.key,
            version_no=data["version"],
            answers=dict(answers),
            requested_for=data["requested_for"],
            quantity=data["quantity"],
        )
        keep_draft(actor=request.user, ticket=None, tab=ordering.draft_tab(version.item.key), body="")
        return str(order.number)

    return str(run_once(request, "portal.order", act))


def _keep_foreign(form: OrderForm, refusal: RuleRefusedError, version: CatalogItemVersion) -> None:
    """Errors of questions show at the questions, which are evaluated again; the rest goes above the form."""
    known = {field.key for field in form_of(version.form).fields}
    for error in refusal.errors:
        if error.field not in known:
            form.add_error(error.field if error.field in form.fields else None, str(error.detail))
    if not refusal.errors:
        form.add_error(None, str(refusal.detail))


def _quote(request: PersonRequest, key: str, answers: Mapping[str, Any], form: OrderForm) -> ItemPage:
    data = getattr(form, "cleaned_data", {})
    whom: User | None = data.get("requested_for")
    return quote(request.user, key, answers, quantity=data.get("quantity") or 1, for_whom=whom)


def _context(page: ItemPage, form: OrderForm, *, all_errors: bool = False) -> dict[str, Any]:
    version = page.version
    questions = ordering.questions_of(page.evaluation, all_errors=all_errors)
    return {
        "page": page,
        "version": version,
        "form": form,
        "questions": questions,
        "wrong": [question for question in questions if question.error] if all_errors else [],
        "odd": ordering.other_errors(page.evaluation) if all_errors else [],
        "dynamic": ordering.is_dynamic(form_of(version.form)),
        "offer": ordering.offer_of(version, page.usual),
        "period": ordering.period_words(version.recurring_period),
    }


def _page(
    request: PersonRequest,
    page: ItemPage,
    form: OrderForm,
    *,
    all_errors: bool = False,
    restored: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = _context(page, form, all_errors=all_errors)
    context |= {"restored": restored, "once": kept_key(request)}
    return show(request, "portal/item.html", context, fragment="portal/_order_form.html", status=status)
