"""What people keep in the workspace: their views of lists, and what they changed in bulk."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.choices import Audience
from accounts.models import Company, Group, User
from core.fields import PublicIdField
from core.models import Record
from core.trail.tracking import RowHistory
from desk.choices import Density


class SavedView(Record):
    """A list's filters, columns, order and density under a name, for one person, a team or all agents.

    ``path`` is the list it stands in and ``queue`` the key of the queue it narrows; ``filters`` holds the
    values as the list's address has them, so what is said of "me" is meant of the reader.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, db_index=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.MINE)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=60)
    path = models.CharField(max_length=20)
    queue = models.CharField(max_length=20)
    filters = models.JSONField(default=dict)
    columns = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    sort = models.CharField(max_length=20)
    density = models.CharField(max_length=12, choices=Density.choices, default=Density.COMFORTABLE)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_a_name"),
            models.CheckConstraint(
                condition=Q(audience=Audience.TEAM, group__isnull=False)
                | (~Q(audience=Audience.TEAM) & Q(group__isnull=True)),
                name="saved_view_of_a_team_has_one",
            ),
        ]
        indexes = [models.Index(fields=["company", "audience", "position"], name="saved_view_shown")]
        triggers = [RowHistory()]

    def __str__(self) -> str:
        return self.name


class BulkChange(models.Model):
    """What somebody did to many tickets at once. ``job`` is the API's job that did it, ticket by ticket.

    ``given`` is what was filled in; ``rows`` has for each ticket, in the job's order, its number and what
    would take the change back. ``undoes`` is the bulk that this one takes back.
    """

    public_id = PublicIdField()
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=10)
    given = models.JSONField(default=dict)
    rows = models.JSONField()
    back_to = models.CharField(max_length=2000)
    job = models.UUIDField(unique=True)
    undoes = models.OneToOneField("self", on_delete=models.CASCADE, null=True, related_name="undone_by")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="bulk_change_age")]

    def __str__(self) -> str:
        return f"{self.action} {self.public_id}"
