"""Starting a bulk and taking one back. The tickets themselves are changed by the calls, one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, housekeeping
from core.errors import AlreadyDecidedError, NotVisibleError, WrongStateError
from core.time import db_now
from desk.bulk import jobs
from desk.bulk.acts import Back, call_for
from desk.bulk.choosing import Pick
from desk.bulk.jobs import Call
from desk.models import BulkChange
from incidents import merging
from tickets.choices import LinkType
from tickets.models import TicketLink

AT_ONCE = 50  # above, the job's own processes do it
SECONDS = 12.0  # what a request waits for; what is left goes on by itself
UNDO = dt.timedelta(seconds=60)  # the page offers it for ten seconds; the rest is for slow lines and readers
_LONGER = {"merge": merging.UNDO}  # as long as each of them can be taken back by itself
KEPT = dt.timedelta(days=7)  # as the job's results
_NO_LINK = UUID(int=0)


def start(
    *,
    actor: User,
    action: str,
    picks: Sequence[Pick],
    given: Mapping[str, Any],
    back_to: str,
    request_id: str,
) -> BulkChange:
    """A bulk that does ``action`` to the picked tickets, each with the decision of a single call.

    Nothing is done yet: ``work`` does it, or the background. Raises WrongStateError when five jobs of the
    person are not over.
    """
    pairs = [call_for(action, pick, given) for pick in picks]
    change = BulkChange(owner=actor, action=action, given=dict(given), back_to=back_to[:2000])
    return _taken_in(change, pairs, request_id)


def work(public_id: UUID) -> None:
    """Do a bulk of up to AT_ONCE tickets here, time allowing; a larger one is done in the background.

    Not inside a transaction: each ticket is changed in its own.
    """
    change = BulkChange.objects.get(public_id=public_id)
    if len(change.rows) <= AT_ONCE:
        jobs.machine().work(change.job, seconds=SECONDS)


@transaction.atomic
def undo(public_id: UUID, *, actor: User, request_id: str) -> BulkChange:
    """A bulk that takes back what another did, where that is possible; ``work`` does it as any other.

    A ticket that was changed since is refused there and stays. Raises NotVisibleError for another's bulk,
    AlreadyDecidedError for one taken back already, WrongStateError while it runs, a minute after its end (of
    a merge ten), and when nothing of it can be taken back.
    """
    rows = BulkChange.objects.select_for_update(no_key=True).filter(owner=actor, public_id=public_id)
    before = rows.first()
    if before is None:
        raise NotVisibleError
    pairs = _reverse(before, actor)
    change = BulkChange(
        owner=actor, action=before.action, given=before.given, back_to=before.back_to, undoes=before
    )
    return _taken_in(change, pairs, request_id)


def undo_time(action: str) -> dt.timedelta:
    """How long after its end a bulk can be taken back; each ticket is asked again then."""
    return _LONGER.get(action, UNDO)


def _reverse(before: BulkChange, actor: User) -> list[tuple[Call, Back]]:
    if BulkChange.objects.filter(undoes=before).exists():
        raise AlreadyDecidedError(_("This was taken back already."))
    progress = jobs.machine().progress(actor, before.job)
    if progress.ended_at is None:
        raise WrongStateError(
            _("This is still running. Wait until it is over."), allowed=[], current_state=""
        )
    if progress.ended_at < db_now() - undo_time(before.action):
        text = _("It is too late to take this back at once. Change the tickets themselves.")
        raise WrongStateError(text, allowed=[], current_state="")
    outcomes = jobs.machine().outcomes(actor, before.job)
    pairs = [
        (_back_call(row, outcome.etag), None)
        for row, outcome in zip(before.rows, outcomes, strict=True)
        if outcome.is_done and row["back"]
    ]
    if not pairs or before.undoes_id:
        raise WrongStateError(_("Nothing of this can be taken back."), allowed=[], current_state="")
    return list(pairs)


def _back_call(row: Mapping[str, Any], tag: str) -> Call:
    """The call that takes a row's change back: for the version that the change made, or the link it made."""
    back = row["back"]
    if "link" not in back:
        return Call(row["number"], back["method"], back["path"], back["body"], tag)
    links = TicketLink.objects.filter(
        source__number=row["number"], target__number=back["link"]["target"], type=LinkType.CAUSED_BY
    )
    made = links.values_list("public_id", flat=True).first()
    return Call(row["number"], "DELETE", f"{back['path']}{made or _NO_LINK}/")


@transaction.atomic
def _taken_in(change: BulkChange, pairs: Sequence[tuple[Call, Back]], request_id: str) -> BulkChange:
    calls = [call for call, _back in pairs]
    change.rows = [{"number": call.ref, "back": back} for call, back in pairs]
    change.job = jobs.machine().start(
        change.owner,
        calls,
        language=get_language() or "en",
        request_id=request_id,
        held=len(calls) <= AT_ONCE,
    )
    change.save(force_insert=True)
    change.refresh_from_db(fields=["public_id", "created_at"])
    action = f"bulk_{change.action}_undone" if change.undoes_id else f"bulk_{change.action}"
    ref = str(change.public_id)
    audit.write(actor=change.owner, table="desk_bulkchange", object_ref=ref, action=action)
    return change


def forget_old() -> int:
    """Remove what is a week old; returns how many rows went."""
    return BulkChange.objects.filter(created_at__lt=Now() - KEPT).delete()[0]


housekeeping.register(forget_old)
