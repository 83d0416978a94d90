"""Starting a flow at a mark of a clock, as an action that the SLA engine's definitions may name."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.policies import Actor
from core.cause import current_chain
from core.errors import FieldError, RuleRefusedError
from core.versions import VersionStatus
from tickets import escalations as actions
from tickets.escalations import Action, Input, Mark, Params
from workflows.models import FlowVersion
from workflows.services import start_run

_OUR_OWN = frozenset({"escalate"})  # what the event tells the SLA engine alone


def _live() -> QuerySet[FlowVersion]:
    return FlowVersion.objects.filter(flow__enabled=True, status=VersionStatus.PUBLISHED)


def _flows(_actor: Actor) -> list[tuple[str, str]]:
    rows = _live().select_related("flow").order_by("flow__key")
    return [(row.flow.key, row.flow.name) for row in rows]


def _check(step: Params) -> Iterator[FieldError]:
    key = step.get("flow")
    if not isinstance(key, str) or not key:
        yield FieldError("flow", "required", _("Say which flow is started."))
        return
    if not _live().filter(flow__key=key).exists():
        text = _("There is no published flow “%(key)s”.") % {"key": key}
        yield FieldError("flow", "does_not_exist", text)


def _run(mark: Mark, step: Params) -> str:
    """A run about the ticket, with what the mark's event tells under ``vars.trigger``; once per mark."""
    key = step["flow"]
    if any(link.startswith(f"flow:{key}:") for link in current_chain()):
        text = _("The flow “%(key)s” is among the causes of this: a loop was stopped.") % {"key": key}
        raise RuleRefusedError(text, code="loop")
    event = mark.event
    told = {name: value for name, value in event.payload.items() if name not in _OUR_OWN}
    facts = {"event": event.name, **told}
    start_run(key, ticket=mark.ticket, vars={"trigger": facts}, dedupe_key=f"sla:{mark.once}")
    return _("the flow “%(key)s” was started.") % {"key": key}


actions.register(
    Action(
        key="start_flow",
        label=gettext_lazy("Start a flow"),
        inputs=(Input("flow", gettext_lazy("Flow"), _flows),),
        check=_check,
        run=_run,
        words=lambda step: str(step.get("flow", "")),
    )
)
