"""One table, about as wide as what people send to open an incident."""

from django.db import models


class Thing(models.Model):
    """A row."""

    title = models.CharField(max_length=160)
    description = models.TextField(blank=True)
    impact = models.PositiveSmallIntegerField(default=3)
    urgency = models.PositiveSmallIntegerField(default=3)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "floor"

    def __str__(self) -> str:
        return self.title
