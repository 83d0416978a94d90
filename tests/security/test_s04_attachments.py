"""Files of tickets and who gets them, at every address, whole and in part (SECURITY S-4, UP-1, UP-5)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from accounts.models import RoleAssignment
from accounts.sessions import services as sessions
from core import attachments
from core.models import Attachment
from tests.api.calls import Caller
from tests.factories.accounts import CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.security.matrix import ROLES
from tests.security.operations import Operation, call, operations
from tests.security.test_absent_or_hidden import seen
from tests.security.world import World, nobodys, routes
from tickets.api.fields import UploadField
from tickets.models import Ticket
from tickets.services import attach, unwatch, watch

CONTENT = b"0123456789"
TAG = f'"{hashlib.sha256(CONTENT).hexdigest()}"'
AGENTS = {"agent", "other_agent", "super", "other_company"}
# Whose content each file is. Agents read public and internal ones, but none of a restricted group or of
# another company; the requester reads the public ones, and nothing of work orders.
READERS = {
    "incident": {"own", "agent", "other_agent", "supplier", "super"},
    "note": {"agent", "other_agent", "super"},
    "request": {"own", "agent", "other_agent", "supplier", "super"},
    "item": {"own", "agent", "other_agent", "supplier", "super"},
    "task": {"agent", "other_agent", "super"},
    "restricted": {"own", "agent"},
    "elsewhere": {"other_company"},
    "waiting": set(),
}
KINDS = {"request": "requests", "item": "request-items", "task": "catalog-tasks"}
ASKS: list[tuple[str, dict[str, str], int]] = [
    ("GET", {}, 200),
    ("HEAD", {}, 200),
    ("GET", {"Range": "bytes=0-3"}, 206),
    ("GET", {"Range": "bytes=10-"}, 416),
    ("GET", {"If-None-Match": TAG}, 304),
    ("GET", {"If-Match": '"other"'}, 412),
]


@dataclass(frozen=True)
class File:
    """A file, and the ticket it is on."""

    name: str
    key: str
    number: str

    def addresses(self) -> dict[str, bool]:
        """Every address of it, and whether it is a right one: of its ticket, of its kind."""
        own = KINDS.get(self.name, "incidents")
        kinds = {route.split("/")[2] for route, _view in routes() if "/attachments/<uuid" in route}
        api = {
            f"/api/v1/{kind}/{self.number}/attachments/{self.key}/": kind in {own, "tickets"}
            for kind in sorted(kinds)
        }
        return {f"/files/{self.key}/": True, f"/w/files/{self.key}/": True} | api


@pytest.fixture
def files(world: World) -> list[File]:
    """One file of each kind of ``READERS``."""
    own, agent, far = (world.people[name] for name in ("own", "agent", "other_company"))
    group = GroupFactory(is_restricted=True)
    group.memberships.create(user=agent)
    tickets = {
        "incident": (Ticket.objects.get(number=world.parts["incidents", "number"]), own, True),
        "note": (Ticket.objects.get(number=world.parts["incidents", "number"]), agent, False),
        "request": (Ticket.objects.get(number=world.parts["requests", "number"]), own, True),
        "item": (Ticket.objects.get(number=world.parts["request-items", "number"]), own, True),
        "task": (Ticket.objects.get(number=world.parts["catalog-tasks", "number"]), agent, True),
        "restricted": (make_incident(requester=own, group=group), own, True),
        "elsewhere": (make_incident(requester=far), far, True),
    }
    made = []
    for name, (ticket, uploader, public) in tickets.items():
        row = attachments.accept(uploader=uploader, name="ten.txt", chunks=[CONTENT])
        attach(ticket.pk, actor=uploader, attachment=row, public=public)
        made.append(File(name, str(row.public_id), ticket.number))
    waiting = attachments.accept(uploader=own, name="ten.txt", chunks=[CONTENT])
    return [*made, File("waiting", str(waiting.public_id), made[0].number)]


def client_of(person: Any) -> Client:
    client = Client(raise_request_exception=False, headers={"Accept-Language": "en"})
    if person is not None:
        client.force_login(person)
    return client


def told(client: Client, method: str, path: str, headers: dict[str, str]) -> tuple[int, Any, str]:
    """What a caller learns of what they may not have."""
    answer = client.generic(method, path, headers=headers)
    assert not answer.streaming, path
    status, named, body = seen(answer, path)
    return status, {name: value.replace(path, "PATH") for name, value in named.items()}, body


def test_every_address_that_serves_files_is_looked_at(files: list[File]) -> None:
    serving = {route for route, _view in routes() if re.search(r"(file|attachment)\w*/<uuid", route)}
    known = set(files[0].addresses())
    assert {re.sub(r"<\w+:number>", files[0].number, r) for r in serving} == {
        path.strip("/").replace(
            files[0].key, f"<uuid:{'file_id' if path.startswith('/api') else 'public_id'}>"
        )
        + "/"
        for path in known
    }


@pytest.mark.parametrize("who", ROLES)
def test_a_file_is_there_for_its_readers_and_for_nobody_else(
    world: World, files: list[File], who: str
) -> None:
    client, wrong, got, absent = client_of(world.people[who]), [], 0, {}
    for file in files:
        for path, is_right in file.addresses().items():
            may = is_right and who in READERS[file.name] and (not path.startswith("/w/") or who in AGENTS)
            for method, headers, status in ASKS if is_right else ASKS[:1]:
                if may:
                    answer = client.generic(method, path, headers=headers)
                    body = b"".join(answer.streaming_content) if answer.streaming else b""
                    right = {200: CONTENT if method == "GET" else b"", 206: CONTENT[:4]}.get(status, b"")
                    got += answer.status_code == 200
                    if (answer.status_code, body) != (status, right):
                        wrong.append(f"{method} {headers} {file.name} {path}: {answer.status_code} {body!r}")
                    continue
                nowhere = path.replace(file.key, nobodys(file.key))
                asked = (nowhere, method, str(headers))
                if asked not in absent:
                    absent[asked] = told(client, method, nowhere, headers)
                if (found := told(client, method, path, headers)) != absent[asked]:
                    wrong.append(f"{method} {headers} {file.name} {path}: {found} but {absent[asked]}")
    assert not wrong, "\n".join(wrong)
    assert (got > 0) is (who in set.union(*READERS.values()))
    assert {status for status, _headers, _body in absent.values()} <= {302, 401, 403, 404}


def _watcher(world: World, ticket: Ticket) -> Any:
    person = world.people["other"]
    watch(ticket.pk, actor=world.people["own"], user=person)
    return person


TAKEN: dict[str, tuple[str, Callable[[World, Ticket], None]]] = {
    "no longer watches": ("other", lambda w, t: unwatch(t.pk, actor=w.people["own"], user=w.people["other"])),
    "another's ticket": ("own", lambda w, t: _handed_on(t, w.people["agent"])),
    "a group of few": ("other_agent", lambda w, t: _moved(t, group=GroupFactory(is_restricted=True))),
    "another company": ("agent", lambda w, t: _moved(t, company=CompanyFactory())),
    "no agent any more": (
        "other_agent",
        lambda w, _t: RoleAssignment.objects.filter(user=w.people["other_agent"], role__key="agent").delete(),
    ),
    "made internal": ("own", lambda _w, t: t.attachments.update(is_public=False)),
    "disabled": ("own", lambda w, _t: _disable(w.people["own"])),
    "signed out": (
        "own",
        lambda w, _t: sessions.end_all(w.people["own"], actor=w.people["super"], with_tokens=True),
    ),
}


def _moved(ticket: Ticket, **to: Any) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(**to)


def _handed_on(ticket: Ticket, person: Any) -> None:
    ticket.watchers.all().delete()
    _moved(ticket, requester=person, opened_by=person)


def _disable(person: Any) -> None:
    type(person).objects.filter(pk=person.pk).update(is_active=False)


@pytest.mark.parametrize("how", TAKEN)
def test_a_link_dies_with_the_access(world: World, files: list[File], how: str) -> None:
    """On the very next request, also for who holds the content's tag or half of the file."""
    file = files[0]
    ticket = Ticket.objects.get(number=file.number)
    who, take = TAKEN[how]
    person = _watcher(world, ticket) if who == "other" else world.people[who]
    client, caller = client_of(person), Caller(person)
    paths = [path for path, is_right in file.addresses().items() if is_right]
    paths = [path for path in paths if not path.startswith("/w/") or who in AGENTS]
    asks = [{}, {"Range": "bytes=4-", "If-Range": TAG}, {"If-None-Match": TAG}]

    def statuses() -> set[int]:
        found = set()
        for path in paths:
            for headers in asks:
                answers = [client.get(path, headers=headers)]
                if path.startswith("/api/"):
                    answers.append(caller.client.get(path, headers=caller.headers | headers))
                for answer in answers:
                    found.add(answer.status_code)
                    b"".join(answer)  # read to its end it is closed
        return found

    assert statuses() == {200, 206, 304}
    take(world, ticket)
    assert statuses() <= {302, 401, 403, 404}


NAMING = [each for each in operations() if any(kind is UploadField for _n, kind, _m in each.references())]


@pytest.mark.parametrize("operation", NAMING, ids=[each.name for each in NAMING])
def test_a_file_of_somebody_else_is_taken_as_one_there_is_not(world: World, operation: Operation) -> None:
    """Another's upload, another's file on a ticket, one's own that is on a ticket already."""
    agent = world.people["agent"]
    client = client_of(agent)
    uploads = [
        attachments.accept(uploader=world.people[who], name="x.txt", chunks=[b"x"])
        for who in ("own", "other", "super", "other_company")
    ]
    mine = attachments.accept(uploader=agent, name="mine.txt", chunks=[b"x"])
    free = attachments.accept(uploader=agent, name="free.txt", chunks=[b"x"])
    attach(make_incident(requester=agent).pk, actor=agent, attachment=mine)
    keys = [str(each.public_id) for each in (*uploads, mine)] + [world.parts["attachments", "file_id"]]
    ((name, _kind, many),) = [each for each in operation.references() if each[1] is UploadField]

    def answer(key: str) -> tuple[int, str, str]:
        got = call(client, world, operation, {name: [key] if many else key})
        text = got.content.decode().replace(got["X-Request-Id"], "ID").replace(key, "KEY")
        return got.status_code, text, got.digest

    before = answer(nobodys(keys[0]))
    assert before[0] == 422
    assert before[2] == ""
    for key in keys:
        assert answer(key) == before, key
    assert answer(str(free.public_id))[0] == 201


def test_there_are_operations_that_name_files() -> None:
    assert len(NAMING) >= 2


def test_a_form_keeps_no_file_of_somebody_else(world: World) -> None:
    """The hidden field with which a refused form keeps its files takes one's own only."""
    other = attachments.accept(uploader=world.people["other"], name="secret-plan.txt", chunks=[b"x"])
    client = client_of(world.people["own"])
    page = client.post("/report/", {"text": "", "kept_files": [str(other.public_id)]})
    assert page.status_code in {200, 422}
    assert "secret-plan" not in page.content.decode()
    client.post("/report/", {"text": "VPN is down", "title": "VPN", "kept_files": [str(other.public_id)]})
    assert not Attachment.objects.get(pk=other.pk).attached


@pytest.mark.parametrize("who", ["anonymous", "super"])
def test_no_address_leads_to_the_folder_of_files(
    world: World, files: list[File], who: str, settings: Any
) -> None:
    client = client_of(world.people[who])
    sha = TAG.strip('"')
    assert attachments.path_of(sha).exists()
    media = attachments.path_of(sha).relative_to(settings.MEDIA_ROOT)
    folder = attachments.path_of(sha)
    for base in (
        "media",
        "files",
        "uploads",
        "static",
        "attachments",
        "static/../media",
        "static/%2e%2e/media",
    ):
        for path in (f"/{base}/{media}", f"/{base}/{sha}", f"/{base}/{sha}/"):
            assert client.get(path).status_code in {302, 400, 404}, path
    for path in (f"/static/{folder}", f"/static/..{folder}", f"/static/%2e%2e/%2e%2e{folder}"):
        assert client.get(path).status_code in {302, 400, 404}, path


def test_a_person_of_another_company_gets_no_file_of_a_ticket_that_names_him(world: World) -> None:
    """The wall holds also where a row was written past it: a watcher of another company."""
    ticket = Ticket.objects.get(number=world.parts["incidents", "number"])
    stranger = UserFactory(company=CompanyFactory())
    ticket.watchers.create(user=stranger)
    key = world.parts["attachments", "file_id"]
    assert client_of(stranger).get(f"/files/{key}/").status_code == 404
