"""What follows when tasks, flows, items and requests have moved; called by handlers.

Every function reads the present rows under lock and does only what is missing, so running it twice is
running it once, in whatever order the events arrive.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from catalog import flows
from catalog.choices import ItemState, RequestState
from catalog.models import CatalogTask, Request, RequestItem
from catalog.rollup import OPEN_TASKS, item_end, request_end
from catalog.services.tasks import open_task
from core import sweep
from core.settings_store import value
from core.time import db_now
from schedules.selectors import business_time_of_group
from tickets.choices import TaskState
from tickets.services import apply_transition, record, snapshot
from tickets.services.writing import save_changed

_BEGUN = frozenset(
    {
        TaskState.WORK_IN_PROGRESS,
        TaskState.CLOSED_COMPLETE,
        TaskState.CLOSED_INCOMPLETE,
        TaskState.CLOSED_SKIPPED,
    }
)
_REQUEST_ENDS = {
    RequestState.CLOSED_COMPLETE: "complete",
    RequestState.CLOSED_INCOMPLETE: "incomplete",
    RequestState.CLOSED_SKIPPED: "skip",
    RequestState.CLOSED_CANCELLED: "cancel",
    RequestState.CLOSED_REJECTED: "reject",
}
_OPEN_ITEMS = (ItemState.PENDING_APPROVAL, ItemState.OPEN, ItemState.WORK_IN_PROGRESS)


def _locked_item(pk: int) -> RequestItem | None:
    return (
        RequestItem.objects.filter(pk=pk)
        .select_related("item_version", "requester")
        .select_for_update(no_key=True, of=("self", "ticket_ptr"))
        .first()
    )


@transaction.atomic
def settle_item(pk: int) -> None:
    """Move a requested item to where its tasks and its flow have brought it (REQ-02, REQ-03)."""
    item = _locked_item(pk)
    if item is None or item.state not in _OPEN_ITEMS:
        return
    tasks = list(item.tasks.values_list("state", "round"))
    if item.reopen_count > max((number for _state, number in tasks), default=0):
        return  # the task for the complaint is about to be opened
    states = [state for state, _number in tasks]
    standing = flows.standing(item)
    end = item_end(states, flow_open=standing.is_open, flow_outcome=standing.outcome)
    if end is None:
        _advance(item, states, standing)
    else:
        _end(item, end, standing)


def settle_item_of_task(task_pk: int) -> None:
    """Move the requested item that this task belongs to, as ``settle_item`` does."""
    item = CatalogTask.objects.filter(pk=task_pk).values_list("ritm", flat=True).first()
    if item is not None:
        settle_item(item)


def _advance(item: RequestItem, states: list[str], standing: flows.Standing) -> None:
    """Approved once a task is there or the flow has gone on; in work once a task was begun."""
    if item.state == ItemState.PENDING_APPROVAL and (states or standing.is_past_approval):
        item = apply_transition(RequestItem, item.pk, "approve", actor=None)
    moving_alone = standing.is_past_approval and not states
    if item.state == ItemState.OPEN and (moving_alone or _BEGUN.intersection(states)):
        apply_transition(RequestItem, item.pk, "begin", actor=None)


def _end(item: RequestItem, end: ItemState, standing: flows.Standing) -> None:
    if end == ItemState.REJECTED:
        _reject(item, standing.reason)
    elif end == ItemState.CANCELLED:
        apply_transition(RequestItem, item.pk, "cancel", actor=None, reason_text=standing.reason)
    elif end == ItemState.CLOSED_INCOMPLETE:
        apply_transition(RequestItem, item.pk, "incomplete", actor=None)
    else:
        _end_well(item, end)


def _reject(item: RequestItem, reason: str) -> None:
    """Reject with the reason, which everybody who sees the item may read (REQ-05)."""
    apply_transition(RequestItem, item.pk, "reject", actor=None, reason_text=reason, comment=reason)


def _end_well(item: RequestItem, end: ItemState) -> None:
    if item.state == ItemState.PENDING_APPROVAL:
        item = apply_transition(RequestItem, item.pk, "approve", actor=None)
    if end == ItemState.CLOSED_SKIPPED:
        apply_transition(RequestItem, item.pk, "skip", actor=None)
    elif not item.item_version.needs_acceptance:
        apply_transition(RequestItem, item.pk, "complete", actor=None)
    else:
        if item.state == ItemState.OPEN:
            apply_transition(RequestItem, item.pk, "begin", actor=None)
        apply_transition(RequestItem, item.pk, "deliver", actor=None)


@transaction.atomic
def settle_request(pk: int) -> None:
    """Close a request whose items are all closed, by REQ-04."""
    request = Request.objects.filter(pk=pk).select_for_update(no_key=True, of=("self", "ticket_ptr")).first()
    if request is None or request.state not in {RequestState.SUBMITTED, RequestState.IN_PROCESS}:
        return
    states = list(request.items.values_list("state", flat=True))
    end = request_end(states)
    if end is not None:
        apply_transition(Request, pk, _REQUEST_ENDS[end], actor=None)


def settle_request_of_item(item_pk: int) -> None:
    """Close the request this item belongs to, as ``settle_request`` does."""
    request = RequestItem.objects.filter(pk=item_pk).values_list("request", flat=True).first()
    if request is not None:
        settle_request(request)


@transaction.atomic
def stop_work(pk: int) -> None:
    """Stop what is still going on for a closed item: flow, approvals, open tasks (REQ-06)."""
    item = RequestItem.objects.filter(pk=pk).select_related("requester").first()
    if item is None or not item.is_closed:
        return
    # Runs are locked before tickets, as the executor does (DOMAIN DF-15).
    flows.stop(item)
    for task in item.tasks.filter(state__in=OPEN_TASKS).order_by("pk"):
        with override(item.requester.language):
            notes = _("%(number)s was closed before this task was done.") % {"number": item.number}
        apply_transition(CatalogTask, task.pk, "skip", actor=None, close_notes=notes)


@transaction.atomic
def withdraw_items(request_pk: int) -> None:
    """Withdraw or reject the open items of a request that was withdrawn or rejected as a whole (REQ-05)."""
    request = Request.objects.filter(pk=request_pk).first()
    if request is None or request.state not in {RequestState.CLOSED_CANCELLED, RequestState.CLOSED_REJECTED}:
        return
    for item in request.items.filter(state__in=_OPEN_ITEMS).order_by("pk"):
        if request.state == RequestState.CLOSED_REJECTED:
            _reject(item, request.close_notes)
        else:
            apply_transition(RequestItem, item.pk, "cancel", actor=None, reason_text=request.close_notes)


@transaction.atomic
def open_complaint_task(pk: int) -> None:
    """Open a task for the owner group when the person says that what was delivered does not work."""
    item = _locked_item(pk)
    if item is None or item.state != ItemState.WORK_IN_PROGRESS or not item.reopen_count:
        return
    if item.tasks.filter(round=item.reopen_count).exists():
        return
    with override(item.requester.language):
        title = _("Not working: %(title)s") % {"title": item.title[:140]}
    group = item.item_version.item.owner_group or item.group
    open_task(parent=item, title=title, group=group, round=item.reopen_count)


@transaction.atomic
def note_stage(pk: int) -> None:
    """Keep the flow's present stage on the item, for lists. Publishes ``ritm.updated`` when it changed."""
    item = _locked_item(pk)
    if item is None or item.is_closed:
        return
    stage = flows.standing(item).stage
    if stage == item.stage:
        return
    before, now = snapshot(item), db_now()
    item.stage = stage
    save_changed(item, before, at=now)
    record(item, before=before, actor=None, verb="stage", event="ritm.updated", at=now)


@sweep.register
def close_accepted(*, limit: int) -> int:
    """Close delivered items nobody complained about for ``request.accept_days`` business days; how many."""
    days = value("request.accept_days")
    if not days:
        return 0
    now = db_now()
    # Business days are never shorter than calendar days, so this finds every candidate by the index.
    due = RequestItem.objects.filter(
        state=ItemState.DELIVERED, active=True, phase="done", resolved_at__lte=now - dt.timedelta(days=days)
    ).order_by("resolved_at", "pk")
    closed = 0
    for pk, since, group in due.values_list("pk", "resolved_at", "group")[: min(limit, 50)]:
        calendar = business_time_of_group(group)
        if since is not None and calendar.add_business_days(since, days) <= now:
            closed += _accept(pk)
    return closed


@transaction.atomic
def _accept(pk: int) -> int:
    row = (
        RequestItem.objects.filter(pk=pk)
        .select_for_update(no_key=True, skip_locked=True, of=("self", "ticket_ptr"))
        .first()
    )
    if row is None or row.state != ItemState.DELIVERED:
        return 0
    apply_transition(RequestItem, pk, "accept", actor=None)
    return 1
