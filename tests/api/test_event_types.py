"""Two ways lead events out of the house, webhooks and the event log: they tell a person of the same ones.

A webhook may keep something back that the log tells, never the other way round.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts import tokens
from api.selectors import known_to
from cmdb.services import create_ci
from core.models import OutboxEvent
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory, administrator, default_company
from tests.factories.incidents import make_incident
from tickets.services import add_comment, add_work_note
from webhooks.catalogue import all_types
from webhooks.choices import Payload
from webhooks.messages import body_of

pytestmark = pytest.mark.django_db
# What the log calls by another name, or tells by its address alone.
RENAMED = {"request_public_id": "approval_request", "run_public_id": "run"}
OF_MESSAGES = {"sequence", "activity", "comment", "changed", "kind", "url", "number"}


def payloads(incident: Any, item: Any, note: int, comment: int, person: Any) -> list[dict[str, Any]]:
    """What events of any type may hold: internal and public, with and without a ticket, all keys at once."""
    token, _plain = tokens.mint(actor=person, owner=person, name="x")
    told = {
        "from": "new", "to": "resolved", "transition": "resolve", "decision": "approve", "reason": "x",
        "request_public_id": "0197c0de-0000-7000-8000-000000000000", "outcome": "approved", "flow": "laptop",
        "run_public_id": "0197c0de-0000-7000-8000-000000000000", "definition": "x", "track": "x", "no": 1,
        "percent": 75, "at": "2026-03-02T08:15:00+00:00", "rota": "x", "node_id": "n", "code": "c",
        "version": 1, "fields": ["vendor"], "type": "related", "ci_id": item.pk, "request_id": 0,
        "key": "agent", "is_active": True, "day": "2026-03-02", "block": 1, "hash": "ab",
        "user_id": person.pk, "token_id": token.pk,
    }  # fmt: skip
    ticket = {"ticket_id": incident.pk, "number": incident.number, "kind": "incident"}
    return [
        *(told | ticket | {"changed": changed} for changed in (["title"], ["severity"], ["ci"], [])),
        told | ticket | {"public": False, "activity_id": note, "changed": ["title"]},
        told | ticket | {"public": True, "activity_id": comment, "changed": ["title"]},
        told | {"number": item.number},
    ]


def test_a_webhook_tells_nobody_what_the_event_log_keeps_from_them():
    requester, stranger = UserFactory(), AgentFactory(company=CompanyFactory())
    people = [requester, UserFactory(), AgentFactory(), stranger, administrator()]
    incident, agent = make_incident(requester=requester), people[2]
    item = create_ci(actor=None, company=default_company(), class_key="laptop", name="theirs")
    note = add_work_note(incident.pk, actor=agent, body="Old.").pk
    comment = add_comment(incident.pk, actor=agent, body="We look.").pk
    wrong, both = [], 0
    for kind in all_types():
        for payload in payloads(incident, item, note, comment, agent):
            event = OutboxEvent.objects.create(name=kind.name, payload=payload)
            for person in people:
                body = body_of(event, person, Payload.THIN)
                log = known_to(person, [event])
                if body is None:
                    continue
                both += 1
                if not log:
                    wrong.append(f"{kind.name} {payload.get('changed')} to {person.username}: not in the log")
                    continue
                names = {RENAMED.get(name, name) for name in json.loads(body)["data"]} - OF_MESSAGES
                if names - log[0].data.keys():
                    wrong.append(f"{kind.name}: {sorted(names - log[0].data.keys())} not in the log")
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert both > 100
