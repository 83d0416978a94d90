"""How tickets relate to each other and to configuration items."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cmdb.models import CI
from core.fields import PublicIdField
from core.trail.tracking import RowHistory
from tickets.choices import CIRole, LinkType
from tickets.models.ticket import Ticket


class TicketLink(models.Model):
    """``source`` is *type* ``target``: the only tie between kinds (DOMAIN DM-5)."""

    public_id = PublicIdField()
    source = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="links_in")
    type = models.CharField(max_length=20, choices=LinkType.choices)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "type"], name="link_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="link_not_to_itself"),
        ]
        triggers = [RowHistory(part_of="source")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.type} {self.target_id}"


class TicketCI(models.Model):
    """A further configuration item of a ticket, beside its main one."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="ticket_cis")
    ci = models.ForeignKey(CI, on_delete=models.PROTECT)
    role = models.CharField(max_length=10, choices=CIRole.choices, default=CIRole.AFFECTED)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "ci", "role"], name="ticket_ci_once")]
        triggers = [RowHistory(part_of="ticket")]

    def __str__(self) -> str:
        return f"{self.ci_id} on {self.ticket_id}"
