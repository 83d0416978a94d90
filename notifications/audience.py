"""Who is told what of a ticket's event: pure decisions over the ticket as it stands, most specific first.

Kinds are never named: phases, ranks and the registered words for employees decide (CONVENTIONS section 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from accounts.models import User
from accounts.policies import is_agent
from accounts.selectors import members_of
from notifications.choices import Channel, Side
from notifications.services import Notice
from notifications.topics import WATCHED
from tickets import kinds
from tickets.choices import Phase
from tickets.models import Activity, Survey, Ticket
from tickets.policies import reads_internal
from tickets.selectors import watchers_of

QUIET = (Channel.INAPP,)
LATE_PERCENT = 75
# Moves after which it goes on in another ticket: that is told by a notice of its own.
ELSEWHERE = frozenset({"merge"})
WITHOUT_RESULT = frozenset({"cancelled", "closed_incomplete"})


def portal_url(ticket: Ticket) -> str:
    """The page where employees follow the ticket."""
    return f"/my/{ticket.number}/"


def desk_url(ticket: Ticket) -> str:
    """The page where agents work the ticket."""
    return f"/w/{kinds.get(ticket.kind).path}/{ticket.number}/"


def requester_side(ticket: Ticket) -> list[int]:
    """Requester, person it is for and opener; nobody for work that employees do not see."""
    if not kinds.get(ticket.kind).employee_word:
        return []
    people = (ticket.requester_id, ticket.on_behalf_of_id, ticket.opened_by_id)
    return [pk for pk in dict.fromkeys(people) if pk]


def workers(ticket: Ticket) -> list[int]:
    """The assignee, or all members of the group while there is none."""
    if ticket.assignee_id:
        return [ticket.assignee_id]
    return list(members_of(ticket.group_id).values_list("pk", flat=True)) if ticket.group_id else []


def group_managers(ticket: Ticket) -> list[int]:
    """Who manages the group that has the ticket."""
    if not ticket.group:
        return []
    named = [ticket.group.manager_id] if ticket.group.manager_id else []
    rows = User.objects.filter(memberships__group=ticket.group_id, memberships__is_manager=True)
    return [*named, *rows.values_list("pk", flat=True)]


def to_requester(ticket: Ticket, template: str, **more: Any) -> Notice:
    """A notice to the requester's side."""
    notice = Notice(template, requester_side(ticket), Side.PORTAL, portal_url(ticket))
    return replace(notice, **more)


def to_agents(ticket: Ticket, template: str, people: list[int], **more: Any) -> Notice:
    """A notice to people who work tickets."""
    return replace(Notice(template, people, Side.DESK, desk_url(ticket)), **more)


def to_watchers(ticket: Ticket, template: str, *, for_others: str = "", **more: Any) -> Iterator[Notice]:
    """Notices to who follows the ticket: agents get ``template``, others ``for_others`` if it is named."""
    watching = list(watchers_of(ticket))
    agents = [person.pk for person in watching if reads_internal(person)]
    if agents:
        yield to_agents(ticket, template, agents, topic=WATCHED, **more)
    others = [person.pk for person in watching if not reads_internal(person)]
    if others and for_others:
        yield replace(to_requester(ticket, for_others, topic=WATCHED, **more), people=others)


def of_opening(ticket: Ticket) -> Iterator[Notice]:
    """A new ticket: who asked gets a receipt if somebody else wrote it down, who is to work it is told.

    A part of something larger of the same person has no receipt of its own.
    """
    if ticket.parent is None or ticket.parent.requester_id != ticket.requester_id:
        yield to_requester(ticket, "ticket_received")
    yield of_owner(ticket)


def of_owner(ticket: Ticket) -> Notice:
    """Whose it is now."""
    template = "ticket_assigned" if ticket.assignee_id else "ticket_new_in_group"
    return to_agents(ticket, template, workers(ticket))


def of_comment(ticket: Ticket, word: Activity) -> Iterator[Notice]:
    """A public word goes to the other side and all who follow; an internal one to agents alone (G-08)."""
    params = {"activity": word.pk}
    if not word.is_public:
        assignee = [ticket.assignee_id] if ticket.assignee_id else []
        yield to_agents(ticket, "ticket_internal_note", assignee, params=params)
        yield from to_watchers(ticket, "ticket_internal_note", params=params)
        return
    there = ticket if word.ticket_id == ticket.pk else word.ticket  # said on what was merged into it
    from_requester = word.actor_id in requester_side(there)
    if from_requester:
        yield to_agents(ticket, "ticket_requester_replied", workers(ticket), params=params)
    yield to_requester(ticket, "ticket_replied", params=params)
    if not from_requester and ticket.assignee_id:
        yield to_agents(ticket, "ticket_commented", [ticket.assignee_id], params=params)
    yield from to_watchers(ticket, "ticket_commented", for_others="ticket_replied", params=params)


def of_mentions(ticket: Ticket, mentioned: Iterable[dict[str, Any]]) -> Iterator[Notice]:
    """Who is named in the words of an event: agents; others who follow hear of public words anyway."""
    for each in mentioned:
        people = [person.pk for person in User.objects.filter(pk__in=each["people"]) if is_agent(person)]
        if people:
            yield to_agents(ticket, "ticket_mentioned", people, params={"activity": each["activity_id"]})


def of_move(ticket: Ticket, move: dict[str, str], word: Activity | None) -> Iterator[Notice]:
    """A new state; ``word`` is the public comment that came with it."""
    params = {"activity": word.pk} if word else {}
    model = kinds.get(ticket.kind).model
    before, after = model.PHASES[move["from"]], model.PHASES[move["to"]]
    if after == Phase.DONE and move["transition"] not in ELSEWHERE:
        yield from _of_end(ticket, move["to"], params)
    elif before == Phase.DONE:
        yield to_agents(ticket, "ticket_reopened", workers(ticket), params=params)
    elif move["transition"] == "resume":
        yield to_agents(ticket, "ticket_resumed", [ticket.assignee_id] if ticket.assignee_id else [])
        yield from to_watchers(ticket, "ticket_resumed")
    elif after == Phase.WAITING and word:
        yield to_requester(ticket, "ticket_answer_needed", params=params)
    if word:
        yield from of_comment(ticket, word)
    yield from to_watchers(ticket, "ticket_moved", for_others="ticket_progress", channels=QUIET)


def _of_end(ticket: Ticket, state: str, params: dict[str, int]) -> Iterator[Notice]:
    rank = kinds.get(ticket.kind).model.RANKS[state]
    if state == "delivered":
        yield to_requester(ticket, "ticket_delivered", params=params, channels=QUIET)
    elif rank < 90:
        yield to_requester(ticket, "ticket_resolved", params=params)
    elif state == "closed":
        yield to_requester(ticket, "ticket_closed", params=params)
    elif state in WITHOUT_RESULT and (state == "cancelled" or ticket.parent_id):
        yield to_requester(ticket, "ticket_cancelled", params=params)
    if rank >= 90 and state != "closed" and ticket.assignee_id:
        yield to_agents(
            ticket, "ticket_withdrawn" if state == "cancelled" else "ticket_moved", [ticket.assignee_id]
        )


def of_children(ticket: Ticket) -> Iterator[Notice]:
    """All that stands below the ticket is resolved: who works it is told."""
    if ticket.assignee_id:
        yield to_agents(ticket, "children_resolved", [ticket.assignee_id])


def of_tasks(ticket: Ticket) -> Notice:
    """No task of the ticket is open any more: who works it is told."""
    return to_agents(ticket, "tasks_done", workers(ticket))


def of_reminder(ticket: Ticket, word: Activity | None) -> Notice:
    """The requester's side has not answered yet; ``word`` is the question."""
    return to_requester(ticket, "ticket_reminder", params={"activity": word.pk} if word else {})


def of_survey(ticket: Ticket, survey: Survey) -> Notice:
    """Only who is asked how it went."""
    return Notice("survey_asked", [survey.person_id], Side.PORTAL, f"{portal_url(ticket)}#survey")


def of_clock(ticket: Ticket, percent: int, *, breached: bool) -> Iterator[Notice]:
    """A promise that runs out or was missed: who works it; of a miss also who manages the group.

    Before three quarters of the time are over it only rings.
    """
    template = "sla_breached" if breached else "sla_warned"
    people = workers(ticket) + (group_managers(ticket) if breached else [])
    quiet = {"channels": QUIET} if percent < LATE_PERCENT and not breached else {}
    yield to_agents(ticket, template, people, params={"names": {"percent": percent}}, **quiet)


def of_overdue(ticket: Ticket, percent: int) -> Iterator[Notice]:
    """A missed promise that is still not kept: who works it and who manages the group."""
    people = workers(ticket) + group_managers(ticket)
    yield to_agents(ticket, "sla_overdue", people, params={"names": {"percent": percent}})


def of_escalation(
    ticket: Ticket, to: Iterable[str], people: Iterable[User], *, percent: int
) -> Iterator[Notice]:
    """A mark that its definition wants told to people by role (see ``escalations.ROLES``) and by name.

    Who works tickets hears of the promise, others that it takes longer.
    """
    params, roles, named = {"names": {"percent": percent}}, set(to), list(people)
    agents = [person.pk for person in named if reads_internal(person)]
    if "assignee" in roles and ticket.assignee_id:
        agents.append(ticket.assignee_id)
    if "group" in roles and ticket.group_id:
        agents += members_of(ticket.group_id).values_list("pk", flat=True)
    if "group_manager" in roles:
        agents += group_managers(ticket)
    yield to_agents(ticket, "sla_escalated", agents, params=params)
    if "watchers" in roles:
        yield from to_watchers(ticket, "sla_escalated", for_others="ticket_late", params=params)
    asked = requester_side(ticket) if "requester" in roles else []
    others = [person.pk for person in named if not reads_internal(person)]
    yield Notice("ticket_late", [*asked, *others], Side.PORTAL, portal_url(ticket))
