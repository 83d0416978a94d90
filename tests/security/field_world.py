"""What the field matrix needs besides the world: a record behind every list, so that each field is seen."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now

from accounts.models import User
from cmdb.models import CI
from connectors.models import Connector
from connectors.services import set_secret
from notifications.models import OnCallPage, PagedPerson
from scheduled.services import run_now
from schedules.models import Rota
from sla.calendars.services import choose_calendar
from sla.models import SLADefinition
from sla.services import draft_of
from sla.whatif.services import start_what_if
from tests.factories.accounts import AgentFactory
from tests.factories.incidents import make_incident
from tests.security.world import World
from tickets.models import Ticket, TicketCI
from tickets.services import add_comment, add_work_note, update_ticket
from webhooks.models import WebhookAttempt, WebhookDelivery
from workflows.choices import StepStatus
from workflows.models import Flow, FlowHook, FlowRun, FlowStep
from workflows.services import save_draft


def furnish(world: World) -> None:
    """Add to the world what its lists lack, and to the other company one ticket that its agent sees."""
    boss: Any = world.people["super"]
    ticket = Ticket.objects.get(number=world.parts["incidents", "number"])
    add_comment(ticket.pk, actor=world.people["own"], body="It is still so.")
    add_work_note(ticket.pk, actor=world.people["agent"], body="The switch, I think.")
    item = CI.objects.get(number=world.parts["cis/", "number"])
    TicketCI.objects.create(ticket=ticket, ci=item)
    make_incident(requester=world.people["other_company"])
    for start in (
        "incidents",
        "incident-tasks",
        "problems",
        "problem-tasks",
        "requests",
        "request-items",
        "catalog-tasks",
    ):
        row = Ticket.objects.get(number=world.parts[start, "number"])
        agent = world.people["agent"]
        update_ticket(row.pk, actor=boss, group=agent.member_of.get(), assignee=agent)
    _configuration(world, boss, item)
    _runs(world)
    _calls(world, ticket)


def colleague(world: World) -> User:
    """An agent of the same group who is none of the people of the matrix."""
    return AgentFactory(groups=list(world.people["agent"].member_of.all()))


def _configuration(world: World, boss: User, item: CI) -> None:
    flow = Flow.objects.get(key=world.parts["flows", "key"])
    newest = flow.versions.order_by("-no")[0]
    save_draft(actor=boss, key=flow.key, graph=newest.graph)
    FlowHook.objects.create(flow=flow, sealed=b"sealed")
    connector = Connector.objects.get(key=world.parts["connectors/", "key"])
    set_secret(connector.key, actor=boss, name="token", value="not-a-real-token")
    definition = SLADefinition.objects.get(key=world.parts["sla/definitions", "key"], status="published")
    draft_of(definition.key, actor=boss)
    choose_calendar(item, actor=boss, calendar_key="kr-office")
    asked = start_what_if(actor=boss, definition=definition, months=1)
    world.parts["what-if", "public_id"] = str(asked.public_id)
    run_now(world.parts["ticket-schedules/", "key"], actor=None)


def _runs(world: World) -> None:
    """A step of the run that failed for good, and one of the flow's stages."""
    run = FlowRun.objects.get(public_id=world.parts["flow-runs", "public_id"])
    FlowStep.objects.create(
        run=run,
        node_id="x",
        kind="end",
        status=StepStatus.FAILED,
        error={"code": "outside", "text": "x"},
        done_at=Now(),
    )


def _calls(world: World, ticket: Ticket) -> None:
    """A page about the ticket that somebody was called by, and a webhook's message that was tried once."""
    rota = Rota.objects.get(key=world.parts["on-call/", "key"])
    page = OnCallPage.objects.create(ticket=ticket, rota=rota, mark="x", percent=80, next_at=ticket.opened_at)
    PagedPerson.objects.create(page=page, user=world.people["agent"], level=1)
    message = WebhookDelivery.objects.get(public_id=world.parts["webhooks/", "delivery_id"])
    WebhookAttempt.objects.create(delivery=message, number=1, url="https://erp.example/", status=500)
