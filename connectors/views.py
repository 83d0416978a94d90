"""The pages of connectors under /design/connect/: list, form, secret, test, calls."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import stepup
from connectors import services
from connectors.choices import SECRET_OF, SecretName, failure_text
from connectors.forms import ConnectorForm, SecretForm, TrialForm
from connectors.models import Connector
from connectors.policies import may
from connectors.selectors import calls_of, connector_keyed, connectors_for, open_breakers
from core.design import only_for
from core.errors import NotVisibleError, RuleRefusedError
from core.forms import CONFLICT, accepted, form_page, refuse, refused, sent

CALLS_SHOWN = 20
MAX_KEY = 2**63


administrators_only = only_for(
    lambda actor: may(actor, "read"), gettext_lazy("Connections are for people who edit the configuration.")
)


@require_safe
@administrators_only
def show_all(request: HttpRequest) -> HttpResponse:
    """All connectors: where they lead, whether they are on, whether a secret is missing."""
    actor: Any = request.user
    rows = list(connectors_for(actor))
    waiting = open_breakers(rows) if rows else {}
    shown = [{"connector": row, "missing": _missing(row), "until": waiting.get(row.key)} for row in rows]
    return render(request, "connectors/list.html", {"rows": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def new(request: HttpRequest) -> HttpResponse:
    """GET: an empty form. POST: make the connector."""
    actor: Any = request.user
    form = ConnectorForm(sent(request))
    row = accepted(form, lambda: services.create(actor=actor, key=form.cleaned_data["key"], **form.values()))
    if row is None:
        return form_page(request, "connectors/new.html", form)
    messages.success(request, _("%(name)s was made.") % {"name": row.name})
    return redirect("connectors:one", row.key)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def one(request: HttpRequest, key: str) -> HttpResponse:
    """GET: a connector with its calls. POST: change it."""
    actor: Any = request.user
    row = connector_keyed(actor, key)
    if request.method != "POST":
        return _page(request, row)
    form = ConnectorForm(request.POST, connector=row)
    had = _secret_names(row)

    def write() -> None:
        version = form.cleaned_data["lock_version"]
        services.update(key, actor=actor, expected_version=version, **form.values())

    status = refused(form, write, version=row.lock_version)
    if status:
        return _page(request, row, form=form, status=status, conflict=status == CONFLICT)
    messages.success(request, _("Saved."))
    if had - _secret_names(connector_keyed(actor, key)):
        messages.warning(
            request, _("The secret was forgotten: it belongs to the former address. Set it again.")
        )
    return redirect("connectors:one", key)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
@stepup.required
def secret(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """GET: ask for the secret. POST: store it, or with ``remove`` take it away."""
    actor: Any = request.user
    row = connector_keyed(actor, key)
    if SECRET_OF.get(row.auth) != name:
        raise NotVisibleError
    if request.method == "POST" and "remove" in request.POST:
        services.clear_secret(key, actor=actor, name=name)
        messages.success(request, _("The secret was removed."))
        return redirect("connectors:one", key)
    form = SecretForm(sent(request))
    if form.is_valid():
        try:
            services.set_secret(key, actor=actor, name=name, value=form.cleaned_data["value"])
        except RuleRefusedError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The secret was stored. Nobody can read it again here."))
            return redirect("connectors:one", key)
    names = {"row": row, "label": SecretName(name).label, "is_set": name in _secret_names(row)}
    return form_page(request, "connectors/secret.html", form, **names)


@require_POST
@administrators_only
def test(request: HttpRequest, key: str) -> HttpResponse:
    """Call the service now and show what came."""
    actor: Any = request.user
    row = connector_keyed(actor, key)
    form = TrialForm(request.POST)
    if not form.is_valid():
        return _page(request, row, trial_form=form, status=422)
    trial = services.try_out(key, actor=actor, **form.cleaned_data)
    return _page(request, row, trial_form=form, trial=trial)


def _page(request: HttpRequest, row: Connector, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The page of one connector."""
    actor: Any = request.user
    before = request.GET.get("before", "")
    calls = calls_of(actor, row)
    if before.isascii() and before.isdigit() and int(before) < MAX_KEY:
        calls = calls.filter(pk__lt=int(before))
    found = list(calls[: CALLS_SHOWN + 1])
    shown = found[:CALLS_SHOWN]
    name = SECRET_OF.get(row.auth)
    names = {
        "row": row,
        "form": ConnectorForm(connector=row),
        "trial_form": TrialForm(),
        "secret": next((each for each in row.secrets.all() if each.name == name), None),
        "secret_name": name,
        "until": open_breakers([row]).get(row.key),
        "calls": [{"row": each, "error": failure_text(each.error) if each.error else ""} for each in shown],
        "older": shown[-1].pk if len(found) > CALLS_SHOWN else None,
        **extra,
    }
    return render(request, "connectors/one.html", names, status=status)


def _secret_names(row: Connector) -> set[str]:
    return {each.name for each in row.secrets.all()}


def _missing(row: Connector) -> bool:
    """Whether its kind of credentials needs a secret that nobody has set."""
    name = SECRET_OF.get(row.auth)
    return name is not None and name not in _secret_names(row)
