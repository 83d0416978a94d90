"""Rehearsals kept as tests of their flow: saving them, running them, asking for green (DOMAIN DF-34)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.policies import Actor
from core import audit
from core.errors import (
    DomainError,
    FieldError,
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    invalid,
    required,
)
from core.text import clean
from tickets.models import Ticket
from tickets.selectors import ticket_numbered
from workflows.choices import Outcome, RunStatus
from workflows.models import Flow, FlowScenario
from workflows.policies import may
from workflows.rehearsal import Rehearsal, Script, Subject, rehearse
from workflows.selectors.flows import scenarios_of
from workflows.validate import BadFlowError

MAX_SCENARIOS = 50
MAX_BYTES = 64 * 1024
EXPECTED = frozenset({"status", "outcome", "path", "approvals", "vars"})
_PARTS = frozenset({"ticket", "subject", "vars", "script"})


@dataclass(frozen=True)
class Difference:
    """One point in which a rehearsal was not as expected, as ``status`` or ``vars.amount``."""

    point: str
    expected: Any
    found: Any


@dataclass(frozen=True)
class ScenarioResult:
    """How one scenario went. ``rehearsal`` is None when it could not even begin; ``error`` says why."""

    name: str
    differences: tuple[Difference, ...]
    rehearsal: Rehearsal | None
    error: str = ""

    @property
    def is_green(self) -> bool:
        """Whether everything came as expected."""
        return not self.differences and not self.error


@transaction.atomic
def save_scenario(
    flow_key: str, *, actor: Actor, name: str, setting: dict[str, Any], expected: dict[str, Any]
) -> FlowScenario:
    """The flow's scenario of that name, new or with another content.

    ``setting`` has ``ticket`` (a number) or ``subject`` ({"kind": …, "fields": {…}}), ``vars`` and ``script``
    as in ``workflows.rehearsal``; ``expected`` some of status, outcome, path (finished nodes in order),
    approvals ({node: [who is asked]}) and vars. Raises NotAllowedError, NotVisibleError (flow or ticket),
    RuleRefusedError with the field that is wrong.
    """
    flow = _flow(flow_key, actor)
    title = clean("name", name, max_length=120, multiline=False)
    if not title:
        raise required("name", _("Give the scenario a name."))
    _check_setting(setting, actor)
    _check_expected(expected)
    if len(json.dumps([setting, expected], ensure_ascii=False).encode()) > MAX_BYTES:
        raise invalid("script", _("This is larger than 64 KB."))
    row = FlowScenario.objects.filter(flow=flow, name=title).first()
    if row is None and FlowScenario.objects.filter(flow=flow).count() >= MAX_SCENARIOS:
        raise invalid("name", _("A flow has at most %(max)s scenarios.") % {"max": MAX_SCENARIOS})
    row = row or FlowScenario(flow=flow, name=title, lock_version=0)
    row.script, row.expected, row.lock_version = setting, expected, row.lock_version + 1
    row.save()
    _record(row, actor, "scenario_saved")
    return row


@transaction.atomic
def delete_scenario(flow_key: str, name: str, *, actor: Actor) -> None:
    """Take a scenario away. Raises NotAllowedError, NotVisibleError."""
    flow = _flow(flow_key, actor)
    row = FlowScenario.objects.filter(flow=flow, name=name).first()
    if row is None:
        raise NotVisibleError
    _record(row, actor, "scenario_deleted")
    row.delete()


def run_scenarios(flow_key: str, graph: dict[str, Any], *, actor: Actor) -> Iterator[ScenarioResult]:
    """The flow's scenarios, rehearsed with ``graph`` one after the other, by name; nothing is written.

    Raises NotAllowedError, BadFlowError.
    """
    if not may(actor, "edit"):
        raise NotAllowedError
    for row in scenarios_of(flow_key):
        yield _run(row, graph, actor)


def check_green(flow_key: str, graph: dict[str, Any], *, actor: Actor) -> None:
    """Refuse a graph that demands green scenarios and has none, or a red one.

    Raises RuleRefusedError with one entry per point that differs, at ``scenarios.<name>.<point>``.
    """
    results = list(run_scenarios(flow_key, graph, actor=actor))
    if not results:
        raise invalid("scenarios", _("This flow demands green scenarios, and it has none."), code="required")
    red = [error for result in results for error in _complaints(result)]
    if red:
        text = _("A scenario does not come out as expected.")
        raise RuleRefusedError(text, errors=red, code="red_scenarios")


def _complaints(result: ScenarioResult) -> Iterator[FieldError]:
    text = _("Expected %(expected)s, found %(found)s.")
    for each in result.differences:
        words = {"expected": _short(each.expected), "found": _short(each.found)}
        yield FieldError(f"scenarios.{result.name}.{each.point}", "differs", text % words)
    if result.error:
        yield FieldError(f"scenarios.{result.name}", "stopped", result.error)


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:200]


def _run(row: FlowScenario, graph: dict[str, Any], actor: Actor) -> ScenarioResult:
    try:
        subject = _subject(row.script, actor)
        script = Script.parse(row.script.get("script", {}), company_id=_company(subject, actor))
        given = row.script.get("vars", {})
        found = rehearse(graph, ticket=subject, vars=given, script=script, actor=actor)
    except NotVisibleError:
        return ScenarioResult(row.name, (), None, _("Its ticket is not there any more."))
    except BadFlowError:
        raise
    except DomainError as refusal:
        return ScenarioResult(row.name, (), None, str(refusal.detail))
    return ScenarioResult(row.name, tuple(_differences(row.expected, found)), found)


def _differences(expected: dict[str, Any], found: Rehearsal) -> Iterator[Difference]:
    asked: dict[str, list[str]] = {}
    for each in found.approvals:
        asked.setdefault(each["node"], []).extend(row["approver"] for row in each["people"])
    flat = {"status": found.status, "outcome": found.outcome, "path": found.nodes}
    for point, value in flat.items():
        if point in expected and expected[point] != value:
            yield Difference(point, expected[point], value)
    for part, values in (("approvals", asked), ("vars", found.vars)):
        for name, wanted in expected.get(part, {}).items():
            if values.get(name) != wanted:
                yield Difference(f"{part}.{name}", wanted, values.get(name))


def _flow(flow_key: str, actor: Actor) -> Flow:
    if not may(actor, "edit"):
        raise NotAllowedError
    flow = Flow.objects.select_for_update(no_key=True).filter(key=flow_key).first()
    if flow is None:
        raise NotVisibleError
    return flow


def _check_setting(setting: Any, actor: Actor) -> None:
    if not isinstance(setting, dict):
        raise invalid("script", _("Expected names and their values."))
    for name in setting:
        if name not in _PARTS:
            raise invalid(str(name)[:60], _("A scenario has no part of this name."), code="unknown_field")
    if not isinstance(setting.get("vars", {}), dict):
        raise invalid("vars", _("Expected names and their values."))
    subject = _subject(setting, actor)
    Script.parse(setting.get("script", {}), company_id=_company(subject, actor))


def _check_expected(expected: Any) -> None:
    if not isinstance(expected, dict) or not expected:
        raise required("expected", _("Say what is expected: a status, an outcome, a path …"))
    for name in expected:
        if name not in EXPECTED:
            text = _("“%(name)s” cannot be expected. Possible: %(known)s.")
            words = {"name": str(name)[:60], "known": ", ".join(sorted(EXPECTED))}
            raise invalid(f"expected.{str(name)[:60]}", text % words, code="unknown_field")
    kinds = {"path": list, "approvals": dict, "vars": dict}
    choices = {"status": RunStatus.values, "outcome": [*Outcome.values, ""]}
    for name, value in expected.items():
        if name in choices and value not in choices[name]:
            text = _("“%(value)s” is not possible here. Possible: %(allowed)s.")
            words = {"value": str(value)[:60], "allowed": ", ".join(choices[name])}
            raise invalid(f"expected.{name}", text % words, code="choice")
        if name in kinds and not isinstance(value, kinds[name]):
            raise invalid(f"expected.{name}", _("This part has the wrong form."), code="type")


def _subject(setting: dict[str, Any], actor: Actor) -> Ticket | Subject | None:
    """The ticket of that number if the actor sees it, or one to be opened. Raises NotVisibleError."""
    number, made = setting.get("ticket"), setting.get("subject")
    if number and made:
        raise invalid("subject", _("Name a ticket, or say which to open; not both."))
    if number:
        return ticket_numbered(actor, str(number))
    return parse_subject(made)


def parse_subject(made: Any) -> Subject | None:
    """A subject of JSON. Raises RuleRefusedError."""
    if not made:
        return None
    if not isinstance(made, dict) or not made.keys() <= {"kind", "fields"} or not made.get("kind"):
        raise invalid("subject", _("Say which kind of ticket is opened, and with which fields."))
    if not isinstance(made.get("fields", {}), dict):
        raise invalid("subject.fields", _("Expected names and their values."))
    return Subject(str(made["kind"]), made.get("fields", {}))


def _company(subject: Ticket | Subject | None, actor: Actor) -> int | None:
    if isinstance(subject, Ticket):
        return subject.company_id
    return actor.company_id if actor is not None else None


def _record(row: FlowScenario, actor: Actor, action: str) -> None:
    audit.write(
        actor=actor,
        table="workflows_flowscenario",
        object_ref=f"{row.flow.key}: {row.name}",
        action=action,
    )
