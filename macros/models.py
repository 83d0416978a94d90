"""Macros: what they say, what they do, and for whom they are."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.choices import Audience
from accounts.models import Company, Group, User
from core.models import Record
from core.trail.tracking import RowHistory
from incidents.choices import Category
from macros.choices import Assign, Says
from tickets.choices import Level


class Macro(Record):
    """A text to say on a ticket, steps to take on it, or both, under a name.

    One without steps is a reply template. ``kinds`` are the kinds of ticket it is for, all of which know its
    steps; ``move`` is the name of a transition and ``inputs`` what that asks for. ``says`` is empty where
    there is no text.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, db_index=False, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.MINE)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=60)
    kinds = ArrayField(models.CharField(max_length=20))

    says = models.CharField(max_length=10, choices=Says.choices, blank=True)
    text = models.TextField(blank=True)

    move = models.CharField(max_length=40, blank=True)
    inputs = models.JSONField(default=dict, blank=True)
    to_group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assign = models.CharField(max_length=10, choices=Assign.choices, default=Assign.KEEP)
    impact = models.PositiveSmallIntegerField(choices=Level.choices, null=True, blank=True)
    urgency = models.PositiveSmallIntegerField(choices=Level.choices, null=True, blank=True)
    category = models.CharField(max_length=60, choices=Category.choices, blank=True)

    uses = models.PositiveIntegerField(default=0, editable=False)
    used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="macro_has_a_name"),
            models.CheckConstraint(
                condition=Q(audience=Audience.TEAM, group__isnull=False)
                | (~Q(audience=Audience.TEAM) & Q(group__isnull=True)),
                name="macro_of_a_team_has_one",
            ),
            models.CheckConstraint(
                condition=Q(says="", text="") | (Q(says__in=Says.values) & ~Q(text="")),
                name="macro_text_has_readers",
            ),
        ]
        indexes = [models.Index(fields=["company", "audience", "-uses"], name="macro_shown")]
        triggers = [RowHistory(noise=["uses", "used_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def changes(self) -> dict[str, tuple[Any, str]]:
        """What it changes: the value it has for each field of its own, and the ticket's field of that."""
        fields = {"to_group": "group", "impact": "impact", "urgency": "urgency", "category": "category"}
        found = {name: (getattr(self, name), field) for name, field in fields.items() if getattr(self, name)}
        return found | ({"assign": (self.assign, "assignee")} if self.assign != Assign.KEEP else {})

    @property
    def is_empty(self) -> bool:
        """Whether it takes no step."""
        return not self.move and not self.changes

    @property
    def is_reply(self) -> bool:
        """Whether it has only a text: a reply template, which is put into the composer."""
        return bool(self.text) and self.is_empty
