"""Writing notices and handing their mails to the outbox; what people do with their notices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor
from approvals.choices import Scope
from approvals.selectors import stand_ins
from core import audit, live, outbox
from core.errors import BadInputError, NotAllowedError, NotVisibleError, StaleVersionError, required
from core.models import OutboxEvent
from core.text import clean
from core.values import check
from notifications.choices import Channel, Side
from notifications.models import Notification, NotificationTemplate
from notifications.planning import BOTH, Plan, Sending
from notifications.policies import may_edit_texts, visible_to
from notifications.reference import allowed_names
from notifications.selectors import people_told, template_keyed
from notifications.topics import PERSONAL
from tickets.models import Ticket
from tickets.policies import reads_internal
from tickets.selectors import readers_of

SUBJECT_LENGTH, BODY_LENGTH = 200, 4000


@dataclass(frozen=True)
class Notice:
    """Whom to tell what. ``params`` are ids and codes; ``people`` are primary keys.

    ``topic`` is the line of the preferences that it belongs to where its text does not say so.
    """

    template: str
    people: Iterable[int]
    side: Side
    url: str = ""
    channels: Sequence[Channel] = BOTH
    params: dict[str, Any] = field(default_factory=dict)
    topic: str = ""


def mail_key(event_id: int, user_id: int) -> str:
    """The key of one mail, the same on every attempt; its Message-ID is made from it (RELIABILITY RL-19)."""
    return f"notice:{event_id}:{user_id}:mail"


def notify(event: OutboxEvent, notices: Iterable[Notice], *, ticket: Ticket | None = None) -> int:
    """Write the notices of one event and queue their mails, in the caller's transaction; returns how many.

    Each person is told once, by the first notice that names them; never the actor, inactive people, service
    accounts, or people who may not read ``ticket`` now (NTF-02). Who stands in for one of them is told too
    (APR-12). Mails wait for quiet hours and digests as each has chosen (NTF-03). Run twice it adds nothing.
    """
    wanted: dict[int, Notice] = {}
    for notice in notices:
        for pk in notice.people:
            if pk != event.actor_id:
                wanted.setdefault(pk, notice)
    told = _reachable(wanted, event, ticket)
    plan = Plan(event.name, ticket, told, {person.pk: wanted[person.pk] for person in told})
    sendings = list(plan.sendings())
    rows = [_row(event, wanted[each.person.pk], each, ticket) for each in sendings]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    for each in sendings:
        if each.channel == Channel.INAPP:
            _ring(event.pk, each.person.pk)
        elif each.digest_at is None:
            payload = {"event_id": event.pk, "user_id": each.person.pk}
            key = mail_key(event.pk, each.person.pk)
            outbox.queue("email", key, payload, event=event, not_before=each.not_before)
    return len(rows)


def _reachable(wanted: dict[int, Notice], event: OutboxEvent, ticket: Ticket | None) -> list[User]:
    """Who of them is told. Who stands in for one of them is added to ``wanted`` and to the answer."""
    acting = _standing_in(wanted, event, ticket)
    people = people_told([*wanted, *acting])
    if ticket is not None and people:
        readers = readers_of(people, pk=ticket.pk)
        people = [person for person in people if person.pk in readers]
    reached = {person.pk for person in people}
    wanted |= {pk: notice for pk, notice in acting.items() if notice.params["for"] in reached}
    return [person for person in people if person.pk in wanted]


def _standing_in(wanted: dict[int, Notice], event: OutboxEvent, ticket: Ticket | None) -> dict[int, Notice]:
    """What those are told who stand in for the absent among ``wanted``; it is not passed on a second time."""
    absent = [pk for pk, notice in wanted.items() if ticket is not None and notice.template not in PERSONAL]
    found: dict[int, Notice] = {}
    for pk, person in stand_ins(absent, Scope.NOTIFICATIONS).items() if absent else ():
        notice = wanted[pk]
        knows_already = person.pk in wanted or person.pk == event.actor_id
        if not knows_already and (notice.side != Side.DESK or reads_internal(person)):
            found.setdefault(person.pk, replace(notice, params=notice.params | {"for": pk}))
    return found


def _row(event: OutboxEvent, notice: Notice, sending: Sending, ticket: Ticket | None) -> Notification:
    return Notification(
        event_id=event.pk,
        user=sending.person,
        channel=sending.channel,
        template=notice.template,
        ticket=ticket,
        title_params=notice.params | {"actor": event.actor_id},
        side=notice.side,
        url=notice.url,
        digest_at=sending.digest_at,
    )


def _ring(event_id: int, user_id: int) -> None:
    live.push(f"users/{user_id}", "notification", {"event": event_id}, id=f"n{event_id}.{user_id}")


@transaction.atomic
def mark_read(public_id: str, *, actor: User) -> Notification:
    """The notice, read from now on; a second time changes nothing. Raises NotVisibleError."""
    row = Notification.objects.filter(visible_to(actor), public_id=public_id, channel=Channel.INAPP).first()
    if row is None:
        raise NotVisibleError
    if Notification.objects.filter(pk=row.pk, read_at=None).update(read_at=Now()):
        _recount(actor)
    return row


@transaction.atomic
def mark_all_read(*, actor: User) -> int:
    """Everything in the bell of ``actor`` is read; returns how many were not."""
    rows = Notification.objects.filter(visible_to(actor), channel=Channel.INAPP, read_at=None)
    count = rows.update(read_at=Now())
    if count:
        _recount(actor)
    return count


def _recount(actor: User) -> None:
    live.push(f"users/{actor.pk}", "notification", {"read": True})


@transaction.atomic
def edit_template(
    key: str, *, actor: Actor, expected_version: int | None = None, **texts: str
) -> NotificationTemplate:
    """The text ``key`` with ``texts`` (subject_ko, subject_en, body_ko, body_en) changed.

    Placeholders name allowed values only. Raises NotAllowedError, NotVisibleError, StaleVersionError,
    BadInputError (unknown field), RuleRefusedError, BadTemplateError.
    """
    if not may_edit_texts(actor):
        raise NotAllowedError
    row = NotificationTemplate.objects.select_for_update(no_key=True).filter(key=key).first()
    if row is None:
        raise NotVisibleError
    if expected_version is not None and row.lock_version != expected_version:
        raise StaleVersionError(current_version=row.lock_version)
    unknown = set(texts) - {"subject_ko", "subject_en", "body_ko", "body_en"}
    if unknown:
        raise BadInputError(_("Unknown field: %(names)s") % {"names": ", ".join(sorted(unknown))})
    diff = {name: [getattr(row, name), _checked(key, name, text)] for name, text in texts.items()}
    for name, (_old, new) in diff.items():
        setattr(row, name, new)
    row.lock_version += 1
    row.save(update_fields=[*diff, "lock_version"])
    audit.write(actor=actor, table="notifications_template", object_ref=key, action="updated", diff=diff)
    return row


def _checked(key: str, name: str, text: str) -> str:
    is_subject = name.startswith("subject")
    text = clean(
        name, text, max_length=SUBJECT_LENGTH if is_subject else BODY_LENGTH, multiline=not is_subject
    )
    if is_subject and not text:
        raise required(name)
    check(text, allowed_names(key), field=name)
    return text


def known_template(key: str) -> bool:
    """Whether there is a text with that key; flows ask before they are published."""
    return template_keyed(key) is not None


def settle_mail(row: Notification, *, skipped: str = "") -> None:
    """Record that the mail of this row went out, or why it will not."""
    values: dict[str, Any] = {"skipped": skipped} if skipped else {"sent_at": Now()}
    Notification.objects.filter(pk=row.pk, sent_at=None, skipped="").update(**values)
