"""S-7: what a mail or a step of a flow does is decided as the single call is, for the people of the world."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.test import Client
from rest_framework.settings import api_settings

from accounts.models import User
from approvals.models import Approval, DecisionLink, ReceivedMail
from approvals.selectors import hash_of
from approvals.services import decide_by_link, mailing
from cmdb.services import create_ci
from core.errors import DomainError
from core.time import db_now
from incidents.models import Incident
from tests.approvals.test_replies import mail
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.approvals import answer, make_delegation
from tests.factories.workflows import fresh, go, make_run
from tests.security.test_second_paths import code_of, signed_in, undone
from tests.security.world import World, build

# Decision and comment of a single call, and what a mail says for it.
SAID = [
    ("approve", "", "Approved"),
    ("reject", "", "Rejected"),
    ("reject", "No budget", "Rejected: No budget"),
]
STATES = ("open", "decided", "own request", "approver switched off", "delegated")
# How a mail answers where a single call does.
AS_MAIL = {200: "decided", 401: "not_allowed", 403: "not_allowed", 404: "not_allowed",
           409: "already_decided", 422: "no_reason"}  # fmt: skip
_numbers = count(1)


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "caller", "1000000/min")
    return build()


def asked_in(world: World, state: str) -> Approval:
    """The question put to the world's approver, in a state in which the gate says something of its own."""
    row = Approval.objects.get(public_id=world.parts["approvals", "public_id"])
    approver = world.people["approver"]
    if state == "decided":
        answer(row.request, approver)
    elif state == "own request":
        Incident.objects.filter(pk=row.request.ticket_id).update(requester=approver)
    elif state == "approver switched off":
        User.objects.filter(pk=approver.pk).update(is_active=False)
    elif state == "delegated":
        make_delegation(approver, world.people["other"])
    return row


def people_of(world: World) -> Iterator[tuple[str, Any]]:
    """Everybody with an account, as they are now."""
    for name, person in world.people.items():
        if person is not None:
            yield name, User.objects.get(pk=person.pk)


def singly(person: Any, row: Approval, decision: str, comment: str) -> tuple[int, str]:
    path = f"/api/v1/approvals/{row.public_id}/decision/"
    client = signed_in(person) if person.is_active else Client()
    found = client.post(path, {"decision": decision, "comment": comment}, content_type="application/json")
    return found.status_code, code_of(found.json()) if found.status_code >= 400 else ""


def mailed_to(person: Any, row: Approval, *, by_reply: bool) -> str:
    """The token of a mail that this person once got, whatever they may do today."""
    token = f"{next(_numbers):032x}"
    end = db_now() + dt.timedelta(days=1)
    DecisionLink.objects.create(
        approval=row, user=person, token_hash=hash_of(token), by_reply=by_reply, expires_at=end
    )
    return token


def by_reply(sender: Any, row: Approval, text: str, *, to: Any = None) -> str:
    """What comes of a reply by ``sender`` to the mail that went ``to`` them or to somebody else."""
    token = mailed_to(to or sender, row, by_reply=True)
    raw = mail(text, From=sender.email, To=f"maru+{token}@desk.example", Message_ID=f"<{token}@x.example>")
    assert mailing.store_mail(raw, trusted=True)
    assert mailing.take_mails(limit=10) == 1
    return str(ReceivedMail.objects.latest("pk").result)


def by_link(person: Any, row: Approval, decision: str, comment: str) -> str:
    """The code of the refusal of a link that went to this person; empty when it decided."""
    given = {"approve": "approved", "reject": "rejected"}[decision]
    try:
        decide_by_link(mailed_to(person, row, by_reply=False), decision=given, comment=comment)
    except DomainError as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize("state", STATES)
def test_a_decision_by_mail_or_link_is_decided_as_the_single_call(world, state):
    row, wrong, outcomes = asked_in(world, state), [], set()
    for name, person in people_of(world):
        for decision, comment, text in SAID:
            status, code = undone(singly, person, row, decision, comment)
            outcomes.add(status)
            mailed = undone(by_reply, person, row, text)
            if mailed != AS_MAIL[status]:
                wrong.append(f"{name} {text!r} by mail: {mailed}, singly {status} {code}")
            linked = undone(by_link, person, row, decision, comment)
            if linked != code and not (status == 401 and linked):
                wrong.append(f"{name} {text!r} by link: {linked!r}, singly {status} {code!r}")
    assert not wrong, "\n".join(wrong)
    may_somebody = state in {"open", "delegated"}
    assert (200 in outcomes) is may_somebody
    assert len(outcomes) > 1


def test_nobody_decides_by_a_reply_to_anothers_mail(world):
    row, approver = asked_in(world, "delegated"), world.people["approver"]
    for name, person in people_of(world):
        expected = "decided" if name == "approver" else "wrong_sender"
        for _decision, comment, text in (SAID[0], SAID[2]):
            assert undone(lambda *given: by_reply(*given, to=approver), person, row, text) == expected, (
                name,
                comment,
            )


# Flows act as the platform, so what they are held to is what holds for everybody: the ticket's states, its
# guards, and which people, groups and values a field can have.


def steps(world: World) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """What a step does, the address of the single call behind the ticket's, and its body."""
    stranger, gone = AgentFactory(company=CompanyFactory()), AgentFactory(is_active=False)
    group = Incident.objects.get(number=world.parts["incidents", "number"]).group
    item = create_ci(actor=None, company=stranger.company, class_key="laptop", name="theirs")
    names = {
        "theirs": GroupFactory(company=stranger.company).key,
        "closed": GroupFactory(is_active=False).key,
        "group": group.key if group else "",
    }
    found: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        (f"transitions/{name}/", {"transition": name, "inputs": inputs}, inputs)
        for name in ("start", "resume", "hold", "resolve", "close", "cancel", "reopen")
        for inputs in ({}, {"comment": "x"})
    ]
    values: list[dict[str, Any]] = [
        {"title": "New"}, {"title": ""}, {"title": "x" * 500}, {"urgency": 1}, {"urgency": 9},
        {"impact": "high"}, {"group": names["theirs"]}, {"group": names["closed"]}, {"group": "none"},
        {"group": names["group"]}, {"assignee": stranger.username}, {"assignee": gone.username},
        {"assignee": world.people["own"].username}, {"assignee": world.people["other_agent"].username},
        {"assignee": world.people["agent"].username}, {"assignee": "nobody"}, {"state": "closed"},
        {"number": "INC1"}, {"ci": "CI9999999"}, {"ci": item.number}, {"requester": stranger.username},
        {"on_behalf_of": stranger.username},
    ]  # fmt: skip
    found += [("", {"set": each}, each) for each in values]
    found += [("comments/", {"comment": text}, {"body": text}) for text in ("Hello.", "x" * 70_000)]
    return found


def by_call(client: Client, world: World, place: str, body: dict[str, Any]) -> bool:
    """Whether a person who may do everything may do this."""
    path = f"/api/v1/incidents/{world.parts['incidents', 'number']}/"
    tag = {"If-Match": client.get(path).headers["ETag"]}
    send = client.post if place else client.patch
    answer = send(path + place, body, content_type="application/json", headers=tag)
    assert answer.status_code != 428, answer.content
    return answer.status_code < 400


def by_step(world: World, step: dict[str, Any]) -> bool:
    """Whether a step of a flow does it; refused, the ticket stays as it was."""
    incident = Incident.objects.get(number=world.parts["incidents", "number"])
    run = make_run({"a": {"kind": "update_record", **step}}, ticket=incident)
    go()
    done = fresh(run).status == "completed"
    after = Incident.objects.get(pk=incident.pk)
    assert done or after.lock_version == incident.lock_version, step
    return done


def test_a_step_of_a_flow_is_held_to_what_holds_for_everybody(world):
    client, wrong, count_done = signed_in(world.people["super"]), [], 0
    for place, step, body in steps(world):
        allowed = undone(by_call, client, world, place, body)
        done = undone(by_step, world, step)
        count_done += done
        if done and not allowed:
            wrong.append(f"{step}: done by a step, refused singly")
        if allowed and not done:
            wrong.append(f"{step}: refused to a step, done singly")
    assert not wrong, "\n".join(wrong)
    assert count_done >= 5


def test_a_flow_about_one_companys_ticket_reaches_no_people_of_another(world):
    theirs = UserFactory(company=CompanyFactory())
    node = {
        "kind": "create_record",
        "table": "ci",
        "class": "laptop",
        "map": {"assigned_to": theirs.username},
    }
    incident = Incident.objects.get(number=world.parts["incidents", "number"])
    run = make_run({"a": node}, ticket=incident)
    go()
    assert fresh(run).status != "completed"
