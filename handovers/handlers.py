"""What happens when events arrive: the next shift hears of what waits for it, its writer of who has it."""

from __future__ import annotations

from core.models import OutboxEvent
from core.outbox import subscribe
from core.time import db_now
from handovers.models import HandOver
from handovers.selectors import hand_over_told, told_of
from notifications.choices import Channel, Side
from notifications.services import Notice, notify


@subscribe("hand_over.written")
def tell_next_shift(event: OutboxEvent) -> None:
    """Who is on shift is told that something waits; one that somebody has meanwhile tells nobody."""
    row = hand_over_told(event.payload["hand_over"])
    if row is not None and row.waits:
        people = told_of(row, db_now())
        notify(event, [Notice("hand_over_written", people, Side.PORTAL, _url(row), params=_names(row))])


@subscribe("hand_over.accepted")
def tell_writer(event: OutboxEvent) -> None:
    """Who wrote it hears, in the bell alone, that somebody has it."""
    row = hand_over_told(event.payload["hand_over"])
    if row is not None:
        people, bell = [row.written_by_id], (Channel.INAPP,)
        notice = Notice("hand_over_accepted", people, Side.PORTAL, _url(row), bell, params=_names(row))
        notify(event, [notice])


def _url(row: HandOver) -> str:
    return f"/w/hand-overs/{row.public_id}/"


def _names(row: HandOver) -> dict[str, object]:
    return {"names": {"team": {"ko": row.group.name_ko, "en": row.group.name_en or row.group.name_ko}}}
