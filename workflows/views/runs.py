"""Lists of runs, one run with the way it took, and what operators do with it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core.errors import NotAllowedError, RuleRefusedError
from core.forms import refuse
from workflows import presenting, services
from workflows.choices import RunStatus, StepStatus
from workflows.forms import JumpForm, ReasonForm, SkipForm, VariablesForm
from workflows.selectors import RunPage, run_list, run_page
from workflows.selectors.flows import flow_names
from workflows.selectors.runs import TABS, StepDetail
from workflows.views.base import allowed, is_part

Given = dict[str, Any]


@dataclass(frozen=True)
class Action:
    """Something an operator may do: its words, its form, whether it is possible now, and what does it."""

    key: str
    label: str | Promise
    icon: str
    form: type[forms.Form]
    of_step: bool
    possible: Callable[[RunPage, StepDetail | None], bool]
    run: Callable[[RunPage, StepDetail | None, Any, Given], Any]
    done: str | Promise
    help: str | Promise = ""
    tone: str = ""


def _has_failed(page: RunPage, step: StepDetail | None) -> bool:
    return page.is_open and step is not None and step.step.status == StepStatus.FAILED


def _is_open(page: RunPage, step: StepDetail | None) -> bool:
    return page.is_open


def _is_stopped(page: RunPage, step: StepDetail | None) -> bool:
    return page.run.status == RunStatus.SUSPENDED and not page.failed


def _pk(step: StepDetail | None) -> int:
    if step is None:
        raise Http404
    return step.step.pk


def _jump(page: RunPage, step: StepDetail | None, actor: Any, given: Given) -> Any:
    if step is None:
        raise Http404
    place = {"node_id": step.step.node_id, "path": step.step.path}
    return services.jump_to(page.run.pk, actor=actor, **place, **given)


ACTIONS = [
    Action(
        "retry",
        gettext_lazy("Try again"),
        icon="rotate-cw",
        form=forms.Form,
        of_step=True,
        possible=_has_failed,
        run=lambda page, step, actor, given: services.retry_step(_pk(step), actor=actor),
        done=gettext_lazy("The step is tried again."),
        tone="primary",
    ),
    Action(
        "skip",
        gettext_lazy("Skip with a result"),
        icon="skip-forward",
        form=SkipForm,
        of_step=True,
        possible=_has_failed,
        run=lambda page, step, actor, given: services.skip_step(_pk(step), actor=actor, **given),
        done=gettext_lazy("The step is skipped, the run goes on."),
        help=gettext_lazy("The run goes on as if the step had found this out."),
    ),
    Action(
        "jump",
        gettext_lazy("Go back to this step"),
        icon="undo-2",
        form=JumpForm,
        of_step=True,
        possible=lambda page, step: page.is_open and step is not None,
        run=_jump,
        done=gettext_lazy("The run goes on at that step."),
        help=gettext_lazy("Open steps are withdrawn, this step is made anew. What has been is kept."),
    ),
    Action(
        "resume",
        gettext_lazy("Go on"),
        icon="play",
        form=forms.Form,
        of_step=False,
        possible=_is_stopped,
        run=lambda page, step, actor, given: services.resume_run(page.run.pk, actor=actor),
        done=gettext_lazy("The run goes on."),
        tone="primary",
    ),
    Action(
        "park",
        gettext_lazy("Stop for now"),
        icon="pause",
        form=ReasonForm,
        of_step=False,
        possible=_is_open,
        run=lambda page, step, actor, given: services.park_run(page.run.pk, actor=actor, **given),
        done=gettext_lazy("The run stays stopped until somebody goes on with it."),
        help=gettext_lazy("Nothing it waits for is withdrawn; your note is kept with the run."),
    ),
    Action(
        "variables",
        gettext_lazy("Change variables"),
        icon="braces",
        form=VariablesForm,
        of_step=False,
        possible=_is_open,
        run=lambda page, step, actor, given: services.set_variables(page.run.pk, actor=actor, **given),
        done=gettext_lazy("The variables are changed."),
        help=gettext_lazy("Only those you name are changed; null takes one away."),
    ),
    Action(
        "cancel",
        gettext_lazy("Cancel the run"),
        icon="ban",
        form=ReasonForm,
        of_step=False,
        possible=_is_open,
        run=lambda page, step, actor, given: services.cancel_run(page.run.pk, actor=actor, **given),
        done=gettext_lazy("The run is being cancelled."),
        help=gettext_lazy("Open questions and tasks are withdrawn with it."),
        tone="danger",
    ),
]
BY_KEY = {action.key: action for action in ACTIONS}


@require_safe
@allowed("read_runs")
def show_all(request: HttpRequest) -> HttpResponse:
    """One tab of the runs that the reader may see, or only its rows for "Load more"."""
    actor: Any = request.user
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "waiting"
    filters = {name: request.GET.get(name, "").strip()[:60] for name in ("flow", "ticket")}
    page = run_list(actor, tab=tab, after=request.GET.get("after", ""), **filters)
    kept = {name: value for name, value in filters.items() if value}
    url = reverse("workflows:runs")
    names = {
        "page": page,
        "tab": tab,
        "filters": filters,
        "is_filtered": bool(kept),
        "flows": flow_names(),
        "tabs": [
            {
                "label": label,
                "icon": icon,
                "url": f"{url}?{urlencode({'tab': key, **kept})}",
                "current": key == tab,
            }
            for key, (label, icon, _rows) in TABS.items()
        ],
        "next_url": f"{url}?{urlencode({'tab': tab, **kept, 'after': page.next_cursor})}"
        if page.next_cursor
        else "",
    }
    template = "workflows/_runs.html" if is_part(request, "pager") else "workflows/runs.html"
    return render(request, template, names)


@require_safe
@allowed("read_runs")
def show(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One run: the way it took, each step, what it waits for, what may be done."""
    actor: Any = request.user
    page = run_page(actor, public_id)
    if is_part(request, "run-live"):
        return render(request, "workflows/_run.html", _names(request, page))
    if is_part(request, "side"):
        asked = request.htmx.trigger != "side"  # type: ignore[attr-defined] # django_htmx; else it refreshes itself
        return render(request, "workflows/_step.html", {**_names(request, page), "focus": asked})
    return render(request, "workflows/run.html", _names(request, page))


@require_POST
@allowed("operate")
def act(request: HttpRequest, public_id: uuid.UUID, action: str) -> HttpResponse:
    """Do one of ACTIONS with the run, or with its step number ``step``; 422 shows the form again."""
    actor: Any = request.user
    page = run_page(actor, public_id)
    wanted = BY_KEY.get(action)
    if wanted is None:
        raise Http404
    step = _step(page, request.POST.get("step", ""))
    form = wanted.form(request.POST, auto_id=f"{wanted.key}_%s")
    if form.is_valid():
        try:
            wanted.run(page, step, actor, form.cleaned_data)
        except NotAllowedError:
            raise
        except RuleRefusedError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, str(wanted.done))
            return redirect(_url(page, step))
    names = _names(request, page, bound={wanted.key: form}, step=step)
    return render(request, "workflows/run.html", names, status=422)


def _names(
    request: HttpRequest,
    page: RunPage,
    *,
    bound: dict[str, forms.Form] | None = None,
    step: StepDetail | None = None,
) -> dict[str, Any]:
    chosen = step or _step(page, request.GET.get("step", ""))
    times = Counter(each.step.node_id for each in page.steps)
    url = reverse("workflows:run", args=[page.run.public_id])
    offered = [each for each in ACTIONS if page.can_operate and each.possible(page, chosen)]
    given = bound or {}
    return {
        "page": page,
        "run": page.run,
        "flow": page.run.flow_version.flow,
        "map": presenting.flow_map(page.graph, steps=page.latest, times=times),
        "numbers": {each.step.node_id: number for number, each in enumerate(page.steps, start=1)},
        "chosen": chosen,
        "chosen_number": page.steps.index(chosen) + 1 if chosen else 0,
        "chosen_json": _step_json(chosen, inside=page.can_operate),
        "variables_json": presenting.as_json(page.run.vars) if page.run.vars and page.can_operate else "",
        "step_actions": [(each, _form(each, given)) for each in offered if each.of_step],
        "run_actions": [(each, _form(each, given)) for each in offered if not each.of_step],
        "opened": next(iter(given), ""),
        "url": url,
        "live_trigger": _live_trigger(page),
    }


def _live_trigger(page: RunPage) -> str:
    """When parts of the page refresh themselves: by the ticket's stream, and for an open run now and then.

    ``refresh:again`` is js/refresh.js, for news that came while a refresh was on its way, and js/flows.js,
    for a refresh that waited until somebody was done.
    """
    seconds = 15 if page.run.ticket else 3
    return "maru:ticket-changed from:body, refresh:again" + (f", every {seconds}s" if page.is_open else "")


def _form(action: Action, bound: dict[str, forms.Form]) -> forms.Form:
    return bound.get(action.key) or action.form(auto_id=f"{action.key}_%s")


def _step_json(chosen: StepDetail | None, *, inside: bool) -> list[tuple[str, str]]:
    """What went in and out is for operators, over REST too; the error is for whoever reads runs."""
    if chosen is None:
        return []
    step = chosen.step
    through = ((_("Input"), step.input), (_("Output"), step.output)) if inside else ()
    found = (*through, (_("Error"), step.error))
    return [(label, presenting.as_json(value)) for label, value in found if value]


def _step(page: RunPage, number: str) -> StepDetail | None:
    """The step of that number; else the one that needs help or is waited for, else the last."""
    if number.isdigit() and 1 <= int(number[:9]) <= len(page.steps):
        return page.steps[int(number) - 1]
    waiting = [each for each in page.steps if each.step.status == StepStatus.WAITING]
    return next(iter([*page.failed, *waiting[::-1], *page.steps[::-1]]), None)


def _url(page: RunPage, step: StepDetail | None) -> str:
    url = reverse("workflows:run", args=[page.run.public_id])
    return f"{url}?step={page.steps.index(step) + 1}" if step else url
