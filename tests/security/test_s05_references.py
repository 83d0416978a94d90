"""S-5: a reference to what the caller may not see is answered as one to nothing, and no row changes.

Generated from the serializers of every request body: each field that names something by its key is given the
key of a hidden thing, of nothing, and of a visible one. Fields that name something but look it up later stand
in ``LATER``; a field with a telling name that is neither fails the first test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.api.fields import DepartmentField, GroupField, LocationField, PersonField
from cmdb.api.fields import CIClassField, CIField
from cmdb.services import create_ci
from core import attachments
from core.api.fields import KeyField
from problems.api.serializers import PartField
from problems.services import add_why
from schedules.api.fields import CalendarField
from tests.factories.accounts import (
    AgentFactory,
    CompanyFactory,
    DepartmentFactory,
    GroupFactory,
    LocationFactory,
    UserFactory,
    default_company,
)
from tests.factories.incidents import make_incident
from tests.factories.problems import make_problem
from tests.security.operations import Operation, call, operations, rows_digest
from tests.security.world import World
from tickets.api.fields import TicketField, UploadField
from webhooks.api.serializers import LenderField

# What all companies share: nothing of it is hidden.
SHARED = {CIClassField, CalendarField}
# Texts that a view or service looks up as a reference: the kind, and what else the body needs.
LATER: dict[tuple[str, str], tuple[type[KeyField], dict[str, Any]]] = {
    ("flows-dry-run post", "ticket"): (TicketField, {}),
    ("flows-scenarios post", "ticket"): (TicketField, {"name": "x", "expected": {}}),
    ("sla-calendars post", "reference"): (GroupField, {"whose": "group", "calendar": None}),
}
TELLING = re.compile(
    r"ticket|user$|person|group|owner|manager|requester|assignee|assigned|approver|delegate|department"
    r"|location|^target$|company|parent|attachment|requested_for|reference|^ci$"
)
NO_REFERENCE = {
    ("connectors-list post", "username"),  # of the other service
    ("sla-definitions-list post", "target"),  # a kind of length
    ("sla-definitions-draft patch", "target"),
}


# Inputs of another transition than the one that the world's address names; problem tasks and the operation
# of merging have these too.
OTHER_MOVES = {("problems-move post", "assignee"), ("incidents-move post", "into")}


@dataclass(frozen=True)
class Keys:
    """A visible key, and hidden ones."""

    visible: str
    hidden: tuple[str, ...]
    missing: str = "nothing-of-this-name"


def pairs() -> list[tuple[Operation, str, type[KeyField], bool, dict[str, Any]]]:
    """Every operation with each of its references: name, kind, whether it is a list, what else is needed."""
    found = [
        (operation, name, kind, many, {})
        for operation in operations()
        for name, kind, many in operation.references()
        if kind not in SHARED and (operation.name, name) not in OTHER_MOVES
    ]
    known = {operation.name: operation for operation in operations()}
    for (name, field), (kind, more) in LATER.items():
        found.append((known[name], field, kind, False, more))
    return found


def upload_of(person: Any) -> str:
    file = attachments.accept(
        uploader=person, name="b.txt", chunks=SimpleUploadedFile("b.txt", b"y").chunks()
    )
    return str(file.public_id)


def make_keys(caller: Any, world: World, *, is_agent: bool) -> dict[type[KeyField], Keys]:
    """A visible thing of each kind for this caller, and what they may not see."""
    there = CompanyFactory()
    stranger = UserFactory(company=there)
    their_group = GroupFactory(company=there)
    far = make_incident(requester=stranger)
    hr = GroupFactory(is_restricted=True)
    secret = make_incident(requester=UserFactory(), group=hr)
    gone = UserFactory(is_active=False)
    robot = UserFactory(is_service=True)
    their_ci = create_ci(actor=None, company=there, class_key="laptop", name="theirs")
    others_ci = create_ci(actor=None, company=default_company(), class_key="laptop", name="another's")
    own_ci = create_ci(
        actor=None, company=default_company(), class_key="laptop", name="own", assigned_to=caller
    )
    own = make_incident(requester=caller)
    insider = AgentFactory(groups=[hr])
    their_why = add_why(make_problem(agent=insider, group=hr).pk, actor=insider, answer="x")
    return {
        PersonField: Keys(
            AgentFactory(groups=list(caller.member_of.all()[:1])).username,
            (stranger.username, gone.username, *(() if is_agent else (robot.username,))),
        ),
        LenderField: Keys(caller.username, (stranger.username, gone.username)),
        GroupField: Keys(GroupFactory().key, (their_group.key, GroupFactory(is_active=False).key)),
        LocationField: Keys(LocationFactory().key, (LocationFactory(company=there).key,)),
        DepartmentField: Keys(DepartmentFactory().key, (DepartmentFactory(company=there).key,)),
        CIField: Keys(
            own_ci.number, (their_ci.number, *(() if is_agent else (others_ci.number,))), "CI9999999"
        ),
        TicketField: Keys(own.number, (far.number, secret.number), "INC9999999"),
        PartField: Keys(
            world.parts["/whys/", "part_id"],
            (str(their_why.public_id),),
            "0197c0de-0000-7000-8000-000000000000",
        ),
        UploadField: Keys(
            upload_of(caller), (upload_of(world.people["other"]),), "0197c0de-0000-7000-8000-000000000000"
        ),
    }


def test_every_field_that_names_something_is_known():
    referring = {(operation.name, name) for operation, name, _kind, _many, _more in pairs()}
    shared = {
        (operation.name, name)
        for operation in operations()
        for name, kind, _many in operation.references()
        if kind in SHARED
    }
    telling = {
        (operation.name, name)
        for operation in operations()
        for name in operation.fields()
        if TELLING.search(name)
    }
    assert sorted(telling - referring - shared - NO_REFERENCE - OTHER_MOVES) == []
    kinds = {kind for _operation, _name, kind, _many, _more in pairs()}
    assert kinds == set(_below(KeyField)) - SHARED


def _below(kind: type) -> Iterator[type]:
    """The kinds of field made of this one, and those made of them."""
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def answer_to(client: Client, world: World, pair: Any, key: str) -> tuple[Any, Any]:
    """What the caller is told, with the key taken out of it, and the digest of the rows."""
    operation, name, _kind, many, more = pair
    answer = call(client, world, operation, more | {name: [key] if many else key})
    text = answer.content.decode().replace(key, "KEY")
    text = re.sub(r'"request_id":"[^"]*"', "", text)
    headers = {
        title: value
        for title, value in answer.headers.items()
        if title not in {"X-Request-Id", "Content-Length", "Content-Security-Policy"}
        and not title.lower().startswith(("ratelimit", "x-ratelimit"))
    }
    return (answer.status_code, text, headers), answer.digest


def is_unknown(answer: tuple[int, str, Any], name: str) -> bool:
    """Whether the answer says that what ``name`` refers to does not exist."""
    told = rf'"pointer":"/{name}[^"]*","code":"does_not_exist"'
    return answer[0] == 422 and re.search(told, answer[1]) is not None


class Trial:
    """What a caller was told for hidden, missing and visible keys."""

    def __init__(self, world: World, caller: Any, *, is_agent: bool) -> None:
        self.world, self.is_agent = world, is_agent
        self.client = Client(headers={"Accept-Language": "en"})
        self.client.force_login(caller)
        self.keys = make_keys(caller, world, is_agent=is_agent)
        self.before = rows_digest()
        self.wrong: list[str] = []
        self.reached = self.tried = 0

    def of(self, pair: Any) -> None:
        """One reference of one body."""
        operation, name, kind, _many, _more = pair
        place, wanted = f"{operation.name} {name}", self.keys[kind]
        missing = self.told(pair, wanted.missing, place)
        names_it = is_unknown(missing, name)
        self.reached += names_it
        if self.is_agent and not names_it:
            self.wrong.append(f"{place}: a missing key is answered with {missing[:2]}")
        if not self.is_agent and missing[0] in {403, 404}:
            return  # refused whatever the body says
        for key in wanted.hidden:
            self.tried += 1
            hidden = self.told(pair, key, place)
            if hidden != missing:
                self.wrong.append(f"{place}: {hidden} for a hidden key, {missing} for a missing one")
        if names_it:
            seen, _digest = answer_to(self.client, self.world, pair, wanted.visible)
            if is_unknown(seen, name):
                self.wrong.append(f"{place}: a visible key is refused too: {seen[:2]}")

    def told(self, pair: Any, key: str, place: str) -> Any:
        """The answer to a key that must change nothing."""
        answer, digest = answer_to(self.client, self.world, pair, key)
        if digest not in {"", self.before}:
            self.wrong.append(f"{place}: rows changed by the key {key}")
        return answer


@pytest.mark.parametrize("who", ["administrator", "employee"])
def test_a_hidden_reference_is_answered_as_a_missing_one(world: World, who: str):
    is_agent, caller = who == "administrator", world.people["own"]
    if is_agent:
        caller = AgentFactory(roles=["super"], groups=[world.people["agent"].member_of.get()])
    trial = Trial(world, caller, is_agent=is_agent)
    for pair in pairs():
        if pair[1] in pair[0].fields(internal=is_agent):
            trial.of(pair)
    print(f"S-5 as {who}: {len(pairs())} references, {trial.reached} met, {trial.tried} hidden keys tried")
    assert not trial.wrong, "\n".join(trial.wrong)
    assert trial.reached >= (50 if is_agent else 5)
