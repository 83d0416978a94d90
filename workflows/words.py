"""Kinds of steps, ways, triggers and states in words and signs, for the pages of flows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.selectors import localized
from core.versions import VersionStatus
from tickets import kinds
from workflows.choices import Outcome, RunStatus, StepStatus, TriggerKind
from workflows.layout import Way

LONGEST = 40


@dataclass(frozen=True)
class Look:
    """What something is called and the sign and tone that go with it."""

    label: str | Promise
    icon: str
    tone: str = "neutral"


_KIND_ICONS = {
    "approval": Look(gettext_lazy("Approval"), icon="circle-check", tone="good"),
    "branch": Look(gettext_lazy("If / else"), icon="split", tone="warn"),
    "compute": Look(gettext_lazy("Compute"), icon="calculator", tone="accent"),
    "create_record": Look(gettext_lazy("Create a record"), icon="file-plus", tone="accent"),
    "create_task": Look(gettext_lazy("Assign a task"), icon="list-checks", tone="info"),
    "decision_table": Look(gettext_lazy("Decision table"), icon="table-2", tone="warn"),
    "end": Look(gettext_lazy("End"), icon="flag", tone="neutral"),
    "for_each": Look(gettext_lazy("For each item"), icon="repeat", tone="warn"),
    "fork": Look(gettext_lazy("In parallel"), icon="git-fork", tone="warn"),
    "http": Look(gettext_lazy("Call another system"), icon="globe", tone="accent"),
    "join": Look(gettext_lazy("Branches meet"), icon="git-merge", tone="warn"),
    "log": Look(gettext_lazy("Write to the log"), icon="file-text", tone="neutral"),
    "lookup_record": Look(gettext_lazy("Look something up"), icon="scan-search", tone="accent"),
    "loop_until": Look(gettext_lazy("Repeat until"), icon="rotate-cw", tone="warn"),
    "notify": Look(gettext_lazy("Notify"), icon="bell", tone="ask"),
    "raise_error": Look(gettext_lazy("Fail on purpose"), icon="octagon-x", tone="bad"),
    "set": Look(gettext_lazy("Set variables"), icon="braces", tone="accent"),
    "subflow": Look(gettext_lazy("Run another flow"), icon="workflow", tone="accent"),
    "switch": Look(gettext_lazy("One of several"), icon="split", tone="warn"),
    "try": Look(gettext_lazy("Try"), icon="shield", tone="warn"),
    "update_record": Look(gettext_lazy("Change a record"), icon="refresh-cw", tone="accent"),
    "wait_condition": Look(gettext_lazy("Wait for a condition"), icon="hourglass", tone="warn"),
    "wait_duration": Look(gettext_lazy("Wait a while"), icon="timer", tone="warn"),
    "wait_signal": Look(gettext_lazy("Wait for a signal"), icon="radio", tone="warn"),
    "wait_until": Look(gettext_lazy("Wait until a time"), icon="calendar-clock", tone="warn"),
}
_TRIGGER_ICONS = {
    TriggerKind.CATALOG: "shopping-bag",
    TriggerKind.RECORD: "refresh-cw",
    TriggerKind.SCHEDULE: "calendar-clock",
    TriggerKind.EVENT: "zap",
    TriggerKind.SIGNAL: "radio",
    TriggerKind.WEBHOOK: "globe",
    TriggerKind.SLA: "alarm-clock",
    TriggerKind.SUBFLOW: "workflow",
    TriggerKind.MANUAL: "hand",
}
_STEP_ICONS = {
    StepStatus.READY: "circle-dashed",
    StepStatus.RUNNING: "play",
    StepStatus.WAITING: "hourglass",
    StepStatus.DONE: "check",
    StepStatus.SKIPPED: "skip-forward",
    StepStatus.FAILED: "triangle-alert",
    StepStatus.CANCELLED: "ban",
}
_STEP_TONES = {
    StepStatus.READY: "info",
    StepStatus.RUNNING: "info",
    StepStatus.WAITING: "warn",
    StepStatus.DONE: "good",
    StepStatus.SKIPPED: "neutral",
    StepStatus.FAILED: "bad",
    StepStatus.CANCELLED: "neutral",
}
_RUN_ICONS = {
    RunStatus.RUNNING: "play",
    RunStatus.WAITING: "hourglass",
    RunStatus.SUSPENDED: "triangle-alert",
    RunStatus.COMPLETED: "circle-check",
    RunStatus.FAILED: "circle-x",
    RunStatus.CANCELLED: "ban",
}
_RUN_TONES = {
    RunStatus.RUNNING: "info",
    RunStatus.WAITING: "warn",
    RunStatus.SUSPENDED: "bad",
    RunStatus.COMPLETED: "good",
    RunStatus.FAILED: "bad",
    RunStatus.CANCELLED: "neutral",
}
_VERSION_ICONS = {
    VersionStatus.DRAFT: "pencil",
    VersionStatus.PUBLISHED: "circle-check",
    VersionStatus.RETIRED: "history",
}
_VERSION_TONES = {
    VersionStatus.DRAFT: "warn",
    VersionStatus.PUBLISHED: "good",
    VersionStatus.RETIRED: "neutral",
}
_WAYS = {
    "on_error": gettext_lazy("on an error"),
    "on_timeout": gettext_lazy("when time is up"),
    "on_max": gettext_lazy("after the last round"),
    "on_missing": gettext_lazy("when nothing is found"),
    "compensate": gettext_lazy("to undo it"),
    "catch": gettext_lazy("on an error"),
}
_SIGNS = {
    "eq": "=",
    "ne": "≠",
    "gt": ">",
    "gte": "≥",
    "lt": "<",
    "lte": "≤",
    "in": "∈",
    "nin": "∉",
}


def kind_look(kind: str) -> Look:
    """What a kind of step is called; one that this version does not know is called by its key."""
    return _KIND_ICONS.get(kind) or Look(kind[:LONGEST] or _("Step"), icon="circle-dashed")


def step_look(status: str) -> Look:
    """Where a step stands."""
    found = StepStatus(status)
    return Look(found.label, icon=_STEP_ICONS[found], tone=_STEP_TONES[found])


def run_look(status: str) -> Look:
    """Where a run stands."""
    found = RunStatus(status)
    return Look(found.label, icon=_RUN_ICONS[found], tone=_RUN_TONES[found])


def version_look(status: str) -> Look:
    """Where a version stands."""
    found = VersionStatus(status)
    label = gettext_lazy("Out of use") if found == VersionStatus.RETIRED else found.label
    return Look(label, icon=_VERSION_ICONS[found], tone=_VERSION_TONES[found])


def title_of(node_id: str, node: Mapping[str, Any]) -> str:
    """What a step is called by its author, else what it does."""
    label = node.get("label")
    named = localized(label) if isinstance(label, dict | str) else ""
    if isinstance(named, str) and named:
        return named[:120]
    if node.get("kind") == "end" and node.get("outcome") in Outcome.values:
        return _("End: %(outcome)s") % {"outcome": Outcome(node["outcome"]).label}
    return str(kind_look(str(node.get("kind", ""))).label)


def way_text(node: Mapping[str, Any], way: Way) -> str:
    """The words on a way, empty for the ordinary one."""
    if way.kind in _WAYS:
        return str(_WAYS[way.kind])
    if way.kind == "default":
        return _("otherwise")
    if way.kind == "branch":
        return _("branch %(number)s") % {"number": way.number}
    if way.kind != "case":
        return ""
    case = node["cases"][way.number - 1]
    if "is" in case:
        listed = case["is"] if isinstance(case["is"], list) else [case["is"]]
        return _short(", ".join(_value(each) for each in listed))
    return _short(condition_text(case.get("if"))) or _("case %(number)s") % {"number": way.number}


def condition_text(tree: Any) -> str:
    """A condition as a line: names shortened to their last part, signs for comparisons."""
    if not isinstance(tree, dict) or not tree:
        return ""
    for word, sign in (("all", _("and")), ("any", _("or"))):
        if isinstance(tree.get(word), list):
            return f" {sign} ".join(filter(None, map(condition_text, tree[word])))
    if isinstance(tree.get("not"), dict):
        return _("not %(condition)s") % {"condition": condition_text(tree["not"])}
    name = str(tree.get("f", "")).removeprefix("vars.").removeprefix("steps.")
    operator = str(tree.get("op", ""))
    value = _value(tree["v"]) if "v" in tree else ""
    return f"{name} {_SIGNS.get(operator, operator)} {value}".strip()


def trigger_text(graph: Mapping[str, Any]) -> str:
    """What starts a flow, as a line."""
    trigger = graph.get("trigger")
    found: dict[str, Any] = trigger if isinstance(trigger, dict) else {}
    kind = str(found.get("kind", ""))
    words = {
        TriggerKind.CATALOG: str(found.get("item", "")),
        TriggerKind.RECORD: _record_words(found),
        TriggerKind.SCHEDULE: str(found.get("rule", "")),
        TriggerKind.SLA: str(found.get("point", "")),
    }
    if kind not in TriggerKind.values:
        return kind[:LONGEST]
    label = TriggerKind(kind).label
    detail = words.get(TriggerKind(kind), str(found.get("name", "")))
    return f"{label}: {detail}"[:200] if detail else str(label)


def trigger_icon(kind: str) -> str:
    """The sign of what starts a flow."""
    return _TRIGGER_ICONS[TriggerKind(kind)] if kind in TriggerKind.values else "play"


def _record_words(trigger: dict[str, Any]) -> str:
    spec = next((each for each in kinds.all_kinds() if each.key == trigger.get("type")), None)
    words = [str(spec.label) if spec else str(trigger.get("type", "")), condition_text(trigger.get("if"))]
    return " · ".join(filter(None, words))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return f"{value:,}"
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    return "–" if value is None else str(value)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
