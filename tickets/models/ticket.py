"""One piece of work of any kind."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import ExpressionWrapper, F, Q

from accounts.models import Company, Group, Location, User
from cmdb.models import CI
from core.models import Record
from core.trail.tracking import RowHistory
from tickets.choices import Channel, Level, Phase, Priority
from tickets.fields import ReadsState, StateField

# Every list index ends alike: newest first, made unique by the key (DOMAIN DM-8).
_NEWEST = (F("opened_at").desc(), F("id").desc())
_OPEN = Q(active=True)


def _person(**kwargs: Any) -> Any:
    return models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+", **kwargs
    )


class Ticket(ReadsState, Record):
    """What a queue, a clock, a notice or a search needs; the kinds are its children (DOMAIN DM-3)."""

    RANKS: ClassVar[dict[str, int]] = {}
    PHASES: ClassVar[dict[str, Phase]] = {}

    company = models.ForeignKey(Company, on_delete=models.PROTECT, db_index=False)
    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=160)
    description = models.TextField(blank=True)
    category = models.CharField(max_length=60, blank=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.PORTAL)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )

    state = StateField()
    state_rank = models.PositiveSmallIntegerField()
    phase = models.CharField(max_length=10, choices=Phase.choices)
    active = models.GeneratedField(
        expression=ExpressionWrapper(Q(state_rank__lt=90), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    reason = models.CharField(max_length=40, blank=True)
    impact = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.LOW)
    urgency = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.LOW)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.PLANNING)
    priority_override_reason = models.CharField(max_length=300, blank=True)

    requester = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False, related_name="+")
    on_behalf_of = _person()
    opened_by = _person()
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, db_index=False)
    assignee = _person()
    resolved_by = _person()
    closed_by = _person()
    reassignment_count = models.PositiveIntegerField(default=0)
    last_public_from = models.CharField(max_length=10, blank=True)

    ci = models.ForeignKey(
        CI, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="tickets"
    )
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True, db_index=False)
    due_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    first_response_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_code = models.CharField(max_length=40, blank=True)
    close_notes = models.TextField(blank=True)
    reopen_count = models.PositiveIntegerField(default=0)

    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    custom = models.JSONField(default=dict, blank=True)
    bigram = ArrayField(models.CharField(max_length=4), default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="ticket_has_a_title"),
            models.CheckConstraint(
                condition=Q(impact__range=(1, 3), urgency__range=(1, 3)), name="ticket_levels"
            ),
            models.CheckConstraint(condition=Q(priority__range=(1, 5)), name="ticket_priority"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False, state_rank__gte=90)
                | Q(closed_at=None, state_rank__lt=90),
                name="ticket_closed_iff_rank_90",
            ),
            models.CheckConstraint(
                condition=Q(phase=Phase.DONE, state_rank__gte=60)
                | (~Q(phase=Phase.DONE) & Q(state_rank__lt=60)),
                name="ticket_phase_fits_rank",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="ticket_not_own_parent"
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="ticket_source"
            ),
        ]
        indexes = [
            models.Index("company", "priority", *_NEWEST, condition=_OPEN, name="di1_open"),
            models.Index("company", "kind", "priority", *_NEWEST, condition=_OPEN, name="di2_kind"),
            models.Index("company", "group", "priority", *_NEWEST, condition=_OPEN, name="di3_group"),
            models.Index("company", "assignee", "priority", *_NEWEST, condition=_OPEN, name="di4_assignee"),
            models.Index("company", "requester", *_NEWEST, name="di5_requester"),
            models.Index("company", *_NEWEST, name="di6_newest"),
            models.Index("company", *_NEWEST, condition=_OPEN, name="di7_newest_open"),
            models.Index("company", "kind", "state", condition=_OPEN, name="di8_states"),
            models.Index("ci", F("opened_at").desc(), condition=Q(ci__isnull=False), name="di9_ci"),
            models.Index(
                "on_behalf_of",
                F("opened_at").desc(),
                condition=Q(on_behalf_of__isnull=False),
                name="di10_behalf",
            ),
            models.Index("updated_at", "id", name="di11_updated"),
            models.Index("resolved_at", condition=Q(phase=Phase.DONE, active=True), name="di15_autoclose"),
            BrinIndex(fields=["opened_at"], name="di12_opened"),
            GinIndex(fields=["bigram"], name="di13_bigram"),
        ]
        triggers = [RowHistory(left_out=["bigram"])]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def set_place(self) -> None:
        """Derive rank and phase from the state; called before a new ticket is saved and after each move."""
        self.state_rank = self.RANKS[self.state]
        self.phase = self.PHASES[self.state]

    @property
    def is_closed(self) -> bool:
        """Whether the ticket is at a terminal state; true for the instance even before it is read again."""
        return self.state_rank >= 90
