"""What a message holds, where a delivery stands, and what can go wrong with one, in words."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.outbound import TEXTS


class Payload(models.TextChoices):
    """How much a message tells."""

    THIN = "thin", _("Ids, codes and times")
    FULL = "full", _("The whole record, as its reader may see it")


class DeliveryState(models.TextChoices):
    """Where a delivery stands; only a replay leads out of the last three."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Delivered")
    DEAD = "dead", _("Given up")
    SKIPPED = "skipped", _("Not sent")


class OffReason(models.TextChoices):
    """Why the platform switched a webhook off by itself."""

    GONE = "gone", _("The receiver answered that it is gone (410)")
    FAILING = "failing", _("Nothing could be delivered for 5 days")
    RUN_AS = "run_as", _("The person whose rights it has is not active any more")


FINAL = (DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.SKIPPED)

# What a delivery's error may be. ``http_404`` and its like stand for the status that came.
FAILURES: dict[str, str | Promise] = TEXTS | {
    "secret_key": _(
        "The secret of this webhook cannot be read: the key of this installation is another one."
    ),
    "no_secret": _("This webhook has no secret."),
    "lost": _("The process that was sending ended each time."),
    "not_visible": _("The person whose rights this webhook has may not see it."),
    "run_as": _("The person whose rights this webhook has is not active any more."),
}


def failure_text(code: str) -> str:
    """A failed delivery's code in the reader's language."""
    if code.startswith("http_"):
        return str(_("The target answered with status %(status)s.")) % {"status": code.removeprefix("http_")}
    return str(FAILURES.get(code, code))
