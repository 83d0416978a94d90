"""What may start a flow, as its graph says it: the checks of publish, and the rows made of it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _

from tickets import kinds
from tickets.conditions import compiled as compiled_for_tickets
from workflows.choices import Once, TriggerKind, TriggerOn
from workflows.conditions import compiled, leaves, paths
from workflows.models import FlowTrigger, FlowVersion
from workflows.nodes.base import Check

# These bring facts along, which the flow finds under ``vars.trigger``.
STARTS_WITH_FACTS = frozenset(
    {TriggerKind.EVENT, TriggerKind.SIGNAL, TriggerKind.WEBHOOK, TriggerKind.SCHEDULE, TriggerKind.SLA}
)
SLA_POINTS = ("warn", "breach")
_EVENT = re.compile(r"[a-z*][a-z0-9_*-]*(\.[a-z*][a-z0-9_*-]*)+")
_SIGNAL = re.compile(r"[a-z][a-z0-9_.-]{0,29}")
# Not oftener than hourly, and nothing whose next time cannot be found quickly.
_RULE = re.compile(
    r"FREQ=(HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)"
    r"(;(INTERVAL=\d{1,3}|BYDAY=[A-Z0-9,+-]{2,60}|BYMONTHDAY=[0-9,-]{1,60}|BYMONTH=[0-9,]{1,30}"
    r"|BYSETPOS=[0-9,-]{1,20}|BYHOUR=[0-9,]{1,60}|BYMINUTE=[0-9,]{1,60}))*"
)
HORIZON = dt.timedelta(days=5 * 366)


def next_time(rule: str, zone: str, after: dt.datetime) -> dt.datetime | None:
    """The first instant after ``after`` that the recurrence names, in the wall time of ``zone``, or None.

    The rule is that of iCalendar (RFC 5545, RRULE) without an end; the looked-at time is five years. A wall
    time that a clock change leaves out is the instant at which the clock shows it next.
    """
    local = after.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)
    start = local.replace(hour=0, minute=0) - dt.timedelta(days=1)
    made = rrulestr(rule, dtstart=start, cache=False)
    for at in made.xafter(local - dt.timedelta(minutes=1), inc=True):
        if at - local > HORIZON:
            return None
        found: dt.datetime = at.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
        if found > after:
            return found
    return None


def check_trigger(check: Check, trigger: Any) -> None:
    """Accept what starts a flow, with words for its author."""
    kind = trigger.get("kind") if isinstance(trigger, dict) else None
    check.choice("trigger.kind", kind, TriggerKind.values)
    checks = {
        TriggerKind.RECORD: _check_record,
        TriggerKind.SCHEDULE: _check_schedule,
        TriggerKind.EVENT: _check_event,
        TriggerKind.SIGNAL: _check_signal,
        TriggerKind.SLA: _check_sla,
        TriggerKind.WEBHOOK: _check_facts,
    }
    if isinstance(kind, str) and kind in checks:
        checks[TriggerKind(kind)](check, trigger)


def _check_record(check: Check, trigger: dict[str, Any]) -> None:
    check.choice("trigger.type", trigger.get("type"), [spec.key for spec in kinds.all_kinds()])
    check.choice("trigger.on", trigger.get("on"), TriggerOn.values)
    check.choice("trigger.once", trigger.get("once", Once.RECORD), Once.values)
    check.tried("trigger.if", lambda: compiled_for_tickets(trigger.get("if", {})))
    check.number("trigger.order", trigger.get("order", 100), 0, 1_000_000)


def _check_schedule(check: Check, trigger: dict[str, Any]) -> None:
    rule, zone = trigger.get("rule"), trigger.get("zone", "UTC")
    try:
        ZoneInfo(str(zone))
    except (ValueError, OSError, KeyError):
        check.say("trigger.zone", "choice", _("There is no time zone of this name."))
        return
    if not isinstance(rule, str) or not _RULE.fullmatch(rule):
        text = _("Say how often, at most hourly, for example FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0.")
        check.say("trigger.rule", "rule", text)
        return
    try:
        found = next_time(rule, str(zone), dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    except ValueError:
        found = None
    if found is None:
        check.say("trigger.rule", "never", _("This schedule never comes."))


def _check_event(check: Check, trigger: dict[str, Any]) -> None:
    name = trigger.get("name")
    if not isinstance(name, str) or not _EVENT.fullmatch(name) or len(name) > 60:
        check.say("trigger.name", "name", _("Say which event, for example incident.opened."))
    elif name.split(".")[0] in ("flow", "*"):
        check.say("trigger.name", "loop", _("What flows do themselves starts no flow."))
    _check_facts(check, trigger)


def _check_signal(check: Check, trigger: dict[str, Any]) -> None:
    if not isinstance(trigger.get("name"), str) or not _SIGNAL.fullmatch(trigger["name"]):
        check.say("trigger.name", "name", _("A signal's name is made of small letters, digits and dots."))
    _check_facts(check, trigger)


def _check_sla(check: Check, trigger: dict[str, Any]) -> None:
    check.choice("trigger.point", trigger.get("point"), SLA_POINTS)
    check.tried("trigger.if", lambda: compiled_for_tickets(trigger.get("if", {})))


def _check_facts(check: Check, trigger: dict[str, Any]) -> None:
    """The condition looks at what came along, and at nothing else."""
    if not trigger.get("if"):
        return
    check.tried("trigger.if", lambda: compiled(trigger["if"]))
    for path in (path for leaf in leaves(trigger["if"]) for path in paths(leaf)):
        if not path.startswith("vars.trigger."):
            text = _("%(path)s is not available here.") % {"path": path[:80]}
            check.say("trigger.if", "unknown_name", text)


def make_trigger(version: FlowVersion, *, now: dt.datetime) -> FlowTrigger | None:
    """The row that listens for this version; None for a flow that others start."""
    trigger = version.graph["trigger"]
    kind = trigger["kind"]
    row = FlowTrigger(flow_version=version, source=kind, condition=trigger.get("if", {}))
    row.order = trigger.get("order", 100)
    if kind == TriggerKind.RECORD:
        row.key, row.on = trigger["type"], trigger["on"]
        row.run_once_per = trigger.get("once", Once.RECORD)
    elif kind in (TriggerKind.EVENT, TriggerKind.SIGNAL):
        row.key = trigger["name"]
    elif kind == TriggerKind.SLA:
        row.key = trigger["point"]
    elif kind == TriggerKind.SCHEDULE:
        row.key = version.flow.key
        row.next_at = next_time(trigger["rule"], trigger.get("zone", "UTC"), now)
    elif kind == TriggerKind.WEBHOOK:
        row.key = version.flow.key
    else:
        return None
    row.save(force_insert=True)
    return row


def fits(trigger: FlowTrigger, facts: dict[str, Any], *, now: dt.datetime) -> bool:
    """Whether the condition over what came along holds."""
    if not trigger.condition:
        return True
    return compiled(trigger.condition).test({"vars": {"trigger": facts}}, now=now)
