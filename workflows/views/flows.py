"""The list of flows, one flow with its versions, and its draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError, NotVisibleError
from core.forms import refuse, sent
from core.versions import VersionStatus, chosen, compared, with_status
from workflows import presenting, services, words
from workflows.compare import compare
from workflows.forms import DraftForm, NewFlowForm
from workflows.models import FlowVersion
from workflows.policies import may
from workflows.selectors import flow_statistics, flows_with_versions, node_statistics, versions_of
from workflows.selectors.statistics import DAYS, FlowStatistics
from workflows.validate import BadFlowError
from workflows.views.base import allowed, is_part

TABS = ("picture", "steps", "versions")


@require_safe
@allowed("read_runs")
def show_all(request: HttpRequest) -> HttpResponse:
    """Every flow: what starts it, its version, how its runs are."""
    actor: Any = request.user
    figures = flow_statistics(actor)
    rows = [
        {
            "flow": flow,
            "trigger": words.trigger_text(shown.graph) if shown else flow.get_trigger_kind_display(),
            "icon": words.trigger_icon(flow.trigger_kind),
            "published": published,
            "draft": draft,
            "figures": figures.get(flow.pk, FlowStatistics()),
        }
        for flow, published, draft in flows_with_versions()
        for shown in [published or draft]
    ]
    return render(request, "workflows/list.html", {"rows": rows, "can_edit": may(actor, "edit")})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("edit")
def new(request: HttpRequest) -> HttpResponse:
    """A new flow: its key and names, with one step to begin with."""
    actor: Any = request.user
    form = NewFlowForm(sent(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if versions_of(given["key"]).exists():
            form.add_error("key", _("There is a flow with this key already."))
        else:
            services.save_draft(actor=actor, graph=_first_graph(given["key"]), **given)
            return redirect("workflows:draft", given["key"])
    return render(request, "workflows/new.html", {"form": form}, status=422 if form.errors else 200)


def _first_graph(key: str) -> dict[str, Any]:
    return {
        "schema": 1,
        "key": key,
        "trigger": {"kind": "manual"},
        "start": "fin",
        "nodes": {"fin": {"kind": "end", "outcome": "done"}},
    }


@require_safe
@allowed("read_runs")
def show(request: HttpRequest, key: str) -> HttpResponse:
    """One flow: the picture of a version with figures, its steps as a list, its versions."""
    actor: Any = request.user
    versions = _versions(key)
    shown = chosen(versions, request.GET.get("version", ""))
    tab = request.GET.get("tab", "")
    drawn = presenting.flow_map(shown.graph, statistics=node_statistics(actor, shown.pk))
    names: dict[str, Any] = {
        **_head(actor, versions),
        "shown": shown,
        "shown_look": words.version_look(shown.status),
        "map": drawn,
        "tab": tab if tab in TABS else TABS[0],
        "days": DAYS,
        "tabs": _tabs(request, key, tab, shown),
        "base": f"?version={shown.no}",
        **_node(shown, drawn, request.GET.get("node", "")),
    }
    return render(
        request, "workflows/_node.html" if is_part(request, "side") else "workflows/flow.html", names
    )


def _node(version: FlowVersion, drawn: presenting.Map, node_id: str) -> dict[str, Any]:
    card = drawn.card(node_id)
    if card is None:
        return {"node": None}
    return {"node": card, "node_json": presenting.as_json(version.graph["nodes"][node_id])}


def _versions(key: str) -> list[FlowVersion]:
    found = list(versions_of(key))
    if not found:
        raise NotVisibleError
    return found


def _head(actor: Any, versions: list[FlowVersion]) -> dict[str, Any]:
    return {
        "flow": versions[0].flow,
        "versions": [(each, words.version_look(each.status)) for each in versions],
        "published": with_status(versions, VersionStatus.PUBLISHED),
        "draft": with_status(versions, VersionStatus.DRAFT),
        "can_edit": may(actor, "edit"),
    }


def _tabs(request: HttpRequest, key: str, tab: str, shown: FlowVersion) -> list[dict[str, Any]]:
    labels = {"picture": _("Picture"), "steps": _("Steps"), "versions": _("Versions")}
    here = tab if tab in TABS else TABS[0]
    url = reverse("workflows:flow", args=[key])
    return [
        {"label": label, "url": f"{url}?tab={name}&version={shown.no}", "current": name == here}
        for name, label in labels.items()
    ]


@require_safe
@allowed("read_runs")
def compare_versions(request: HttpRequest, key: str) -> HttpResponse:
    """What changed from one version to another: steps added, removed, changed."""
    actor: Any = request.user
    versions = _versions(key)
    asked = request.GET
    older, newer = compared(versions, older=asked.get("from", ""), newer=asked.get("to", ""))
    names = {**_head(actor, versions), "older": older, "newer": newer}
    return render(request, "workflows/compare.html", {**names, "changes": compare(older.graph, newer.graph)})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("edit")
def draft(request: HttpRequest, key: str) -> HttpResponse:
    """The draft as JSON, what still keeps it from being published, and its picture."""
    actor: Any = request.user
    versions = _versions(key)
    current = with_status(versions, VersionStatus.DRAFT)
    basis = current or chosen(versions, "")
    form = DraftForm(
        sent(request),
        initial={
            "name_ko": basis.flow.name_ko,
            "name_en": basis.flow.name_en,
            "notes": current.notes if current else "",
            "graph": presenting.graph_text(basis.graph),
            "version": current.lock_version if current else None,
        },
    )
    if request.method == "POST" and form.is_valid() and _saved(request, key, form):
        return redirect("workflows:draft", key)
    mistakes = presenting.problems(basis.graph, key=key) if current else []
    names = {
        **_head(actor, versions),
        "form": form,
        "basis": basis,
        "problems": mistakes,
        "map": presenting.flow_map(basis.graph),
        "base": f"{reverse('workflows:flow', args=[key])}?version={basis.no}&node=",
    }
    return render(request, "workflows/draft.html", names, status=422 if form.errors else 200)


def _saved(request: HttpRequest, key: str, form: DraftForm) -> bool:
    """Whether the draft was taken; a refusal is shown in the form."""
    actor: Any = request.user
    given = dict(form.cleaned_data)
    version = given.pop("version")
    try:
        services.save_draft(actor=actor, key=key, expected_version=version, **given)
    except DomainError as refusal:
        refuse(form, refusal)
        return False
    messages.success(request, _("The draft is saved."))
    return True


@require_POST
@allowed("publish")
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Publish the draft; with mistakes in it, show them instead."""
    actor: Any = request.user
    versions = _versions(key)
    found = with_status(versions, VersionStatus.DRAFT)
    if found is None:
        raise NotVisibleError
    try:
        made = services.publish(found.pk, actor=actor)
    except BadFlowError:
        messages.error(request, _("The draft has mistakes and was not published. They are listed below."))
        return redirect("workflows:draft", key)
    messages.success(request, _("Version %(number)s is published.") % {"number": made.no})
    return redirect("workflows:flow", key)


@require_POST
@allowed("retire")
def retire(request: HttpRequest, key: str) -> HttpResponse:
    """No new runs of this flow."""
    actor: Any = request.user
    services.retire(key, actor=actor)
    messages.success(request, _("The flow starts no more runs. Open ones go on."))
    return redirect(f"{reverse('workflows:flow', args=[key])}?tab=versions")
