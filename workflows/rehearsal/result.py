"""What came of a rehearsal, as plain data: read from its rows before they are undone."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from accounts.selectors import people as people_by_id
from approvals.models import ApprovalRequest
from approvals.selectors import requests_by_public_id
from cmdb.models import CI
from core.models import AuditLog, OutboxEvent
from core.rehearsing import MARK
from core.time import db_now
from tickets import kinds
from tickets.choices import ActivityKind
from tickets.models import Activity, Ticket
from workflows.graph import compiled
from workflows.models import FlowRun, FlowStep
from workflows.names import plain
from workflows.nodes import asking
from workflows.rehearsal.masking import masked
from workflows.rehearsal.moves import Called, Moves

MAX_TEXT = 2_000


@dataclass(frozen=True)
class Stopped:
    """Why it went no further: ``ended``, or what stood in the way and at which nodes."""

    reason: str
    text: str
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class PathStep:
    """One step that was made, in the order they were made; ``flow`` is empty for the flow itself."""

    node: str
    path: str
    iter: int
    kind: str
    status: str
    outcome: str
    flow: str
    entered_at: str
    done_at: str | None
    error: dict[str, Any] | None


@dataclass(frozen=True)
class Rehearsal:
    """All of it. Times are those of the rehearsal's clock; what has a number with DRY never exists."""

    status: str
    outcome: str
    stage: str
    vars: dict[str, Any]
    error: dict[str, Any] | None
    stopped: Stopped
    steps: int
    ticket: str
    began_at: str
    ended_at: str
    path: tuple[PathStep, ...]
    stages: tuple[dict[str, Any], ...]
    approvals: tuple[dict[str, Any], ...]
    opened: tuple[dict[str, Any], ...]
    changes: tuple[dict[str, Any], ...]
    words: tuple[dict[str, Any], ...]
    items: tuple[dict[str, Any], ...]
    notices: tuple[dict[str, Any], ...]
    calls: tuple[dict[str, Any], ...]
    flows: tuple[dict[str, Any], ...]

    def data(self) -> dict[str, Any]:
        """It as JSON."""
        return asdict(self)

    @property
    def nodes(self) -> list[str]:
        """The nodes of the flow itself that were finished, in order."""
        return [step.node for step in self.path if not step.flow and step.status in ("done", "skipped")]


def told(moves: Moves, stopped: Stopped, ticket: Ticket | None) -> Rehearsal:
    """What came of it. Called before the rollback."""
    run, notes = moves.run, _Notes(moves)
    found: dict[str, Any] = {
        "status": run.status,
        "outcome": run.outcome,
        "stage": run.stage,
        "vars": run.vars,
        "error": run.error,
        "steps": moves.made,
        "ticket": ticket.number if ticket else "",
        "began_at": _when(moves.began_at),
        "ended_at": _when(db_now()),
        "path": list(notes.path()),
        "stages": list(notes.stages()),
        "approvals": list(notes.approvals()),
        "opened": list(notes.opened()),
        "changes": list(notes.changes()),
        "words": list(notes.words()),
        "items": list(notes.items()),
        "notices": list(notes.notices()),
        "calls": [_call(each) for each in moves.calls],
        "flows": list(notes.flows()),
        "stopped": asdict(stopped),
    }
    # The numbers tell nobody which connection they were drawn on, and one script gives one result.
    text = json.dumps(plain(found), ensure_ascii=False).replace(moves.ledger.prefix, MARK)
    whole = json.loads(text)
    lists = {name: tuple(value) for name, value in whole.items() if isinstance(value, list)}
    path = tuple(PathStep(**each) for each in whole["path"])
    stop = Stopped(**whole["stopped"] | {"nodes": tuple(whole["stopped"]["nodes"])})
    return Rehearsal(**whole | lists | {"path": path, "stopped": stop})


def _when(at: dt.datetime | None) -> str | None:
    return None if at is None else at.astimezone(dt.UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _call(made: Called) -> dict[str, Any]:
    return {
        "node": made.step.node_id,
        "path": made.step.path,
        "kind": made.step.kind,
        "attempt": made.step.attempt,
        "at": _when(made.at),
        "request": masked(made.prepared),
        "answer": {"error": made.reply.error} if made.reply.error else masked(made.reply.answer),
    }


class _Notes:
    """The rows that were noted while the flow ran and were not undone again."""

    def __init__(self, moves: Moves) -> None:
        self.moves = moves
        noted = moves.ledger.noted[moves.first :]
        by_model: dict[Any, list[Any]] = {}
        for _shift, row in noted:
            by_model.setdefault(type(row), []).append(row.pk)
        there = {
            model: set(model._default_manager.filter(pk__in=pks).values_list("pk", flat=True))
            for model, pks in by_model.items()
        }
        self.rows = [(moves.began_at + shift, row) for shift, row in noted if row.pk in there[type(row)]]

    def of(self, model: type[Any]) -> Iterator[tuple[dt.datetime, Any]]:
        """The rows of that model and their instants."""
        return ((at, row) for at, row in self.rows if isinstance(row, model))

    def events(self, name: str) -> Iterator[tuple[dt.datetime, dict[str, Any]]]:
        """Instant and payload of the facts of that name."""
        return ((at, row.payload) for at, row in self.of(OutboxEvent) if row.name == name)

    def path(self) -> Iterator[dict[str, Any]]:
        entered = {row.pk: at for at, row in self.of(FlowStep)}
        rows = FlowStep.objects.filter(run__in=self.moves.run_ids).select_related("run").order_by("pk")
        for step in rows:
            below = step.run_id != self.moves.run_ids[0]
            yield {
                "node": step.node_id,
                "path": step.path,
                "iter": step.iter,
                "kind": step.kind,
                "status": step.status,
                "outcome": str(step.output.get("outcome") or ""),
                "flow": compiled(step.run.flow_version_id).flow_key if below else "",
                "entered_at": _when(entered.get(step.pk, self.moves.began_at)),
                "done_at": _when(step.done_at),
                "error": step.error,
            }

    def stages(self) -> Iterator[dict[str, Any]]:
        for at, body in self.events("flow.stage_changed"):
            if body["run_id"] == self.moves.run_ids[0]:
                yield {"stage": body["stage"], "at": _when(at)}

    def approvals(self) -> Iterator[dict[str, Any]]:
        rows = FlowStep.objects.filter(run__in=self.moves.run_ids, kind=asking.KIND.key).order_by("pk")
        steps = [step for step in rows if step.output.get("request")]
        requests = requests_by_public_id([step.output["request"] for step in steps])
        events = self.events("approval.requested")
        asked = {body["request_public_id"]: at for at, body in events if body["why"] == "new"}
        for step in steps:
            request = requests[step.output["request"]]
            yield {
                "node": step.node_id,
                "path": step.path,
                "title": request.title,
                "rule": _rules(request),
                "asked_at": _when(asked.get(str(request.public_id))),
                "due_at": _when(request.due_at),
                "status": request.status,
                "reason": request.reason,
                "decided_at": _when(request.decided_at),
                "people": _people(request),
            }

    def opened(self) -> Iterator[dict[str, Any]]:
        for at, row in self.of(Ticket):
            yield {
                "number": row.number,
                "kind": row.kind,
                "title": row.title,
                "group": row.group.key if row.group else None,
                "assignee": row.assignee.username if row.assignee else None,
                "due_at": _when(row.due_at),
                "at": _when(at),
            }

    def changes(self) -> Iterator[dict[str, Any]]:
        """Written changes of tickets; what was opened, asked and said is told elsewhere."""
        tables = {spec.model._meta.db_table: spec.model for spec in kinds.all_kinds()}
        for at, row in self.of(AuditLog):
            model = tables.get(row.table)
            if model is not None and row.diff:
                fields = {
                    name: [_shown(model, name, each) for each in pair] for name, pair in row.diff.items()
                }
                yield {"number": row.object_ref, "what": row.action, "fields": fields, "at": _when(at)}

    def words(self) -> Iterator[dict[str, Any]]:
        rows = [(at, row) for at, row in self.of(Activity) if row.body and row.kind != ActivityKind.APPROVAL]
        numbers = dict(
            Ticket.objects.filter(pk__in=[row.ticket_id for _at, row in rows]).values_list("pk", "number")
        )
        for at, row in rows:
            yield {
                "number": numbers[row.ticket_id],
                "kind": row.kind,
                "public": bool(row.is_public),
                "text": row.body[:MAX_TEXT],
                "at": _when(at),
            }

    def items(self) -> Iterator[dict[str, Any]]:
        events = list(self.events("ci.created"))
        rows = CI.objects.select_related("ci_class", "assigned_to").in_bulk(
            [body["ci_id"] for _at, body in events]
        )
        for at, body in events:
            row = rows[body["ci_id"]]
            yield {
                "number": row.number,
                "class": row.ci_class.key,
                "name": row.name,
                "assigned_to": row.assigned_to.username if row.assigned_to else None,
                "serial": row.serial,
                "status": row.status,
                "at": _when(at),
            }

    def notices(self) -> Iterator[dict[str, Any]]:
        events = list(self.events("flow.notice"))
        known = people_by_id({pk for _at, body in events for pk in body["user_ids"]})
        for at, body in events:
            to = sorted(known[pk].username for pk in body["user_ids"])
            yield {"template": body["template"], "to": to, "names": body["names"], "at": _when(at)}

    def flows(self) -> Iterator[dict[str, Any]]:
        """Other flows that would have started, by a trigger or without being waited for."""
        numbers = {row.pk: row for _at, row in self.of(FlowRun)}
        for at, body in self.events("flow.started"):
            row = numbers.get(body["run_id"])
            if row is not None and row.pk not in self.moves.run_ids:
                number = row.ticket.number if row.ticket else ""
                yield {"flow": body["flow"], "ticket": number, "at": _when(at)}


def _rules(request: ApprovalRequest) -> str:
    """The rules of each stage in order: sets of one stage joined by a bar, stages by a comma."""
    return ", ".join("|".join(each["rule"] for each in stage["sets"]) for stage in request.policy["stages"])


def _people(request: ApprovalRequest) -> list[dict[str, Any]]:
    rows = sorted(request.approvals.all(), key=lambda row: row.pk)
    return [
        {
            "approver": row.approver.username,
            "group": row.via_group.key if row.via_group else None,
            "why": row.why,
            "status": row.status,
            "decided_by": row.decided_by.username if row.decided_by else None,
            "comment": row.comment,
        }
        for row in rows
    ]


def _shown(model: type[Ticket], name: str, value: Any) -> Any:
    """A reference by its key, user name or number instead of the database's own key."""
    field: Any = next((each for each in model._meta.concrete_fields if each.name == name), None)
    if value is None or field is None or not field.is_relation:
        return value
    row = field.related_model._default_manager.filter(pk=value).first()
    return next((str(getattr(row, key)) for key in ("username", "key", "number") if hasattr(row, key)), None)
