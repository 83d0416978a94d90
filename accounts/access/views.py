"""The pages under /design/access/: may this person see or do this and why; what a guest can see."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import subjects
from accounts.access.choices import ACTIONS
from accounts.access.forms import QuestionForm
from accounts.access.report import public_addresses
from accounts.access.selectors import actions_of, explain, fields_of
from accounts.policies import may_ask
from core.design import only_for
from core.forms import accepted

askers_only = only_for(
    may_ask, gettext_lazy("Who may see and do what is told to people who edit rights or audit them.")
)


@require_safe
@askers_only
def ask(request: HttpRequest) -> HttpResponse:
    """The form; once filled, the answer with each step of the gate. Its address can be sent to others."""
    actor: Any = request.user
    form = QuestionForm(request.GET if "object" in request.GET else None)
    answer = accepted(form, lambda: _answer(actor, form.cleaned_data))
    names = {
        "form": form,
        "answer": answer,
        "areas": subjects.areas(),
        "actions": actions_of(actor, request.GET.get("object", "")[:60]) or ACTIONS,
        "fields": fields_of(actor, request.GET.get("object", "")[:60]),
    }
    refused = form.is_bound and answer is None
    return render(request, "accounts/access.html", names, status=422 if refused else 200)


@require_safe
@askers_only
def guests(request: HttpRequest) -> HttpResponse:
    """What a guest can see: every address that answers who has not signed in (SECURITY AC-13)."""
    return render(request, "accounts/guests.html", {"rows": public_addresses()})


def _answer(actor: Any, given: dict[str, Any]) -> Any:
    names = {"user": given["user"], "reference": given["object"]}
    return explain(actor, **names, action=given["action"], field=given["field"])
