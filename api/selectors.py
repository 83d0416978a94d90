"""Reading jobs, and which events of the log a person may know of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.choices import Grant
from accounts.models import ApiToken, User
from accounts.people.policies import kept_people
from accounts.policies import has_grant, visible_tokens
from api.event_rules import CALLED, About, Payload, Rule, rule_for
from api.models import Job, JobItem
from api.policies import visible_jobs
from approvals.models import Approval, Delegation
from approvals.policies import visible_delegations
from approvals.policies import visible_to as visible_approvals
from catalog.models import CatalogItem
from catalog.policies import visible_items
from cmdb.models import CI
from cmdb.policies import visible_to as visible_cis
from core.errors import NotVisibleError
from core.models import OutboxEvent
from schedules.models import Rota
from schedules.policies import may as may_schedules
from schedules.policies import visible_rotas
from tickets import kinds
from tickets.api.serializers import told_changes
from tickets.policies import reads_internal
from tickets.selectors import seen_by


def jobs_for(actor: User, token: ApiToken | None) -> QuerySet[Job]:
    """The jobs of the caller, newest first."""
    return Job.objects.filter(visible_jobs(actor, token)).order_by("-pk")


def job_of(actor: User, token: ApiToken | None, public_id: Any, *, lock: bool = False) -> Job:
    """The caller's job with that id, locked until the commit if asked. Raises NotVisibleError."""
    rows = jobs_for(actor, token).filter(public_id=public_id)
    row = (rows.select_for_update(no_key=True) if lock else rows).first()
    if row is None:
        raise NotVisibleError
    return row


def items_of(job: Job) -> QuerySet[JobItem]:
    """The operations of a job with what came of them, in order; without their bodies."""
    return JobItem.objects.filter(job=job.pk).select_related("job").defer("body").order_by("no")


@dataclass(frozen=True)
class Told:
    """What a person is told of an event."""

    event: OutboxEvent
    data: dict[str, Any]


def known_to(actor: User, events: Sequence[OutboxEvent]) -> list[Told]:
    """What ``actor`` may know of these events now, in their order; the same few queries for any number."""
    world = _Seen(actor, [event.payload for event in events])
    told = ((event, world.data_of(event)) for event in events)
    return [Told(event, data) for event, data in told if data is not None]


class _Seen:
    """What of the things some events are about is visible to one person."""

    def __init__(self, actor: User, payloads: Iterable[Payload]) -> None:
        self.actor, self.is_inside = actor, reads_internal(actor)
        self.is_designer = has_grant(actor, Grant.CONFIG_WRITE)
        told = list(payloads)
        self.tickets = self._tickets(_ids(told, "ticket_id") | _ids(told, "target_id"))
        self.approvals = _found(Approval, visible_approvals, actor, "request_id", _ids(told, "request_id"))
        self.cis = _found(CI, visible_cis, actor, "pk", _ids(told, "ci_id"))
        self.items = _found(CatalogItem, visible_items, actor, "pk", _ids(told, "item_id"))
        self.delegations = _found(Delegation, visible_delegations, actor, "pk", _ids(told, "delegation_id"))
        self.people = _named(User, kept_people(actor), _ids(told, "user_id"), "username")
        self.tokens = _named(
            ApiToken, visible_tokens(actor), _ids(told, "token_id"), "public_id", "owner__username"
        )
        self.rotas = _found(Rota, visible_rotas, actor, "key", _texts(told, "rota"))

    def _tickets(self, ids: set[int]) -> dict[int, str]:
        """The numbers of the visible ones. The work behind an order is not there for employees."""
        if not ids:
            return {}
        rows = seen_by(self.actor).filter(pk__in=ids)
        if not self.is_inside:
            rows = rows.exclude(kind__in=[spec.key for spec in kinds.all_kinds() if not spec.employee_word])
        return dict(rows.values_list("pk", "number"))

    def data_of(self, event: OutboxEvent) -> dict[str, Any] | None:
        """What is told of the event; None when nothing is."""
        rule = rule_for(event.name)
        if rule is None or (rule.is_internal(event.payload) and not self.is_inside):
            return None
        if not self._may_know(rule.about, event.payload):
            return None
        if event.name.endswith(".updated") and not self._has_changed(event.payload):
            return None
        return self._shown(rule, event.payload)

    def _may_know(self, about: About, payload: Payload) -> bool:
        has_ticket = payload.get("ticket_id") in self.tickets
        answers = {
            About.TICKET: has_ticket,
            About.LINK: has_ticket and payload.get("target_id") in self.tickets,
            About.APPROVAL: has_ticket or payload.get("request_id") in self.approvals,
            About.RUN: has_ticket or (payload.get("ticket_id") is None and self.is_designer),
            About.CI: payload.get("ci_id") in self.cis,
            About.ITEM: payload.get("item_id") in self.items,
            About.ROTA: payload.get("rota") in self.rotas,
            About.DELEGATION: payload.get("delegation_id") in self.delegations,
            About.CALENDAR: may_schedules(self.actor, "read"),
            About.CONFIGURATION: self.is_designer,
            About.AUDIT: has_grant(self.actor, Grant.AUDIT_READ),
            About.PERSON: payload.get("user_id") in self.people,
            About.TOKEN: payload.get("token_id") in self.tokens,
        }
        return answers[about]

    def _has_changed(self, payload: Payload) -> bool:
        """Whether anything this person may read has: that something internal did is internal too (S-9)."""
        return bool(told_changes(payload.get("changed", []), internal=self.is_inside))

    def _shown(self, rule: Rule, payload: Payload) -> dict[str, Any]:
        names = (*rule.keys, *(rule.agent_keys if self.is_inside else ()))
        data = {CALLED.get(name, name): payload[name] for name in names if name in payload}
        number = self.tickets.get(payload.get("ticket_id", 0))
        if number is not None:
            data |= {"number": number, "url": f"/api/v1/tickets/{number}/"}
        elif rule.about is About.CI:
            data |= {"number": payload["number"], "url": f"/api/v1/cis/{payload['number']}/"}
        if rule.about is About.LINK:
            data["target"] = self.tickets[payload["target_id"]]
        elif rule.about is About.PERSON:
            (data["user"],) = self.people[payload["user_id"]]
        elif rule.about is About.TOKEN:
            token, data["user"] = self.tokens[payload["token_id"]]
            data["token"] = str(token)
        return data


def _ids(payloads: Iterable[Payload], name: str) -> set[int]:
    return {found for each in payloads if isinstance(found := each.get(name), int)}


def _texts(payloads: Iterable[Payload], name: str) -> set[str]:
    return {found for each in payloads if isinstance(found := each.get(name), str)}


def _named(model: Any, visible: Any, wanted: set[int], *columns: str) -> dict[int, tuple[Any, ...]]:
    """What those of ``wanted`` that are visible are called; no query when nothing is wanted."""
    if not wanted:
        return {}
    rows = model.objects.filter(visible, pk__in=wanted).values_list("pk", *columns)
    return {pk: tuple(names) for pk, *names in rows}


def _found(model: Any, visible: Any, actor: User, column: str, wanted: set[Any]) -> set[Any]:
    """Those of ``wanted`` that are visible; no query when nothing is wanted."""
    if not wanted:
        return set()
    rows = model.objects.filter(visible(actor), **{f"{column}__in": wanted})
    return set(rows.values_list(column, flat=True))
