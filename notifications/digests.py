"""The digest: what waits for it is gathered when its period ends, and told in one mail (NTF-03)."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from email.utils import formataddr

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core import formats, outbox, sweep
from core.models import Delivery
from core.outbox import channel
from core.time import db_now
from notifications.hours import next_digest
from notifications.mail import HEADERS, connected, hand_over, message_id, preferences_link
from notifications.models import Digest, Notification
from notifications.selectors import hours_of
from notifications.texts import Rendered, brand, rendered

log = structlog.get_logger(__name__)
CHANNEL = "digest"
MOST_AT_ONCE = 100
MOST_TOLD = 200  # notices that one mail spells out; of the others it tells how many there are
LONGEST_QUOTE = 300


@dataclass(frozen=True)
class Line:
    """One notice of a digest: when, what, and the beginning of what somebody wrote."""

    at: str
    subject: str
    quote: str


@dataclass
class Part:
    """What happened on one ticket, oldest first, with where it can be seen."""

    url: str
    lines: list[Line] = field(default_factory=list)


@sweep.register
def gather(*, limit: int, now: dt.datetime | None = None) -> int:
    """Put what is due into digests and queue their mails; returns how many digests were made.

    One person at a time, each in its own transaction; any number of copies may run. ``now`` is another clock,
    for tests.
    """
    made = 0
    while made < min(limit, MOST_AT_ONCE) and _gather_one(now):
        made += 1
    return made


@transaction.atomic
def _gather_one(now: dt.datetime | None) -> bool:
    # Who has the person has all their notices: copies that shared them out would make two digests.
    waiting = Notification.objects.filter(digest=None, digest_at__isnull=False, digest_at__lte=now or Now())
    people = User.objects.filter(pk__in=waiting.values("user")).order_by("pk")
    reader = people.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
    rows = list(waiting.filter(user=reader).values_list("pk", "digest_at")) if reader else []
    if reader is None or not rows:
        return False
    found = Notification.objects.filter(pk__in=[pk for pk, _at in rows])
    due = max(at for _pk, at in rows if at)
    digest, is_new = Digest.objects.get_or_create(user=reader, due_at=due)
    if is_new:
        found.update(digest=digest)
        outbox.queue(CHANNEL, f"digest:{digest.pk}", {"digest_id": digest.pk})
    else:  # written by a transaction that ended after the digest of its period was made
        hours = hours_of([reader]).get(reader.pk)
        found.update(digest_at=next_digest(hours, reader.time_zone, max(due, now or db_now())))
    return True


@channel(CHANNEL, lease_seconds=90)
def send(delivery: Delivery) -> None:
    """Send one digest with what its reader may see at this moment; nothing when nothing is left (G-06)."""
    digest = Digest.objects.select_related("user__company").filter(pk=delivery.payload["digest_id"]).first()
    if digest is None:
        raise outbox.PermanentFailure("there is no such digest")
    rows = list(Notification.objects.filter(digest=digest, sent_at=None, skipped="").order_by("pk"))
    reader = digest.user
    with translation.override(reader.language), timezone.override(zoneinfo.ZoneInfo(reader.time_zone)):
        texts = rendered(rows, reader) if reader.is_active and reader.email else {}
        told = [(row, text) for row in rows if (text := texts.get(row.pk)) is not None]
        if told:
            with connected() as connection:
                hand_over(_message(told, reader, delivery.idem_key, connection))
    _settle(rows, {row.pk for row, _text in told}, reader)


def _settle(rows: Iterable[Notification], told: set[int], reader: User) -> None:
    reason = "not_visible" if reader.is_active and reader.email else "no_reader"
    left_out = [row.pk for row in rows if row.pk not in told]
    open_rows = Notification.objects.filter(sent_at=None, skipped="")
    open_rows.filter(pk__in=told).update(sent_at=Now())
    if left_out:
        open_rows.filter(pk__in=left_out).update(skipped=reason)
        log.info("digest_left_out", user=reader.pk, count=len(left_out), reason=reason)


def parts_of(told: Sequence[tuple[Notification, Rendered]]) -> list[Part]:
    """The notices by what they are about, in the order of its first; without a ticket each by its page."""
    parts: dict[object, Part] = {}
    for row, text in told[:MOST_TOLD]:
        part = parts.setdefault(
            row.ticket_id or row.url, Part(settings.BASE_URL + row.url if row.url else "")
        )
        quote = " ".join(text.quote.split())
        short = quote if len(quote) <= LONGEST_QUOTE else f"{quote[:LONGEST_QUOTE]} …"
        part.lines.append(Line(formats.exact(row.created_at), text.subject, short))
    return list(parts.values())


def _message(
    told: Sequence[tuple[Notification, Rendered]], reader: User, key: str, connection: BaseEmailBackend
) -> EmailMultiAlternatives:
    count = len(told)
    text = ngettext("%(count)d notice for you", "%(count)d notices for you", count) % {"count": count}
    names = {
        "subject": text,
        "parts": parts_of(told),
        "rest": max(count - MOST_TOLD, 0),
        "all_url": f"{settings.BASE_URL}/notifications/",
        "brand": brand(reader),
        "language": translation.get_language(),
        "base_url": settings.BASE_URL,
        "preferences_url": preferences_link(),
    }
    message = EmailMultiAlternatives(
        subject=_("%(brand)s: %(what)s") % {"brand": brand(reader), "what": text},
        body=render_to_string("email/digest.txt", names),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[formataddr((reader.display_name, reader.email))],
        headers=HEADERS | {"Message-ID": message_id(key), "List-Unsubscribe": f"<{preferences_link()}>"},
        connection=connection,
    )
    message.attach_alternative(render_to_string("email/digest.html", names), "text/html")
    return message
