"""One of everything, owned by one employee, for tests that walk all addresses."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts import tokens
from accounts.access.report import routes
from accounts.choices import Grant
from accounts.factors.selectors import factors_of
from accounts.models import Membership, Role
from api.operations import Operation
from api.services import start_job
from approvals.services import link_for
from cmdb.services import create_ci
from connectors.models import ConnectorCall
from core import attachments
from desk.bulk.choosing import Pick
from desk.bulk.services import start as start_bulk
from incidents.services import add_major_todo, draft_review, merge_incident, resolve_incident
from problems.services import add_factor, add_why
from schedules.services import make_link
from sla.models import Clock, SLADefinition
from sla.whatif.services import start_what_if
from tests.factories.accounts import (
    AgentFactory,
    CompanyFactory,
    DepartmentFactory,
    GroupFactory,
    LocationFactory,
    UserFactory,
    default_company,
    make_session,
)
from tests.factories.approvals import make_approval_request, make_delegation, row_of
from tests.factories.catalog import item_of, make_order, make_version, task_of
from tests.factories.connectors import make_connector
from tests.factories.desk import make_view
from tests.factories.handovers import make_hand_over
from tests.factories.incidents import make_incident, make_incident_task
from tests.factories.macros import make_reply
from tests.factories.major import make_major
from tests.factories.notifications import make_notice
from tests.factories.problems import make_candidate, make_problem, make_problem_task
from tests.factories.scheduled import make_schedule
from tests.factories.schedules import make_override, make_rota
from tests.factories.webhooks import make_delivery, make_webhook
from tickets.models import Survey
from tickets.services import add_checklist_items, add_comment, add_time, attach, link, watch
from tickets.surveys import token_of
from workflows.models import Flow, FlowRun, FlowScenario

_RESET = r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"
__all__ = ["REGULAR", "World", "build", "routes"]
# Addresses that the URL map writes as regular expressions.
REGULAR = {
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$": "/accounts/confirm-email/none/",
    _RESET: "/accounts/password/reset/key/1-x/",
    r"api/^v1/(?P<rest>.+[^/])$": "/api/v1/incidents",
    "api/^v1$": "/api/v1",
    "api/^": "/api/nothing/",
}
# Parts of addresses that name no thing: what is done to it, or a day of it.
WORDS = {"action", "bone", "date", "name", "part", "path", "role"}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class World:
    """The people, by the columns of the matrix, and what stands for each part of an address."""

    people: dict[str, Any]
    parts: dict[tuple[str, str], str]
    bodies: dict[str, dict[str, Any]]
    sessions: dict[str, str] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        """A browser of that person with no other cookie; signing in, a third of a call, is done once."""
        client = Client(raise_request_exception=False, headers={"Accept-Language": "en"})
        if self.people[role] is None:
            return client
        if role not in self.sessions:
            client.force_login(self.people[role])
            self.sessions[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
        client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        return client

    def body(self, path: str) -> dict[str, Any]:
        """A body that is well formed at that address; empty where any will do."""
        return next((body for end, body in self.bodies.items() if path.endswith(end)), {})

    def path(self, route: str, *, absent: bool = False) -> str:
        """The route with the keys of this world's things, or with keys of the same shape that nothing has."""
        if route in REGULAR:
            return REGULAR[route]

        def part(found: re.Match[str]) -> str:
            name = found[2]
            for start, key in self.parts:
                if key == name and start in route:
                    known = self.parts[start, key]
                    return nobodys(known) if absent and name not in WORDS else known
            raise AssertionError(f"tests/security/world.py has nothing for {name} of {route}")

        return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", part, route)


def _supplier() -> Any:
    """Who works on tickets of all without the right to read what is internal."""
    grants = [grant for grant in Role.objects.get(key="agent").grants if grant != Grant.TICKET_READ_INTERNAL]
    Role.objects.create(key="supplier", name_ko="협력사", grants=grants)
    return UserFactory(roles=["supplier"])


def nobodys(key: str) -> str:
    """A key of the same shape and length that nothing has."""
    return re.sub(r"[0-9a-f]", "0", key) if _UUID.fullmatch(key) else re.sub(r"\w", "9", key)


def build() -> World:
    """Everything once."""
    owner, group = UserFactory(), GroupFactory()
    agent = AgentFactory(groups=[group])
    approver = UserFactory()
    incident = make_incident("in_progress", requester=owner, group=group, agent=agent)
    other = make_incident(requester=owner)
    work = make_incident_task(incident=make_incident(requester=owner, group=group), group=group)
    problem = make_problem("rca", agent=agent, group=group)
    analysis = make_problem_task("assess", problem=problem, agent=agent)
    candidate = make_candidate(incident, other)
    version = make_version()
    order = make_order(person=owner, version=version)
    item = item_of(order)
    task = task_of(item)
    approval = row_of(make_approval_request(approver, ticket=incident), approver)
    file = attachments.accept(uploader=owner, name="a.txt", chunks=SimpleUploadedFile("a.txt", b"x").chunks())
    attach(incident.pk, actor=owner, attachment=file)
    tie = link(incident.pk, actor=agent, target=other, type="related")
    watch(incident.pk, actor=owner, user=owner)
    flow = Flow.objects.order_by("pk").first()
    version_of_flow = flow.versions.order_by("-no").first()
    run = FlowRun.objects.create(flow_version=version_of_flow, ticket=incident)
    scenario = FlowScenario.objects.create(flow=flow, name="a story")
    token, _plain = tokens.mint(actor=owner, owner=owner, name="x")
    session = make_session(owner)
    robot = UserFactory(is_service=True)
    TOTP.activate(owner, "JBSWY3DPEHPK3PXP")
    delegation = make_delegation(owner, approver)
    connector = make_connector(auth="bearer")
    called = ConnectorCall.objects.create(connector=connector, method="GET", url="https://erp.example/")
    called.refresh_from_db()
    webhook = make_webhook()
    message = make_delivery(webhook, state="dead")
    definition = SLADefinition.objects.filter(status="published").earliest("pk")
    asked = start_what_if(actor=None, definition=definition, months=1)
    ci = create_ci(actor=None, company=default_company(), class_key="laptop", name="l", assigned_to=owner)
    rota = make_rota(group, [agent])
    standing_in = make_override(rota, agent)
    planned = make_schedule(requester=owner, group=group)
    feed, secret = make_link(actor=agent)
    asks = Operation("0", "POST", "/api/v1/incidents/", body={"title": "x"}, has_body=True)
    job = start_job(actor=owner, token=None, operations=[asks], language="en", request_id="")
    numbers = {"incidents": incident, "incident-tasks": work, "tickets": incident, "request-items": item,
               "problems": problem, "problem-tasks": analysis,
               "requests": order, "catalog-tasks": task, "my/": order}  # fmt: skip
    day = dt.datetime(2090, 1, 1, tzinfo=dt.UTC)
    survey = Survey.objects.create(ticket=incident, person=owner, group=group, closes_at=day)
    twin = make_incident(requester=owner)
    merge_incident(twin.pk, actor=agent, into=other)
    said = add_comment(incident.pk, actor=owner, body="x")
    why = add_why(problem.pk, actor=agent, answer="x").public_id
    factor = add_factor(problem.pk, actor=agent, bone="process", text="x").public_id
    lines = {
        kind: add_checklist_items(row.pk, actor=agent, texts=["x"])[0].public_id
        for kind, row in numbers.items()
    }
    spent = {kind: add_time(row.pk, actor=agent, minutes=5).public_id for kind, row in numbers.items()}
    view = make_view(agent, audience="team", group=group).public_id
    macro = make_reply(
        agent,
        audience="team",
        group=group,
        kinds=["incident", "itask", "problem", "ptask", "request", "ritm", "sctask"],
        says="work_note",
    ).public_id
    handed = make_hand_over(AgentFactory(groups=[group]), group, incident).public_id
    bulk = start_bulk(
        actor=agent,
        action="note",
        picks=[Pick(incident.number, 1, incident)],
        given={"body": "x"},
        back_to="/w/",
        request_id="",
    ).public_id
    outage = make_major(requester=owner, group=group)
    todo = add_major_todo(outage.pk, actor=None, text="x")
    resolve_incident(outage.pk, actor=None, close_code="user_error", close_notes="x")
    draft_review(outage.pk)
    found = {("/whys/", "part_id"): why, ("/whys/", "public_id"): why,
             ("/factors/", "part_id"): factor, ("/factors/", "public_id"): factor,
             ("/macros/", "public_id"): macro, ("/hand-overs/", "public_id"): handed,
             ("/views/", "public_id"): view, ("/save/", "public_id"): view,
             **{(f"v1/{kind}/<key:number>/checklist/", "part_id"): key for kind, key in lines.items()},
             **{(f"v1/{kind}/<key:number>/time/", "part_id"): key for kind, key in spent.items()},
             ("/checklist/", "public_id"): lines["incidents"], ("/time/", "public_id"): spent["incidents"],
             ("w/bulk/", "public_id"): bulk, ("board/", "view"): "incidents"}  # fmt: skip
    parts = {
        ("/major/", "number"): outage.number,
        ("/major/", "part_id"): str(todo.public_id),
        ("/major/", "public_id"): str(todo.public_id),
        ("/major/", "role"): "scribe",
        ("/major/", "part"): "scribe",
        ("/major/", "name"): "propose_major",
        **{
            (start, key): row
            for start in ("/root-cause/", "/whys/", "/factors/", "/bones/")
            for key, row in (("number", problem.number), ("path", "problems"))
        },
        **{place: str(key) for place, key in found.items()},
        ("", "bone"): "process",
        ("merge/", "number"): twin.number,
        ("merge/", "path"): "incidents",
        ("split/", "message"): str(said.public_id),
        **{(start, "number"): row.number for start, row in numbers.items()},
        ("cis/", "number"): ci.number,
        ("w/history/", "sort"): "ticket",
        ("w/history/", "key"): incident.number,
        ("<slug:path>", "number"): incident.number,
        ("<slug:path>", "path"): "incidents",
        ("problems/", "slug"): "busy",
        ("problems/<key:number>/transitions", "name"): "mark_duplicate",
        ("problem-tasks/<key:number>/transitions", "name"): "assess",
        ("problem-candidates", "public_id"): str(candidate.public_id),
        ("recurring/", "public_id"): str(candidate.public_id),
        ("transitions", "name"): "resume",
        ("move", "name"): "cancel",
        ("demo/mail", "name"): "none",
        ("edit", "key"): "title",
        ("watchers", "username"): owner.username,
        ("users", "username"): owner.username,
        ("attachments", "file_id"): str(file.public_id),
        ("links", "link_id"): str(tie.public_id),
        ("clocks/", "clock_id"): str(incident.clocks.order_by("pk")[0].public_id),
        ("files", "public_id"): str(file.public_id),
        ("approvals", "public_id"): str(approval.public_id),
        ("delegations", "public_id"): str(delegation.public_id),
        ("notifications", "public_id"): str(make_notice(owner, ticket=incident).public_id),
        ("memberships", "public_id"): str(Membership.objects.get(user=agent).public_id),
        ("tokens", "public_id"): str(token.public_id),
        ("sessions/", "public_id"): str(session.public_id),
        ("sessions/", "username"): owner.username,
        ("design/people/", "username"): owner.username,
        ("service-accounts/", "username"): robot.username,
        ("second-factor/", "key"): factors_of(owner).rows[0].key,
        ("jobs/", "public_id"): str(job.public_id),
        ("flow-runs", "public_id"): str(run.public_id),
        ("flows/runs", "public_id"): str(run.public_id),
        ("act/", "action"): "cancel",
        ("flows", "key"): flow.key,
        ("scenarios", "public_id"): str(scenario.public_id),
        ("hooks/", "flow_key"): flow.key,
        ("catalog/items", "key"): version.item.key,
        ("catalog/item/", "key"): version.item.key,
        ("catalog/categories", "key"): version.item.category.key,
        ("catalog/", "category"): version.item.category.key,
        ("connectors/", "key"): connector.key,
        ("connectors/", "public_id"): str(called.public_id),
        ("<uuid:webhook_id>/deliveries/", "webhook_id"): str(webhook.public_id),
        ("<uuid:webhook_id>/deliveries/", "public_id"): str(message.public_id),
        ("webhooks/", "delivery_id"): str(message.public_id),
        ("webhooks/", "public_id"): str(webhook.public_id),
        ("design/connect/", "key"): connector.key,
        ("design/connect/", "name"): "token",
        ("groups", "key"): group.key,
        ("departments", "key"): DepartmentFactory().key,
        ("locations", "key"): LocationFactory().key,
        ("roles", "key"): "agent",
        ("roles", "username"): agent.username,
        ("ci-classes", "key"): "laptop",
        ("sla/definitions", "key"): definition.key,
        ("design/sla/", "key"): definition.key,
        ("sla/clocks", "public_id"): str(Clock.objects.filter(ticket=incident.pk).earliest("pk").public_id),
        ("what-if", "public_id"): str(asked.public_id),
        ("ticket-schedules/", "key"): planned.key,
        ("schedules", "key"): "kr-office",
        ("schedules", "date"): "2026-01-01",
        ("design/calendars/", "key"): "kr-office",
        ("on-call/", "key"): rota.key,
        ("on-call/", "public_id"): str(standing_in.public_id),
        ("on-call/", "override_id"): str(standing_in.public_id),
        ("on-call/", "layer_id"): str(rota.layers.get().public_id),
        ("on-call/", "feed_id"): str(feed.public_id),
        ("on-call/feeds/", "token"): secret,
        ("a/", "token"): link_for(approval.pk).strip("/").split("/")[-1],
        ("s/<", "token"): token_of(survey.public_id),
    }
    people = {
        "anonymous": None,
        "own": owner,
        "other": UserFactory(),
        "agent": agent,
        "approver": approver,
        "other_agent": AgentFactory(groups=[GroupFactory()]),
        "supplier": _supplier(),
        "super": UserFactory(roles=["super"]),
        "other_company": UserFactory(company=CompanyFactory(), roles=["administrator", "agent"]),
    }
    bodies = {
        "/comments/": {"body": "x"},
        "/child-comments/": {"body": "x"},
        "/work-notes/": {"body": "x"},
        "/major/propose/": {"reason": "x", "business_impact": "x"},
        "/major/accept/": {"work_note": "x", "business_impact": "x"},
        "/major/reject/": {"reason": "x"},
        "/major/demote/": {"reason": "x"},
        "/roles/scribe/": {"person": None},
        "/updates/": {"audience": "internal", "channel": "page", "text_ko": "x"},
        "/actions/": {"text": "x"},
        f"/actions/{todo.public_id}/": {"text": "y"},
        "/major/review/": {"lessons": "x"},
        "/watchers/": {"user": agent.username},
        "/links/": {"type": "blocks", "target": other.number},
        "/order/": {"variables": {"size": "small"}},
        "/decision/": {"decision": "approve"},
        "v1/incidents/": {"title": "x"},
        "v1/incident-tasks/": {"incident": incident.number, "title": "x"},
        f"{work.number}/": {"urgency": 1},
        "v1/problems/": {"title": "x"},
        "v1/problem-tasks/": {"problem": problem.number, "title": "x"},
        "/survey/": {"score": 4},
        "/checklist/": {"text": "x"},
        **{f"/checklist/{key}/": {"text": "y"} for key in lines.values()},
        "/time/": {"minutes": 5},
        **{f"/time/{key}/": {"minutes": 6} for key in spent.values()},
        "/merge/": {"into": other.number},
        "/split/": {"message": str(said.public_id)},
        "/tell/": {"what": "workaround"},
        f"/v1/problems/{problem.number}/whys/": {"answer": "x"},
        f"/v1/problems/{problem.number}/factors/": {"bone": "people", "text": "x"},
        f"/whys/{why}/": {"answer": "x"},
        "v1/hand-overs/": {"group": group.key, "text": "x"},
        "v1/macros/": {"name": "x", "kinds": ["incident"], "impact": 1},
        f"v1/macros/{macro}/": {"name": "x"},
        "/run-macro/": {"macro": str(macro)},
        "v1/views/": {"name": "x", "list": "incidents"},
        f"v1/views/{view}/": {"name": "x"},
        f"/factors/{factor}/": {"text": "x"},
        f"/w/problems/{problem.number}/factors/": {"bone": "people", "text": "x", "standing": "suspected"},
        f"/w/problems/{problem.number}/whys/": {"answer": "x"},
        f"{problem.number}/": {"urgency": 1},
        f"{analysis.number}/": {"urgency": 1},
        "v1/tokens/": {"name": "x"},
        "v1/service-accounts/": {"username": "nagios", "name_ko": "x"},
        f"v1/service-accounts/{robot.username}/": {"name_en": "x"},
        "v1/bulk/": {"operations": [{"method": "GET", "path": "/api/v1/users/me/"}]},
        f"flows/{flow.key}/start/": {"ticket": incident.number},
        "v1/cis/": {"name": "x", "ci_class": "server"},
        "v1/delegations/": {
            "delegate": agent.username,
            "start": "2090-01-01T00:00:00Z",
            "end": "2090-01-02T00:00:00Z",
        },
        f"on-call/{rota.key}/overrides/": {
            "person": agent.username,
            "start": "2090-01-01T00:00:00Z",
            "end": "2090-01-02T00:00:00Z",
        },
        "v1/ticket-schedules/": {"key": "x", "title": "x", "time": "09:00", "starts_on": "2026-01-01"},
        f"v1/ticket-schedules/{planned.key}/": {"title": "y"},
        "v1/users/me/": {"theme": "dark"},
        f"v1/users/{owner.username}/": {"grade": "G9"},
        f"v1/cis/{ci.number}/": {"name": "y"},
        f"{incident.number}/": {"urgency": 1},
        f"{order.number}/": {"description": "x"},
        f"{item.number}/": {"urgency": 1},
        f"{task.number}/": {"urgency": 1},
    }
    return World(people, parts, bodies)
