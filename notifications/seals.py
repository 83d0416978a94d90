"""The mail with the day's last hash of the audit chain, kept outside this machine (SECURITY AU-4)."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.selectors import default_company
from core import outbox
from core.models import Delivery, OutboxEvent
from core.outbox import PermanentFailure, channel, subscribe
from core.trail.noting import EVENT
from notifications.mail import HEADERS, connected, hand_over, message_id

CHANNEL = "audit_mail"


@subscribe(EVENT)
def tell_of_the_seal(event: OutboxEvent) -> None:
    """Queue the mail, where an address is set."""
    if settings.AUDIT_MAIL:
        outbox.queue(CHANNEL, f"audit:{event.payload['day']}", event.payload, event=event)


@channel(CHANNEL, lease_seconds=90)
def send(delivery: Delivery) -> None:
    """Send it, to the address that is set now."""
    if not settings.AUDIT_MAIL:
        raise PermanentFailure("ITSM_AUDIT_MAIL is not set any more")
    told = delivery.payload
    with translation.override(default_company().language), connected() as connection:
        about = _("The audit trail of %(place)s is sealed up to block %(block)s, whose hash is:")
        asks = _("Keep this message. Whether the trail still holds what it held today is told by:")
        check = f"./run manage audit_verify --noted {told['hash']}"
        parts = (about % (told | {"place": settings.BASE_URL}), told["hash"], asks, check)
        message = EmailMultiAlternatives(
            subject=_("Audit trail sealed on %(day)s: block %(block)s") % told,
            body="\n\n".join(parts),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[settings.AUDIT_MAIL],
            headers=HEADERS | {"Message-ID": message_id(delivery.idem_key)},
            connection=connection,
        )
        hand_over(message)
