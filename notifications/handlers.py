"""Who is told what when something happens; each runs in its own transaction and may run twice."""

from __future__ import annotations

from itertools import chain
from typing import Any

from core import live as broker
from core.models import OutboxEvent
from core.outbox import PermanentFailure, subscribe
from notifications import audience, decisions, live
from notifications.choices import Side
from notifications.selectors import is_answered, ticket_of
from notifications.services import Notice, known_template, notify
from tickets.choices import Phase
from tickets.merges import merge_of
from tickets.models import Activity, Survey


@subscribe("*")
def tell_open_pages(event: OutboxEvent) -> None:
    """Open pages that show what the event is about look again."""
    envelope = live.envelope_of(event)
    if envelope.messages:
        broker.send_now([envelope])


@subscribe("*.opened")
def tell_of_opening(event: OutboxEvent) -> None:
    """A ticket was opened."""
    ticket = ticket_of(event)
    if ticket is not None:
        notify(event, audience.of_opening(ticket), ticket=ticket)


@subscribe("*.moved")
def tell_of_move(event: OutboxEvent) -> None:
    """A ticket changed its state."""
    ticket = ticket_of(event)
    if ticket is not None and event.payload["from"] != event.payload["to"]:
        word = Activity.objects.filter(pk=event.payload.get("comment_id"), is_public=True).first()
        named = audience.of_mentions(ticket, event.payload.get("mentioned", ()))
        notify(event, chain(named, audience.of_move(ticket, event.payload, word)), ticket=ticket)


@subscribe("*.children_resolved")
def tell_of_children(event: OutboxEvent) -> None:
    """The last child of a ticket was resolved."""
    ticket = ticket_of(event)
    if ticket is not None and ticket.active:
        notify(event, audience.of_children(ticket), ticket=ticket)


@subscribe("*.tasks_done")
def tell_of_tasks(event: OutboxEvent) -> None:
    """The last task of a ticket has ended."""
    ticket = ticket_of(event)
    if ticket is not None and ticket.active:
        notify(event, [audience.of_tasks(ticket)], ticket=ticket)


@subscribe("*.caller_reminded")
def remind_of_question(event: OutboxEvent) -> None:
    """A question has no answer yet; one that was answered meanwhile reminds nobody."""
    ticket = ticket_of(event)
    word = Activity.objects.filter(pk=event.payload["question_id"], is_public=True).first()
    if ticket is not None and ticket.phase == Phase.WAITING:
        notify(event, [audience.of_reminder(ticket, word)], ticket=ticket)


@subscribe("ticket.survey_asked")
def tell_of_survey(event: OutboxEvent) -> None:
    """Somebody is asked how their ticket went."""
    ticket = ticket_of(event)
    survey = Survey.objects.filter(pk=event.payload["survey_id"]).first()
    if ticket is not None and survey is not None and survey.score is None:
        notify(event, [audience.of_survey(ticket, survey)], ticket=ticket)


@subscribe("ticket.assigned")
def tell_of_assignment(event: OutboxEvent) -> None:
    """A ticket has another group or assignee."""
    ticket = ticket_of(event)
    if ticket is not None and ticket.active:
        notify(event, [audience.of_owner(ticket)], ticket=ticket)


@subscribe("ticket.merged")
def tell_of_merge(event: OutboxEvent) -> None:
    """A ticket goes on in another one."""
    ticket = ticket_of(event)
    if ticket is not None and merge_of(ticket.pk) is not None:
        notify(event, [audience.to_requester(ticket, "ticket_merged")], ticket=ticket)


@subscribe("ticket.unmerged")
def tell_of_unmerge(event: OutboxEvent) -> None:
    """A merge was taken back."""
    ticket = ticket_of(event)
    if ticket is not None and ticket.active:
        notify(event, [audience.to_requester(ticket, "ticket_unmerged")], ticket=ticket)


@subscribe("ticket.commented")
def tell_of_comment(event: OutboxEvent) -> None:
    """Somebody wrote on a ticket, or put files on it."""
    ticket = ticket_of(event)
    word = Activity.objects.filter(pk=event.payload["activity_id"]).first()
    if ticket is not None and word is not None:
        named = audience.of_mentions(ticket, event.payload.get("mentioned", ()))
        notify(event, chain(named, audience.of_comment(ticket, word)), ticket=ticket)


@subscribe("approval.requested")
def tell_approvers(event: OutboxEvent) -> None:
    """People are asked to decide."""
    notify(event, decisions.asked(event))


@subscribe("approval.reminded")
def remind_approvers(event: OutboxEvent) -> None:
    """People have not decided yet."""
    notify(event, decisions.asked(event))


@subscribe("approval.reply_answered")
def answer_reply(event: OutboxEvent) -> None:
    """A mail answered a question, but decided nothing."""
    notify(event, decisions.reply_answered(event))


@subscribe("approval.decided")
def tell_of_decision(event: OutboxEvent) -> None:
    """A question was decided."""
    ticket = ticket_of(event)
    if ticket is not None:
        notify(event, decisions.decided(event, ticket), ticket=ticket)


@subscribe("flow.notice")
def tell_for_flow(event: OutboxEvent) -> None:
    """A flow tells somebody something; it names text, people and values."""
    payload = event.payload
    if not known_template(payload["template"]):
        raise PermanentFailure(f"there is no text {payload['template']!r}")
    ticket = ticket_of(event)
    params: dict[str, Any] = {"names": payload.get("names") or {}}
    if ticket is not None and payload["template"] == "request_rejected":
        params |= decisions.refusal(ticket)
    url = audience.portal_url(ticket) if ticket else ""
    notice = Notice(payload["template"], payload["user_ids"], Side.PORTAL, url, params=params)
    notify(event, [notice], ticket=ticket)


@subscribe("sla.warned")
def tell_of_warning(event: OutboxEvent) -> None:
    """An SLA clock comes to its end."""
    ticket = ticket_of(event)
    if ticket is not None and ticket.active:
        notify(event, audience.of_clock(ticket, event.payload["percent"], breached=False), ticket=ticket)


@subscribe("sla.breached")
def tell_of_breach(event: OutboxEvent) -> None:
    """An SLA clock missed its target."""
    ticket = ticket_of(event)
    if ticket is not None:
        notify(event, audience.of_clock(ticket, event.payload["percent"], breached=True), ticket=ticket)


@subscribe("sla.overdue")
def tell_of_overdue(event: OutboxEvent) -> None:
    """An SLA clock missed its target some time ago and still runs."""
    ticket = ticket_of(event)
    if ticket is not None and ticket.active:
        notify(event, audience.of_overdue(ticket, event.payload["percent"]), ticket=ticket)


@subscribe("sla.paged")
def tell_of_page(event: OutboxEvent) -> None:
    """Who is on call is asked to come, from the second on because nobody has answered yet.

    A page that was answered before its event got here wakes nobody.
    """
    ticket, payload = ticket_of(event), event.payload
    if ticket is not None and not is_answered(payload.get("page_id", 0)):
        params = {"names": {"percent": payload["percent"]}}
        template = "sla_paged" if payload.get("level", 1) == 1 else "page_climbed"
        page = audience.to_agents(ticket, template, payload["user_ids"], params=params)
        notify(event, [page], ticket=ticket)
