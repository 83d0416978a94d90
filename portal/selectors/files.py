"""Files a person has sent that belong to no ticket yet."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import QuerySet

from accounts.models import User
from core.models import Attachment


def waiting_files(actor: User, public_ids: Sequence[uuid.UUID]) -> QuerySet[Attachment]:
    """Of these files the ones the person sent and that are not on a ticket, oldest first."""
    return Attachment.objects.filter(public_id__in=public_ids, uploader_id=actor.pk, attached=False).order_by(
        "pk"
    )
