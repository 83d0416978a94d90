"""Keeping macros: what one may hold, who sees it, who changes it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from accounts.choices import Audience
from accounts.models import Membership
from core.errors import BadInputError, DomainError, NotAllowedError, NotVisibleError, StaleVersionError
from core.models import AuditLog
from macros.models import Macro
from macros.selectors import macros_for, macros_of_kinds
from macros.services import change_macro, copy_macro, delete_macro, make_macro
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory, administrator
from tests.factories.macros import make_hold, make_reply

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


# What is given beside a good reply template, the field that is refused, and a word of why.
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"name": " \n "}, "name", "name"),
    ({"name": "x" * 61}, "name", "at most 60"),
    ({"name": ["x"]}, "name", "text"),
    ({"kinds": []}, "kinds", "kinds of ticket"),
    ({"kinds": ["laptop"]}, "kinds", "Choose one of"),
    ({"kinds": "incident"}, "kinds", "list"),
    ({"kinds": ["incident", "itask"]}, "says", "Incident task"),
    ({"kinds": ["problem"]}, "says", "Problem"),
    ({"says": "shout"}, "says", "choices"),
    ({"says": ""}, "says", "who reads"),
    ({"text": "x" * 102_400}, "text", "at most 8000"),
    ({"text": "a\x00b"}, "text", "cannot be stored"),
    ({"text": "{{settings.SECRET_KEY}}"}, "text", "Braces"),
    ({"text": "{% load admin %}"}, "text", "Braces"),
    ({"text": "{request}"}, "text", "“{request}” is not known"),
    ({"text": "{number.__class__}"}, "text", "Braces"),
    ({"text": "{number!r}"}, "text", "Braces"),
    ({"text": "} {number"}, "text", "Braces"),
    ({"text": ""}, "text", "does nothing"),
    ({"impact": 4}, "impact", "1 (high)"),
    ({"urgency": "1"}, "urgency", "1 (high)"),
    ({"category": "cars"}, "category", "choices"),
    ({"assign": "boss"}, "assign", "choices"),
    ({"to_group": "network"}, "to_group", "choices"),
    ({"move": "explode"}, "move", "Possible: cancel, close, hold"),
    ({"move": "merge"}, "move", "cannot make"),  # it asks for another ticket
    ({"move": "unmerge_new"}, "move", "cannot make"),  # the platform's own
    ({"move": "hold"}, "inputs.hold_reason", "required"),
    ({"move": "hold", "inputs": {"hold_reason": "lunch"}}, "inputs.hold_reason", "choices"),
    ({"move": "hold", "inputs": {"hold_reason": 1}}, "inputs.hold_reason", "text"),
    ({"move": "hold", "inputs": ["hold_reason"]}, "inputs", "object"),
    ({"move": "hold", "inputs": {"hold_until": "2026-01-01"}}, "inputs.hold_until", "does not fill in"),
    ({"move": "resolve", "inputs": {"comment": "x"}}, "inputs.comment", "does not fill in"),
    ({"move": "resolve", "inputs": {"close_notes": "{x}"}}, "inputs.close_notes", "not known"),
    ({"move": "resolve", "inputs": {"close_tasks": True}}, "inputs.close_tasks", "does not fill in"),
    ({"kinds": ["incident", "request"], "category": "mail"}, "category", "Request"),
    ({"audience": "team"}, "group", "team"),
    ({"audience": "world"}, "audience", "choices"),
]  # fmt: skip


def test_what_does_not_fit_is_refused_at_its_field_and_nothing_is_kept(agent: Any):
    for given, field, word in REFUSED:
        with pytest.raises(DomainError) as refusal:
            make_reply(agent, **given)
        (error,) = refusal.value.errors
        assert error.field == field, given
        assert word.lower() in str(error.detail).lower(), (given, error.detail)
    with pytest.raises(BadInputError):
        make_reply(agent, uses=3)
    assert not Macro.objects.exists()


def test_a_macro_keeps_what_it_was_given_and_a_text_of_html_stays_text(agent: Any, group: Any):
    macro = make_hold(
        agent, " Wait\nhere ", text="<b>{title}</b> & {today}", to_group=group, urgency=1, category="mail"
    )
    macro.refresh_from_db()
    assert (macro.name, macro.text, macro.says) == ("Wait here", "<b>{title}</b> & {today}", "comment")
    assert (macro.move, macro.inputs) == ("hold", {"hold_reason": "awaiting_caller"})
    assert (macro.to_group, macro.urgency, macro.category, macro.assign) == (group, 1, "mail", "me")
    assert (macro.audience, macro.owner, macro.uses) == (Audience.MINE, agent, 0)
    assert not macro.is_reply
    assert make_reply(agent).is_reply
    assert AuditLog.objects.filter(table="macros_macro", action="made").count() == 2
    # Another move forgets what the old one asked for.
    change_macro(macro.public_id, actor=agent, move="start")
    macro.refresh_from_db()
    assert (macro.move, macro.inputs, macro.lock_version) == ("start", {}, 2)


def test_macros_are_seen_and_changed_by_those_they_are_for(agent: Any, group: Any):
    mate, boss, stranger = AgentFactory(groups=[group]), administrator(), AgentFactory()
    lead = AgentFactory(groups=[group])
    group.manager = lead
    group.save()
    mine = make_reply(agent, "mine")
    team = make_reply(agent, "team", audience="team", group=group)
    everyone = make_reply(boss, "everyone", audience="everyone")
    people = {
        "agent": agent,
        "mate": mate,
        "lead": lead,
        "boss": boss,
        "stranger": stranger,
        "requester": UserFactory(),
        "elsewhere": AgentFactory(company=CompanyFactory()),
    }
    seen = {name: [row.name for row in macros_for(person)] for name, person in people.items()}
    assert seen == {
        "agent": ["everyone", "mine", "team"],
        "mate": ["everyone", "team"],
        "lead": ["everyone", "team"],
        "boss": ["everyone"],
        "stranger": ["everyone"],
        "requester": [],
        "elsewhere": [],
    }
    rows = (mine, team, everyone)
    done = {(who, row.name): _renamed(row, person) for who, person in people.items() for row in rows}
    gone, no = NotVisibleError, NotAllowedError
    assert {who: tuple(done[who, row] for row in ("mine", "team", "everyone")) for who in people} == {
        "agent": (None, None, no),
        "mate": (gone, no, no),
        "lead": (gone, None, no),
        "boss": (gone, gone, None),
        "stranger": (gone, gone, no),
        "requester": (gone, gone, gone),
        "elsewhere": (gone, gone, gone),
    }
    for person, audience in ((agent, "everyone"), (people["requester"], "mine")):
        with pytest.raises(NotAllowedError):
            make_reply(person, audience=audience)
    with pytest.raises(NotAllowedError):
        make_reply(agent, audience="team", group=GroupFactory())
    Membership.objects.filter(user=agent, group=group).delete()
    assert [row.name for row in macros_for(type(agent).objects.get(pk=agent.pk))] == ["everyone", "mine"]


def _renamed(row: Macro, person: Any) -> Any:
    try:
        change_macro(row.public_id, actor=person, name=row.name)
    except DomainError as refusal:
        return type(refusal)
    return None


def test_a_macro_is_copied_changed_by_version_and_deleted(agent: Any, group: Any):
    shared = make_hold(AgentFactory(groups=[group]), "x" * 60, audience="team", group=group)
    own = copy_macro(shared.public_id, actor=agent)
    assert (own.owner, own.audience, own.group) == (agent, "mine", None)
    assert (own.name, own.move, own.inputs) == (
        "x" * 50 + " (copy)",
        "hold",
        {"hold_reason": "awaiting_caller"},
    )
    with pytest.raises(StaleVersionError):
        change_macro(own.public_id, actor=agent, expected_version=7, name="Later")
    with pytest.raises(StaleVersionError):
        delete_macro(own.public_id, actor=agent, expected_version=7)
    with pytest.raises(NotAllowedError):
        delete_macro(shared.public_id, actor=agent)
    delete_macro(own.public_id, actor=agent, expected_version=1)
    assert list(Macro.objects.all()) == [shared]


def test_the_most_used_come_first_and_only_those_of_the_kind(agent: Any):
    make_reply(agent, "b")
    often = make_reply(agent, "c")
    make_macro(actor=agent, name="task", kinds=["itask", "ptask"], move="start")
    Macro.objects.filter(pk=often.pk).update(uses=3)
    assert [row.name for row in macros_of_kinds(agent, ["incident"])] == ["c", "b"]
    assert [row.name for row in macros_of_kinds(agent, ["ptask", "itask"])] == ["task"]
    assert macros_of_kinds(agent, ["ptask", "incident"]) == []
