"""The Test button: a sample message, sent now, also by a webhook that is switched off."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts.policies import Actor
from core import outbound
from core.errors import NotAllowedError
from core.time import clock_now
from webhooks.catalogue import TEST
from webhooks.choices import DeliveryState, failure_text
from webhooks.messages import sample_body
from webhooks.models import Webhook, WebhookAttempt, WebhookDelivery, WebhookPulse
from webhooks.policies import may
from webhooks.selectors import webhook_with
from webhooks.services import outcomes
from webhooks.services.sending import Sent, keys_of, post


@dataclass(frozen=True)
class Trial:
    """What came of a test: the status and the beginning of the answer, or the code of what went wrong."""

    status: int | None
    body: str
    elapsed_ms: int
    code: str

    @property
    def message(self) -> str:
        """What went wrong, in the reader's language; empty for a 2xx."""
        return failure_text(self.code) if self.code else ""


def try_out(public_id: Any, *, actor: Actor) -> Trial:
    """What the target answers to a sample now; it is in the log like any message.

    A success closes the circuit, a failure counts against nothing. At most 10 s, outside a transaction.
    Raises NotVisibleError, NotAllowedError.
    """
    outbound.refuse_in_transaction()
    webhook = webhook_with(actor, public_id)
    if not may(actor, "test"):
        raise NotAllowedError
    message_id, now = uuid.uuid4(), clock_now()
    keys = keys_of(webhook)
    if isinstance(keys, str):
        sent = Sent(code=keys)
    else:
        body = sample_body(webhook.public_id, now)
        sent = post(webhook, keys, str(message_id), int(now.timestamp()), body)
    _keep(webhook, message_id, sent)
    answer = sent.answer
    shown = outcomes.logged(webhook, sent)["response_body"]
    return Trial(answer.status if answer else None, shown, sent.elapsed_ms, sent.error)


@transaction.atomic
def _keep(webhook: Webhook, message_id: uuid.UUID, sent: Sent) -> None:
    if not Webhook.objects.select_for_update(no_key=True).filter(pk=webhook.pk).exists():
        return  # it was taken away meanwhile
    row = WebhookDelivery.objects.create(
        webhook=webhook,
        message_id=message_id,
        event_name=TEST,
        state=DeliveryState.DEAD if sent.error else DeliveryState.SENT,
        attempts=1,
        done_at=Now(),
        status=sent.answer.status if sent.answer else None,
        error=sent.error,
    )
    WebhookAttempt.objects.create(delivery=row, number=1, **outcomes.logged(webhook, sent))
    if not sent.error:
        outcomes.succeeded(
            WebhookPulse.objects.select_for_update(no_key=True).get(pk=webhook.pk), clock_now()
        )
