"""Two databases that differ in hidden data only, and what people are told in each (SECURITY S-9)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.roles.services import create_role
from approvals.services import decide
from catalog import services as catalogue
from catalog.models import CatalogItemVersion
from cmdb.services import create_ci
from core import attachments, time
from core.time import db_now
from sla.models import Clock
from tests.factories.accounts import (
    AgentFactory,
    CompanyFactory,
    DepartmentFactory,
    GroupFactory,
    LocationFactory,
    UserFactory,
    default_company,
)
from tests.factories.approvals import make_approval_request, make_delegation, row_of
from tests.factories.catalog import SIZES, form_with, make_order, make_version
from tests.factories.incidents import make_incident
from tests.factories.notifications import make_notice
from tests.factories.schedules import make_rota
from tests.security.matrix import rows
from tests.security.world import World
from tickets.models import Ticket
from tickets.services import add_comment, add_work_note, attach, link

# Health, sign-in, documents and a feed under a secret say nothing of tickets; drafts of pages carry the time.
APART = (
    "healthz",
    "readyz",
    "accounts/",
    "api/v1/schema/",
    "api/v1/docs/",
    "a/",
    "w/on-call/feeds/",
    "api/^",
    # They show the session that asks, and secrets made for this look.
    "account/sessions/",
    "account/second-factor/",
    "api/v1/sessions/",
    "design/sessions/",
)
# They count the seconds of the person's own ticket up to now.
TO_THE_SECOND = ("/breakdown/", "/times/")
LISTS = (
    "api/v1/tickets/",
    "api/v1/incidents/",
    "api/v1/requests/",
    "api/v1/request-items/",
    "api/v1/catalog-tasks/",
    "api/v1/cis/",
    "api/v1/users/",
    "api/v1/groups/",
    "api/v1/memberships/",
    "api/v1/approvals/",
    "api/v1/notifications/",
    "api/v1/flow-runs/",
    "api/v1/roles/",
    "api/v1/sla/clocks/",
)
ASKED = (
    "api/v1/tickets/?q=VPN&count=exact&page_size=1",
    "api/v1/tickets/?phase=open&ordering=priority",
    "api/v1/tickets/?unassigned=true&count=exact",
    "api/v1/cis/?q=gateway&count=exact",
    "api/v1/users/?q=kim&count=exact",
    "api/v1/search/?q=VPN",
    "api/v1/search/?q=kim&limit=50",
    "api/v1/search/?q=gateway&type=item",
    "api/v1/search/?q=secret",
    "api/v1/reports/sla/?period=quarter",
    "w/all/?q=VPN",
    "w/all/?view=unassigned",
    "w/all/?view=at_risk",
    "w/incidents/?sort=updated",
    "w/incidents/?priority=4&sla=none",
    "w/search/?q=VPN",
    "w/search/?q=INC",
    "w/search/?q=secret",
    "w/search/?q=sercet",
    "w/search/?q=VPN&type=incident&open=1",
    "w/search/?q=kim&type=people",
    "w/palette?q=VPN",
    "w/suggest/people/?q=kim",
    "w/suggest/items/?q=gateway",
    "w/reports/sla/?period=quarter",
    "w/reports/sla/clocks/?period=quarter",
    "w/reports/sla/export/?period=quarter",
    "w/reports/sla/export/?period=quarter&by=team",
    "search/?q=VPN",
    "search/suggest/?q=VPN",
    "people/?q=kim",
    "catalog/?q=chair",
    "my/?tab=done",
    "approvals/?tab=done",
    "design/flows/runs/?tab=failed",
)
_CHANGING = (
    (re.compile(rb'(name="csrfmiddlewaretoken" value=|"X-CSRFToken": )"[^"]*"'), rb"\1"),
    (re.compile(rb"nonce(-|=\")[\w+/=-]+"), b"nonce"),
    (re.compile(rb'"request_id":\s*"[^"]*"'), b"request_id"),
    (
        re.compile(rb"(<small>\d+ \xc2\xb7 \w+ \xc2\xb7) [\w-]+"),
        rb"\1",
    ),  # the id of the request on error pages
    (re.compile(rb'(name="once_key" value=)"[^"]*"'), rb"\1"),
    (re.compile(rb"(since=)[\w%.:+-]+"), rb"\1"),  # when the list was read
    # What is left of a promise, second by second while its calendar is open.
    (re.compile(rb'("(left|percent|remaining)":\s*)("[^"]*"|-?\d+)'), rb"\1"),
    (re.compile(rb'(<sla-clock left=)"-?\d+"([^>]*>)[^<]*'), rb"\1\2"),
    # Places in the event log are sealed anew each time.
    (re.compile(rb'("(position|next)":\s*)"[\w-]{40,}"'), rb"\1"),
    (re.compile(rb"(after=)[\w%.:+-]+"), rb"\1"),
)
_HEADERS = {"Date", "X-Request-Id", "Set-Cookie", "Server-Timing"}


@dataclass(frozen=True)
class Told:
    """An answer without what differs between any two answers."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def paths_for(world: World, *, details: bool) -> list[str]:
    """Every address that is read, from the matrix; without ``details`` the ones that name no record."""
    routes = [
        route
        for route, method in rows()
        if method == "get" and not route.startswith(APART) and not route.endswith(TO_THE_SECOND)
    ]
    kept = [route for route in routes if details or "<" not in route]
    asked = [*(f"{route}?count=exact" for route in LISTS), *ASKED]
    return [world.path(route) for route in kept] + [f"/{each}" for each in asked]


def hide_from_everybody(world: World, team: tuple[Any, Any, Any]) -> None:
    """Both."""
    hide_in_another_company()
    hide_in_the_group(world, team)


def told(person: Any, paths: Iterable[str]) -> dict[str, Told]:
    """What each address tells that person, asked with an empty cache."""
    cache.clear()
    client = Client(raise_request_exception=False, headers={"Accept-Language": "en"})
    client.force_login(person)
    return {path: _told(client.get(path)) for path in paths}


def _told(answer: Any) -> Told:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = []
    for name, value in answer.headers.items():
        if name not in _HEADERS and "ratelimit" not in name.lower():
            headers.append((name, re.sub(r"nonce-[\w+/=-]+", "nonce", value)))
    for pattern, put in _CHANGING:
        body = pattern.sub(put, body)
    return Told(answer.status_code, tuple(sorted(headers)), body)


def differences(before: dict[str, Told], after: dict[str, Told]) -> Iterator[str]:
    """Where the two tell something else, with the first place in which they do."""
    for path, first in before.items():
        second = after[path]
        if first == second:
            continue
        if first.body == second.body:
            odd = set(first.headers) ^ set(second.headers)
            yield f"{path}: status {first.status} and {second.status}, headers {sorted(odd)}"
            continue
        at = next(
            (at for at, pair in enumerate(zip(first.body, second.body, strict=False)) if pair[0] != pair[1]),
            min(len(first.body), len(second.body)),
        )
        start = max(at - 120, 0)
        yield f"{path} at {at}:\n    {first.body[start : at + 120]!r}\n    {second.body[start : at + 120]!r}"


@contextmanager
def still() -> Iterator[None]:
    """Time stands still, for Python and for what asks the database."""
    with (
        time_machine.travel(timezone.now(), tick=False),
        patch.object(time, "_asked", lambda _query, asked=time._asked: asked("SELECT now()")),
    ):
        yield


def restricted_team() -> tuple[Any, Any, Any]:
    """A restricted group, its agent and an employee: visible themselves, so they are in both databases."""
    group = GroupFactory(is_restricted=True, name_ko="인사팀", name_en="HR")
    agent = AgentFactory(groups=[group])
    return group, agent, UserFactory()


def _late(ticket: Any) -> None:
    """Its clocks are overdue."""
    past = db_now() - dt.timedelta(hours=3)
    Clock.objects.filter(ticket=ticket.pk).update(due_at=past)


def hide_in_the_group(world: World, team: tuple[Any, Any, Any]) -> None:
    """Tickets of the restricted group, tied to visible things."""
    group, agent, employee = team
    visible = Ticket.objects.get(number=world.parts["incidents", "number"])
    for state in ("new", "in_progress", "on_hold", "resolved"):
        secret = make_incident(state, requester=employee, group=group, agent=agent, impact=1, urgency=1)
        add_work_note(secret.pk, actor=agent, body="VPN of the board")
        _late(secret)
    add_comment(secret.pk, actor=employee, body="VPN")
    approval = make_approval_request(agent, ticket=secret)
    decide(row_of(approval, agent).pk, actor=agent, decision="approved")
    make_notice(agent, ticket=secret)
    Ticket.objects.filter(pk=secret.pk).update(parent=visible.pk, ci=visible.ci_id)


def hide_in_another_company() -> None:
    """Another company with everything in it."""
    there = CompanyFactory()
    group = GroupFactory(company=there)
    boss = UserFactory(company=there, roles=["administrator"], groups=[group])
    person = UserFactory(company=there, manager=boss, department=DepartmentFactory(company=there))
    LocationFactory(company=there)
    ci = create_ci(actor=None, company=there, class_key="service", name="gateway", assigned_to=person)
    far = make_incident("in_progress", requester=person, group=group, agent=boss, ci=ci, impact=1, urgency=1)
    _late(far)
    make_notice(person, ticket=far)
    make_approval_request(boss, ticket=far)
    make_delegation(boss, person)
    make_rota(group, [boss], key="theirs")
    tokens.mint(actor=person, owner=person, name="x")
    create_role(actor=boss, key="their-role", name_ko="역할", grants=["api.use"])
    shelf = catalogue.create_category(
        actor=None, company=there, key="their-shelf", name_ko="의자", name_en="Chair"
    )
    item = catalogue.create_item(
        actor=None, company=there, key="their-item", category=shelf, owner_group=group
    )
    make_order(person=person, version=make_version(item=item, form=form_with(SIZES)))


def hide_from_employees(world: World) -> None:
    """Other people's tickets and equipment, and internal words and files on the person's own ticket."""
    agent, stranger = world.people["agent"], world.people["other"]
    own = Ticket.objects.get(number=world.parts["incidents", "number"])
    add_work_note(own.pk, actor=agent, body="VPN: he forgot his password again")
    file = attachments.accept(
        uploader=agent, name="inner.txt", chunks=SimpleUploadedFile("inner.txt", b"z").chunks()
    )
    attach(own.pk, actor=agent, attachment=file, public=False)
    for state in ("new", "in_progress", "resolved"):
        other = make_incident(state, requester=stranger, agent=agent, impact=1, urgency=1)
        _late(other)
    link(own.pk, actor=agent, target=other, type="related")
    create_ci(actor=None, company=default_company(), class_key="laptop", name="gateway", assigned_to=stranger)
    key = world.parts["catalog/item/", "key"]
    make_order(person=stranger, version=CatalogItemVersion.objects.get(item__key=key))
    UserFactory(is_service=True)
