"""The room of a major incident: who does what, updates and when they are due, what is to be done (INC-15)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor
from core import outbox, rows, sweep
from core.errors import (
    NotAllowedError,
    WrongStateError,
    invalid,
    required,
)
from core.text import clean
from core.time import db_now
from incidents.choices import Audience, Part, UpdateChannel
from incidents.major import LONGEST, OPEN_STATES, is_major, next_update_after
from incidents.major_selectors import affected
from incidents.models import Incident, MajorRoom, MajorSeat, MajorTodo, MajorUpdate
from incidents.policies import may
from tickets.choices import ActivityKind
from tickets.policies import works_inside
from tickets.selectors import seen_by
from tickets.services import locked
from tickets.services.writing import activity, instant, part_with, save_untouched

CHANGED = "incident.major_room_changed"
MOST_TODOS = 100
_LONGEST_TODO = 300


@transaction.atomic
def seat_major(pk: int, part: str, *, actor: Actor, person: User | None) -> MajorSeat | None:
    """Who does that part (``choices.Part``) from now on; None leaves it to nobody.

    Publishes ``incident.major_room_changed``. Raises NotVisibleError, NotAllowedError, WrongStateError when
    the incident is no major one or closed, RuleRefusedError for an unknown part and for a person who works no
    tickets or may not see this one.
    """
    incident = _room_of(pk, actor, "staff_major")
    if part not in Part.values:
        raise invalid(
            "part", _("The parts are %(names)s.") % {"names": ", ".join(Part.values)}, code="choice"
        )
    now = instant(incident)
    seat = MajorSeat.objects.filter(incident=incident, part=part).select_related("person").first()
    before = seat.person if seat is not None else None
    if before == person:
        return seat
    if person is not None:
        _check_person("person", incident, person)
    if seat is not None and person is None:
        seat.delete()
        seat = None
    elif person is not None:
        seat, _made = MajorSeat.objects.update_or_create(
            incident=incident, part=part, defaults={"person": person, "since": now}
        )
    name = person.display_name if person is not None else _("nobody")
    _note(incident, actor, "major_seat", f"{Part(part).label}: {name}")
    return seat


def _check_person(field: str, incident: Incident, person: User) -> None:
    seen = person.is_active and seen_by(person).filter(pk=incident.pk).exists()
    if not seen or not works_inside(person):
        text = _("%(name)s does not work on tickets, or may not see this one.")
        raise invalid(field, text % {"name": person.display_name})


@transaction.atomic
def send_major_update(
    pk: int,
    *,
    actor: Actor,
    audience: str,
    channel: str = UpdateChannel.NOTICE,
    text_ko: str = "",
    text_en: str = "",
) -> MajorUpdate:
    """Say how a major incident stands: to who works on it, or to everybody it concerns (INC-15).

    A public one is for the requesters of the incident and of all below it; with the channel ``notice`` each
    of these people is told once, else their pages show it. The next update is due from now on, while the
    incident is open. Publishes ``incident.major_update_sent``, and for a public one ``incident.major_told``
    about each ticket. Raises NotVisibleError, NotAllowedError, WrongStateError, RuleRefusedError for an
    unknown audience or channel and without a text in either language.
    """
    incident = _room_of(pk, actor, "update_major")
    _choice("audience", audience, Audience.values)
    _choice("channel", channel, UpdateChannel.values)
    texts = {
        name: clean(name, text, max_length=LONGEST)
        for name, text in (("text_ko", text_ko), ("text_en", text_en))
    }
    if not any(texts.values()):
        raise required("text_ko", _("Write the update in at least one language."))
    now = instant(incident)
    concerned = affected(incident) if audience == Audience.PUBLIC else []
    update = MajorUpdate.objects.create(
        incident=incident,
        author=actor,
        audience=audience,
        channel=channel,
        sent_at=now,
        reached=sum(len(each.people) for each in concerned),
        **texts,
    )
    if incident.state in OPEN_STATES:
        MajorRoom.objects.filter(incident=incident).update(next_update_at=next_update_after(now))
    facts = {"update_id": update.pk, "public": audience == Audience.PUBLIC}
    outbox.publish_many(
        (
            "incident.major_told",
            {
                "ticket_id": each.pk,
                "number": each.number,
                "kind": incident.kind,
                "update_id": update.pk,
                "people": each.people,
            },
        )
        for each in concerned
    )
    text = update.english if not update.text_ko else update.text_ko
    _note(incident, actor, f"major_update_{audience}", text, event="incident.major_update_sent", **facts)
    return update


def _choice(field: str, given: str, values: list[str]) -> None:
    if given not in values:
        raise invalid(field, _("This is not one of the choices."), code="choice")


@transaction.atomic
def add_major_todo(pk: int, *, actor: Actor, text: str, owner: User | None = None) -> MajorTodo:
    """Something new to be done. Publishes ``incident.major_room_changed``.

    Raises as ``change_major_todo``, and RuleRefusedError for more than 100.
    """
    incident = _room_of(pk, actor, "work_major")
    if MajorTodo.objects.filter(incident=incident).count() >= MOST_TODOS:
        raise invalid("text", _("The list holds at most %(count)s actions.") % {"count": MOST_TODOS})
    if owner is not None:
        _check_person("owner", incident, owner)
    row = MajorTodo.objects.create(incident=incident, text=_line(text), owner=owner)
    _note(incident, actor, "major_todo", row.text)
    return row


@transaction.atomic
def change_major_todo(
    pk: int, public_id: UUID, *, actor: Actor, expected_version: int | None = None, **fields: Any
) -> MajorTodo:
    """The action with other ``text`` or ``owner``, done, or not done after all (``is_done``).

    Publishes ``incident.major_room_changed``. Raises NotVisibleError, NotAllowedError, WrongStateError when
    the incident is closed, StaleVersionError, RuleRefusedError for a text or an owner that does not fit.
    """
    incident = _room_of(pk, actor, "work_major")
    row = part_with(MajorTodo.objects.filter(incident=incident), public_id, expected_version)
    was_done, now = row.done_at is not None, instant(incident)
    if "text" in fields:
        row.text = _line(fields["text"])
    if "owner" in fields:
        if fields["owner"] is not None and fields["owner"].pk != row.owner_id:
            _check_person("owner", incident, fields["owner"])
        row.owner = fields["owner"]
    is_done = fields.get("is_done", was_done)
    if is_done != was_done:
        row.done_at, row.done_by = (now, actor) if is_done else (None, None)
    row.lock_version += 1
    row.updated_at = now
    row.save()
    verb = "major_todo_done" if is_done and not was_done else "major_todo_changed"
    _note(incident, actor, verb, row.text)
    return row


@transaction.atomic
def remove_major_todo(pk: int, public_id: UUID, *, actor: Actor, expected_version: int | None = None) -> None:
    """Take an action from the list. Raises as ``change_major_todo``."""
    incident = _room_of(pk, actor, "work_major")
    row = part_with(MajorTodo.objects.filter(incident=incident), public_id, expected_version)
    _note(incident, actor, "major_todo_removed", row.text)
    row.delete()


def _line(text: str) -> str:
    line = clean("text", text, max_length=_LONGEST_TODO, multiline=False)
    if not line:
        raise required("text", _("Write something first."))
    return line


@sweep.register
def alert_late_updates(*, limit: int) -> int:
    """Tell who leads that an update is overdue, once for each due time; returns of how many incidents.

    Publishes ``incident.major_update_overdue``.
    """
    is_news = Q(alerted_for=None) | Q(alerted_for__lt=F("next_update_at"))
    late = MajorRoom.objects.filter(is_news, next_update_at__lte=db_now())
    found = late.order_by("next_update_at", "pk").values_list("incident", flat=True)
    return sum(_alert(pk) for pk in found[: min(limit, 50)])


@transaction.atomic
def _alert(pk: int) -> int:
    row = Incident.objects.filter(pk=pk)
    incident = row.select_for_update(no_key=True, skip_locked=True, of=("self", "ticket_ptr")).first()
    room = MajorRoom.objects.filter(incident=pk).first()
    if incident is None or room is None or room.next_update_at is None:
        return 0  # somebody works on it right now, or it has just ended
    now = db_now()
    if room.next_update_at > now or room.alerted_for == room.next_update_at or not is_major(incident):
        return 0
    room.alerted_for = room.next_update_at
    room.late_updates += 1
    room.save(update_fields=["alerted_for", "late_updates"])
    rows.insert([activity(incident, None, ActivityKind.SYSTEM, verb="major_update_overdue", at=now)])
    payload = {"ticket_id": incident.pk, "number": incident.number, "kind": incident.kind}
    due = room.next_update_at.isoformat()
    outbox.publish("incident.major_update_overdue", payload | {"due_at": due})
    return 1


def _room_of(pk: int, actor: Actor, action: str) -> Incident:
    """The major incident, locked, if the actor may do that in its room."""
    incident = locked(Incident, pk, actor=actor)
    if not may(actor, incident, action):
        raise NotAllowedError
    if not is_major(incident):
        text = _("%(number)s is no major incident.") % {"number": incident.number}
        raise WrongStateError(text, current_state=incident.major_status, allowed=[])
    if incident.is_closed:
        text = _("%(number)s is closed; nothing is added to its room any more.")
        raise WrongStateError(text % {"number": incident.number}, current_state=incident.state, allowed=[])
    return incident


def _note(
    incident: Incident, actor: Actor, verb: str, text: str, *, event: str = CHANGED, **facts: Any
) -> None:
    now = instant(incident)
    save_untouched(incident, at=now)
    rows.insert([activity(incident, actor, ActivityKind.SYSTEM, verb=verb, body=text, at=now)])
    payload = {"ticket_id": incident.pk, "number": incident.number, "kind": incident.kind}
    outbox.publish(event, payload | facts, actor=actor)
