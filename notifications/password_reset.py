"""The mail with the link to choose a new password, made when it is sent: no table ever holds it."""

from __future__ import annotations

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.adapters import NOBODY, RESET_CHANNEL
from accounts.models import User
from accounts.selectors import person
from core.models import Delivery
from core.outbox import PermanentFailure, channel
from notifications.mail import HEADERS, connected, hand_over, message_id
from notifications.texts import Rendered, brand


@channel(RESET_CHANNEL, lease_seconds=90)
def send(delivery: Delivery) -> None:
    """Send the link to the person's own address, in their language; for ``NOBODY`` do nothing."""
    if delivery.payload["user_id"] == NOBODY:
        return
    reader = person(delivery.payload["user_id"])
    if reader is None or not reader.is_active or not reader.email:
        raise PermanentFailure("there is nobody to send this to")
    with translation.override(reader.language), connected() as connection:
        message = _message(reader, delivery.idem_key)
        message.connection = connection
        hand_over(message)


def _message(reader: User, key: str) -> EmailMultiAlternatives:
    text = Rendered(
        subject=_("Choose a new password"),
        body=_(
            "Somebody asked for a new password for your account. If it was you, use the link: it works once, "
            "for a day. If not, ignore this message; nothing changes."
        ),
    )
    names = {
        "text": text,
        "actions": [(_("Choose a new password"), settings.BASE_URL + link_for(reader))],
        "brand": brand(reader),
        "language": translation.get_language(),
        "base_url": settings.BASE_URL,
        "is_decision": False,
    }
    message = EmailMultiAlternatives(
        subject=text.subject,
        body=render_to_string("email/notice.txt", names),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[reader.email],
        headers=HEADERS | {"Message-ID": message_id(key)},
    )
    message.attach_alternative(render_to_string("email/notice.html", names), "text/html")
    return message


def link_for(reader: User) -> str:
    """The path of a fresh one-use link; it dies with the next password."""
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(reader)
    return reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(reader), "key": token}
    )
