"""What is sent of an event: decided when it is sent, by what the person whose rights it has may see then."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.utils import translation
from rest_framework.renderers import JSONRenderer

from accounts.choices import Grant
from accounts.models import ApiToken, User
from accounts.people.policies import kept_people
from accounts.policies import has_grant, is_agent, visible_tokens
from cmdb.api.serializers import CIOut
from cmdb.selectors import ci_numbered
from core.api.fields import Moment
from core.models import OutboxEvent
from tickets import kinds
from tickets.api.serializers import ActivityOut, TicketOut, told_changes
from tickets.merges import in_conversation
from tickets.models import Activity, Ticket
from tickets.policies import reads_internal, visible_activity
from tickets.selectors import seen_by
from webhooks.catalogue import TEST, About, EventType, find
from webhooks.choices import Payload

_AROUND = ("requester", "on_behalf_of", "opened_by", "assignee", "group", "ci", "parent")


def body_of(event: OutboxEvent, reader: User, payload: str) -> bytes | None:
    """The message as JSON, None when ``reader`` may not hear of it now.

    ``payload``: a ``Payload``. Texts are in the reader's language. A fixed number of queries.
    """
    kind = find(event.name)
    if kind is None or not reader.is_active:
        return None
    with translation.override(reader.language):
        data = _Teller(event, kind, reader, payload == Payload.FULL).data()
        return None if data is None else _written(event.name, event.created_at, data)


def sample_body(webhook_id: Any, now: Any) -> bytes:
    """The message of the Test button."""
    return _written(TEST, now, {"sequence": 0, "webhook": str(webhook_id)})


def _written(name: str, at: Any, data: dict[str, Any]) -> bytes:
    moment = Moment().to_representation(at)
    written: bytes = JSONRenderer().render({"type": name, "timestamp": moment, "data": data})
    return written


@dataclass(frozen=True)
class _Teller:
    """One event as one person may hear of it."""

    event: OutboxEvent
    kind: EventType
    reader: User
    is_full: bool

    @property
    def given(self) -> dict[str, Any]:
        """What the event itself says."""
        payload: dict[str, Any] = self.event.payload
        return payload

    def data(self) -> dict[str, Any] | None:
        """The message's ``data``; None when there is nothing the reader may hear."""
        has_ticket = bool(self.given.get("ticket_id"))
        about: dict[str, Any] | None
        if self.kind.about == About.CI:
            about = self._ci()
        elif self.kind.about == About.AUDIT:
            about = {} if has_grant(self.reader, Grant.AUDIT_READ) else None
        elif self.kind.about == About.PERSON:
            about = self._person()
        elif self.kind.about == About.TOKEN:
            about = self._token()
        elif has_ticket and self.kind.about != About.CONFIGURATION:
            about = self._ticket()
        elif self.kind.about == About.TICKET:
            about = None
        else:
            about = {} if has_grant(self.reader, Grant.CONFIG_WRITE) else None
        if about is None:
            return None
        own = {name: self.given[name] for name in self.kind.keys if name in self.given and name != "comment"}
        return {"sequence": self.event.pk, **own, **about}

    def _ci(self) -> dict[str, Any] | None:
        row = ci_numbered(self.reader, str(self.given.get("number", "")))
        if row is None:
            return None
        told: dict[str, Any] = {"number": row.number, "url": f"{settings.BASE_URL}/api/v1/cis/{row.number}/"}
        if self.is_full:
            told["ci"] = CIOut(row, context={"internal": is_agent(self.reader)}).data
        return told

    def _person(self) -> dict[str, Any] | None:
        rows = User.objects.filter(kept_people(self.reader), pk=self.given.get("user_id") or 0)
        name = rows.values_list("username", flat=True).first()
        return None if name is None else {"user": name}

    def _token(self) -> dict[str, Any] | None:
        rows = ApiToken.objects.filter(visible_tokens(self.reader), pk=self.given.get("token_id") or 0)
        row = rows.select_related("owner").first()
        return None if row is None else {"user": row.owner.username, "token": str(row.public_id)}

    def _ticket(self) -> dict[str, Any] | None:
        rows = seen_by(self.reader).filter(pk=self.given["ticket_id"])
        ticket = rows.select_related(*_AROUND).first()
        if ticket is None or not self._may_hear(ticket):
            return None
        spec = kinds.get(ticket.kind)
        told: dict[str, Any] = {
            "number": ticket.number,
            "kind": ticket.kind,
            "url": f"{settings.BASE_URL}/api/v1/{spec.path}/{ticket.number}/",
        }
        more = self._more(ticket)
        if more is None:
            return None
        if self.is_full:
            told["ticket"] = TicketOut(ticket, context=self._context()).data
        return told | more

    def _may_hear(self, ticket: Ticket) -> bool:
        """Of what is internal only agents: notes, engines' work, the orders of teams (PROCESSES G-08)."""
        if reads_internal(self.reader):
            return True
        return not self.kind.internal and bool(kinds.get(ticket.kind).employee_word)

    def _more(self, ticket: Ticket) -> dict[str, Any] | None:
        """What some events say beside the ticket; None when that very thing may not be seen."""
        if "target" in self.kind.keys:
            return self._target()
        if "changed" in self.kind.keys:
            changed = self._changed()
            if not changed and self.event.name.endswith(".updated"):
                return None
            return {"changed": changed} | self._comment(ticket, self.given.get("comment_id"))
        if self.event.name == "ticket.commented":
            return self._comment(ticket, self.given.get("activity_id")) or None
        return {}

    def _changed(self) -> list[str]:
        return told_changes(self.given.get("changed", []), internal=reads_internal(self.reader))

    def _target(self) -> dict[str, Any] | None:
        rows = seen_by(self.reader).filter(pk=self.given.get("target_id") or 0)
        number = rows.values_list("number", flat=True).first()
        return None if number is None else {"target": number}

    def _comment(self, ticket: Ticket, pk: Any) -> dict[str, Any]:
        """The words that the event is about, as far as the reader may read them."""
        rows = Activity.objects.filter(visible_activity(self.reader), in_conversation(ticket.pk), pk=pk or 0)
        row = rows.select_related("actor").first() if pk else None
        if row is None:
            return {}
        told: dict[str, Any] = {"activity": str(row.public_id)}
        return told | ({"comment": ActivityOut(row, context=self._context()).data} if self.is_full else {})

    def _context(self) -> dict[str, Any]:
        """What representations need to know of who reads; without the transitions, which cost queries."""
        return {
            "request": SimpleNamespace(user=self.reader),
            "internal": reads_internal(self.reader),
            "is_new": True,
        }
