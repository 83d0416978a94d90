"""The pages of definitions under /design/sla/: list, one with its versions, comparison, draft."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.design import only_for
from core.errors import DuplicateError, NotVisibleError, RuleRefusedError, StaleVersionError
from core.time import db_now
from core.versions import chosen, compared, with_status
from sla import lint, presenting, promises, services
from sla.choices import Status
from sla.definitions import draft_keyed, listed, versions_of, with_clocks
from sla.forms import DefinitionForm, data_of, edited, first_data, show_refusal
from sla.models import SLADefinition
from sla.policies import may
from tickets.vocabulary import TicketVocabulary

administrators_only = only_for(
    lambda actor: may(actor, "edit"),
    gettext_lazy("Service levels are for people who edit the configuration."),
)


@require_safe
@administrators_only
def show_all(request: HttpRequest) -> HttpResponse:
    """Every definition: what it promises, in which hours, how many clocks are open by it."""
    actor: Any = request.user
    rows = [
        {
            "entry": entry,
            "kind": promises.kind_word(entry.shown.kind),
            "target": promises.target_words(entry.shown),
            "hours": promises.hours_words(entry.shown),
        }
        for entry in listed(actor)
    ]
    return render(request, "sla/list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def new(request: HttpRequest) -> HttpResponse:
    """GET: a form to begin with. POST: make the draft of a new definition, or a step of editing the form."""
    actor: Any = request.user
    if request.method != "POST":
        return _form_page(request, DefinitionForm(first_data(), actor=actor, checks=False))
    if "edit" in request.POST:
        return _step(request, None)
    form = DefinitionForm(request.POST, actor=actor)
    if form.is_valid():
        try:
            row = services.create_definition(actor=actor, key=form.cleaned_data["key"], **form.values())
        except (RuleRefusedError, DuplicateError) as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The draft of %(name)s was made.") % {"name": row.name})
            return redirect("sla:draft", row.key)
    return _form_page(request, form, status=422)


@require_safe
@administrators_only
def one(request: HttpRequest, key: str) -> HttpResponse:
    """One definition: what a version promises and when its clock runs; its versions and their clocks."""
    actor: Any = request.user
    versions = versions_of(actor, key)
    shown = chosen(versions, request.GET.get("version", ""))
    words = TicketVocabulary(shown.kind, actor)
    names = {
        **_head(versions),
        "shown": shown,
        "shown_look": presenting.look(shown.status),
        "promise": promises.promise_words(shown),
        "reminder": promises.reminder_words(shown),
        "steps": promises.step_words(shown),
        "rules": presenting.rules_of(shown, words),
        "versions": [
            (each.row, presenting.look(each.row.status), presenting.clocks_words(each))
            for each in with_clocks(versions, actor)
        ],
    }
    return render(request, "sla/one.html", names)


@require_safe
@administrators_only
def compare(request: HttpRequest, key: str) -> HttpResponse:
    """What changed from one version to another, setting by setting."""
    actor: Any = request.user
    versions = versions_of(actor, key)
    asked = request.GET
    older, newer = compared(versions, older=asked.get("from", ""), newer=asked.get("to", ""))
    names = {
        **_head(versions),
        "older": older,
        "newer": newer,
        "versions": [(each, presenting.look(each.status)) for each in versions],
        "changes": presenting.compare(older, newer, TicketVocabulary(newer.kind, actor)),
    }
    return render(request, "sla/compare.html", names)


@require_POST
@administrators_only
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Open the draft; made from the version in force where there is none."""
    actor: Any = request.user
    services.draft_of(key, actor=actor)
    return redirect("sla:draft", key)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def draft(request: HttpRequest, key: str) -> HttpResponse:
    """GET: the draft and what keeps it from being published. POST: save it, or a step of editing the form."""
    actor: Any = request.user
    row = draft_keyed(actor, key)
    if row is None:
        raise NotVisibleError(_("This definition has no draft."))
    if request.method != "POST":
        return _form_page(request, _with_mistakes(DefinitionForm(data_of(row), actor=actor, definition=row)))
    if "edit" in request.POST:
        return _step(request, row)
    form = DefinitionForm(request.POST, actor=actor, definition=row)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    try:
        version = form.cleaned_data["lock_version"]
        services.save_draft(row.pk, actor=actor, expected_version=version, **form.values())
    except RuleRefusedError as refusal:
        show_refusal(form, refusal)
        return _form_page(request, form, status=422)
    except StaleVersionError:
        data = request.POST.copy()
        data["lock_version"] = str(row.lock_version)
        form = DefinitionForm(data, actor=actor, definition=row)
        return _form_page(request, form, status=409, conflict=True)
    messages.success(request, _("The draft is saved."))
    return redirect("sla:draft", key)


@require_POST
@administrators_only
def drop_draft(request: HttpRequest, key: str) -> HttpResponse:
    """Forget the draft."""
    actor: Any = request.user
    row = draft_keyed(actor, key)
    if row is None:
        raise NotVisibleError(_("This definition has no draft."))
    services.delete_draft(row.pk, actor=actor)
    messages.success(request, _("The draft was deleted."))
    return redirect("sla:list") if row.no == 1 else redirect("sla:one", key)


@require_POST
@administrators_only
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Publish the draft that was seen; with mistakes in it, or changed since, show it instead."""
    actor: Any = request.user
    row = draft_keyed(actor, key)
    if row is None:
        raise NotVisibleError(_("This definition has no draft."))
    seen = request.POST.get("lock_version", "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None
    try:
        services.publish_definition(row.pk, actor=actor, expected_version=version)
    except RuleRefusedError:
        messages.error(request, _("The draft has mistakes and was not published. They are at their fields."))
        return redirect("sla:draft", key)
    except StaleVersionError:
        messages.error(request, _("Someone changed the draft in the meantime. This is how it is now."))
        return redirect("sla:draft", key)
    messages.success(request, _("Version %(number)s is published.") % {"number": row.no})
    return redirect("sla:one", key)


@require_POST
@administrators_only
def retire(request: HttpRequest, key: str) -> HttpResponse:
    """No new clock starts by this definition."""
    actor: Any = request.user
    found = with_status(versions_of(actor, key), Status.PUBLISHED)
    if found is None:
        raise NotVisibleError(_("No version of this definition is in force."))
    services.retire_definition(found.pk, actor=actor)
    messages.success(request, _("No new clock starts by it. Open ones go on to their end."))
    return redirect("sla:one", key)


def _head(versions: list[SLADefinition]) -> dict[str, Any]:
    published = with_status(versions, Status.PUBLISHED)
    found = with_status(versions, Status.DRAFT)
    return {"definition": published or versions[0], "published": published, "draft": found}


def _with_mistakes(form: DefinitionForm) -> DefinitionForm:
    """The form of a saved draft, with all that keeps it from being published at its fields."""
    assert form.definition is not None  # noqa: S101 - the form of a saved draft
    try:
        lint.check(form.definition, now=db_now())
    except RuleRefusedError as refusal:
        if form.is_valid():
            show_refusal(form, refusal)
    return form


def _warnings(row: SLADefinition | None) -> list[str]:
    """What is legal about a saved draft and yet perhaps not meant."""
    find = getattr(lint, "warnings", None)
    if row is None or find is None:
        return []
    return [str(getattr(each, "detail", each)) for each in find(row)]


def _step(request: HttpRequest, row: SLADefinition | None) -> HttpResponse:
    """The form after a step of editing, nothing saved; for htmx the part that it is about."""
    actor: Any = request.user
    command = request.POST["edit"]
    data, name, problem = edited(request.POST, command)
    form = DefinitionForm(data, actor=actor, definition=row, checks=False)
    is_part = request.headers.get("HX-Request") == "true"
    if is_part and name:
        words = TicketVocabulary(str(data.get("kind", "")), actor)
        each = presenting.editor_of(form, name, words, problem=problem)
        assert each is not None  # noqa: S101 - only what has an editor is edited in steps
        return _varied(render(request, each.template, {"each": each, "here": request.path}))
    if is_part and command == "preview":
        names = {"preview": _preview(form, db_now()), "here": request.path}
        return _varied(render(request, "sla/_preview.html", names))
    return _varied(_form_page(request, form, problem=problem))


def _varied(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["HX-Request"])
    return response


def _form_page(
    request: HttpRequest, form: DefinitionForm, *, status: int = 200, **extra: Any
) -> HttpResponse:
    """The page of a new definition or of a draft."""
    actor: Any = request.user
    row = form.definition
    names = {
        "form": form,
        "row": row,
        "sections": presenting.sections(form, TicketVocabulary(str(form.data.get("kind", "")), actor)),
        "preview": _preview(form, db_now()),
        "warnings": _warnings(row) if form.checks else [],
        "is_refused": status == 422,
        "is_saved": status == 200 and form.checks and request.method != "POST",
        "here": reverse("sla:draft", args=[row.key]) if row else reverse("sla:new"),
        **(_head(versions_of(actor, row.key)) if row else {}),
        **extra,
    }
    return render(request, "sla/form.html", names, status=status)


def _preview(form: DefinitionForm, now: dt.datetime) -> presenting.Preview | None:
    """When a clock that starts now would be due by what is typed; None while that is not clear."""
    typed: dict[str, Any] = {}
    for name in ("relative", "relative_at", "target_s"):
        try:
            typed[name] = form.fields[name].clean(form.data.get(name, ""))
        except ValidationError:
            typed[name] = None
    key = form.data.get("calendar", "")
    asked = SLADefinition(
        **typed,
        calendar=next((each for each in form.calendars if each.key == key), None),
        calendar_source=form.data.get("calendar_source", ""),
    )
    return presenting.preview(asked, now=now)
