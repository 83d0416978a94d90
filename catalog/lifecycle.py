"""The state machines of requests, requested items and catalog tasks: PROCESSES REQ-02 to REQ-06, binding."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from catalog.choices import ItemState, RequestState
from tickets.choices import Phase, TaskState
from tickets.lifecycle import COMMENT, WORK_NOTE, Input, edge, guard
from tickets.policies import is_requester_side
from tickets.work_orders import NEEDED_NOTES, NOTES, OPEN_TASK, Ending, TaskLifecycle

OPEN_ITEM = (ItemState.PENDING_APPROVAL, ItemState.OPEN, ItemState.WORK_IN_PROGRESS)


def _others_must_say(ticket: Any, actor: Any) -> bool:
    return actor is not None and not is_requester_side(actor, ticket)


def _people_must_say(_ticket: Any, actor: Any) -> bool:
    return actor is not None


REASON = Input("reason_text", "text", required=_others_must_say, label=_("Reason"), max_length=2000)
CORRECTION = Input("work_note", "text", required=_people_must_say, label=_("Reason"), max_length=20_000)


@guard(_("A part of this request is finished already. Withdraw the other items one by one."))
def has_no_finished_item(request: Any) -> bool:
    """A request can be withdrawn as a whole while none of its items has come to another end."""
    ended = request.items.filter(state_rank__gte=60).exclude(state=ItemState.CANCELLED)
    return not ended.exists()


class RequestLifecycle(Ending):
    """A request follows its items; people only send it off and withdraw it."""

    RANKS: ClassVar[dict[str, int]] = {
        RequestState.DRAFT: 5,
        RequestState.SUBMITTED: 10,
        RequestState.IN_PROCESS: 40,
        RequestState.CLOSED_COMPLETE: 90,
        RequestState.CLOSED_INCOMPLETE: 91,
        RequestState.CLOSED_SKIPPED: 92,
        RequestState.CLOSED_CANCELLED: 95,
        RequestState.CLOSED_REJECTED: 97,
    }
    PHASES: ClassVar[dict[str, Phase]] = {
        RequestState.DRAFT: Phase.OPEN,
        RequestState.SUBMITTED: Phase.WAITING,
        RequestState.IN_PROCESS: Phase.OPEN,
        RequestState.CLOSED_COMPLETE: Phase.DONE,
        RequestState.CLOSED_INCOMPLETE: Phase.DONE,
        RequestState.CLOSED_SKIPPED: Phase.DONE,
        RequestState.CLOSED_CANCELLED: Phase.DONE,
        RequestState.CLOSED_REJECTED: Phase.DONE,
    }

    @edge(source=RequestState.DRAFT, target=RequestState.SUBMITTED, label=_("Send"), system=True)
    def submit(self, *, actor: Any, now: dt.datetime) -> None:
        """It is sent off and waits for the approval of the whole request."""

    @edge(
        source=[RequestState.DRAFT, RequestState.SUBMITTED],
        target=RequestState.IN_PROCESS,
        label=_("Process"),
        system=True,
    )
    def process(self, *, actor: Any, now: dt.datetime) -> None:
        """Approved as a whole, or no such approval was needed: the items go their ways."""

    @edge(
        source=[RequestState.SUBMITTED, RequestState.IN_PROCESS],
        target=RequestState.CLOSED_REJECTED,
        label=_("Reject"),
        inputs=[REASON, COMMENT],
        system=True,
    )
    def reject(self, *, actor: Any, now: dt.datetime, reason_text: str = "") -> None:
        """Nothing of it was approved; the comment tells the reason in public."""
        self.end(actor, now, reason_text)

    @edge(
        source=RequestState.IN_PROCESS,
        target=RequestState.CLOSED_COMPLETE,
        label=_("Close complete"),
        system=True,
    )
    def complete(self, *, actor: Any, now: dt.datetime) -> None:
        """Everything that was not withdrawn has been delivered."""
        self.end(actor, now)

    @edge(
        source=RequestState.IN_PROCESS,
        target=RequestState.CLOSED_INCOMPLETE,
        label=_("Close incomplete"),
        system=True,
    )
    def incomplete(self, *, actor: Any, now: dt.datetime) -> None:
        """At least one item could not be delivered."""
        self.end(actor, now)

    @edge(
        source=RequestState.IN_PROCESS,
        target=RequestState.CLOSED_SKIPPED,
        label=_("Close skipped"),
        system=True,
    )
    def skip(self, *, actor: Any, now: dt.datetime) -> None:
        """Nothing was needed any more."""
        self.end(actor, now)

    @edge(
        source=[RequestState.DRAFT, RequestState.SUBMITTED, RequestState.IN_PROCESS],
        target=RequestState.CLOSED_CANCELLED,
        label=_("Withdraw"),
        inputs=[REASON],
        conditions=[has_no_finished_item],
        tone="danger",
    )
    def cancel(self, *, actor: Any, now: dt.datetime, reason_text: str = "") -> None:
        """It is not wanted any more; its open items are withdrawn too, by a handler."""
        self.end(actor, now, reason_text)


class ItemLifecycle(Ending):
    """The flow and the tasks move an item; people withdraw, accept, complain, or correct (REQ-02)."""

    RANKS: ClassVar[dict[str, int]] = {
        ItemState.PENDING_APPROVAL: 20,
        ItemState.OPEN: 30,
        ItemState.WORK_IN_PROGRESS: 40,
        ItemState.DELIVERED: 60,
        ItemState.CLOSED_COMPLETE: 90,
        ItemState.CLOSED_INCOMPLETE: 91,
        ItemState.CLOSED_SKIPPED: 92,
        ItemState.CANCELLED: 95,
        ItemState.REJECTED: 97,
    }
    PHASES: ClassVar[dict[str, Phase]] = {
        ItemState.PENDING_APPROVAL: Phase.WAITING,
        ItemState.OPEN: Phase.OPEN,
        ItemState.WORK_IN_PROGRESS: Phase.OPEN,
        ItemState.DELIVERED: Phase.DONE,
        ItemState.CLOSED_COMPLETE: Phase.DONE,
        ItemState.CLOSED_INCOMPLETE: Phase.DONE,
        ItemState.CLOSED_SKIPPED: Phase.DONE,
        ItemState.CANCELLED: Phase.DONE,
        ItemState.REJECTED: Phase.DONE,
    }

    @edge(source=ItemState.PENDING_APPROVAL, target=ItemState.OPEN, label=_("Approve"), system=True)
    def approve(self, *, actor: Any, now: dt.datetime) -> None:
        """Every approval it needed is given."""

    @edge(source=ItemState.OPEN, target=ItemState.WORK_IN_PROGRESS, label=_("Begin"), system=True)
    def begin(self, *, actor: Any, now: dt.datetime) -> None:
        """The first task or step of its flow is in work."""

    @edge(
        source=OPEN_ITEM,
        target=ItemState.REJECTED,
        label=_("Reject"),
        inputs=[REASON, COMMENT],
        system=True,
    )
    def reject(self, *, actor: Any, now: dt.datetime, reason_text: str = "") -> None:
        """An approver said no; the comment tells the reason in public (REQ-05)."""
        self.end(actor, now, reason_text)

    @edge(source=ItemState.WORK_IN_PROGRESS, target=ItemState.DELIVERED, label=_("Deliver"), system=True)
    def deliver(self, *, actor: Any, now: dt.datetime) -> None:
        """Everything is done and the person it is for is asked to confirm."""
        self.resolved_at, self.resolved_by = now, actor

    @edge(
        source=ItemState.DELIVERED,
        target=ItemState.CLOSED_COMPLETE,
        label=_("Confirm receipt"),
        inputs=[COMMENT],
        tone="primary",
    )
    def accept(self, *, actor: Any, now: dt.datetime) -> None:
        """The person has it and it works, or said nothing for the agreed time."""
        self.end(actor, now)

    @edge(
        source=ItemState.DELIVERED,
        target=ItemState.WORK_IN_PROGRESS,
        label=_("It does not work"),
        inputs=[Input("comment", "text", required=True, label=_("What is wrong?"), max_length=20_000)],
    )
    def complain(self, *, actor: Any, now: dt.datetime) -> None:
        """The delivery is not good; a handler opens a task for the owner group."""
        self.reopen_count += 1
        self.resolved_at, self.resolved_by = None, None

    @edge(
        source=(ItemState.OPEN, ItemState.WORK_IN_PROGRESS),
        target=ItemState.CLOSED_COMPLETE,
        label=_("Close complete"),
        inputs=[CORRECTION],
    )
    def complete(self, *, actor: Any, now: dt.datetime) -> None:
        """All its tasks are done."""
        self.end(actor, now)

    @edge(
        source=OPEN_ITEM,
        target=ItemState.CLOSED_INCOMPLETE,
        label=_("Close incomplete"),
        inputs=[CORRECTION],
    )
    def incomplete(self, *, actor: Any, now: dt.datetime) -> None:
        """A task, or the flow, could not be brought to its end."""
        self.end(actor, now)

    @edge(
        source=OPEN_ITEM,
        target=ItemState.CLOSED_SKIPPED,
        label=_("Close skipped"),
        inputs=[CORRECTION],
    )
    def skip(self, *, actor: Any, now: dt.datetime) -> None:
        """No task was needed."""
        self.end(actor, now)

    @edge(
        source=OPEN_ITEM,
        target=ItemState.CANCELLED,
        label=_("Withdraw"),
        inputs=[REASON],
        tone="danger",
    )
    def cancel(self, *, actor: Any, now: dt.datetime, reason_text: str = "") -> None:
        """It is not wanted any more; a handler stops its flow and skips its open tasks (REQ-06)."""
        self.end(actor, now, reason_text)


class CatalogTaskLifecycle(TaskLifecycle):
    """What a team does for one requested item; it may have to wait for something first."""

    RANKS: ClassVar[dict[str, int]] = {TaskState.PENDING: 5, **TaskLifecycle.RANKS}
    PHASES: ClassVar[dict[str, Phase]] = {TaskState.PENDING: Phase.WAITING, **TaskLifecycle.PHASES}
    if TYPE_CHECKING:
        result: Any

    @edge(source=TaskState.PENDING, target=TaskState.OPEN, label=_("Release"), system=True)
    def release(self, *, actor: Any, now: dt.datetime) -> None:
        """What it waited for is there."""

    @edge(
        source=OPEN_TASK,
        target=TaskState.CLOSED_COMPLETE,
        label=_("Complete"),
        inputs=[Input("serial", "line", label=_("Serial number"), max_length=80), NOTES, WORK_NOTE],
        tone="primary",
    )
    def complete(self, *, actor: Any, now: dt.datetime, serial: str = "", close_notes: str = "") -> None:
        """It is done; the serial number of what was handed out goes on to the flow."""
        if serial:
            self.result = {**self.result, "serial": serial}
        self.own_and_end(actor, now, close_notes)

    @edge(
        source=(TaskState.PENDING, *OPEN_TASK),
        target=TaskState.CLOSED_SKIPPED,
        label=_("Skip"),
        inputs=[NEEDED_NOTES, WORK_NOTE],
    )
    def skip(self, *, actor: Any, now: dt.datetime, close_notes: str) -> None:
        """It was not needed; the notes say why."""
        self.end(actor, now, close_notes)
