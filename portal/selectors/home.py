"""What the first page shows."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from cmdb.models import CI
from cmdb.selectors import cis_for

DEVICES = 20


def own_devices(actor: User) -> QuerySet[CI]:
    """The equipment assigned to the person, by name."""
    return cis_for(actor).filter(assigned_to=actor)
