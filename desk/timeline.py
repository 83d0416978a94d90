"""The conversation of a ticket: activity rows as the entries of our timeline component."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.components import Entry, FileLink
from desk.words import Names, changes_in_words
from tickets.choices import ActivityKind
from tickets.models import Activity, Ticket, TicketAttachment

FOLDED_FROM = 3
SPOKEN = {ActivityKind.COMMENT, ActivityKind.MAIL, ActivityKind.WORK_NOTE}
_WORDS = {ActivityKind.COMMENT, ActivityKind.MAIL}
SHOWN: dict[str, str | Promise] = {
    "all": gettext_lazy("All"),
    "conversation": gettext_lazy("Conversation"),
    "internal": gettext_lazy("Internal"),
    "system": gettext_lazy("System"),
}
VERBS: dict[str, str | Promise] = {
    "approval_requested": gettext_lazy("Approval was asked for"),
    "approval_approved": gettext_lazy("Approved"),
    "approval_rejected": gettext_lazy("Declined"),
    "approval_reminded": gettext_lazy("The approvers were reminded"),
    "approval_escalated": gettext_lazy("Not answered in time, so the manager is asked too"),
    "approval_cancelled": gettext_lazy("The question was withdrawn"),
    "approval_stage_started": gettext_lazy("The next stage of the approval began"),
    "approval_reasked": gettext_lazy("What was asked has changed, so it is asked anew"),
    "approval_empty": gettext_lazy("There was nobody to ask"),
    "page_climbed": gettext_lazy("The page was not answered in time, so the next person is called"),
    "page_acknowledged": gettext_lazy("Answered the page"),
    "page_unanswered": gettext_lazy("Nobody answered the page, and nobody is left to call"),
    "caller_reminded": gettext_lazy("The requester was reminded to answer"),
    "routed": gettext_lazy("Assigned by the rule"),
    "survey_answered": gettext_lazy("Said how it went"),
    "merged": gettext_lazy("Merged into another ticket"),
    "merged_here": gettext_lazy("Another ticket was merged into this one"),
    "unmerged": gettext_lazy("Took the merge back"),
    "unmerged_here": gettext_lazy("The merge of another ticket was taken back"),
    "split": gettext_lazy("Opened a new ticket for a part of this one"),
    "major_seat": gettext_lazy("Who does what in the major incident"),
    "major_update_internal": gettext_lazy("Internal update"),
    "major_update_public": gettext_lazy("Update for all who are affected"),
    "major_update_overdue": gettext_lazy("The next update is overdue"),
    "major_todo": gettext_lazy("New action"),
    "major_todo_changed": gettext_lazy("Action changed"),
    "major_todo_done": gettext_lazy("Action done"),
    "major_todo_removed": gettext_lazy("Action taken away"),
    "major_review_changed": gettext_lazy("The review was changed"),
    "major_review_finished": gettext_lazy("The review was finished"),
    "checklist_added": gettext_lazy("Added to the checklist"),
    "checklist_changed": gettext_lazy("Line of the checklist reworded"),
    "checklist_done": gettext_lazy("Ticked off"),
    "checklist_undone": gettext_lazy("Not done after all"),
    "checklist_moved": gettext_lazy("Line of the checklist moved"),
    "checklist_removed": gettext_lazy("Taken from the checklist"),
    "time_added": gettext_lazy("Time noted"),
    "time_changed": gettext_lazy("Time corrected"),
    "time_removed": gettext_lazy("Time taken away"),
    "tasks_done": gettext_lazy("All its tasks have ended"),
    "flow_suspended": gettext_lazy("The flow stopped and needs a person"),
}
_ICONS = {
    ActivityKind.STATE: "arrow-right",
    ActivityKind.FIELD: "pencil",
    ActivityKind.APPROVAL: "circle-check",
    ActivityKind.SLA: "alarm-clock",
    ActivityKind.FLOW: "workflow",
    ActivityKind.MAIL: "mail",
    ActivityKind.ATTACHMENT: "paperclip",
    ActivityKind.SYSTEM: "zap",
}


@dataclass(frozen=True)
class Block:
    """What stands together in the timeline: one message, or system lines in a row; many of them fold."""

    entries: list[Entry] = field(default_factory=list)
    folded: bool = False


def blocks(
    ticket: Ticket,
    rows: Iterable[Any],
    names: Names,
    *,
    shown: str = "all",
    merged: Sequence[Ticket] = (),
    split_at: Callable[[Any], str] | None = None,
) -> list[Block]:
    """The timeline, oldest first: the report itself, then what happened.

    The reports of what was ``merged`` stand where they came in. ``split_at`` gives the address at which a
    public message becomes a ticket of its own.
    """
    told = bool(ticket.description) or ticket.kind == "incident"
    is_told = shown not in {"internal", "system"}
    entries = [_report(ticket)] if told and is_told else []
    for row in rows:
        if _is_shown(row, shown):
            entry = _marked(_entry(row.came_from or ticket, row, names), row.came_from)
            is_word = split_at is not None and row.is_public and row.kind in _WORDS and row.body
            entries.append(
                replace(entry, offer=(_("Split off"), split_at(row))) if is_word and split_at else entry
            )
    if merged and is_told:
        entries += [_marked(replace(_report(each), anchor=""), each) for each in merged]
        entries.sort(key=lambda entry: entry.at)
    found: list[Block] = []
    for entry in entries:
        if entry.kind == "system" and found and found[-1].entries[-1].kind == "system":
            found[-1].entries.append(entry)
        else:
            found.append(Block([entry]))
    return [Block(b.entries, folded=len(b.entries) >= FOLDED_FROM and shown == "all") for b in found]


def _marked(entry: Entry, came_from: Ticket | None) -> Entry:
    """The entry, saying on which merged ticket it was said."""
    if came_from is None:
        return entry
    return replace(entry, origin=_("from %(number)s") % {"number": came_from.number})


def _is_shown(row: Activity, shown: str) -> bool:
    if shown == "conversation":
        return row.kind in {ActivityKind.COMMENT, ActivityKind.MAIL}
    if shown == "internal":
        return row.kind == ActivityKind.WORK_NOTE
    return shown == "all" or row.kind not in SPOKEN


def _report(ticket: Ticket) -> Entry:
    person = ticket.opened_by or ticket.requester
    return Entry(
        "in",
        ticket.opened_at,
        ticket.requester,
        ticket.description or ticket.title,
        badge=_("Requester")
        if person == ticket.requester
        else _("Requester, written by %(name)s") % {"name": person},
        anchor="report",
    )


def _entry(ticket: Ticket, row: Any, names: Names) -> Entry:
    files = [file_link(place) for place in row.files]
    anchor = f"a{row.pk}"
    is_file = row.kind == ActivityKind.ATTACHMENT and files
    if row.kind == ActivityKind.WORK_NOTE or (is_file and not row.is_public):
        return Entry(
            "note",
            row.at,
            row.actor,
            row.body,
            text=_("Maru"),
            badge=_("Internal · requester can't see"),
            badge_tone="warn",
            badge_icon="lock",
            files=files,
            anchor=anchor,
        )
    if row.kind in {ActivityKind.COMMENT, ActivityKind.MAIL} or is_file:
        return _comment(ticket, row, files, anchor)
    changes = changes_in_words(row.changes, ticket.kind, names)
    text = _said(row) if row.verb in VERBS or not changes else row.body
    return Entry(
        "system",
        row.at,
        row.actor,
        text=text,
        icon=_ICONS.get(row.kind, "zap"),
        changes=changes,
        anchor=anchor,
    )


def _comment(ticket: Ticket, row: Any, files: list[FileLink], anchor: str) -> Entry:
    own_side = {ticket.requester_id, ticket.on_behalf_of_id}
    if row.actor_id in own_side:
        return Entry("in", row.at, row.actor, row.body, badge=_("Requester"), files=files, anchor=anchor)
    return Entry(
        "out",
        row.at,
        row.actor,
        row.body,
        text=_("Maru"),
        badge=_("Sent to requester"),
        badge_tone="accent",
        badge_icon="send",
        files=files,
        anchor=anchor,
    )


def _said(row: Any) -> str:
    if row.verb in VERBS:
        return f"{VERBS[row.verb]}: {row.body}" if row.body else str(VERBS[row.verb])
    if row.body:
        return str(row.body)
    return _("changed internal details") if row.kind == ActivityKind.FIELD else str(row.get_kind_display())


def file_link(place: TicketAttachment) -> FileLink:
    """A file of a ticket, with its address in the workspace."""
    file = place.attachment
    return FileLink(file.name, reverse("desk:file", args=[file.public_id]), file.size)
