"""What is learnt from a major incident: a draft when it is resolved, finished by who leads (INC-15)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.policies import Actor
from core import formats, outbox, rows
from core.errors import NotAllowedError, NotVisibleError, StaleVersionError, WrongStateError, required
from core.text import clean
from incidents.major import is_major
from incidents.major_selectors import story_of_major
from incidents.models import Incident, MajorReview, MajorRoom, MajorTodo, MajorUpdate
from incidents.policies import may
from tickets.choices import ActivityKind
from tickets.services import locked
from tickets.services.writing import activity, instant, save_untouched

TEXTS = ("summary", "timeline", "updates", "actions", "lessons")
_LONGEST = 20_000
_DRAFTED = "incident.major_review_drafted"


@transaction.atomic
def draft_review(pk: int) -> MajorReview | None:
    """The review of a resolved major incident, drafted from what is recorded; None for any other incident.

    One that a person has begun to edit stays as it is; a draft nobody touched is made anew when the incident
    is resolved again. Run twice it acts once. Publishes ``incident.major_review_drafted``.
    """
    incident = (
        Incident.objects.filter(pk=pk).select_for_update(no_key=True, of=("self", "ticket_ptr")).first()
    )
    if incident is None or not is_major(incident) or incident.resolved_at is None:
        return None
    review = MajorReview.objects.filter(incident=pk).first()
    if review is not None and review.lock_version > 1:
        return review
    texts = _drafted(incident)
    if review is not None:
        MajorReview.objects.filter(pk=review.pk).update(**texts)
        return review
    review = MajorReview.objects.create(incident=incident, **texts)
    payload = {"ticket_id": pk, "number": incident.number, "kind": incident.kind}
    outbox.publish(_DRAFTED, payload)
    return review


def _drafted(incident: Incident) -> dict[str, Any]:
    room = MajorRoom.objects.get(incident=incident)
    resolved: Any = incident.resolved_at
    updates = MajorUpdate.objects.filter(incident=incident).select_related("author").order_by("sent_at", "pk")
    todos = MajorTodo.objects.filter(incident=incident).select_related("owner").order_by("pk")
    return {
        "summary": f"{incident.title}\n{room.business_impact}\n{incident.close_notes}".strip()[:_LONGEST],
        "timeline": _lines((at, words) for at, words in story_of_major(incident)),
        "updates": _lines(
            (each.sent_at, f"{each.get_audience_display()}: {each.korean}") for each in updates
        ),
        "actions": "\n".join(
            f"[{'x' if each.done_at else ' '}] {each.text}"
            + (f" ({each.owner.display_name})" if each.owner else "")
            for each in todos
        ),
        "accept_minutes": _minutes(room.started_at - incident.opened_at),
        "resolve_minutes": _minutes(resolved - incident.opened_at),
    }


def _lines(pairs: Any) -> str:
    return "\n".join(f"{formats.compact(at)} {words}" for at, words in pairs)[:_LONGEST]


def _minutes(length: dt.timedelta) -> int:
    return max(int(length.total_seconds() // 60), 0)


@transaction.atomic
def change_review(pk: int, *, actor: Actor, expected_version: int | None = None, **texts: str) -> MajorReview:
    """The review with other texts (``TEXTS``). Publishes ``incident.major_room_changed``.

    Raises NotVisibleError, also while there is none, NotAllowedError, StaleVersionError, WrongStateError for
    a finished one, RuleRefusedError for texts that cannot be stored.
    """
    incident, review = _open_review(pk, actor, expected_version)
    for name, text in texts.items():
        setattr(review, name, clean(name, text, max_length=_LONGEST))
    _save(review, incident)
    _note(incident, actor, "major_review_changed", "incident.major_room_changed")
    return review


@transaction.atomic
def finish_review(pk: int, *, actor: Actor, expected_version: int | None = None) -> MajorReview:
    """The review, finished: nobody changes it any more. Publishes ``incident.major_reviewed``.

    Raises as ``change_review``, and RuleRefusedError while the summary or the lessons are empty.
    """
    incident, review = _open_review(pk, actor, expected_version)
    for name in ("summary", "lessons"):
        if not getattr(review, name):
            raise required(name, _("Write this down before you finish the review."))
    review.finished_at, review.finished_by = instant(incident), actor
    _save(review, incident)
    _note(incident, actor, "major_review_finished", "incident.major_reviewed")
    return review


def _open_review(pk: int, actor: Actor, version: int | None) -> tuple[Incident, MajorReview]:
    incident = locked(Incident, pk, actor=actor)
    review = MajorReview.objects.filter(incident=incident).first()
    if review is None:
        raise NotVisibleError
    if not may(actor, incident, "review_major"):
        raise NotAllowedError
    if version is not None and review.lock_version != version:
        raise StaleVersionError(current_version=review.lock_version)
    if review.finished_at is not None:
        text = _("This review is finished; it is not changed any more.")
        raise WrongStateError(text, current_state="finished", allowed=[])
    return incident, review


def _save(review: MajorReview, incident: Incident) -> None:
    review.lock_version += 1
    review.updated_at = instant(incident)
    review.save()


def _note(incident: Incident, actor: Actor, verb: str, event: str) -> None:
    now = instant(incident)
    save_untouched(incident, at=now)
    rows.insert([activity(incident, actor, ActivityKind.SYSTEM, verb=verb, at=now)])
    payload = {"ticket_id": incident.pk, "number": incident.number, "kind": incident.kind}
    outbox.publish(event, payload, actor=actor)
