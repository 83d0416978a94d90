"""What people, other systems and time answer in a rehearsal, as plain data (DOMAIN DF-34).

    {"approvals": {"ask": [{"decision": "approve", "by": "boss", "after": "PT2H"}], "cfo": "silence"},
     "tasks": {"buy": {"state": "closed_complete", "fields": {"serial": "SN-1"}, "by": "kim"}},
     "calls": {"erp": [{"error": "timeout"}, {"status": 200, "body": {"id": 7}}]},
     "signals": [{"name": "paid", "key": "PO-1", "payload": {}, "after": "PT1H"}, {"node": "wait"}],
     "changes": [{"set": {"urgency": 1}, "after": "PT1H"}, {"transition": "cancel", "by": "kim"}]}

Approvals, tasks and calls are named by the node; ``node@path`` means one pass of a block, ``flow.node`` the
node of a flow below. A list answers one after the other. ``after`` counts from when the question was asked,
for signals and changes from the beginning (a signal for a node: from when it began to wait).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.utils.dateparse import parse_duration
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import person_named
from approvals.choices import Status
from core.errors import RuleRefusedError, invalid
from workflows.models import FlowStep

SILENCE = "silence"
MAX_ANSWERS = 200
LONGEST = dt.timedelta(days=2 * 366)
_DECISIONS = {"approve": str(Status.APPROVED), "reject": str(Status.REJECTED)}
_PARTS = ("approvals", "tasks", "calls", "signals", "changes")


@dataclass(frozen=True)
class Answer:
    """One person's decision; without a person whoever is asked first gives it. No decision: silence."""

    decision: str
    by: User | None = None
    comment: str = ""
    after: dt.timedelta = dt.timedelta(0)


@dataclass(frozen=True)
class TaskEnd:
    """The state a task is brought to, and what is entered on the way. No state: it stays open."""

    state: str
    fields: dict[str, Any] = field(default_factory=dict)
    by: User | None = None
    after: dt.timedelta = dt.timedelta(0)


@dataclass(frozen=True)
class Reply:
    """What another system answers: ``error`` for none at all, else a status and a body."""

    answer: dict[str, Any]
    error: str = ""
    retryable: bool = True


@dataclass(frozen=True)
class Sent:
    """A signal, by name and key, or for whatever a node waits for."""

    payload: dict[str, Any]
    name: str = ""
    key: str = ""
    node: str = ""
    after: dt.timedelta = dt.timedelta(0)


@dataclass(frozen=True)
class Touch:
    """Somebody changes the ticket of the run: a transition, fields, a comment."""

    transition: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    set: dict[str, Any] = field(default_factory=dict)
    comment: str = ""
    by: User | None = None
    after: dt.timedelta = dt.timedelta(0)


ItemT = TypeVar("ItemT")


@dataclass(frozen=True)
class Script:
    """All answers. ``parse`` makes one of JSON."""

    approvals: dict[str, list[Answer]] = field(default_factory=dict)
    tasks: dict[str, list[TaskEnd]] = field(default_factory=dict)
    calls: dict[str, list[Reply]] = field(default_factory=dict)
    signals: list[Sent] = field(default_factory=list)
    changes: list[Touch] = field(default_factory=list)

    @classmethod
    def parse(cls, data: Any, *, company_id: int | None = None) -> Script:
        """The script; people are those of the company when one is given.

        Raises RuleRefusedError with the field that is wrong.
        """
        if not isinstance(data, dict):
            raise _wrong("", _("A script is an object."))
        for name in data:
            if name not in _PARTS:
                raise _wrong(str(name)[:60], _("A script has no part of this name."))
        read = _Reader(company_id)
        return cls(
            approvals={key: list(read.answers(*each)) for key, each in _by_node(data, "approvals")},
            tasks={key: list(read.task_ends(*each)) for key, each in _by_node(data, "tasks")},
            calls={key: list(read.replies(*each)) for key, each in _by_node(data, "calls")},
            signals=list(read.signals("signals", _list(data, "signals"))),
            changes=list(read.touches("changes", _list(data, "changes"))),
        )


def meant(answers: dict[str, list[ItemT]], step: FlowStep, flow_key: str) -> list[ItemT] | None:
    """What the script says about this step, the most particular first; None when it says nothing."""
    for key in (f"{step.node_id}@{step.path}", f"{flow_key}.{step.node_id}", step.node_id):
        if key in answers:
            return answers[key]
    return None


def _by_node(data: dict[str, Any], part: str) -> Iterator[tuple[str, tuple[str, list[Any]]]]:
    given = data.get(part, {})
    if not isinstance(given, dict):
        raise _wrong(part, _("Expected names and their values."))
    for key, value in given.items():
        listed = value if isinstance(value, list) else [value]
        if len(listed) > MAX_ANSWERS:
            raise _wrong(f"{part}.{key[:60]}", _too_many())
        yield key, (f"{part}.{key[:60]}", listed)


def _list(data: dict[str, Any], part: str) -> list[Any]:
    given = data.get(part, [])
    if not isinstance(given, list) or len(given) > MAX_ANSWERS:
        raise _wrong(part, _too_many())
    return given


def _too_many() -> str:
    return _("This is a list of at most %(max)s entries.") % {"max": MAX_ANSWERS}


def _wrong(where: str, text: str, code: str = "invalid") -> RuleRefusedError:
    return invalid(f"script.{where}".rstrip("."), text, code=code)


class _Reader:
    """Reads entries and says which of them is wrong."""

    def __init__(self, company_id: int | None) -> None:
        self.company_id = company_id

    def answers(self, where: str, given: list[Any]) -> Iterator[Answer]:
        for each in given:
            if each == SILENCE:
                continue
            entry = self._entry(where, {"decision": each} if isinstance(each, str) else each,
                                {"decision", "by", "comment", "after"})  # fmt: skip
            if entry.get("decision") not in _DECISIONS:
                raise _wrong(f"{where}.decision", _("Say approve, reject or silence."), "choice")
            decision = _DECISIONS[entry["decision"]]
            comment = self._text(where, entry, "comment") or (
                _("Declined in a rehearsal.") if decision == Status.REJECTED else ""
            )
            yield Answer(decision, self._person(where, entry), comment, self._after(where, entry))

    def task_ends(self, where: str, given: list[Any]) -> Iterator[TaskEnd]:
        for each in given:
            if each == SILENCE:
                continue
            entry = self._entry(where, {"state": each} if isinstance(each, str) else each,
                                {"state", "fields", "by", "after"})  # fmt: skip
            state = self._text(where, entry, "state")
            if not state:
                raise _wrong(f"{where}.state", _("Say in which state the task ends, or silence."), "required")
            fields = self._object(where, entry, "fields")
            yield TaskEnd(state, fields, self._person(where, entry), self._after(where, entry))

    def replies(self, where: str, given: list[Any]) -> Iterator[Reply]:
        for each in given:
            if not isinstance(each, dict):
                raise _wrong(where, _("Expected names and their values."))
            error = self._text(where, each, "error")
            answer = {name: value for name, value in each.items() if name not in ("error", "retryable")}
            yield Reply(answer, error, bool(each.get("retryable", True)))

    def signals(self, where: str, given: list[Any]) -> Iterator[Sent]:
        for at, each in enumerate(given):
            place = f"{where}.{at}"
            entry = self._entry(place, each, {"name", "key", "node", "payload", "after"})
            words = {name: self._text(place, entry, name) for name in ("name", "key", "node")}
            if bool(words["node"]) == bool(words["name"]) or (words["name"] and not words["key"]):
                text = _("Say the name and the key of the signal, or the step that waits for it.")
                raise _wrong(place, text, "required")
            payload = self._object(place, entry, "payload")
            yield Sent(payload, **words, after=self._after(place, entry))

    def touches(self, where: str, given: list[Any]) -> Iterator[Touch]:
        for at, each in enumerate(given):
            place = f"{where}.{at}"
            entry = self._entry(place, each, {"transition", "inputs", "set", "comment", "by", "after"})
            if not any(entry.get(name) for name in ("transition", "set", "comment")):
                text = _("Say what is to change: a transition, fields or a comment.")
                raise _wrong(place, text, "required")
            yield Touch(
                self._text(place, entry, "transition"),
                self._object(place, entry, "inputs"),
                self._object(place, entry, "set"),
                self._text(place, entry, "comment"),
                self._person(place, entry),
                self._after(place, entry),
            )

    def _entry(self, where: str, given: Any, known: set[str]) -> dict[str, Any]:
        if not isinstance(given, dict):
            raise _wrong(where, _("Expected names and their values."))
        for name in given:
            if name not in known:
                raise _wrong(f"{where}.{str(name)[:60]}", _("There is no such field."), "unknown_field")
        return given

    def _text(self, where: str, entry: dict[str, Any], name: str) -> str:
        value = entry.get(name, "")
        if not isinstance(value, str) or len(value) > 2_000 or "\x00" in value:
            raise _wrong(f"{where}.{name}", _("This must be a text."))
        return value

    def _object(self, where: str, entry: dict[str, Any], name: str) -> dict[str, Any]:
        value = entry.get(name, {})
        if not isinstance(value, dict):
            raise _wrong(f"{where}.{name}", _("Expected names and their values."))
        return value

    def _person(self, where: str, entry: dict[str, Any]) -> User | None:
        name = self._text(where, entry, "by")
        found = person_named(None, name) if name else None
        if name and (found is None or self.company_id not in (None, found.company_id)):
            text = _("There is no “%(key)s” who could do this.") % {"key": name[:60]}
            raise _wrong(f"{where}.by", text, "does_not_exist")
        return found

    def _after(self, where: str, entry: dict[str, Any]) -> dt.timedelta:
        text = self._text(where, entry, "after")
        try:
            span = parse_duration(text) if text.startswith("P") else dt.timedelta(0) if not text else None
        except (OverflowError, ValueError):
            span = None
        if span is None or not dt.timedelta(0) <= span <= LONGEST:
            raise _wrong(f"{where}.after", _("Expected a length of time such as PT16H or P2D."))
        return span
