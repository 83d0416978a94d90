"""What a company configures about its tickets, as rows."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.choices import SkillLevel
from accounts.models import Group, Role
from core.models import Record
from core.revisions import new_revision
from core.trail.tracking import RowHistory
from tickets.choices import Strategy


class PriorityRow(Record):
    """One cell of the priority matrix (PROCESSES INC-05)."""

    impact = models.PositiveSmallIntegerField()
    urgency = models.PositiveSmallIntegerField()
    priority = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["impact", "urgency"], name="priority_cell"),
            models.CheckConstraint(
                condition=Q(impact__range=(1, 3), urgency__range=(1, 3), priority__range=(1, 5)),
                name="priority_range",
            ),
        ]
        triggers = [RowHistory(), new_revision("priority_revision", "routing")]

    def __str__(self) -> str:
        return f"{self.impact}×{self.urgency} → {self.priority}"


# All but the pointer of the strategy "in turn".
_RULE = ("name", "kind", "order", "condition", "group_id", "strategy", "skill", "least_level", "enabled")


class AssignmentRule(Record):
    """First match gives group and person while both are empty (INC-06).

    ``last_user_id`` is the pointer of the strategy "in turn"; ``skill`` and ``least_level`` are what the
    strategy "skill" asks for.
    """

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    order = models.PositiveIntegerField(default=100)
    condition = models.JSONField(default=dict)
    group = models.ForeignKey(Group, on_delete=models.PROTECT)
    strategy = models.CharField(max_length=12, choices=Strategy.choices, default=Strategy.NONE)
    skill = models.CharField(max_length=40, blank=True)
    least_level = models.PositiveSmallIntegerField(choices=SkillLevel.choices, default=SkillLevel.BEGINNER)
    last_user_id = models.BigIntegerField(default=0)
    enabled = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(strategy=Strategy.SKILL) & ~Q(skill=""))
                | (~Q(strategy=Strategy.SKILL) & Q(skill="")),
                name="assignment_skill_has_a_name",
            ),
            models.CheckConstraint(condition=Q(least_level__range=(1, 5)), name="assignment_least_level"),
        ]
        indexes = [
            models.Index(fields=["kind", "order", "id"], condition=Q(enabled=True), name="assignment_order")
        ]
        triggers = [
            RowHistory(noise=["last_user_id"]),
            new_revision("assignment_revision", "routing", *_RULE),
        ]

    def __str__(self) -> str:
        return self.name


class TransitionRule(Record):
    """Narrows one coded edge: who, when, with which required fields; never adds one (G-01)."""

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, null=True, blank=True)
    condition = models.JSONField(null=True, blank=True)
    refusal_ko = models.CharField(max_length=200, blank=True)
    refusal_en = models.CharField(max_length=200, blank=True)
    required_fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    enabled = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "name"], condition=Q(enabled=True), name="transition_rule")]
        triggers = [RowHistory()]

    def __str__(self) -> str:
        return f"{self.kind}.{self.name}"


class FieldDefinition(Record):
    """A field a company adds; its values live in ``Ticket.custom``."""

    kind = models.CharField(max_length=20)
    key = models.SlugField()
    type = models.CharField(max_length=20)
    label_ko = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120, blank=True)
    required = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="custom_field_once")]
        triggers = [RowHistory()]

    def __str__(self) -> str:
        return f"{self.kind}.{self.key}"
